using System.Text.Json;
using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Email;

/// <summary>Marketing e-mails: write, change, copy, delete, find.</summary>
public sealed class EmailStore(Db db, TimeProvider clock) : IUseProperties, IUseLists
{
    /// <summary>Longest HTML and longest text kept, in characters: mail programs cut off far less.</summary>
    public const int MaxBody = 1_000_000;
    /// <summary>Longest name, subject, preview text, from name and from address kept, in characters.</summary>
    public const int MaxLine = 500;

    private static readonly SqlFile Sql = SqlFile.Beside<EmailStore>();

    /// <summary>A new, empty draft from the account's usual sender.</summary>
    /// <returns>Its id.</returns>
    public Task<long> Create(long accountId, string name, MailSettings sender, long? userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        var id = await Ids.Next(tx, accountId, "email");
        await tx.Execute(Sql["create"], new { accountId, id, name, sender.FromName, sender.FromAddress, userId, now = clock.GetUtcNow() });
        return id;
    }, stop);

    /// <summary>The e-mail, or null when this account has none of this id.</summary>
    public Task<MarketingEmail?> Find(long accountId, long id, CancellationToken stop = default) => db.Read(tx => Find(tx, accountId, id), stop);

    /// <inheritdoc cref="Find(long, long, CancellationToken)"/>
    public async Task<MarketingEmail?> Find(Tx tx, long accountId, long id) => (await tx.SingleOrNone<Row>(Sql["find"], new { accountId, id }))?.Email();

    /// <summary>The account's e-mails, the one changed or sent last on top.</summary>
    /// <param name="search">Part of the name or subject; empty for all.</param>
    public async Task<List<MarketingEmail>> Page(Tx tx, long accountId, string search, int skip, int take) =>
        [.. (await tx.Query<Row>(Sql["page"], new { accountId, like = LikePattern.Containing(search), skip, take })).Select(r => r.Email())];

    /// <summary>How many e-mails there are.</summary>
    /// <inheritdoc cref="Page" path="/param"/>
    public Task<long> Count(Tx tx, long accountId, string search) => tx.Single<long>(Sql["count"], new { accountId, like = LikePattern.Containing(search) });

    /// <summary>Writes a draft. An e-mail that was ordered to be sent stays as it is.</summary>
    /// <returns>Whether it was written.</returns>
    public Task<bool> Save(MarketingEmail draft, CancellationToken stop = default) => db.Write(async tx => await tx.Execute(Sql["save"], new
    {
        draft.AccountId, draft.Id, Name = Line(draft.Name), Subject = Line(draft.Subject), PreviewText = Line(draft.PreviewText), FromName = Line(draft.FromName),
        FromAddress = Line(draft.FromAddress), Html = Cut(draft.Html, MaxBody), Text = Cut(draft.Text, MaxBody),
        included = JsonSerializer.Serialize(draft.IncludedLists), excluded = JsonSerializer.Serialize(draft.ExcludedLists), now = clock.GetUtcNow(),
    }) == 1, stop);

    /// <summary>A draft with the same content and recipients.</summary>
    /// <returns>Its id, or null when there is nothing to copy.</returns>
    public Task<long?> Clone(long accountId, long id, string name, long? userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        var copy = await Ids.Next(tx, accountId, "email");
        return await tx.Execute(Sql["clone"], new { accountId, id, copy, name = Line(name), userId, now = clock.GetUtcNow() }) == 1 ? copy : (long?)null;
    }, stop);

    /// <summary>Deletes a draft. What was sent stays: its figures and its recipients' outcomes are the record.</summary>
    /// <param name="userId">Who deletes it.</param>
    public Task<bool> DeleteDraft(long accountId, long id, long? userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        if (await Find(tx, accountId, id) is not { } email || await tx.Execute(Sql["delete-draft"], new { accountId, id }) == 0) return false;
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.EmailDeleted, email.Name);
        return true;
    }, stop);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PropertyUse>> UsesOf(Tx tx, long accountId, Property property, PropertyCatalog properties) =>
        [.. (await tx.Query<Row>(Sql["drafts-that-name"], new { accountId, like = LikePattern.Containing($"contact.{property.Name}") })).Select(row => row.Email())
            .Where(draft => draft.Texts.Any(part => TokenText.Names(part.Text, property.Name))).Select(draft => new PropertyUse(PropertyUser.Email, draft.Id, draft.Name))];

    /// <summary>The drafts that would go to members of the list, then those that would not. What was ordered to be sent keeps its recipients.</summary>
    public async Task<IReadOnlyList<ListUse>> UsesOf(Tx tx, long accountId, long listId)
    {
        var drafts = (await tx.Query<Row>(Sql["drafts"], new { accountId })).Select(row => row.Email()).ToList();
        return [.. drafts.Where(d => d.IncludedLists.Contains(listId)).Select(d => new ListUse(ListUser.EmailTo, d.Id, d.Name)), .. drafts.Where(d => d.ExcludedLists.Contains(listId)).Select(d => new ListUse(ListUser.EmailNotTo, d.Id, d.Name))];
    }

    private static string Line(string text) => Cut(new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Trim(), MaxLine);

    private static string Cut(string text, int length) => (text.Length <= length ? text : text[..length]).Replace("\0", "", StringComparison.Ordinal);

    private sealed record Row(
        long AccountId, long Id, string Name, string Subject, string PreviewText, string FromName, string FromAddress, string Html, string Text,
        string IncludedLists, string ExcludedLists, string State, long? JobId, long? CreatedBy,
        DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? SentAt, DateTimeOffset? ResumeAt, string? Problem)
    {
        public MarketingEmail Email() => new(AccountId, Id, Name, Subject, PreviewText, FromName, FromAddress, Html, Text, Lists(IncludedLists), Lists(ExcludedLists),
            State, JobId, CreatedBy, CreatedAt, UpdatedAt, SentAt, ResumeAt, Problem);

        private static long[] Lists(string json) => JsonSerializer.Deserialize<long[]>(json)!;
    }
}
