using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;
using Winnow.Server.Ui;

namespace Winnow.Server.Lists;

/// <summary>What is seen of a filter while it is being made.</summary>
/// <param name="Preview">Whom it takes; null while no condition is finished, or <paramref name="Problem"/> says why nobody can tell.</param>
/// <param name="Sentence">Its finished conditions in words.</param>
/// <param name="Json">They as HubSpot's filterBranch; null when there is none.</param>
/// <param name="Estimate">About whom it takes, while that is not counted yet.</param>
/// <param name="Choices">What its lines can be filled with.</param>
public sealed record FilterLook(FilterPreview? Preview, string? Problem, string Sentence, string? Json, FilterEstimate? Estimate, FilterChoices Choices)
{
    /// <summary>Nothing is finished yet.</summary>
    public static readonly FilterLook Nothing = new(null, null, "", null, null, FilterChoices.None);
}

/// <summary>Looks at filters that are being made.</summary>
public sealed class FilterLooks(Db db, FilterPreviews previews, CurrentAccount account, IStringLocalizer<Words> words, IHttpContextAccessor http)
{
    /// <summary>Counts whom the finished conditions take.</summary>
    /// <param name="count">Whether to count also where that takes its time; else it is estimated there, and the page asks again.</param>
    public async Task<FilterLook> At(FilterForm form, PropertyCatalog properties, bool count)
    {
        var filter = form.ToFilter(properties, account.TimeZone, out _);
        return await db.Read(async tx =>
        {
            var choices = await FilterChoices.For(tx, account.Id, form, properties, account.TimeZone);
            if (filter is null) return FilterLook.Nothing with { Choices = choices };
            var (sentence, json) = (words.Say(filter, await FilterPreviews.Names(tx, account.Id, filter)), FilterForm.Readable(filter));
            var estimate = count || form.Others is not null ? null : await previews.Estimate(tx, account.Id, filter);
            var (preview, problem) = estimate is null ? await previews.Of(tx, account.Id, filter, form.Others) : default;
            return new FilterLook(preview, problem, sentence, json, estimate, choices);
        }, http.HttpContext?.RequestAborted ?? default);                    // who goes on does not wait for the count of what was
    }
}
