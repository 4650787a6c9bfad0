using System.Text;
using Winnow.Mail.Smtp;

namespace Winnow.Tests;

/// <summary>
/// The server dies at each point of the conversation. What the product may do next hangs on the answer, so each test also
/// looks at whether the hand-over was announced: unknown only ever after it.
/// </summary>
public class SmtpNeverTwiceTests
{
    private static readonly string[] Pipelining = ["PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"];

    [Fact]
    public Task Dead_before_the_greeting_is_not_started() =>
        DiesAt(_ => Task.CompletedTask, SmtpStage.Greeting, handedOver: false);

    [Fact]
    public Task Dead_after_the_greeting_is_not_started() =>
        DiesAt(server => server.Say("220 x"), SmtpStage.Hello, handedOver: false);

    [Theory, InlineData(true), InlineData(false)]
    public Task Dead_after_MAIL_is_not_started(bool pipelining) =>
        DiesAt(Script(pipelining, "250 sender ok"), SmtpStage.Recipient, handedOver: false);

    [Theory, InlineData(true), InlineData(false)]
    public Task Dead_after_RCPT_is_not_started(bool pipelining) =>
        DiesAt(Script(pipelining, "250 sender ok", "250 recipient ok"), SmtpStage.Data, handedOver: false);

    [Fact]
    public async Task Dead_after_354_and_before_the_last_part_is_not_started()
    {
        // The server hangs up while the caller makes its note: the client looks before it hands over.
        var gone = new TaskCompletionSource();
        await using var server = ScriptedServer.Start(async side =>
        {
            await Script(true, "250 ok", "250 ok", "354 go on")(side);
            side.Reset();
            gone.SetResult();
        });
        using var connection = await Open(server.Relay());
        var outcome = await connection.SendAsync(SmtpParts.Message(), async token => { await gone.Task; await Task.Delay(50, token); }, default);
        Assert.IsType<SmtpOutcome.NotStarted>(outcome);
        Assert.False(connection.IsUsable);
    }

    [Fact]
    public async Task Closing_said_after_354_and_before_the_last_part_is_not_started()
    {
        var said = new TaskCompletionSource();
        await using var server = ScriptedServer.Start(async side =>
        {
            await Script(true, "250 ok", "250 ok", "354 go on")(side);
            await side.Say("421 4.3.2 shutting down");
            said.SetResult();
            await side.Hear();
        });
        using var connection = await Open(server.Relay());
        var outcome = await connection.SendAsync(SmtpParts.Message(), async token => { await said.Task; await Task.Delay(50, token); }, default);
        Assert.Equal(421, Assert.IsType<SmtpOutcome.NotStarted>(outcome).Reply?.Code);
    }

    [Fact]
    public async Task A_yes_said_before_the_message_is_no_yes_to_it()
    {
        // A server out of step has one reply too many on the way; taking it for the answer to the dot would lose the mail.
        var said = new TaskCompletionSource();
        await using var server = ScriptedServer.Start(async side =>
        {
            await Script(true, "250 ok", "250 ok", "354 go on\n250 queued")(side);
            said.SetResult();
            await side.HearMessage();
        });
        using var connection = await Open(server.Relay());
        var outcome = await connection.SendAsync(SmtpParts.Message(), async _ => await said.Task, default);
        Assert.IsType<SmtpOutcome.NotStarted>(outcome);
    }

    [Theory, InlineData(true), InlineData(false)]
    public Task Dead_in_the_middle_of_a_short_message_is_unknown(bool reset) =>
        DiesAt(
            async side =>
            {
                await Script(true, "250 ok", "250 ok", "354 go on")(side);
                await side.Hear();
                if (reset) side.Reset();
            },
            stage: null,
            handedOver: true);

    [Fact]
    public Task Dead_in_the_middle_of_a_long_message_is_not_started() =>
        DiesAt(
            async side =>
            {
                await Script(true, "250 ok", "250 ok", "354 go on")(side);
                for (var line = 0; line < 1000; line++) await side.Hear();
                side.Reset();
            },
            SmtpStage.Content,
            handedOver: false,
            lines: 300_000);

    [Fact]
    public async Task Refused_in_the_middle_of_a_long_message_is_refused_with_the_servers_words()
    {
        await using var server = ScriptedServer.Start(async side =>
        {
            await Script(true, "250 ok", "250 ok", "354 go on")(side);
            for (var line = 0; line < 1000; line++) await side.Hear();
            await side.Say("552 5.3.4 too big");
            while (await side.Stream.ReadAsync(new byte[64 * 1024]) > 0)
            {
            }
        });
        using var connection = await Open(server.Relay());
        var handed = false;
        var outcome = await connection.SendAsync(Long(300_000), _ => { handed = true; return default; }, default);
        var refused = Assert.IsType<SmtpOutcome.Refused>(outcome);
        Assert.Equal((552, "5.3.4", SmtpStage.Content), (refused.Code, refused.Enhanced, refused.Stage));
        Assert.False(handed);
        Assert.False(connection.IsUsable);
    }

    [Theory, InlineData(true), InlineData(false)]
    public Task Dead_after_the_final_dot_is_unknown(bool reset) =>
        DiesAt(
            async side =>
            {
                await Script(true, "250 ok", "250 ok", "354 go on")(side);
                await side.HearMessage();
                if (reset) side.Reset();
            },
            stage: null,
            handedOver: true);

