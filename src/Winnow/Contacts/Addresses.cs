using Winnow.Data;

namespace Winnow.Contacts;

/// <summary>Reads and writes the state of addresses. Whoever changes one calls <see cref="AddressChanges"/>, which keeps contacts in step.</summary>
public static class Addresses
{
    private static readonly SqlFile Sql = SqlFile.Of("Contacts/Addresses.sql");

    /// <summary>The states of these normalised addresses; those of which nothing is known are missing.</summary>
    public static async Task<Dictionary<string, AddressState>> Read(Tx tx, long accountId, IReadOnlyCollection<string> keys) => keys.Count == 0 ? []
        : (await tx.Query<AddressState>(Sql["read"], new { accountId, keys = ContactStore.Sorted(keys) })).ToDictionary(s => s.EmailKey);

    /// <summary>The states of these addresses, in the order of their keys, locked until the commit; made where nothing was known.</summary>
    /// <param name="emails">The addresses as written, by their normalised form.</param>
    internal static async Task<List<AddressState>> ReadToChange(Tx tx, long accountId, IReadOnlyDictionary<string, string> emails)
    {
        if (emails.Count == 0) return [];
        await tx.Execute(Sql["make"], new { accountId, rows = JsonRows.Of(emails.Select(e => new { key = e.Key, email = e.Value })) });
        return await ReadToChange(tx, accountId, emails.Keys.ToArray());
    }

    /// <summary>The states of these addresses, in the order of their keys, locked until the commit; those of which nothing is known are missing.</summary>
    internal static Task<List<AddressState>> ReadToChange(Tx tx, long accountId, IReadOnlyCollection<string> keys) =>
        tx.Query<AddressState>(Sql["lock"], new { accountId, keys = keys.ToArray() });

    /// <summary>Writes states that are locked.</summary>
    internal static Task Write(Tx tx, long accountId, IEnumerable<AddressState> states) => tx.Execute(Sql["write"], new
    {
        rows = JsonRows.Of(states.Select(s => new
        {
            account = accountId, key = s.EmailKey, reason = s.HardBounceReason, bounced = s.HardBouncedAt?.ToUnixTimeMilliseconds(), email = s.HardBounceEmailId, sent = s.HardBounceSentAt?.ToUnixTimeMilliseconds(),
            spared = s.HardBounceSpared, bounces = s.Bounces, unbounced = s.UnbouncedAt?.ToUnixTimeMilliseconds(), by = s.UnbouncedBy, complained = s.ComplainedAt?.ToUnixTimeMilliseconds(),
            opted = s.OptedOutAt?.ToUnixTimeMilliseconds(), source = s.OptOutSource, quarantined = s.QuarantinedAt?.ToUnixTimeMilliseconds(), inbox = s.HardBounceInboxId,
        })),
    });
}
