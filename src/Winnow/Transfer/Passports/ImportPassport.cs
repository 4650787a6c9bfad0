using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Transfer.Passports;

/// <summary>How far the import of a passport has come; at its end, or where it was stopped, what came of it.</summary>
/// <param name="Position">Where in the file the next address begins, in bytes.</param>
/// <param name="After">All known addresses up to here took over what the passport says of them.</param>
/// <param name="Suppressed">Addresses known here that became suppressed, or for one more reason.</param>
public sealed record ImportPassportState(long PassportId, long Position, string After, long Suppressed);

/// <summary>Takes a passport in. Each line first lies under the hash that only this installation makes, where an address that comes later finds it by itself; then
/// addresses that are known here take over what lies there. Some thousand a transaction, with the place behind them; the same passport once more does nothing more.</summary>
public sealed class ImportPassport(Db db, UploadedPassports passports, Files files, AddressHashes hashes, ContactStore contacts, AddressChanges changes, TimeProvider clock) : IJob
{
    private const int Page = 2_000;
    private static readonly SqlFile Sql = SqlFile.Beside<ImportPassport>();

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        await hashes.MakeKey(stop);
        await Lay(run, stop);
        while (await db.Read(tx => tx.Query<string>(Sql["known"], new { accountId = run.AccountId, after = run.State<ImportPassportState>().After, size = (long)Page }), stop) is { Count: > 0 } keys)
            await run.Step(async tx =>
            {
                var (state, changed) = (run.State<ImportPassportState>(), await TakeOver(tx, run.AccountId, run.UserId, keys));
                return new Step<ImportPassportState>(state with { After = keys[^1], Suppressed = state.Suppressed + changed }, 0);
            }, stop);
        return run.State<ImportPassportState>();
    }

    private async Task Lay(JobRun run, CancellationToken stop)
    {
        var from = run.State<ImportPassportState>();
        if (run.Done == run.Total) return;                                                // the file is not needed any more
        var passport = (await passports.Find(run.AccountId, from.PassportId))!;
        var file = await files.Find(run.AccountId, passport.FileId) ?? throw new JobFailedException(Files.Gone);
        var (batch, at) = (new List<PassportLine>(), from.Position);
        await foreach (var (line, behind) in Passport.Read(files.Open(file, from.Position), from.Position, stop))
        {
            batch.Add(line);
            at = behind;
            if (batch.Count == Page) await Flush();
        }
        if (batch.Count > 0) await Flush();

        async Task Flush()
        {
            await run.Step(async tx =>
            {
                await Lay(tx, run.AccountId, batch);
                return new Step<ImportPassportState>(run.State<ImportPassportState>() with { Position = at }, batch.Count);
            }, stop);
            batch.Clear();
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
