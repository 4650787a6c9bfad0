using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Winnow.Audit;
using Winnow.Data;
using Winnow.Mail.Retrieval;

namespace Winnow.Email.Bounces.Mailboxes;

/// <summary>A mailbox on another server to which reports come. Its mails are taken and removed.</summary>
/// <param name="Protocol">imap or pop3, as stored and as the door is called.</param>
/// <param name="Tls">implicit, starttls or none.</param>
/// <param name="Password">In clear here, encrypted in the database; empty when its key was lost.</param>
/// <param name="Folder">IMAP: which one is read.</param>
/// <param name="MoveTo">IMAP: where mails go that were taken; null deletes them.</param>
/// <param name="CheckedAt">When it was read last (UTC), with or without success.</param>
/// <param name="Problem">Name of the <see cref="RetrievalFault"/> that kept it from being read last time; null when it was read.</param>
/// <param name="Said">The server's words about that.</param>
/// <param name="Taken">Mails taken in all.</param>
public sealed record ReportMailbox(
    long Id, string Protocol, string Host, int Port, string Tls, string UserName, string Password, string Folder, string? MoveTo, DateTimeOffset? CheckedAt, string? Problem, string? Said, long Taken)
{
    /// <summary>A new one with the usual settings.</summary>
    public static readonly ReportMailbox New = new(0, "imap", "", 993, "implicit", "", "", "INBOX", null, null, null, null, 0);

    internal RetrievalServer Server => new(
        Protocol == "pop3" ? RetrievalProtocol.Pop3 : RetrievalProtocol.Imap, Host, Port,
        Tls switch { "none" => RetrievalTls.None, "starttls" => RetrievalTls.StartTls, _ => RetrievalTls.Implicit }, UserName, Password, Folder);
}

/// <summary>Reads and writes an account's mailboxes.</summary>
public sealed class ReportMailboxes(Db db, IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>How many an account can have.</summary>
    public const int Most = 20;

    private static readonly SqlFile Sql = SqlFile.Beside<ReportMailboxes>();
    private readonly IDataProtector protector = protection.CreateProtector("Winnow.Mailboxes.Password");

    /// <summary>All of the account.</summary>
    public async Task<List<ReportMailbox>> All(long accountId, CancellationToken stop = default) =>
        [.. (await db.Read(tx => tx.Query<ReportMailbox>(Sql["all"], new { accountId }), stop)).Select(Open)];

    /// <summary>One, or null when this account has none of this id.</summary>
    public async Task<ReportMailbox?> Find(long accountId, long id, CancellationToken stop = default) =>
        await db.Read(tx => tx.SingleOrNone<ReportMailbox>(Sql["find"], new { accountId, id }), stop) is { } found ? Open(found) : null;

    /// <summary>Writes one; it is read within moments.</summary>
    /// <param name="box">Its id is 0 for a new one.</param>
    /// <returns>Its id; 0 when there are <see cref="Most"/> already, or it is gone.</returns>
    public Task<long> Save(long accountId, ReportMailbox box, long userId, CancellationToken stop = default)
    {
        var password = protector.Protect(box.Password);             // before the transaction: its first use may write a key, which would wait for it
        return db.Write(tx => Save(tx, accountId, box, password, userId), stop);
    }

    /// <summary>Takes one out. Its mails stay where they are; reports that were taken stay here.</summary>
    /// <returns>False when this account has none of this id.</returns>
    public Task<bool> Remove(long accountId, long id, long userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        if (await tx.SingleOrNone<ReportMailbox>(Sql["find"], new { accountId, id }) is not { } box) return false;
        await tx.Execute(Sql["remove"], new { accountId, id });
        await tx.Execute(Sql["forget-mails"], new { accountId, id });
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ReportDoorChanged, Name(box), null, "read", "removed");
        return true;
    }, stop);

    /// <summary>Has one read within moments.</summary>
    /// <returns>False when this account has none of this id.</returns>
    public Task<bool> ReadSoon(long accountId, long id, CancellationToken stop = default) => db.Write(async tx => await tx.Execute(Sql["soon"], new { accountId, id }) == 1, stop);

    internal ReportMailbox Open(ReportMailbox box)
    {
        try { return box with { Password = protector.Unprotect(box.Password) }; }
        catch (CryptographicException) { return box with { Password = "" }; }            // the server will refuse it, and the page says what to do
    }

    private async Task<long> Save(Tx tx, long accountId, ReportMailbox box, string password, long userId)
    {
        if (box.Id == 0 && await tx.Single<long>(Sql["count"], new { accountId }) >= Most) return 0;
        var id = box.Id == 0 ? await Ids.Next(tx, accountId, "mailbox") : box.Id;
        var row = new { accountId, id, box.Protocol, box.Host, box.Port, box.Tls, box.UserName, password, box.Folder, box.MoveTo, now = clock.GetUtcNow() };
        if (await tx.Execute(Sql[box.Id == 0 ? "add" : "change"], row) == 0) return 0;
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ReportDoorChanged, Name(box), null, null,
            $"{box.Protocol} {box.Host}:{box.Port} {box.Tls}, {box.UserName}, {box.Folder}, {(box.MoveTo is null ? "deletes" : "moves to " + box.MoveTo)}");
        return id;
    }

    private static string Name(ReportMailbox box) => $"Mailbox {box.UserName} at {box.Host}";
}
