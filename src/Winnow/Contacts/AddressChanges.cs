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
        var before = (await Addresses.ReadToChange(tx, accountId, new Dictionary<string, string> { [key] = email })).Single();
        var after = change(before);
        if (after != before) await Write(tx, accountId, actor, [after]);
        return (before, after);
    }

    /// <summary>Changes the states of many addresses; those of which nothing is known stay as they are. They are locked in one order, so that two
    /// such writers cannot wait for each other.</summary>
    /// <returns>The states after, of those that changed.</returns>
    public async Task<List<AddressState>> Change(Tx tx, long accountId, Actor actor, IReadOnlyCollection<string> keys, Func<AddressState, AddressState> change)
    {
        var changed = new List<AddressState>();
        foreach (var before in await Addresses.ReadToChange(tx, accountId, keys))
            if (change(before) is var after && after != before) changed.Add(after);
        await Write(tx, accountId, actor, changed);
        return changed;
    }

    /// <summary>Writes states of addresses that are locked (<see cref="Addresses.ReadToChange(Tx, long, IReadOnlyDictionary{string, string})"/>), and shows
    /// them on the contacts whose primary address each is: an additional one has no properties to show it in.</summary>
    internal async Task Write(Tx tx, long accountId, Actor actor, IReadOnlyCollection<AddressState> changed)
    {
        if (changed.Count == 0) return;
        await Addresses.Write(tx, accountId, changed);
        var states = changed.ToDictionary(state => state.EmailKey);
        var holders = (await contacts.IdsByAddress(tx, accountId, states.Keys)).Values.Distinct().Order().ToList();
        var pairs = new List<(Contact?, Contact)>();
        foreach (var before in await contacts.ReadToChange(tx, accountId, holders))
        {
            if (before.EmailKey is null || !states.TryGetValue(before.EmailKey, out var state)) continue;
            var after = before.Copy();
            state.ProjectOnto(after);
            pairs.Add((before, after));
        }
        if (pairs.Count > 0) await contacts.Save(tx, actor, await properties.Catalog(tx, accountId), pairs);
    }
}
