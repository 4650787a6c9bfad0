using Winnow.Data;
using Winnow.Mail.Mime;

namespace Winnow.Contacts;

/// <summary>Changes what is known of an address, and with it the contact that has the address, in one transaction.</summary>
public sealed class AddressChanges(ContactStore contacts, Properties properties)
{
    /// <summary>Changes the state of one address.</summary>
    /// <param name="change">From the present state to the next, a pure function.</param>
    /// <returns>The state before and after.</returns>
    public async Task<(AddressState Before, AddressState After)> Change(Tx tx, long accountId, Actor actor, string email, Func<AddressState, AddressState> change)
    {
        var key = EmailAddress.Normalize(email) ?? throw new ArgumentException("Not an e-mail address", nameof(email));
        var before = await Addresses.ReadToChange(tx, accountId, key, email);
        var after = change(before);
        if (after == before) return (before, after);
        await Addresses.Write(tx, accountId, after);
        await Project(tx, accountId, actor, after);
        return (before, after);
    }

    private async Task Project(Tx tx, long accountId, Actor actor, AddressState state)
    {
        var holder = (await contacts.ByAddress(tx, accountId, [state.EmailKey])).GetValueOrDefault(state.EmailKey);
        if (holder?.EmailKey != state.EmailKey) return;                    // an additional address has no properties to show it in
        var before = (await contacts.ReadToChange(tx, accountId, [holder.Id])).SingleOrDefault();
        if (before?.EmailKey != state.EmailKey) return;
        var after = before.Copy();
        state.ProjectOnto(after);
        await contacts.Save(tx, actor, await properties.Catalog(tx, accountId), [(before, after)]);
    }
}
