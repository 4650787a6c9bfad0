using System.Text;
using Winnow.Mail.Smtp;

namespace Winnow.Tests;

/// <summary>The client's side of a conversation that goes well, or is refused in good order.</summary>
public class SmtpConnectionTests
{
    [Theory]
    [InlineData("plain\r\n", "plain\r\n")]
    [InlineData("no end", "no end\r\n")]
    [InlineData("", "")]
    [InlineData(".\r\n..\r\n.x\r\n", ".\r\n..\r\n.x\r\n")]
    [InlineData("a\nb\rc\r\nd\n\n.\n", "a\r\nb\r\nc\r\nd\r\n\r\n.\r\n")]
    [InlineData("a\n.\nMAIL FROM:<x@y.test>\r\n.\rb", "a\r\n.\r\nMAIL FROM:<x@y.test>\r\n.\r\nb\r\n")]
    public async Task A_message_arrives_as_it_was_with_CRLF_line_ends(string sent, string arrived)
    {
        var (listener, drop) = SmtpParts.Listen();
        await using var _ = listener;
        using var connection = await Open(listener.Relay());
        var outcome = await connection.SendAsync(new SmtpMessage("a@x.test", "b@x.test", Encoding.ASCII.GetBytes(sent)), null, default);
        Assert.Equal("250 2.0.0 Stored", Assert.IsType<SmtpOutcome.Accepted>(outcome).Reply.ToString());
        Assert.Equal(arrived, Assert.Single(drop.Mails).Text);
    }

