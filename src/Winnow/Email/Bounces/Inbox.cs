using Winnow.Data;

namespace Winnow.Email.Bounces;

/// <summary>Raw reports, kept as evidence. A mail is acknowledged to its sender only after its row is committed.</summary>
public sealed class Inbox(Db db, TimeProvider clock)
{
    /// <summary>How many mails one return path takes: a report and its copies, an out-of-office. More is a loop or an attack.</summary>
    public const int MostPerRecipient = 20;

    private static readonly SqlFile Sql = SqlFile.Beside<Inbox>();

    /// <summary>Stores one mail for each of the return paths it came to, and commits.</summary>
    /// <returns>False when nothing was stored, because each of the paths has had its fill.</returns>
    public Task<bool> Store(IReadOnlyCollection<(MailToken Path, string Recipient)> paths, ReadOnlyMemory<byte> raw, CancellationToken stop = default) => db.Write(async tx =>
    {
        var (stored, bytes) = (false, raw.ToArray());
        foreach (var (path, recipient) in paths)
        {
            if (await tx.Single<long>(Sql["count"], new { path.AccountId, path.EmailId, path.ContactId }) >= MostPerRecipient) continue;
            await Add(tx, path, "smtp", recipient, bytes, "new");
            stored = true;
        }
        return stored;
    }, stop);

    /// <summary>Stores what came to a mailbox or from a provider, in the caller's transaction; whom it is about is found out when it is judged.</summary>
    /// <param name="door">imap, pop3 or the code of a provider.</param>
    /// <param name="recipient">The mailbox, or the address that the provider names.</param>
    /// <param name="fingerprint">The same for every copy.</param>
    /// <returns>False when it is there already.</returns>
    public async Task<bool> Receive(Tx tx, long accountId, string door, string recipient, byte[] raw, string fingerprint) =>
        await Add(tx, new(accountId, 0, 0), door, recipient, raw, "new", fingerprint) > 0;

    /// <summary>Adds a row in the caller's transaction and returns its id; 0 when one with this fingerprint is there.</summary>
    internal async Task<long> Add(Tx tx, MailToken path, string door, string recipient, byte[] raw, string state, string? fingerprint = null)
    {
        var id = await Ids.Next(tx, path.AccountId, "inbox");
        var added = await tx.Execute(Sql["add"], new { path.AccountId, id, now = clock.GetUtcNow(), door, recipient, path.EmailId, path.ContactId, raw, state, fingerprint });
        return added == 1 ? id : 0;
    }
}
