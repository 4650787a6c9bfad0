using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Data;
using Winnow.Lists;
using Winnow.Server.Ui;

namespace Winnow.Server.Lists;

/// <summary>What is no page: filling a list again, bringing a deleted one back, leaving one active.</summary>
public static class ListEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapLists(this IEndpointRouteBuilder app)
    {
        app.MapPost("/lists/{id:long}/fill", Fill);
        app.MapPost("/lists/{id:long}/restore", Restore);
        app.MapPost("/lists/{id:long}/convert/cancel", StayActive);
    }

    private static async Task<IResult> Fill(long id, CurrentAccount account, Db db, ListStore lists, CancellationToken stop)
    {
        if (await db.Read(tx => lists.Find(tx, account.Id, id), stop) is null) return TypedResults.NotFound();
        await db.Write(tx => lists.Fill(tx, account.Id, id, account.UserId), stop);
        return TypedResults.LocalRedirect($"/lists/{id}");
    }

    private static async Task<IResult> Restore(long id, CurrentAccount account, Db db, ListStore lists, DeletedLists deleted, IStringLocalizer<Words> words, CancellationToken stop)
    {
        var (restored, error) = await db.Write(tx => deleted.Restore(tx, account.Id, id, words["(restored)"].Value.Trim('(', ')'), account.UserId), stop);
        if (error is not null) return TypedResults.LocalRedirect($"/lists/deleted?kept={id}");
        return restored || await db.Read(tx => lists.Find(tx, account.Id, id), stop) is not null ? TypedResults.LocalRedirect($"/lists/{id}") : TypedResults.NotFound();
    }

    private static async Task<IResult> StayActive(long id, CurrentAccount account, Db db, ListStore lists, ListConversions conversions, CancellationToken stop)
    {
        if (await db.Read(tx => lists.Find(tx, account.Id, id), stop) is null) return TypedResults.NotFound();
        await db.Write(tx => conversions.Cancel(tx, account.Id, id, account.UserId), stop);
        return TypedResults.LocalRedirect($"/lists/{id}");
    }
}
