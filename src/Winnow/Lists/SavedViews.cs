using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>The saved views of the contacts as one person sees them: their own, and those that others share with a team of theirs or with
/// everyone in the account. Only the owner changes a view. What cannot be done comes back as a sentence.</summary>
public sealed class SavedViews(Properties properties, TimeProvider clock) : IUseProperties, IUseLists
{
    /// <summary>Why a view cannot be kept, besides what is wrong with its filter: the sentences that <see cref="Create"/> and <see cref="Rename"/> answer.</summary>
    public static readonly IReadOnlyList<string> Refusals = [Nameless, TooLong, Taken, TooMany, Gone, NoTeam];

    private const string Nameless = "Give the view a name.", TooLong = "The name is longer than 60 characters.", Taken = "You have a view of this name. Choose another name.",
        TooMany = "You have 50 views, which is the most. Delete one that you no longer use.", Gone = "This view does not exist any more.",
        NoTeam = "You are not in this team any more. Choose who sees the view.";
    private static readonly SqlFile Sql = SqlFile.Beside<SavedViews>();

    /// <summary>The person's own views by name, then those of others by name.</summary>
    public Task<List<SavedView>> All(Tx tx, long accountId, long userId) => tx.Query<SavedView>(Sql["all"], new { accountId, userId });

    /// <summary>The view, or null when there is none of this id that the person sees.</summary>
    public Task<SavedView?> Find(Tx tx, long accountId, long userId, long id) => tx.SingleOrNone<SavedView>(Sql["find"], new { accountId, userId, id });

    /// <summary>Keeps a view under a name.</summary>
    /// <param name="zone">The account's time zone, in which the filter's days are days.</param>
    /// <returns>The view, or what is wrong.</returns>
    public async Task<(SavedView? Made, string? Error)> Create(Tx tx, long accountId, long userId, string name, SharedWith with, ViewContent content, TimeZoneInfo zone)
    {
        var id = await Ids.Next(tx, accountId, "contact_view");           // holds the counter: two that save at once queue up
        if (await tx.Single<long>(Sql["count"], new { accountId, userId }) >= SavedView.Most) return (null, TooMany);
        if ((await NameError(tx, accountId, userId, id, name) ?? await TeamError(tx, accountId, userId, with)) is { } wrong) return (null, wrong);
        var (read, error) = await Read(tx, accountId, content, zone);
        if (read is null) return (null, error);
        await tx.Execute(Sql["create"], new { accountId, id, userId, name = name.Trim(), nameKey = Key(name), shared = with.Everyone, teamId = with.TeamId, read.Filter, read.Columns, read.Sort, now = clock.GetUtcNow() });
        var made = await Find(tx, accountId, userId, id);
        await Record(tx, accountId, userId, default, made!);
        return (made, null);
    }

    /// <summary>Gives a view another name, and says who sees it.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> Rename(Tx tx, long accountId, long userId, long id, string name, SharedWith with)
    {
        await Ids.Next(tx, accountId, "contact_view", 0);
        if (await Find(tx, accountId, userId, id) is not { } before || before.OwnerId != userId) return Gone;
        if (await NameError(tx, accountId, userId, id, name) is { } error) return error;
        if (with != before.With && await TeamError(tx, accountId, userId, with) is { } noTeam) return noTeam;
        await tx.Execute(Sql["rename"], new { accountId, id, userId, name = name.Trim(), nameKey = Key(name), shared = with.Everyone, teamId = with.TeamId, now = clock.GetUtcNow() });
        await Record(tx, accountId, userId, before.With, (await Find(tx, accountId, userId, id))!);
        return null;
    }

    /// <summary>Makes a view show something else.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> Change(Tx tx, long accountId, long userId, long id, ViewContent content, TimeZoneInfo zone)
    {
        var (read, error) = await Read(tx, accountId, content, zone);
        if (read is null) return error;
        return await tx.Execute(Sql["change"], new { accountId, id, userId, read.Filter, read.Columns, read.Sort, now = clock.GetUtcNow() }) == 1 ? null : Gone;
    }

