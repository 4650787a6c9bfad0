using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Email;

/// <summary>What a way out is about.</summary>
/// <param name="Email">The address the mail went to; empty for a test mail.</param>
/// <param name="AccountName">Who sent it.</param>
/// <param name="Language">The account's language.</param>
/// <param name="IsOut">Whether the address is unsubscribed now.</param>
public sealed record Subscription(MailToken Token, string Email, string AccountName, string Language, bool IsOut)
{
    /// <summary>It came with a test mail, which nobody is subscribed to.</summary>
    public bool IsTest => Token.ContactId == 0;
}

/// <summary>The way out of marketing e-mail, and back in. Whoever has the link from the mail may use it; it is the address that is unsubscribed,
/// so it stays so whoever the contact is later.</summary>
public sealed class Unsubscribe(Db db, MailTokens tokens, AddressChanges addresses, ListKeeper lists, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<Unsubscribe>();

    /// <summary>What a link is about; null when we did not make it.</summary>
    public async Task<Subscription?> Find(string token, CancellationToken stop = default) =>
        await tokens.Read(token, TokenPurpose.Unsubscribe, stop) is { } genuine ? await db.Read(tx => Find(tx, genuine), stop) : null;

    /// <summary>Unsubscribes the address from all marketing e-mail. Doing it again changes nothing.</summary>
    /// <param name="source">link, one-click or mail: how the person said so.</param>
    /// <returns>How it is now; null when we did not make the link.</returns>
    public Task<Subscription?> Leave(string token, string source, CancellationToken stop = default) =>
        Change(token, "UNSUBSCRIBED", source, state => state.OptedOutAt is null ? state with { OptedOutAt = clock.GetUtcNow(), OptOutSource = source } : state, stop);

    /// <summary>Takes it back: only the person can, by the same link.</summary>
    /// <inheritdoc cref="Leave" path="/returns"/>
    public Task<Subscription?> Return(string token, CancellationToken stop = default) =>
        Change(token, "SUBSCRIBED", "link", state => state with { OptedOutAt = null, OptOutSource = null }, stop);

    private async Task<Subscription?> Change(string token, string status, string source, Func<AddressState, AddressState> change, CancellationToken stop) =>
        await tokens.Read(token, TokenPurpose.Unsubscribe, stop) is { } genuine ? await db.Write(tx => Change(tx, genuine, status, source, change), stop) : null;

    private async Task<Subscription?> Change(Tx tx, MailToken token, string status, string source, Func<AddressState, AddressState> change)
    {
        if (await Find(tx, token) is not { IsTest: false } found) return await Find(tx, token);
        var (before, after) = await addresses.Change(tx, token.AccountId, new Actor("EMAIL", $"email:{token.EmailId}"), found.Email, change);
        if (before != after)
        {
            await EmailEvents.Add(tx, token.AccountId, token.EmailId, clock, [new("STATUSCHANGE", token.ContactId, after.EmailKey, status, source)]);
            await lists.Happened(tx, token.AccountId, [token.ContactId]);
        }
        return found with { IsOut = after.OptedOutAt is not null };
    }

    private static async Task<Subscription?> Find(Tx tx, MailToken token) =>
        await tx.SingleOrNone<Row>(Sql[token.ContactId == 0 ? "test" : "find"], new { accountId = token.AccountId, emailId = token.EmailId, contactId = token.ContactId }) is { } row
            ? new(token, row.Email, row.Name, row.Language, row.IsOut) : null;

    private sealed record Row(string Email, string Name, string Language, bool IsOut);
}
