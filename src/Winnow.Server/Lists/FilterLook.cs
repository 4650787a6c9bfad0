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
public sealed record FilterLook(FilterPreview? Preview, string? Problem, string Sentence, string? Json)
{
    /// <summary>Nothing is finished yet.</summary>
    public static readonly FilterLook Nothing = new(null, null, "", null);
}

/// <summary>Looks at filters that are being made.</summary>
public sealed class FilterLooks(Db db, FilterPreviews previews, CurrentAccount account, IStringLocalizer<Words> words)
{
    /// <summary>Counts whom the finished conditions take.</summary>
    public async Task<FilterLook> At(FilterForm form, PropertyCatalog properties)
    {
        if (form.ToFilter(properties, account.TimeZone, out _) is not { } filter) return FilterLook.Nothing;
        var (preview, problem, names) = await db.Read(async tx =>
        {
            var (found, wrong) = await previews.Of(tx, account.Id, filter);
            return (found, wrong, await FilterPreviews.Names(tx, account.Id, filter));
        });
        return new(preview, problem, words.Say(filter, names), FilterForm.Readable(filter));
    }
}
