using Microsoft.Extensions.Localization;
using Winnow.Audit;
using Winnow.Data;
using Winnow.Email;
using Winnow.Lists;
using Winnow.Server.Audit;
using Winnow.Server.Email;
using Winnow.Server.Ui;

namespace Winnow.Server.Transfer;

/// <summary>The next lines of a report, and where the ones after them begin.</summary>
public sealed record ReportLines(IReadOnlyList<IReadOnlyList<object?>> Lines, long After);

/// <summary>A report that can be had as a file.</summary>
/// <param name="Name">As the state of a job keeps it.</param>
/// <param name="Action">What the record says.</param>
/// <param name="Begin">Where it begins, as it counts.</param>
public sealed record Report(string Name, AuditAction Action, long Begin, IReadOnlyList<string> Headings);

/// <summary>What stands in the files of reports: a table of them, and how each reads its lines.</summary>
public sealed class Reports(Db db, ListStore lists, Recipients recipients, AuditLog log, IStringLocalizer<Words> words)
{
    /// <summary>The reports by name.</summary>
    public const string Lists = "lists", Recipients = "recipients", AuditLog = "audit";

    private static readonly Report[] All =
    [
        new(Lists, AuditAction.ListsExported, 0, ["List ID", "Name", "Kind", "Contacts", "State", "Folder", "Created (UTC)", "Changed (UTC)"]),
        new(Recipients, AuditAction.RecipientsExported, 0, ["Record ID", "Email", "Outcome", "Why", "Answer of the mail server", "Spam report", "Tries", "Sent (UTC)", "Outcome since (UTC)"]),
        new(AuditLog, AuditAction.AuditExported, long.MaxValue, ["When (UTC)", "Person", "Deed", "What", "How many", "Before", "After", "From where"]),
    ];

    /// <summary>The headings, for the test of translations.</summary>
    public static IEnumerable<string> Words => All.SelectMany(report => report.Headings);

    /// <summary>The report of this name.</summary>
    public static Report Named(string name) => All.Single(report => report.Name == name);

    /// <summary>The next lines, in the language of who ordered them.</summary>
    public Task<ReportLines> Next(long accountId, ReportState state, int most, CancellationToken stop) => state.Wish.Report switch
    {
        Lists => OfLists(accountId, state, most, stop),
        Recipients => OfRecipients(accountId, state, most, stop),
        _ => OfAuditLog(accountId, state, most, stop),
    };

    private async Task<ReportLines> OfLists(long accountId, ReportState state, int most, CancellationToken stop)
    {
        var (all, within) = await db.Read(async tx => (await lists.All(tx, accountId), await ListFolders.All(tx, accountId)), stop);
        var some = all.Where(l => l.List.Id > state.After).OrderBy(l => l.List.Id).Take(most).ToList();
        return new(Speak.In<IReadOnlyList<IReadOnlyList<object?>>>(state.Language, () => some.ConvertAll<IReadOnlyList<object?>>(l =>
        [
            l.List.Id, l.List.Name, (l.List.IsActive ? words["Active"] : words["Static"]).Value, l.Members, l.List.IsReady ? null : (l.List.State == ListState.Stopped ? words["Not filled"] : words["Being filled"]).Value,
            ListFolders.Words(within, l.List.FolderId), l.List.CreatedAt, l.List.UpdatedAt,
        ])), some.Count == 0 ? 0 : some[^1].List.Id);
    }

    private async Task<ReportLines> OfRecipients(long accountId, ReportState state, int most, CancellationToken stop)
    {
        var (wish, email) = (state.Wish, state.Wish.EmailId!.Value);
        var (some, complained) = await db.Read(async tx =>
        {
            var page = wish.Outcomes == Email.RecipientsPage.Complained ? await recipients.Complained(tx, accountId, email, state.After, most)
                : await recipients.Page(tx, accountId, email, wish.Outcomes?.Split(',') ?? Email.RecipientsPage.Known, wish.Reasons?.Split(','), state.After, most);
            return (page, (await recipients.Complained(tx, accountId, email, state.After, most)).Select(r => r.ContactId).ToHashSet());
        }, stop);
        return new(Speak.In<IReadOnlyList<IReadOnlyList<object?>>>(state.Language, () => some.ConvertAll<IReadOnlyList<object?>>(r =>
        [
            r.ContactId, r.Email, words.Outcome(r.Outcome), words.Reason(r.Outcome, r.Reason), r.Detail, complained.Contains(r.ContactId) ? "TRUE" : null, r.Attempts, r.SentAt, r.Outcome == Outcome.Queued ? null : r.At,
        ])), some.Count == 0 ? 0 : some[^1].ContactId);
    }

    private async Task<ReportLines> OfAuditLog(long accountId, ReportState state, int most, CancellationToken stop)
    {
        var some = await log.Page(accountId, state.Wish.Audit!, state.After, most, stop);
        return new(Speak.In<IReadOnlyList<IReadOnlyList<object?>>>(state.Language, () => some.ConvertAll<IReadOnlyList<object?>>(l =>
            [l.At, l.UserName ?? words["Winnow"].Value, words[AuditWords.Of(l.Action)].Value, l.Subject, l.Count, l.Before, l.After, l.Origin])), some.Count == 0 ? 0 : some[^1].Id);
    }
}
