using System.Collections.Concurrent;
using Winnow.Data;

namespace Winnow.Email;

/// <summary>Tells tokens of ours from others. Every stranger may show one, so nothing but a genuine token is believed.</summary>
public sealed class MailTokens(Db db)
{
    private static readonly SqlFile Sql = SqlFile.Beside<MailTokens>();
    private readonly ConcurrentDictionary<long, byte[]> secrets = new();          // an account's secret never changes

    /// <summary>What a token says, or null when it is none of ours for this purpose: tampered with, foreign, or made for something else.</summary>
    public async ValueTask<MailToken?> Read(string text, TokenPurpose purpose, CancellationToken stop = default) =>
        MailToken.Claim(text) is { } claim && await Secret(claim.AccountId, stop) is { } secret && claim.IsGenuine(text, purpose, secret) ? claim : null;

    /// <summary>What a return path (<c>b+TOKEN@…</c>) or an unsubscribe address (<c>u+TOKEN@…</c>) says, or null. The domain is not looked at.</summary>
    public async ValueTask<(TokenPurpose Purpose, MailToken Token)?> ReadAddress(string address, CancellationToken stop = default) =>
        ReturnPath.Parse(address) is var (purpose, text) && await Read(text, purpose, stop) is { } token ? (purpose, token) : null;

    /// <summary>The key that signs this account's tokens, or null when there is no such account.</summary>
    public async ValueTask<byte[]?> Secret(long accountId, CancellationToken stop = default)
    {
        if (secrets.TryGetValue(accountId, out var known)) return known;
        var secret = await db.Read(tx => tx.SingleOrNone<byte[]>(Sql["secret"], new { accountId }), stop);
        return secret is null ? null : secrets.GetOrAdd(accountId, secret);
    }
}
