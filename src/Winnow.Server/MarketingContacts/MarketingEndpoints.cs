using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.MarketingContacts;

namespace Winnow.Server.MarketingContacts;

/// <summary>Deeds of the pages about who becomes a marketing contact; the table of permissions says who may.</summary>
public static class MarketingEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapMarketing(this IEndpointRouteBuilder app)
    {
        app.MapPost("/settings/marketing/defaults", SaveDefaults);
        app.MapPost("/settings/marketing/fuse", SaveFuse);
        app.MapPost("/usage/approvals/{id:long}/approve", Approve);
        app.MapPost("/usage/approvals/{id:long}/refuse", Refuse);
    }

    private static async Task<IResult> SaveDefaults(HttpRequest request, CurrentAccount account, Defaults defaults, CancellationToken stop)
    {
        var form = await request.ReadFormAsync(stop);
        await defaults.Save(account.Id, account.UserId, [.. Defaults.Usual.Select(usual => Chosen(usual, form[usual.Tool.ToString()].ToString()))], stop);
        return TypedResults.LocalRedirect("/settings/marketing?saved=1");
    }

    private static async Task<IResult> SaveFuse([FromForm] string? on, [FromForm] string? percent, [FromForm] string? contacts, CurrentAccount account, Approvals approvals, CancellationToken stop)
    {
        if (Number(percent, FuseSettings.MostPercent) is not { } share || Number(contacts, FuseSettings.MostContacts) is not { } most) return TypedResults.LocalRedirect("/settings/marketing?wrong=1");
        await approvals.ChangeFuse(account.Id, account.UserId, new(on == "true", share, most), stop);
        return TypedResults.LocalRedirect("/settings/marketing?saved=1");
    }

    private static async Task<IResult> Approve(long id, [FromForm] long expected, CurrentAccount account, Approvals approvals, CancellationToken stop) =>
        await approvals.Approve(account.Id, id, expected, account.UserId, stop) is { Found: true } answer ? TypedResults.LocalRedirect($"/usage/approvals/{id}{(answer.Changed ? "?changed=1" : "")}") : TypedResults.NotFound();

    private static async Task<IResult> Refuse(long id, [FromForm] string? why, CurrentAccount account, Approvals approvals, CancellationToken stop) =>
        await approvals.Refuse(account.Id, id, why ?? "", account.UserId, stop) ? TypedResults.LocalRedirect($"/usage/approvals/{id}") : TypedResults.NotFound();

    private static ToolDefault Chosen(ToolDefault usual, string chosen) => usual with { Marketing = chosen is "marketing" or "new", Known = usual.Known is null ? null : chosen != "new" };

    private static int? Number(string? text, int most) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number : null;
}
