using System.Globalization;
using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Lists;

/// <summary>Makes active lists static: at once, on a day, or after some days in which nobody joined or left. The members stay, and people decide
/// from then on; the filter is kept to be read. There is no way back.</summary>
public sealed class ListConversions(Db db, ListStore lists, TimeProvider clock)
{
    /// <summary>Most days without a change that can be waited for.</summary>
    public const int MostDays = 90;

    /// <summary>Why a list cannot be made static: what <see cref="Convert"/> and <see cref="Arrange"/> answer.</summary>
    public static readonly IReadOnlyList<string> Refusals = [Gone, Static, Filling, Past, Days];

    private const string Gone = "This list does not exist any more.", Static = "This list is static already.", Filling = "The list is still being filled. Try again when it is ready.",
        Past = "Choose a day after today.", Days = "Give a number of days from 1 to 90.";
    private static readonly SqlFile Sql = SqlFile.Beside<ListConversions>();

    /// <summary>Makes the list static with the members it has.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> Convert(Tx tx, long accountId, long id, long? userId)
    {
        await ListGate.Alone(tx, accountId);                        // nobody moves a contact by the filter meanwhile
        if (await Refusal(tx, accountId, id) is { } wrong) return wrong;
        if (await lists.Find(tx, accountId, id) is not { IsReady: true } list) return Filling;
        await tx.Execute(Sql["convert"], new { accountId, id, now = clock.GetUtcNow() });
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ListConverted, list.Name);
        return null;
    }

    /// <summary>Says when the list becomes static: at a time, or after days without a change. What was said before counts no more.</summary>
    /// <param name="at">When (UTC); null to wait for days without a change.</param>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> Arrange(Tx tx, long accountId, long id, DateTimeOffset? at, int? afterDays, long? userId)
    {
        if (at is not null ? at <= clock.GetUtcNow() : afterDays is not (>= 1 and <= MostDays)) return at is not null ? Past : Days;
        if (await Refusal(tx, accountId, id) is { } wrong) return wrong;
        await Write(tx, accountId, id, at, at is null ? afterDays : null, clock.GetUtcNow(), userId);
        return null;
    }

    /// <summary>The list stays active.</summary>
    public Task Cancel(Tx tx, long accountId, long id, long? userId) => Write(tx, accountId, id, null, null, null, userId);

    /// <summary>When the list becomes static if nobody joins or leaves until then; null when nobody said so.</summary>
    public static async Task<DateTimeOffset?> Due(Tx tx, long accountId, ContactList list)
    {
        if (list.ConvertsAfterDays is not { } days) return list.ConvertsAt;
        var waiting = await tx.SingleOrNone<DateTimeOffset?>(Sql["last-delta"], new { accountId, list.Id });
        return new[] { list.ConversionSetAt, list.BuiltAt, waiting, await ListHistory.LastChange(tx, accountId, list.Id) }.Max()!.Value.AddDays(days);
    }

    /// <summary>Makes those static whose time has come, of every account. Safe to run twice and on several processes at once.</summary>
    public async Task RunDue(CancellationToken stop)
    {
        foreach (var (accountId, id) in await db.Read(tx => tx.Query<(long, long)>(Sql["arranged"], new { now = clock.GetUtcNow() }), stop))
            if (await db.Read(tx => IsDue(tx, accountId, id), stop))
                await db.Write(async tx =>
                {
                    await ListGate.Alone(tx, accountId);
                    if (await IsDue(tx, accountId, id)) await Convert(tx, accountId, id, null);       // again behind the gate: somebody may have joined or cancelled
                }, stop);
    }

    private async Task<bool> IsDue(Tx tx, long accountId, long id) =>
        await lists.Find(tx, accountId, id) is { IsActive: true, IsReady: true } list && await Due(tx, accountId, list) <= clock.GetUtcNow();

    private async Task Write(Tx tx, long accountId, long id, DateTimeOffset? at, int? days, DateTimeOffset? set, long? userId)
    {
        if (await lists.Find(tx, accountId, id) is not { } list || await tx.Execute(Sql["arrange"], new { accountId, id, at, days, set }) == 0) return;
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ListConversionSet, list.Name, null, Words(list.ConvertsAt, list.ConvertsAfterDays), Words(at, days));
    }

    private static string? Words(DateTimeOffset? at, long? days) =>
        at is { } moment ? moment.ToString("u", CultureInfo.InvariantCulture) : days is { } n ? string.Create(CultureInfo.InvariantCulture, $"after {n} days without a change") : null;

    private async Task<string?> Refusal(Tx tx, long accountId, long id) => await lists.Find(tx, accountId, id) switch { null => Gone, { IsActive: false } => Static, _ => null };
}
