using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email.Sending;
using Winnow.Mail.Mime;
using Winnow.Mail.Smtp;

namespace Winnow.Email;

/// <summary>Sends one copy of an e-mail to an address someone typed in, marked as a test. Nothing is counted and nobody is asked at the gates;
/// its way out leads to a page that says what it would do.</summary>
public sealed class TestMail(Db db, EmailStore emails, AccountStore accounts, Properties properties, ContactStore contacts, MailTokens tokens, Relays relays, DkimKeys keys, MailSettingsStore settings, TimeProvider clock)
{
    /// <summary>Sends it now and waits for the relay.</summary>
    /// <returns>What stands in the way; none: the relay took it.</returns>
    public async Task<IReadOnlyList<Fault>> Send(long accountId, long emailId, string address, CancellationToken stop = default)
    {
        if (EmailAddress.Normalize(address) is not { } key) return [new("Address", "This is not an email address.")];
        if (!(await settings.Read(accountId, stop)).Complete) return [new("Settings", "Sending is not set up yet: a relay, a bounce domain and the public address are needed.")];
        if (await emails.Find(accountId, emailId, stop) is not { } email) return [new(nameof(MarketingEmail), "This email does not exist any more.")];
        var (catalog, reader) = await db.Read(async tx => (await properties.Catalog(tx, accountId), (await contacts.ByAddress(tx, accountId, [key])).GetValueOrDefault(key)), stop);
        List<Fault> faults = [.. Template.Faults(email, catalog), .. email.Faults().Where(f => f.Field != nameof(email.IncludedLists))];
        return faults.Count > 0 ? faults : await Send(email, catalog, reader, address.Trim(), stop);
    }

    private async Task<IReadOnlyList<Fault>> Send(MarketingEmail email, PropertyCatalog catalog, Contact? reader, string address, CancellationToken stop)
    {
        var account = await accounts.Find(email.AccountId, stop);
        var secret = await tokens.Secret(email.AccountId, stop);
        var (pool, sender) = await relays.Of(email.AccountId, stop);
        var signer = await keys.SignerOf(email.AccountId, email.FromAddress, stop);
        var letter = Template.Compile(email, account!, catalog, "[Test] ", signer).For(reader, address, LetterHead.Sign(new(email.AccountId, email.Id, 0), sender, secret, clock.GetUtcNow()));
        return await pool.SendAsync(new(letter.ReturnPath, letter.To, letter.Content), null, stop) switch
        {
            SmtpOutcome.Accepted => [],
            SmtpOutcome.Refused refused => [new("Address", "The relay refused it: {0}", refused.Reply.ToString())],
            SmtpOutcome.NotStarted notStarted => [new("Settings", "The relay could not be used: {0}", notStarted.Why)],
            SmtpOutcome.Unknown unknown => [new("Settings", "Nobody knows whether the relay took it: {0}", unknown.Why)],
            _ => [],
        };
    }
}
