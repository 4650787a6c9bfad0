using System.Diagnostics;
using Winnow.Email;
using Winnow.Email.Sending;
using Winnow.Jobs;

namespace Winnow.Tests;

/// <summary>Nobody gets two, nobody is lost, everyone has one outcome: whatever breaks, wherever.</summary>
public sealed class SendCrashTests
{
    /// <summary>Where the relay cuts the line, and what those it cuts off end as.</summary>
    public static TheoryData<string, string> Cuts => new()
    {
        { "connect", "sent 60" }, { "MAIL", "sent 60" }, { "RCPT", "sent 60" }, { "DATA", "sent 60" }, { "end", "sent 48, unknown 12" },
    };

    [Theory, MemberData(nameof(Cuts))]
    public Task A_relay_that_hangs_up_at_any_stage_costs_and_doubles_nobody_on_sqlite(string stage, string expected) => Cut("sqlite", stage, expected);

    [Theory, MemberData(nameof(Cuts))]
    public Task A_relay_that_hangs_up_at_any_stage_costs_and_doubles_nobody_on_postgres(string stage, string expected)
    {
        if (TestDatabase.Postgres is null) Assert.Skip("WINNOW_TEST_POSTGRES is not set");
        return Cut("postgres", stage, expected);
    }

    private static async Task Cut(string database, string stage, string expected)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 60, relay.Port);
        var (met, every) = (0, stage == "end" ? 5 : 7);
        relay.Answer = (step, _) => step == stage && Interlocked.Increment(ref met) % every == 0 && (stage != "end" || met <= 60) ? null : "250 2.0.0 Ok";
        send.App.Get<Relays>().Patience = TimeSpan.FromSeconds(20);
        await send.Send();
        for (var i = 0; i < 3 && (await send.Find()).ResumeAt is not null; i++) await send.Later(TimeSpan.FromMinutes(10));
        Assert.Equal(expected, await send.Outcomes());
        Assert.Equal(60, relay.Mails.Count);                                                        // whole mails that arrived, answered or not
        Assert.Equal(60, relay.Mails.Select(m => m.To).Distinct().Count());
    }

    [Theory, Databases]
    public async Task A_run_that_is_cancelled_between_hand_over_and_reply_goes_on_without_doubles(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 120, relay.Port);
        using var shutdown = new CancellationTokenSource();
        var held = new TaskCompletionSource();
        relay.Taken = async _ => { if (relay.Mails.Count >= 40) { await shutdown.CancelAsync(); await held.Task; } };
        await send.Order();
        await send.App.Get<JobRunner>().RunOpenJobs(shutdown.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        held.SetResult();
        relay.Taken = _ => Task.CompletedTask;

        await send.Later(TimeSpan.FromMinutes(1));                                                    // the lease has run out
        var figures = (await send.App.Db.Read(tx => send.App.Get<Recipients>().Figures(tx, 1, [send.Email])))[send.Email];
        await send.Outcomes();
        Assert.Equal((120, 0), (figures.Delivered + figures.Unknown, figures.Waiting));
        Assert.InRange(figures.Unknown, 1, 4);                                                      // the connections that were between dot and reply
        Assert.Equal(120, relay.Mails.Count);
        Assert.Equal(120, relay.Mails.Select(m => m.To).Distinct().Count());
    }

    [Theory, Databases]
    public async Task A_process_that_is_killed_while_it_sends_is_followed_by_one_that_sends_the_rest(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 400, relay.Port);
        relay.Taken = _ => Task.Delay(5);
        await send.Order();
        using (var victim = Child(send.App.Connection))
        {
            while (relay.Mails.Count < 100 && !victim.HasExited) await Task.Delay(5);
            victim.Kill();                                                                            // SIGKILL
            await victim.WaitForExitAsync();
        }
        var before = relay.Mails.Count;
        Assert.InRange(before, 100, 399);
        send.App.Clock.Advance(TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1) - send.App.Clock.GetUtcNow());
        await send.App.RunJobs();

        var figures = (await send.App.Db.Read(tx => send.App.Get<Recipients>().Figures(tx, 1, [send.Email])))[send.Email];
        await send.Outcomes();
        Assert.Equal((400, 0), (figures.Delivered + figures.Unknown, figures.Waiting));
        Assert.Equal(relay.Mails.Count, relay.Mails.Select(m => m.To).Distinct().Count());           // nobody twice
        Assert.All(relay.Mails, m => Assert.StartsWith("c", m.To, StringComparison.Ordinal));
        Assert.True(figures.Delivered <= relay.Mails.Count && relay.Mails.Count <= figures.Delivered + figures.Unknown, $"{relay.Mails.Count} mails, {figures.Delivered} sent, {figures.Unknown} unknown");
        Assert.InRange(figures.Unknown, 0, 100);                                                    // mails between dot and reply, and outcomes of the last moment
    }

    private static Process Child(string connection)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-method", $"{typeof(SendCrashTests).FullName}.{nameof(Work_as_another_process)}", "-explicit", "only"]) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Insert(0, typeof(SendCrashTests).Assembly.Location);
        start.Environment["WINNOW_TEST_CHILD"] = connection;
        return Process.Start(start)!;
    }

    /// <summary>Not a test: what the process that gets killed runs.</summary>
    [Fact(Explicit = true)]
    public async Task Work_as_another_process()
    {
        if (Environment.GetEnvironmentVariable("WINNOW_TEST_CHILD") is not { } connection) return;
        await TestApp.Work(connection);
    }
}
