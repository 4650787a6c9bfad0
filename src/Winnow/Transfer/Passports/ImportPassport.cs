using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Transfer.Passports;

/// <summary>Takes a passport in. Each line first lies under the hash that only this installation makes, where an address that comes later finds it by itself; then
/// addresses that are known here take over what lies there. Broken off anywhere, the same passport is simply imported again: nothing is done twice.</summary>
public sealed class ImportPassport(Db db, AddressHashes hashes, ContactStore contacts, AddressChanges changes, TimeProvider clock)
{
    private const int Page = 2_000;
    private static readonly SqlFile Sql = SqlFile.Beside<ImportPassport>();

    /// <summary>Imports a passport that was checked and whose signer is trusted, and puts it on record.</summary>
    /// <param name="passport">From its beginning.</param>
    /// <param name="show">Told how many addresses were taken in.</param>
    /// <returns>How many addresses that are known here became suppressed, or for one more reason.</returns>
    public async Task<long> Run(long accountId, Stream passport, PassportHead head, long? userId, Func<long, Task> show, CancellationToken stop)
    {
        await hashes.MakeKey(stop);
        var (count, batch) = (0L, new List<PassportLine>());
        await foreach (var line in Passport.Read(passport, stop))
        {
            batch.Add(line);
            if (batch.Count == Page) await Flush();
        }
        await Flush();
        var changed = await TakeOver(accountId, userId, stop);
        await db.Write(tx => AuditLog.Add(tx, clock, accountId, userId, AuditAction.PassportImported, $"{head.From} ({head.Signer})", count), stop);
        return changed;

        async Task Flush()
        {
            await db.Write(tx => Lay(tx, accountId, batch), stop);
            count += batch.Count;
            batch.Clear();
            await show(count);
        }
    }

    private async Task Lay(Tx tx, long accountId, List<PassportLine> lines)
    {
        var hidden = await hashes.Hidden(tx, accountId, lines.Select(line => line.Hash));
        var says = new SortedDictionary<string, PassportLine>(StringComparer.Ordinal);
        foreach (var line in lines) says[hidden[line.Hash]] = line;
        var before = await Addresses.ReadToChange(tx, accountId, says.ToDictionary(s => s.Key, _ => ""));
        var now = clock.GetUtcNow();
        await Addresses.Write(tx, accountId, before.Select(state => (state, After: On(state, says[state.EmailKey], now))).Where(s => s.After != s.state).Select(s => s.After));
    }

    private async Task<long> TakeOver(long accountId, long? userId, CancellationToken stop)
    {
        var changed = 0L;
        for (var after = ""; ;)
        {
            var keys = await db.Read(tx => tx.Query<string>(Sql["known"], new { accountId, after, size = (long)Page }), stop);
            if (keys.Count == 0) return changed;
            changed += await db.Write(tx => TakeOver(tx, accountId, userId, keys), stop);
            after = keys[^1];
        }
    }

    private async Task<long> TakeOver(Tx tx, long accountId, long? userId, List<string> keys)
    {
        await contacts.HoldAddresses(tx, accountId);
        var hidden = await hashes.HiddenOf(tx, accountId, keys);
        if (hidden.Count == 0) return 0;
        var laid = (await Addresses.ReadToChange(tx, accountId, hidden.Values.ToArray())).ToDictionary(state => state.EmailKey);
        var now = clock.GetUtcNow();
        var changed = (await Addresses.ReadToChange(tx, accountId, hidden.ToDictionary(h => h.Key, h => h.Key)))
            .Select(state => (Before: state, After: On(state, LineOf(laid[hidden[state.EmailKey]]), now))).Where(s => s.After != s.Before).Select(s => s.After).ToList();
        await changes.Write(tx, accountId, new("IMPORT", "passport", userId), changed);
        await AddressHashes.Drop(tx, accountId, hidden.Values.ToArray());
        return changed.Count;
    }

    private static PassportLine LineOf(AddressState laid) =>
        new("", laid.OptedOutAt, laid.ComplainedAt, laid.IsHardBounced ? laid.HardBouncedAt : null, laid.IsHardBounced ? laid.HardBounceReason : null);

    private static AddressState On(AddressState state, PassportLine line, DateTimeOffset now)
    {
        if (line.OptedOut is { } optedOut) state = new Suppression(Suppressions.OptOut, optedOut).On(state, now);
        if (line.Complained is { } complained) state = new Suppression(Suppressions.SpamReport, complained).On(state, now);
        return line.Bounced is { } bounced ? new Suppression(Suppressions.HardBounce, bounced, BuiltInProperties.HardBounceReasons.Any(r => r.Value == line.Reason) ? line.Reason : null).On(state, now) : state;
    }
}
