using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Lists;
using Winnow.Server.Ui;

namespace Winnow.Server.Lists;

/// <summary>What is no page: bringing deleted contacts back.</summary>
public static class DeleteEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapDeletes(this IEndpointRouteBuilder app) => app.MapPost("/recycle-bin/{id:long}/restore", Restore);

    private static async Task<IResult> Restore(long id, CurrentAccount account, RecycleBin bin, RestoreContacts restore, IStringLocalizer<Words> words)
    {
        if (await bin.Find(account.Id, id) is not { } operation) return TypedResults.NotFound();
        var title = words.Count(operation.Deleted - operation.Restored, "Restore {0} contact", "Restore {0} contacts");
        var (jobId, _) = await restore.Request(account.Id, id, title, account.UserId);
        return TypedResults.LocalRedirect(jobId is { } job ? $"/jobs/{job}" : "/recycle-bin");          // too late: the bin shows that it is
    }
}