    [Fact]
    public Task Silent_after_the_final_dot_is_unknown() =>
        DiesAt(
            async side =>
            {
                await Script(true, "250 ok", "250 ok", "354 go on")(side);
                await side.HearMessage();
                await side.Hear();
            },
            stage: null,
            handedOver: true);

    [Fact]
    public Task Nonsense_after_the_final_dot_is_unknown() =>
        DiesAt(
            async side =>
            {
                await Script(true, "250 ok", "250 ok", "354 go on")(side);
                await side.HearMessage();
                await side.Say("merci beaucoup");
            },
            stage: null,
            handedOver: true);

    [Fact]
    public async Task Cancelled_after_the_hand_over_still_hears_a_reply_that_is_on_its_way()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = ScriptedServer.Start(async side =>
        {
            await Script(true, "250 ok", "250 ok", "354 go on")(side);
            await side.HearMessage();
            await cancel.CancelAsync();
            await Task.Delay(50);
            await side.Say("250 2.0.0 queued as 1");
        });
        using var connection = await Open(server.Relay());
        Assert.IsType<SmtpOutcome.Accepted>(await connection.SendAsync(SmtpParts.Message(), null, cancel.Token));
    }

    [Fact]
    public async Task Cancelled_after_the_hand_over_with_no_reply_is_unknown()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = ScriptedServer.Start(async side =>
        {
            await Script(true, "250 ok", "250 ok", "354 go on")(side);
            await side.HearMessage();
            await cancel.CancelAsync();
            await side.Hear();
        });
        using var connection = await Open(server.Relay());
        Assert.IsType<SmtpOutcome.Unknown>(await connection.SendAsync(SmtpParts.Message(), null, cancel.Token));
    }

    [Fact]
    public async Task Cancelled_before_the_hand_over_is_not_started()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = ScriptedServer.Start(async side =>
        {
            await Script(true, "250 ok")(side);
            await cancel.CancelAsync();
            await side.Hear();
        });
        using var connection = await Open(server.Relay());
        Assert.IsType<SmtpOutcome.NotStarted>(await connection.SendAsync(SmtpParts.Message(), null, cancel.Token));
    }

    [Fact]
    public async Task A_note_that_cannot_be_made_keeps_the_message_back()
    {
        var heard = new TaskCompletionSource<bool>();
        await using var server = ScriptedServer.Start(async side =>
        {
            await Script(true, "250 ok", "250 ok", "354 go on")(side);
            heard.SetResult(await side.Stream.ReadAsync(new byte[1]) > 0);
        });
        using (var connection = await Open(server.Relay()))
        {
            await Assert.ThrowsAsync<InvalidOperationException>(async () =>
                await connection.SendAsync(SmtpParts.Message(), _ => throw new InvalidOperationException("disk full"), default));
            Assert.False(connection.IsUsable);
        }
        Assert.False(await heard.Task);
    }

    [Fact]
    public async Task Nothing_of_a_short_message_is_sent_before_the_note_is_made()
    {
        var noted = false;
        var early = new TaskCompletionSource<bool>();
        await using var server = ScriptedServer.Start(async side =>
        {
            await Script(true, "250 ok", "250 ok", "354 go on")(side);
            await side.Hear();
            early.SetResult(!noted);
            await side.HearMessage();
            await side.Say("250 ok");
        });
        using var connection = await Open(server.Relay());
        var outcome = await connection.SendAsync(SmtpParts.Message(), async token => { await Task.Delay(100, token); noted = true; }, default);
        Assert.IsType<SmtpOutcome.Accepted>(outcome);
        Assert.False(await early.Task);
    }

    private static async Task DiesAt(Func<ServerSide, Task> script, SmtpStage? stage, bool handedOver, int lines = 1)
    {
        await using var server = ScriptedServer.Start(script);
        var handed = false;
        SmtpOutcome outcome;
        var opened = await SmtpConnection.OpenAsync(server.Relay(), default);
        if (opened.Succeeded)
        {
            outcome = await opened.Connection.SendAsync(Long(lines), _ => { handed = true; return default; }, default);
            Assert.False(opened.Connection.IsUsable);
            opened.Connection.Dispose();
        }
        else
        {
            outcome = opened.Failure;
        }
        Assert.Equal(handedOver, handed);
        if (stage is null) Assert.IsType<SmtpOutcome.Unknown>(outcome);
        else Assert.Equal(stage, Assert.IsType<SmtpOutcome.NotStarted>(outcome).Stage);
    }

    private static SmtpMessage Long(int lines) =>
        new("b@bounces.test", "ann@live.test", Encoding.ASCII.GetBytes("Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat("0123456789012345678901234567890123456789\r\n", lines))));

    /// <summary>Opens, and answers the first commands with these; then the script is at its end and the server hangs up.</summary>
    private static Func<ServerSide, Task> Script(bool pipelining, params string[] replies) => async side =>
    {
        await side.Open(pipelining ? Pipelining : ["8BITMIME"]);
        await side.Answer(replies);
    };

    private static async Task<SmtpConnection> Open(SmtpRelay relay)
    {
        var opened = await SmtpConnection.OpenAsync(relay, default);
        Assert.True(opened.Succeeded, opened.Failure?.Why);
        return opened.Connection;
    }
}
