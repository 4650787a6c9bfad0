using System.Diagnostics;
using Winnow.Mail.Smtp;

namespace Winnow.Tests;

/// <summary>Several sessions with one relay.</summary>
public class SmtpPoolTests
{
    private const string Sink = "/usr/sbin/smtp-sink";
    private const string Source = "/usr/sbin/smtp-source";

    [Fact]
    public async Task A_thousand_messages_over_eight_connections_arrive_once_each()
    {
        var (listener, drop) = SmtpParts.Listen();
        await using var _ = listener;
        await using var pool = new SmtpPool(listener.Relay(), 8);
        var noted = 0;
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i =>
            await pool.SendAsync(SmtpParts.Message($"r{i}@x.test"), _ => { Interlocked.Increment(ref noted); return default; }, default)));
        Assert.All(outcomes, o => Assert.IsType<SmtpOutcome.Accepted>(o));
        Assert.Equal(1000, drop.Mails.Select(m => m.Envelope.Recipients[0]).Distinct().Count());
        Assert.Equal(1000, drop.Mails.Count);
        Assert.Equal(1000, noted);
        Assert.InRange(pool.OpenConnections, 1, 8);
    }

    [Fact]
    public async Task A_session_the_relay_closed_meanwhile_is_replaced_unseen()
    {
        await using var server = ScriptedServer.Start(async side =>
        {
            await side.Open("PIPELINING");
            await side.Answer("250 ok", "250 ok", "354 go");
            await side.HearMessage();
            await side.Say("250 ok\n421 4.4.2 idle too long");
        });
        await using var pool = new SmtpPool(server.Relay(), 4);
        for (var i = 0; i < 3; i++)
        {
            Assert.IsType<SmtpOutcome.Accepted>(await pool.SendAsync(SmtpParts.Message(), null, default));
            await Task.Delay(50);
        }
        Assert.Equal(3, server.Connections);
    }

    [Fact(Timeout = 20_000)]
    public async Task An_unknown_outcome_is_never_tried_again()
    {
        await using var server = ScriptedServer.Start(async side =>
        {
            await side.Open("PIPELINING");
            await side.Answer("250 ok", "250 ok", "354 go");
            await side.HearMessage();
        });
        await using var pool = new SmtpPool(server.Relay(), 4);
        Assert.IsType<SmtpOutcome.Unknown>(await pool.SendAsync(SmtpParts.Message(), null, default));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_relay_that_refuses_is_left_alone_for_a_while()
    {
        await using var server = ScriptedServer.Start(side => side.Say("421 4.3.2 not now"));
        await using var pool = new SmtpPool(server.Relay(), 4);
        var first = Assert.IsType<SmtpOutcome.NotStarted>(await pool.SendAsync(SmtpParts.Message(), null, default));
        var second = Assert.IsType<SmtpOutcome.NotStarted>(await pool.SendAsync(SmtpParts.Message(), null, default));
        Assert.InRange(first.RetryAfter, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
        Assert.InRange(second.RetryAfter, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
        Assert.Equal(421, second.Reply?.Code);
        Assert.Equal(1, server.Connections);
        await Task.Delay(second.RetryAfter + TimeSpan.FromMilliseconds(50));
        var third = Assert.IsType<SmtpOutcome.NotStarted>(await pool.SendAsync(SmtpParts.Message(), null, default));
        Assert.InRange(third.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task A_relay_that_takes_fewer_sessions_than_we_would_open_still_gets_everything()
    {
        var (listener, drop) = SmtpParts.Listen(new SmtpLimits { SessionsPerAddress = 2 }, host => host with
        {
            AcceptRecipient = async (_, _, token) =>
            {
                await Task.Delay(5, token);
                return SmtpReplies.RecipientOk;
            },
        });
        await using var _ = listener;
        await using var pool = new SmtpPool(listener.Relay(), 6);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i => await pool.SendAsync(SmtpParts.Message($"r{i}@x.test"), null, default)));
        Assert.All(outcomes, o => Assert.IsType<SmtpOutcome.Accepted>(o));
        Assert.Equal(100, drop.Mails.Count);
    }

    [Fact]
    public async Task A_caller_who_gives_up_waiting_has_started_nothing()
    {
        await using var server = ScriptedServer.Start(async side =>
        {
            await side.Open();
            await side.Hear();
            await side.Hear();
        });
        await using var pool = new SmtpPool(server.Relay(), 1);
        using var cancel = new CancellationTokenSource();
        var stuck = pool.SendAsync(SmtpParts.Message(), null, cancel.Token).AsTask();
        var waiting = pool.SendAsync(SmtpParts.Message(), null, cancel.Token).AsTask();
        await Task.Delay(50);
        await cancel.CancelAsync();
        Assert.IsType<SmtpOutcome.NotStarted>(await stuck);
        Assert.IsType<SmtpOutcome.NotStarted>(await waiting);
        Assert.Equal(0, pool.OpenConnections);
    }

    [Fact]
    public async Task A_closed_pool_starts_nothing_and_leaves_no_session_open()
    {
        var (listener, _) = SmtpParts.Listen();
        await using var _2 = listener;
        var pool = new SmtpPool(listener.Relay(), 2);
        await pool.SendAsync(SmtpParts.Message(), null, default);
        await pool.DisposeAsync();
        Assert.IsType<SmtpOutcome.NotStarted>(await pool.SendAsync(SmtpParts.Message(), null, default));
        for (var i = 0; i < 500 && listener.Sessions > 0; i++) await Task.Delay(10);
        Assert.Equal((0, 0), (pool.OpenConnections, listener.Sessions));
    }

    [Fact]
    public async Task Postfixs_sink_takes_our_mail()
    {
        if (!File.Exists(Sink) && Environment.GetEnvironmentVariable("CI") != "true") Assert.Skip($"{Sink} is missing; install the package postfix");
        var port = Postfix.FreePort();
        using var sink = Process.Start(new ProcessStartInfo(Sink, [.. Environment.IsPrivilegedProcess ? new[] { "-u", "nobody" } : [], "-c", $"127.0.0.1:{port}", "50"]) { RedirectStandardOutput = true })!;
        try
        {
            await using var pool = new SmtpPool(new SmtpRelay("127.0.0.1", port) { Tls = SmtpTls.None }, 4);
            SmtpOutcome first = new SmtpOutcome.Unknown("");
            for (var i = 0; i < 100 && first is not SmtpOutcome.Accepted; i++)
            {
                first = await pool.SendAsync(SmtpParts.Message(), null, default);
                if (first is SmtpOutcome.NotStarted { RetryAfter: var wait }) await Task.Delay(wait + TimeSpan.FromMilliseconds(10));
            }
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 500).Select(async i => await pool.SendAsync(SmtpParts.Message($"r{i}@x.test", "\u00e9 ."), null, default)));
            Assert.All(outcomes.Append(first), o => Assert.IsType<SmtpOutcome.Accepted>(o));
        }
        finally
        {
            sink.Kill();
            await sink.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task Postfixs_source_is_taken_by_our_listener()
    {
        if (!File.Exists(Source) && Environment.GetEnvironmentVariable("CI") != "true") Assert.Skip($"{Source} is missing; install the package postfix");
        var (listener, drop) = SmtpParts.Listen();
        await using var _ = listener;
        using var source = Process.Start(Source, ["-s", "4", "-m", "200", "-l", "5000", "-f", "a@x.test", "-t", "b@x.test", $"127.0.0.1:{listener.Endpoint.Port}"]);
        await source.WaitForExitAsync();
        Assert.Equal((0, 200), (source.ExitCode, drop.Mails.Count));
    }
}
