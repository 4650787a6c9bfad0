using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Winnow.Accounts;
using Winnow.Jobs;
using Winnow.Server.Ui;

namespace Winnow.Server.Jobs;

/// <summary>What is no page: marking as read.</summary>
public static class NotificationEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapNotifications(this IEndpointRouteBuilder app)
    {
        app.MapPost("/notifications/{id:long}/read", Read);
        app.MapPost("/notifications/read", ReadAll);
    }

    private static async Task<IResult> Read(long id, CurrentAccount account, Notifications notifications, CancellationToken stop) =>
        await notifications.Read(account.Id, account.UserId, id, stop) ? TypedResults.LocalRedirect("/notifications") : TypedResults.NotFound();

    private static async Task<RedirectHttpResult> ReadAll([FromForm] string? back, CurrentAccount account, Notifications notifications, CancellationToken stop)
    {
        await notifications.ReadAll(account.Id, account.UserId, stop);
        return TypedResults.LocalRedirect(Url.Local(back, "/notifications"));
    }
}
