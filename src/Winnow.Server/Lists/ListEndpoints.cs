using Winnow.Accounts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Server.Lists;

/// <summary>What is no page: filling a list again.</summary>
public static class ListEndpoints
{
    /// <summary>Maps it.</summary>
    public static void MapLists(this IEndpointRouteBuilder app) => app.MapPost("/lists/{id:long}/fill", Fill);

    private static async Task<IResult> Fill(long id, CurrentAccount account, Db db, ListStore lists, CancellationToken stop)
    {
        if (await db.Read(tx => lists.Find(tx, account.Id, id), stop) is null) return TypedResults.NotFound();
        await db.Write(tx => lists.Fill(tx, account.Id, id, account.UserId), stop);
        return TypedResults.LocalRedirect($"/lists/{id}");
    }
}
