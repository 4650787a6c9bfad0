using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Winnow.Data;

namespace Winnow.Accounts;

/// <summary>
/// Links that let one person do one thing once: set a new password, accept an invitation. The token is 32 random bytes
/// and goes out in a mail; the database keeps its hash only, so that who reads the table can use none of them.
/// </summary>
public sealed class OneTimeLinks(Db db, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<OneTimeLinks>();
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Stores a link.</summary>
    /// <returns>The token, 43 characters that may stand in an address as they are. It is not kept: put it in the mail now.</returns>
    public async Task<string> Create(Tx tx, OneTimeLink link)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await tx.Execute(Sql["add"], new { tokenHash = Hash(token), link.Purpose, link.UserId, link.AccountId, link.Email, link.Data, now = clock.GetUtcNow(), link.ExpiresAt });
        return token;
    }

    /// <summary>The link of a token while it can still be used, to show its page; null when it is used, past, withdrawn or unknown.</summary>
    public Task<OneTimeLink?> Find(string purpose, string token, CancellationToken stop = default) =>
        db.Read(tx => tx.SingleOrNone<OneTimeLink>(Sql["find"], new { tokenHash = Hash(token), purpose, now = clock.GetUtcNow() }), stop);

    /// <summary>Uses a link up, in the transaction of what it allows. Two at once: one of them gets it.</summary>
    /// <returns>The link, or null when it is used, past, withdrawn or unknown.</returns>
    public Task<OneTimeLink?> Use(Tx tx, string purpose, string token) =>
        tx.SingleOrNone<OneTimeLink>(Sql["use"], new { tokenHash = Hash(token), purpose, now = clock.GetUtcNow() });

    /// <summary>How many links with this purpose a person was sent since then, so that nobody's mailbox is filled by others.</summary>
    public Task<long> CountSince(Tx tx, string purpose, long userId, DateTimeOffset since) => tx.Single<long>(Sql["count-recent"], new { purpose, userId, since });

    /// <summary>Makes all open links of a person with this purpose worthless.</summary>
    public Task Withdraw(Tx tx, string purpose, long userId) => tx.Execute(Sql["withdraw"], new { purpose, userId, now = clock.GetUtcNow() });

    /// <summary>Makes all open links of this purpose that an account sent to an address worthless; the address as it was written there.</summary>
    public Task Withdraw(Tx tx, string purpose, long accountId, string email) => tx.Execute(Sql["withdraw-invitation"], new { purpose, accountId, email, now = clock.GetUtcNow() });

    /// <summary>Deletes what has been past for 30 days.</summary>
    public Task Forget(CancellationToken stop) => db.Write(tx => tx.Execute(Sql["forget"], new { before = clock.GetUtcNow() - Kept }), stop);

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

/// <summary>What a one-time link is for.</summary>
/// <param name="Purpose">A short name of what it allows; a token of one purpose is none of another.</param>
/// <param name="ExpiresAt">From then on it is worthless.</param>
/// <param name="UserId">The person it is for, when there is one already.</param>
/// <param name="AccountId">The account it is about, if any.</param>
/// <param name="Email">Where it was sent.</param>
/// <param name="Data">What the purpose needs to remember, as text.</param>
public sealed record OneTimeLink(string Purpose, DateTimeOffset ExpiresAt, long? UserId = null, long? AccountId = null, string? Email = null, string? Data = null);