    /// <summary>Deletes a view; its contacts stay.</summary>
    /// <returns>False when the person owns none of this id.</returns>
    public async Task<bool> Delete(Tx tx, long accountId, long userId, long id)
    {
        if (await Find(tx, accountId, userId, id) is not { } view || await tx.Execute(Sql["delete"], new { accountId, userId, id }) == 0) return false;
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ViewDeleted, view.Name);
        return true;
    }

    /// <summary>How many views a team sees that are shared with it.</summary>
    public Task<long> CountOfTeam(Tx tx, long accountId, long teamId) => tx.Single<long>(Sql["count-of-team"], new { accountId, teamId });

    /// <summary>The views of a team that is being deleted are their owners' alone again.</summary>
    /// <returns>How many these were.</returns>
    public Task<int> TeamGone(Tx tx, long accountId, long teamId) => tx.Execute(Sql["team-gone"], new { accountId, teamId, now = clock.GetUtcNow() });

    /// <summary>The views that use a property, but for those of people who left: nobody could change them.</summary>
    public async Task<IReadOnlyList<PropertyUse>> UsesOf(Tx tx, long accountId, Property property, PropertyCatalog properties) =>
        [.. (await tx.Query<SavedView>(Sql["of-present-people"], new { accountId })).Where(view => Uses(view.Content, property, properties)).Select(view => new PropertyUse(PropertyUser.View, view.Id, view.Name, view.OwnerName))];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ListUse>> UsesOf(Tx tx, long accountId, long listId) =>
        [.. (await tx.Query<SavedView>(Sql["of-present-people"], new { accountId })).Where(view => view.Filter is { } filter && ListUsage.InFilter(filter, listId)).Select(view => new ListUse(ListUser.View, view.Id, view.Name, view.OwnerName))];

    private static bool Uses(ViewContent content, Property property, PropertyCatalog properties) =>
        content.ColumnNames.Contains(property.Name) || (property.Column is not null && ContactIndex.Sorts.TryGetValue(content.Sort.TrimStart('-'), out var order) && order.Column == property.Column)
        || (content.Filter is { } filter && PropertyUsage.InFilter(filter, "UTC", properties, property));

    /// <summary>The content as it is kept: what can be read of it, in one spelling.</summary>
    private async Task<(ViewContent? Content, string? Error)> Read(Tx tx, long accountId, ViewContent content, TimeZoneInfo zone)
    {
        var catalog = await properties.Catalog(tx, accountId);
        Filter? filter = null;
        if (content.Filter is not null && FilterJson.Read(content.Filter, catalog, zone) is var read && (filter = read.Filter) is null) return (null, read.Error);
        var columns = content.ColumnNames.Distinct().Where(name => catalog.Find(name) is not null).Take(ViewContent.MaxColumns);
        var sort = ContactIndex.Sorts.ContainsKey(content.Sort.TrimStart('-')) ? content.Sort : ViewContent.UsualSort;
        return (new(filter is null ? null : FilterJson.Write(filter), string.Join(' ', columns), sort), null);
    }

    private static async Task<string?> NameError(Tx tx, long accountId, long userId, long id, string name) =>
        string.IsNullOrWhiteSpace(name) ? Nameless
        : name.Trim().Length > SavedView.MaxName ? TooLong
        : await tx.SingleOrNone<long?>(Sql["id-by-name"], new { accountId, userId, nameKey = Key(name) }) is { } other && other != id ? Taken
        : null;

    // Who puts a view before others must be one of them: so nobody learns which teams there are by trying their numbers.
    private static async Task<string?> TeamError(Tx tx, long accountId, long userId, SharedWith with) =>
        with.TeamId is not { } teamId || await tx.Single<long>(Sql["in-team"], new { accountId, teamId, userId }) > 0 ? null : NoTeam;

    // What a person keeps for nobody else is nobody else's business.
    private async Task Record(Tx tx, long accountId, long userId, SharedWith before, SavedView view)
    {
        if (before == view.With) return;
        await AuditLog.Add(tx, clock, accountId, userId, view.With.Anybody ? AuditAction.ViewShared : AuditAction.ViewUnshared, view.Name, null, null, view.TeamName);
    }

    private static string Key(string name) => name.Trim().ToLowerInvariant();
}
