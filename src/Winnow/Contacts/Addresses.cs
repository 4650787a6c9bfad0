using Winnow.Data;

namespace Winnow.Contacts;

/// <summary>Reads and writes the state of addresses. Whoever changes one calls <see cref="AddressChanges"/>, which keeps contacts in step.</summary>
public static class Addresses
{
    private static readonly SqlFile Sql = SqlFile.Of("Contacts/Addresses.sql");

    /// <summary>The states of these normalised addresses; those of which nothing is known are missing.</summary>
    public static async Task<Dictionary<string, AddressState>> Read(Tx tx, long accountId, IReadOnlyCollection<string> keys) => keys.Count == 0 ? []
        : (await tx.Query<AddressState>(Sql["read"], new { accountId, keys = keys.ToArray() })).ToDictionary(s => s.EmailKey);

    /// <summary>The state of one address, locked until the commit; made when nothing was known.</summary>
    internal static async Task<AddressState> ReadToChange(Tx tx, long accountId, string key, string email)
    {
        await tx.Execute(Sql["make"], new { accountId, key, email });
        return await tx.Single<AddressState>(Sql["lock"], new { accountId, key });
    }

    /// <summary>The states of these addresses, in the order of their keys, locked until the commit; those of which nothing is known are missing.</summary>
    internal static Task<List<AddressState>> ReadToChange(Tx tx, long accountId, IReadOnlyCollection<string> keys) =>
        tx.Query<AddressState>(Sql["lock-some"], new { accountId, keys = keys.ToArray() });

    internal static Task Write(Tx tx, long accountId, AddressState state) => tx.Execute(Sql["write"], new
    {
        accountId, state.EmailKey, state.HardBounceReason, state.HardBouncedAt, state.HardBounceEmailId, state.HardBounceSentAt, state.HardBounceSpared, state.Bounces,
        state.UnbouncedAt, state.UnbouncedBy, state.ComplainedAt, state.OptedOutAt, state.OptOutSource, state.QuarantinedAt, state.HardBounceInboxId,
    });
}
