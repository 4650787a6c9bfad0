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

    /// <summary>Changes the states of many addresses; those of which nothing is known stay as they are. They are locked in one order, so that two
    /// such writers cannot wait for each other.</summary>
    /// <returns>The states after, of those that changed.</returns>
    public async Task<List<AddressState>> Change(Tx tx, long accountId, Actor actor, IReadOnlyCollection<string> keys, Func<AddressState, AddressState> change)
    {
        var changed = new List<AddressState>();
        foreach (var before in await Addresses.ReadToChange(tx, accountId, keys))
        {
            var after = change(before);
            if (after == before) continue;
            await Addresses.Write(tx, accountId, after);
            changed.Add(after);
        }
        await Project(tx, accountId, actor, changed.ToDictionary(state => state.EmailKey));
        return changed;
    }

    private async Task Project(Tx tx, long accountId, Actor actor, Dictionary<string, AddressState> states)
    {
        if (states.Count == 0) return;
        var holders = (await contacts.ByAddress(tx, accountId, states.Keys)).Where(pair => pair.Value.EmailKey == pair.Key).Select(pair => pair.Value.Id).Distinct().Order().ToList();
        var pairs = new List<(Contact?, Contact)>();
        foreach (var before in await contacts.ReadToChange(tx, accountId, holders))
        {
            if (before.EmailKey is null || !states.TryGetValue(before.EmailKey, out var state)) continue;
            var after = before.Copy();
            state.ProjectOnto(after);
            pairs.Add((before, after));
        }
        await contacts.Save(tx, actor, await properties.Catalog(tx, accountId), pairs);
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
