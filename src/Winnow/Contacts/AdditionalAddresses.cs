using Winnow.Data;
using Winnow.Mail.Mime;

namespace Winnow.Contacts;

/// <summary>An address of a contact besides its primary one.</summary>
public sealed record AdditionalAddress(string EmailKey, string Email, DateTimeOffset CreatedAt);

/// <summary>What came of a change of additional addresses.</summary>
public enum AddressOutcome
{
    /// <summary>Done, or it was so already.</summary>
    Done,
    /// <summary>This account has no such contact, or the contact no such address.</summary>
    NotThere,
    /// <summary>Not an e-mail address.</summary>
    NotValid,
    /// <summary>Another contact has it.</summary>
    Taken,
    /// <summary>It was deleted permanently and must not come back.</summary>
    Blocked,
    /// <summary>The contact has as many as it may have.</summary>
    TooMany,
}

/// <summary>Further addresses by which a contact is found, by people and by imports; mail goes to the primary one only. An address belongs
/// to one contact of the account, primary or additional. They show in the property <i>Additional email addresses</i>, with its history.</summary>
public sealed class AdditionalAddresses(Db db, ContactStore contacts, Properties properties, TimeProvider clock)
{
    /// <summary>How many a contact may have.</summary>
    public const int Most = 20;

    private static readonly SqlFile Sql = SqlFile.Beside<AdditionalAddresses>();
    private static readonly Property Email = BuiltInProperties.Of("email"), Shown = BuiltInProperties.Of("hs_additional_emails");

    /// <summary>The additional addresses of a contact, oldest first.</summary>
    public static Task<List<AdditionalAddress>> Of(Tx tx, long accountId, long contactId) => tx.Query<AdditionalAddress>(Sql["of"], new { accountId, contactId });

    /// <summary>Adds an address.</summary>
    /// <returns>What came of it, and who has the address when it is taken.</returns>
    public async Task<(AddressOutcome Outcome, Contact? Holder)> Add(long accountId, long userId, long contactId, string? text, CancellationToken stop)
    {
        if (EmailAddress.Normalize(text) is not { } key) return (AddressOutcome.NotValid, null);
        Contact? holder = null;
        var outcome = await Change(accountId, userId, contactId, async (tx, _) =>
        {
            holder = (await contacts.ByAddress(tx, accountId, [key])).GetValueOrDefault(key);
            if (holder is not null) return holder.Id == contactId ? AddressOutcome.Done : AddressOutcome.Taken;
            if ((await contacts.Blocked(tx, accountId, [key])).Count > 0) return AddressOutcome.Blocked;
            if ((await Of(tx, accountId, contactId)).Count >= Most) return AddressOutcome.TooMany;
            await tx.Execute(Sql["add"], new { accountId, key, contactId, email = text!.Trim(), now = clock.GetUtcNow() });
            return AddressOutcome.Done;
        }, stop);
        return (outcome, outcome == AddressOutcome.Taken ? holder : null);
    }

    /// <summary>Takes an additional address away.</summary>
    public Task<AddressOutcome> Remove(long accountId, long userId, long contactId, string key, CancellationToken stop) =>
        Change(accountId, userId, contactId, async (tx, _) => await tx.Execute(Sql["remove"], new { accountId, contactId, key }) == 1 ? AddressOutcome.Done : AddressOutcome.NotThere, stop);

    /// <summary>Makes an additional address the primary one; the old primary one stays as an additional one. What is known of each address
    /// (bounces, opt-outs) stays with the address.</summary>
    public Task<AddressOutcome> MakePrimary(long accountId, long userId, long contactId, string key, CancellationToken stop) =>
        Change(accountId, userId, contactId, async (tx, contact) =>
        {
            if ((await Of(tx, accountId, contactId)).FirstOrDefault(a => a.EmailKey == key) is not { } chosen) return AddressOutcome.NotThere;
            await tx.Execute(Sql["remove"], new { accountId, contactId, key });
            if (contact.Email is { } old) await tx.Execute(Sql["add"], new { accountId, key = contact.EmailKey, contactId, email = old, now = clock.GetUtcNow() });
            contact[Email] = chosen.Email;
            return AddressOutcome.Done;
        }, stop);

    /// <summary>Takes an address of the contact out of its additional ones, because it becomes the primary one. The caller saves the contact.</summary>
    internal static async Task TakeBack(Tx tx, Contact contact, string key)
    {
        await tx.Execute(Sql["remove"], new { accountId = contact.AccountId, contactId = contact.Id, key });
        await Show(tx, contact);
    }

    /// <summary>Gives contacts that come back from the recycle bin their additional addresses, but for those that another contact has by
    /// now. The caller holds the addresses and saves the contacts.</summary>
    internal static async Task GiveBack(Tx tx, IEnumerable<Contact> restored, DateTimeOffset now)
    {
        foreach (var contact in restored)
            if (contact[Shown] is string list)
            {
                foreach (var email in list.Split(';'))
                    if (EmailAddress.Normalize(email) is { } key) await tx.Execute(Sql["give-back"], new { accountId = contact.AccountId, key, contactId = contact.Id, email, now });
                await Show(tx, contact);
            }
    }

    private static async Task Show(Tx tx, Contact contact) =>
        contact[Shown] = string.Join(';', (await Of(tx, contact.AccountId, contact.Id)).Select(a => a.Email)) is { Length: > 0 } list ? list : null;

    private Task<AddressOutcome> Change(long accountId, long userId, long contactId, Func<Tx, Contact, Task<AddressOutcome>> change, CancellationToken stop) => db.Write(async tx =>
    {
        await contacts.HoldAddresses(tx, accountId);
        if ((await contacts.ReadToChange(tx, accountId, [contactId])).SingleOrDefault() is not { } before) return AddressOutcome.NotThere;
        var after = before.Copy();
        var outcome = await change(tx, after);
        if (outcome != AddressOutcome.Done) return outcome;
        await Show(tx, after);
        await contacts.Save(tx, Actor.Person(userId), await properties.Catalog(tx, accountId), [(before, after)]);
        return outcome;
    }, stop);
}
