using Microsoft.AspNetCore.Http.Features;
using Winnow.Accounts;
using Winnow.Email.Bounces;
using Winnow.Email.Bounces.Mailboxes;
using Winnow.Email.Bounces.Webhooks;

namespace Winnow.Server.Email.Bounces.Doors;

/// <summary>Where providers call, and what is no page of the doors.</summary>
public static class DoorEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapDoors(this IEndpointRouteBuilder app)
    {
        app.MapPost("/webhooks/{provider}/{token}", Take);
        app.MapPost("/settings/bounces/webhook/close", Close);
        app.MapPost("/settings/bounces/mailboxes/{id:long}/read", async (long id, CurrentAccount account, ReportMailboxes mailboxes) =>
            await mailboxes.ReadSoon(account.Id, id) ? Results.LocalRedirect($"/settings/bounces/mailboxes/{id}") : TypedResults.NotFound());
        app.MapPost("/settings/bounces/mailboxes/{id:long}/remove", async (long id, CurrentAccount account, ReportMailboxes mailboxes) =>
            await mailboxes.Remove(account.Id, id, account.UserId) ? Results.LocalRedirect("/settings/bounces/doors?saved=1") : TypedResults.NotFound());
        app.MapGet("/settings/bounces/unmatched/{id:long}/raw", Raw);
    }

    /// <summary>2xx only once what it told is committed; a provider calls again after anything else.</summary>
    private static async Task<IResult> Take(string provider, string token, HttpContext http, Webhooks webhooks)
    {
        if (await Body(http) is not { } body) return TypedResults.StatusCode(StatusCodes.Status413PayloadTooLarge);
        var headers = http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        return await webhooks.Take(provider, token, headers, body, http.RequestAborted) switch
        {
            WebhookAnswer.Taken => TypedResults.Text("taken"),
            WebhookAnswer.Known => TypedResults.Text("known: nothing was stored"),
            WebhookAnswer.NoDoor => TypedResults.NotFound(),
            WebhookAnswer.Refused => TypedResults.StatusCode(StatusCodes.Status401Unauthorized),
            WebhookAnswer.Unreadable => TypedResults.StatusCode(StatusCodes.Status400BadRequest),
            _ => TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable),
        };
    }

    private static async Task<ReadOnlyMemory<byte>?> Body(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = Webhooks.MostBytes;
        try
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            return body.ToArray();
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge) { return null; }
    }

    private static async Task<IResult> Close(HttpContext http, CurrentAccount account, Webhooks webhooks)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (WebhookProvider.Find(form["provider"]) is not { } provider) return TypedResults.NotFound();
        await webhooks.Close(account.Id, provider, account.UserId);
        return TypedResults.LocalRedirect("/settings/bounces/doors?saved=1");
    }

    /// <summary>Always as a download of bytes: a stranger wrote it, so no browser may read it as a page.</summary>
    private static async Task<IResult> Raw(long id, CurrentAccount account, UnmatchedReports reports) =>
        await reports.Find(account.Id, id) is { Raw.Length: > 0 } found
            ? TypedResults.File(found.Raw, "application/octet-stream", $"unmatched-{id}.{(WebhookProvider.Find(found.Report.Door) is null ? "eml" : "json")}")
            : TypedResults.NotFound();
}
