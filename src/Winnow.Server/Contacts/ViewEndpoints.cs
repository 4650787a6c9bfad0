using Microsoft.AspNetCore.Mvc;
using Winnow.Accounts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Server.Contacts;

/// <summary>What is no page: saving what the address shows into the view that it names.</summary>
public static class ViewEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapViews(this IEndpointRouteBuilder app) => app.MapPost("/contacts/views/{id:long}/save", Save);

    // A filter that cannot be read is told by the page itself, which is shown again with it.
    private static async Task<IResult> Save(long id, [FromForm] string? filter, [FromForm] string? columns, [FromForm] string? sort, CurrentAccount account, SavedViews views, Db db, CancellationToken stop)
    {
        var content = new ViewContent(filter is { Length: > 0 } ? filter : null, columns ?? "", sort ?? ViewContent.UsualSort);
        if (await db.Read(tx => views.Find(tx, account.Id, account.UserId, id), stop) is not { } view || view.OwnerId != account.UserId) return TypedResults.NotFound();
        var error = await db.Write(tx => views.Change(tx, account.Id, account.UserId, id, content, account.TimeZone), stop);
        return TypedResults.LocalRedirect(error is null ? $"/contacts?view={id}" : ViewAddress.Href(content, view));
    }
}