    [Theory, InlineData(65_535), InlineData(65_536), InlineData(65_537), InlineData(1_000_003)]
    public async Task A_long_message_arrives_whole_wherever_it_is_cut(int length)
    {
        var (listener, drop) = SmtpParts.Listen();
        await using var _ = listener;
        using var connection = await Open(listener.Relay());
        var random = new Random(length);
        // Many dots and line ends, so that cuts fall between them.
        var text = string.Concat(Enumerable.Range(0, length).Select(_ => "..\r\n\nab"[random.Next(7)]));
        Assert.IsType<SmtpOutcome.Accepted>(await connection.SendAsync(new SmtpMessage("", "b@x.test", Encoding.ASCII.GetBytes(text)), null, default));
        var expected = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Replace("\n", "\r\n", StringComparison.Ordinal);
        Assert.Equal(expected.EndsWith('\n') ? expected : expected + "\r\n", Assert.Single(drop.Mails).Text);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_refused_recipient_is_told_and_the_next_message_goes_over_the_same_session(bool pipelining)
    {
        List<string> heard = [];
        await using var server = ScriptedServer.Start(async side =>
        {
            heard = side.Heard;
            await side.Open(pipelining ? ["PIPELINING"] : []);
            await side.Answer("250 2.1.0 ok", "550-5.1.1 no such user,\n550 5.1.1 ask <http://x.test/?p=1>");
            if (pipelining) await side.Answer("503 5.5.1 no recipients");
            await side.Answer("250 reset", "250 ok", "250 ok", "354 go");
            await side.HearMessage();
            await side.Say("250 queued");
        });
        using var connection = await Open(server.Relay());
        var handed = false;
        var refused = Assert.IsType<SmtpOutcome.Refused>(await connection.SendAsync(SmtpParts.Message("dead@x.test"), _ => { handed = true; return default; }, default));
        Assert.Equal((550, "5.1.1", "no such user,\nask <http://x.test/?p=1>", SmtpStage.Recipient), (refused.Code, refused.Enhanced, refused.Text, refused.Stage));
        Assert.True(refused.IsPermanent);
        Assert.False(handed);
        Assert.IsType<SmtpOutcome.Accepted>(await connection.SendAsync(SmtpParts.Message(), null, default));
        Assert.Equal(1, server.Connections);
        Assert.Contains("RSET", heard);
    }

    [Fact]
    public async Task A_server_that_asks_for_the_message_though_it_took_no_recipient_gets_an_empty_one()
    {
        var message = "";
        await using var server = ScriptedServer.Start(async side =>
        {
            await side.Open("PIPELINING");
            await side.Answer("250 ok", "450 4.2.1 busy", "354 go on");
            message = await side.HearMessage();
            await side.Say("554 no recipients");
        });
        using var connection = await Open(server.Relay());
        var refused = Assert.IsType<SmtpOutcome.Refused>(await connection.SendAsync(SmtpParts.Message(), null, default));
        Assert.Equal((450, SmtpStage.Recipient, false), (refused.Code, refused.Stage, refused.IsPermanent));
        Assert.Equal("", message);
    }

    [Fact]
    public async Task A_refused_sender_is_not_laid_at_the_recipients_door()
    {
        await using var server = ScriptedServer.Start(async side =>
        {
            await side.Open("PIPELINING");
            await side.Answer("550 5.7.1 you may not", "503 5.5.1 MAIL first", "503 5.5.1 MAIL first");
        });
        using var connection = await Open(server.Relay());
        var refused = Assert.IsType<SmtpOutcome.Refused>(await connection.SendAsync(SmtpParts.Message(), null, default));
        Assert.Equal((SmtpStage.Sender, "5.7.1"), (refused.Stage, refused.Enhanced));
    }

    [Theory]
    [InlineData("ann@x.test>\r\nRCPT TO:<eve@x.test", "5.1.3")]
    [InlineData("ann@x.test\n", "5.1.3")]
    [InlineData("ann smith@x.test", "5.1.3")]
    [InlineData("", "5.1.3")]
    [InlineData("ann\u00e9@x.test", "5.6.7")]
    public async Task An_address_that_would_speak_SMTP_is_refused_before_a_byte_is_sent(string recipient, string code)
    {
        var (listener, drop) = SmtpParts.Listen();
        await using var _ = listener;
        using var connection = await Open(listener.Relay());
        var refused = Assert.IsType<SmtpOutcome.Refused>(await connection.SendAsync(SmtpParts.Message(recipient), null, default));
        Assert.Equal((code, SmtpStage.Check), (refused.Enhanced, refused.Stage));
        Assert.True(connection.IsUsable);
        Assert.Empty(drop.Mails);
    }

    [Fact]
    public async Task A_message_the_server_cannot_take_is_refused_before_a_byte_is_sent()
    {
        await using var server = ScriptedServer.Start(async side =>
        {
            await side.Open("SIZE 100");
            await side.Hear();
        });
        using var connection = await Open(server.Relay());
        var large = await connection.SendAsync(SmtpParts.Message(text: new string('x', 100)), null, default);
        var eightBit = await connection.SendAsync(SmtpParts.Message(text: "\u00e9"), null, default);
        Assert.Equal("5.3.4", Assert.IsType<SmtpOutcome.Refused>(large).Enhanced);
        Assert.Equal("5.6.3", Assert.IsType<SmtpOutcome.Refused>(eightBit).Enhanced);
    }

    [Fact]
    public async Task Eight_bit_text_is_declared()
    {
        List<string> heard = [];
        await using var server = ScriptedServer.Start(async side =>
        {
            heard = side.Heard;
            await side.Open("8BITMIME", "SMTPUTF8");
            await side.Answer("250 ok", "250 ok", "554 no");
        });
        using var connection = await Open(server.Relay());
        await connection.SendAsync(SmtpParts.Message("ren\u00e9@x.test", "\u00e9"), null, default);
        Assert.Equal("MAIL FROM:<b@bounces.test> BODY=8BITMIME SMTPUTF8", heard[1]);
    }

    [Fact]
    public async Task A_server_that_knows_only_HELO_is_spoken_to_in_the_old_way()
    {
        await using var server = ScriptedServer.Start(async side =>
        {
            await side.Say("220-old.test\n220 at your service");
            await side.Answer("502 what?", "250 old.test", "250 ok", "250 ok", "354 go");
            await side.HearMessage();
            await side.Say("250 ok");
        });
        using var connection = await Open(server.Relay());
        Assert.IsType<SmtpOutcome.Accepted>(await connection.SendAsync(SmtpParts.Message(), null, default));
    }

    [Theory]
    [InlineData("554 5.7.1 go away", SmtpStage.Greeting, 554)]
    [InlineData("421 4.3.2 not now", SmtpStage.Greeting, 421)]
    [InlineData("HTTP/1.1 400 Bad Request", SmtpStage.Greeting, null)]
    public async Task A_server_that_does_not_welcome_us_starts_nothing(string greeting, SmtpStage stage, int? code)
    {
        await using var server = ScriptedServer.Start(side => side.Say(greeting));
        var opened = await SmtpConnection.OpenAsync(server.Relay(), default);
        Assert.Equal((stage, code), (opened.Failure!.Stage, opened.Failure.Reply?.Code));
    }

    [Fact]
    public async Task A_reply_without_end_is_cut_off()
    {
        await using var server = ScriptedServer.Start(async side =>
        {
            while (true) await side.Say("220-" + new string('x', 1000));
        });
        var opened = await SmtpConnection.OpenAsync(server.Relay(), default);
        Assert.Contains("more than 256 lines", opened.Failure!.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_starts_nothing()
    {
        var server = ScriptedServer.Start(_ => Task.CompletedTask);
        var relay = server.Relay();
        await server.DisposeAsync();
        var opened = await SmtpConnection.OpenAsync(relay, default);
        Assert.Equal(SmtpStage.Connect, opened.Failure!.Stage);
    }

    private static async Task<SmtpConnection> Open(SmtpRelay relay)
    {
        var opened = await SmtpConnection.OpenAsync(relay, default);
        Assert.True(opened.Succeeded, opened.Failure?.Why);
        return opened.Connection;
    }
}
