using Winnow.Data;

namespace Winnow.Email.Sending;

/// <summary>How many mails may leave an account; null is without limit.</summary>
public sealed record PaceLimits(int? PerMinute, int? PerHour)
{
    /// <summary>Whether there is any.</summary>
    public bool None => PerMinute is null && PerHour is null;

    /// <summary>How many of the minute's limit go out in one piece: a second's share.</summary>
    public int Piece => PerMinute is { } most ? (most + 59) / 60 : int.MaxValue;
}

/// <summary>What was handed out so far.</summary>
/// <param name="LastHour">Mails in the minutes that still count.</param>
/// <param name="Oldest">The first of those minutes, since 1970; null when there is none.</param>
/// <param name="FreeAt">When the next piece of the minute's limit may be taken.</param>
public sealed record PaceUsed(long LastHour, long? Oldest, DateTimeOffset FreeAt);

/// <summary>What may go out.</summary>
/// <param name="Mails">How many now; 0: wait.</param>
/// <param name="At">When to ask again.</param>
public readonly record struct Allowance(int Mails, DateTimeOffset At);

/// <summary>
/// Hands out the account's allowance to whoever sends, on any process: a piece of about a second, never mail by mail. The minute's limit is
/// spread evenly, which is what relays that count like best; the hour's may be used up at once.
/// No sixty seconds and no sixty minutes hold more than the limit.
/// </summary>
public sealed class SendPace(Db db, TimeProvider clock)
{
    private const int Counted = 61;                  // minutes: the first of an hour counts until all of it is past
    private static readonly SqlFile Sql = SqlFile.Beside<SendPace>();

    /// <summary>Takes a piece. What is taken counts, also when the process dies before it is sent.</summary>
    public Task<Allowance> Take(long accountId, int wanted, CancellationToken stop) => db.Write(async tx =>
    {
        var limits = await tx.SingleOrNone<PaceLimits>(Sql["limits"], new { accountId }) ?? new(null, null);          // the lock of this row is everybody's turn
        if (limits.None) return new(wanted, default);
        var now = clock.GetUtcNow();
        var (minute, hourAgo) = (Minute(now), Minute(now) - Counted);
        await tx.Execute(Sql["forget"], new { accountId, hourAgo });
        var used = await tx.Single<PaceUsed>(Sql["used"], new { accountId, hourAgo });
        var allowed = Decide(limits, used, now, wanted);
        if (allowed.Mails > 0) await tx.Execute(Sql["take"], new { accountId, minute, mails = allowed.Mails, freeAt = allowed.At });
        return allowed;
    }, stop);

    /// <summary>What may go out now of what is wanted.</summary>
    public static Allowance Decide(PaceLimits limits, PaceUsed used, DateTimeOffset now, int wanted)
    {
        if (limits.PerMinute is not null && used.FreeAt > now) return new(0, used.FreeAt);
        var room = limits.PerHour is { } most ? most - used.LastHour : long.MaxValue;
        if (room <= 0) return new(0, DateTimeOffset.UnixEpoch.AddMinutes((used.Oldest ?? Minute(now)) + Counted));
        var mails = (int)Math.Min(Math.Min(wanted, limits.Piece), room);
        return new(mails, limits.PerMinute is { } perMinute ? now + Spacing(perMinute, limits.Piece) : now);
    }

    /// <summary>So that the whole pieces of a minute stay within its limit; rounded up, since moments are kept in whole milliseconds.</summary>
    private static TimeSpan Spacing(int perMinute, int piece) => TimeSpan.FromMilliseconds(Math.Ceiling(60_000.0 / (perMinute / piece)) + 1);

    private static long Minute(DateTimeOffset at) => at.ToUnixTimeSeconds() / 60;
}
