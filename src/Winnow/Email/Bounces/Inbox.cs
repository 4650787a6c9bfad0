using Winnow.Data;
using Winnow.Email.Sending;

namespace Winnow.Email.Bounces;

/// <summary>Raw reports, kept as evidence. A mail is acknowledged to its sender only after its row is committed; mails that come
/// at the same time share a commit.</summary>
public sealed class Inbox : IAsyncDisposable
{
    /// <summary>How many mails one return path takes: a report and its copies, an out-of-office. More is a loop or an attack.</summary>
    public const int MostPerRecipient = 20;

    private const int MostAtOnce = 100;
    private static readonly BulkTable Rows = new("inbox", "account_id", "id", "received_at", "door", "recipient", "email_id", "contact_id", "raw", "state");
    private static readonly SqlFile Sql = SqlFile.Beside<Inbox>();
    private readonly Db db;
    private readonly TimeProvider clock;
    private readonly GroupCommit<Mail> arrivals;

    /// <summary>An inbox on a database.</summary>
    public Inbox(Db db, TimeProvider clock)
    {
        (this.db, this.clock) = (db, clock);
        arrivals = new(mails => this.db.Write(tx => Store(tx, mails)), MostAtOnce, TimeSpan.Zero);
    }

    /// <summary>Stores one mail for each of the return paths it came to, and commits.</summary>
    /// <returns>False when nothing was stored, because each of the paths has had its fill.</returns>
    public async Task<bool> Store(IReadOnlyCollection<(MailToken Path, string Recipient)> paths, ReadOnlyMemory<byte> raw, CancellationToken stop = default)
    {
        var mail = new Mail(paths, raw.ToArray());
        await arrivals.Write(mail).WaitAsync(stop);
        return mail.IsStored;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => arrivals.DisposeAsync();

    private async Task Store(Tx tx, IReadOnlyList<Mail> mails)
    {
        var copies = mails.SelectMany(mail => mail.Paths.Select(path => (Mail: mail, path.Path, path.Recipient)));
        foreach (var account in copies.GroupBy(copy => copy.Path.AccountId).OrderBy(copies => copies.Key))
        {
            var there = await Counts(tx, account.Key, [.. account.Select(copy => copy.Path.ContactId).Distinct()]);
            var room = account.Where(copy => (there[copy.Path] = there.GetValueOrDefault(copy.Path) + 1) <= MostPerRecipient).ToList();
            if (room.Count == 0) continue;
            var (id, now) = (await Ids.Next(tx, account.Key, "inbox", room.Count), clock.GetUtcNow().ToUnixTimeMilliseconds());
            await tx.Bulk(Rows, room, (row, copy) => Write(row, id++, now, "smtp", copy.Recipient, copy.Path, copy.Mail.Raw, "new"));
            foreach (var (mail, _, _) in room) mail.IsStored = true;
        }
    }

    private static async Task<Dictionary<MailToken, long>> Counts(Tx tx, long accountId, long[] contactIds) =>
        (await tx.Query<(long EmailId, long ContactId, long Count)>(Sql["counts"], new { accountId, contactIds })).ToDictionary(c => new MailToken(accountId, c.EmailId, c.ContactId), c => c.Count);

    /// <summary>Stores what came to a mailbox or from a provider, in the caller's transaction; whom it is about is found out when it is judged.</summary>
    /// <param name="door">imap, pop3 or the code of a provider.</param>
    /// <param name="recipient">The mailbox, or the address that the provider names.</param>
    /// <param name="fingerprint">The same for every copy.</param>
    /// <returns>False when it is there already.</returns>
    public async Task<bool> Receive(Tx tx, long accountId, string door, string recipient, byte[] raw, string fingerprint)
    {
        var id = await Ids.Next(tx, accountId, "inbox");
        return await tx.Execute(Sql["receive"], new { accountId, id, now = clock.GetUtcNow(), door, recipient, raw, fingerprint }) == 1;
    }

    /// <summary>Adds what a relay said while it was sent to, in the transaction that judges it.</summary>
    /// <returns>The id of the first row; the others follow.</returns>
    internal async Task<long> AddReplies(Tx tx, long accountId, IReadOnlyCollection<(MailToken Path, string Email, byte[] Said)> replies)
    {
        if (replies.Count == 0) return 0;
        var (first, now) = (await Ids.Next(tx, accountId, "inbox", replies.Count), clock.GetUtcNow().ToUnixTimeMilliseconds());
        var id = first;
        await tx.Bulk(Rows, replies, (row, r) => Write(row, id++, now, "reply", r.Email, r.Path, r.Said, "done"));
        return first;
    }

    private static void Write(BulkRow row, long id, long now, string door, string recipient, MailToken path, byte[] raw, string state)
    {
        row.Long(path.AccountId); row.Long(id); row.Long(now); row.Text(door); row.Text(recipient); row.Long(path.EmailId); row.Long(path.ContactId); row.Bytes(raw); row.Text(state);
    }

    /// <summary>One that waits to be stored, once for each of our addresses it came to.</summary>
    private sealed record Mail(IReadOnlyCollection<(MailToken Path, string Recipient)> Paths, byte[] Raw)
    {
        public bool IsStored { get; set; }
    }
}
