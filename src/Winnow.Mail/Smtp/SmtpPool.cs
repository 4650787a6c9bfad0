namespace Winnow.Mail.Smtp;

/// <summary>
/// Up to so many sessions with one relay, opened when needed, used again, closed when idle. When the relay refuses new
/// sessions the pool backs off: with sessions still open it makes do with those for a while, with none it answers
/// <see cref="SmtpOutcome.NotStarted"/> at once until the pause, longer each time, is over. Safe for many callers.
/// </summary>
public sealed class SmtpPool : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);

    // Well under the five minutes after which servers hang up (RFC 5321 §4.5.3.2.7).
    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(20);

    private readonly SmtpRelay relay;
    private readonly SemaphoreSlim slots;
    private readonly Lock gate = new();
    private readonly Stack<Idle> idle = new();
    private readonly ITimer sweep;
    private int open;
    private int pauses;
    private DateTimeOffset pausedUntil = DateTimeOffset.MinValue;
    private SmtpOutcome.NotStarted? lastFailure;
    private bool closed;

    /// <summary>Opens nothing yet.</summary>
    /// <param name="relay">Where the mail goes.</param>
    /// <param name="connections">The most sessions open at a time.</param>
    public SmtpPool(SmtpRelay relay, int connections)
    {
        this.relay = relay;
        slots = new SemaphoreSlim(connections);
        sweep = relay.Clock.CreateTimer(_ => CloseIdle(MaxIdle), null, MaxIdle, MaxIdle);
    }

    private readonly record struct Idle(SmtpConnection Connection, DateTimeOffset Since);

    private readonly record struct Taken(SmtpConnection? Connection, bool IsFresh, SmtpOutcome.NotStarted? Failure);

    /// <summary>Sessions open now, busy or idle.</summary>
    public int OpenConnections
    {
        get { lock (gate) return open; }
    }

    /// <summary>
    /// Sends one message over a free session, waiting for one when all are busy. A session that turns out dead before the
    /// message itself was begun is replaced, unseen. See <see cref="SmtpConnection.SendAsync"/> for the hook, the token and
    /// what is thrown.
    /// </summary>
    public async ValueTask<SmtpOutcome> SendAsync(SmtpMessage message, Func<CancellationToken, ValueTask>? handingOver, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                await slots.WaitAsync(cancel);
            }
            catch (OperationCanceledException)
            {
                return new SmtpOutcome.NotStarted("The caller cancelled while waiting for a free session.", SmtpStage.Connect);
            }
            var (connection, isFresh, failure) = await Take(cancel);
            if (connection is null)
            {
                if (failure is null)
                {
                    // The relay takes no more sessions than we have: one place less until the pause is over.
                    _ = ReleaseLater(FirstPause);
                    continue;
                }
                slots.Release();
                return failure;
            }
            var outcome = await Send(connection, message, handingOver, cancel);
            if (outcome is not SmtpOutcome.NotStarted { Stage: <= SmtpStage.Data } notStarted || cancel.IsCancellationRequested) return Verdict(outcome);
            if (isFresh) return Pause(notStarted);
            // The relay hung up on a session at rest, and so on the others, most likely.
            _ = CloseIdle(TimeSpan.Zero);
        }
    }

    /// <summary>Says QUIT on idle sessions and takes no new messages; sessions in use close when their message is done.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate) closed = true;
        await sweep.DisposeAsync();
        await CloseIdle(TimeSpan.Zero);
    }

    private async ValueTask<SmtpOutcome> Send(SmtpConnection connection, SmtpMessage message, Func<CancellationToken, ValueTask>? handingOver, CancellationToken cancel)
    {
        try
        {
            return await connection.SendAsync(message, handingOver, cancel);
        }
        finally
        {
            GiveBack(connection);
            slots.Release();
        }
    }

    /// <summary>An idle session or a fresh one. Neither a connection nor a failure: wait for one of those in use.</summary>
    private async ValueTask<Taken> Take(CancellationToken cancel)
    {
        lock (gate)
        {
            if (closed) return new Taken(null, false, new SmtpOutcome.NotStarted("The pool is closed.", SmtpStage.Connect));
            if (idle.TryPop(out var free)) return new Taken(free.Connection, false, null);
            var left = pausedUntil - relay.Clock.GetUtcNow();
            if (left > TimeSpan.Zero) return new Taken(null, false, lastFailure! with { RetryAfter = left });
            open++;
        }
        var opened = await SmtpConnection.OpenAsync(relay, cancel);
        if (opened.Succeeded) return new Taken(opened.Connection, true, null);
        lock (gate)
        {
            open--;
            if (cancel.IsCancellationRequested) return new Taken(null, false, opened.Failure);
            if (open > 0 && opened.Failure.Reply is not null) return default;
        }
        return new Taken(null, false, Pause(opened.Failure));
    }

    private SmtpOutcome Verdict(SmtpOutcome outcome)
    {
        if (outcome is SmtpOutcome.Accepted or SmtpOutcome.Refused) Volatile.Write(ref pauses, 0);
        return outcome;
    }

    /// <summary>Each pause is twice the one before. Many callers that fail together count once.</summary>
    private SmtpOutcome.NotStarted Pause(SmtpOutcome.NotStarted failure)
    {
        lock (gate)
        {
            lastFailure = failure;
            var now = relay.Clock.GetUtcNow();
            if (now >= pausedUntil)
            {
                var pause = FirstPause * Math.Pow(2, Math.Min(pauses++, 16));
                pausedUntil = now + (pause < LongestPause ? pause : LongestPause);
            }
            return failure with { RetryAfter = pausedUntil - now };
        }
    }

    private void GiveBack(SmtpConnection connection)
    {
        lock (gate)
        {
            if (connection.IsUsable && !closed)
            {
                idle.Push(new Idle(connection, relay.Clock.GetUtcNow()));
                return;
            }
            open--;
        }
        _ = connection.QuitAsync(FirstPause);
    }

    private async Task ReleaseLater(TimeSpan pause)
    {
        await Task.Delay(pause, relay.Clock);
        slots.Release();
    }

    private Task CloseIdle(TimeSpan age)
    {
        List<SmtpConnection> old = [];
        lock (gate)
        {
            var before = relay.Clock.GetUtcNow() - age;
            var keep = idle.Where(i => i.Since > before).Reverse().ToList();
            old.AddRange(idle.Where(i => i.Since <= before).Select(i => i.Connection));
            idle.Clear();
            keep.ForEach(idle.Push);
            open -= old.Count;
        }
        return Task.WhenAll(old.Select(c => c.QuitAsync(FirstPause)));
    }
}
