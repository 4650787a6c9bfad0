using System.Runtime.CompilerServices;
using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Transfer.Passports;

/// <summary>Writes the suppressed addresses of an account as a passport. Addresses of people who were deleted permanently are not in it: their hashes are of this installation only.</summary>
public sealed class ExportPassport(Db db, PassportKey keys, TimeProvider clock)
{
    private const int Page = 5_000;

    /// <summary>Writes the passport and puts it on record.</summary>
    /// <param name="from">The account's name.</param>
    /// <returns>How many addresses are in it, and the fingerprint of the signer.</returns>
    public async Task<(long Count, string Signer)> Write(Stream to, long accountId, string from, long? userId, CancellationToken stop)
    {
        using var key = await keys.Get(stop);
        var signer = PassportKey.Fingerprint(key.ExportSubjectPublicKeyInfo());
        var count = await Passport.Write(to, from, clock.GetUtcNow(), key, Lines(accountId, stop), stop);
        await db.Write(tx => AuditLog.Add(tx, clock, accountId, userId, AuditAction.PassportExported, signer, count), stop);
        return (count, signer);
    }

    private async IAsyncEnumerable<PassportLine> Lines(long accountId, [EnumeratorCancellation] CancellationToken stop)
    {
        for (var after = ""; ;)
        {
            var (keys, states) = await db.Read(async tx =>
            {
                var page = await ExportOptOuts.Known(tx, accountId, after, Page);
                return (page, await Addresses.Read(tx, accountId, page));
            }, stop);
            foreach (var key in keys)
                if (states.TryGetValue(key, out var state) && LineOf(state) is { } line) yield return line;      // else it was erased between the two readings
            if (keys.Count < Page) yield break;
            after = keys[^1];
        }
    }

    /// <summary>A bounce that was lifted, or that did not keep mail away, is not handed on.</summary>
    private static PassportLine? LineOf(AddressState state) => state is { OptedOutAt: null, ComplainedAt: null, IsHardBounced: false } ? null
        : new(AddressHashes.Plain(state.EmailKey), state.OptedOutAt, state.ComplainedAt, state.IsHardBounced ? state.HardBouncedAt : null, state.IsHardBounced ? state.HardBounceReason ?? "OTHER" : null);
}
