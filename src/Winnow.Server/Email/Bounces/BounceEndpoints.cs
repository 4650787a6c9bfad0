using Winnow.Accounts;
using Winnow.Email.Bounces;
using Winnow.Email.Bounces.Webhooks;

namespace Winnow.Server.Email.Bounces;

/// <summary>What is no page: the undo of an unbounce, and a report as a file.</summary>
public static class BounceEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapBounces(this IEndpointRouteBuilder app)
    {
        app.MapPost("/contacts/{id:long}/unbounce/undo", Undo);
        app.MapGet("/contacts/{id:long}/evidence/{inboxId:long}/raw", Raw);
    }

    // Nothing to take back: someone was faster, or the button was pressed twice. The contact's page shows how it is now.
    private static async Task<IResult> Undo(long id, CurrentAccount account, Unbounce unbounce) =>
        await unbounce.Undo(account.Id, id, account.UserId) == UnbounceOutcome.NoContact ? TypedResults.NotFound() : TypedResults.LocalRedirect($"/contacts/{id}");

    /// <summary>Always as a download of bytes: a stranger wrote it, so no browser may read it as a page.</summary>
    private static async Task<IResult> Raw(long id, long inboxId, CurrentAccount account, BounceEvidence evidence) =>
        await evidence.Find(account.Id, id, inboxId) is { Raw.Length: > 0 } found
            ? TypedResults.File(found.Raw, "application/octet-stream", $"evidence-{inboxId}.{(found.Evidence.Door == "reply" ? "txt" : WebhookProvider.Find(found.Evidence.Door) is null ? "eml" : "json")}")
            : TypedResults.NotFound();
}
