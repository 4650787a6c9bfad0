using Winnow.Mail.Smtp;

namespace Winnow.Tests;

/// <summary>The listener, spoken to byte by byte.</summary>
public class SmtpListenerTests
{
    [Fact]
    public async Task A_bounce_is_taken_stored_and_answered()
    {
        var (listener, drop) = SmtpParts.Listen();
        await using var _ = listener;
        await using var client = await RawClient.InData(listener.Endpoint);
        await client.SendRaw("Subject: x\r\n\r\n..stuffed\r\nend\r\n.\r\n");
        await client.Expect("250 2.0.0");
        await client.Say("QUIT", "221");
        await client.ExpectClosed();
        var (envelope, text) = Assert.Single(drop.Mails);
        Assert.Equal("Subject: x\r\n\r\n.stuffed\r\nend\r\n", text);
        Assert.Equal(("client.test", "", "b@bounces.test"), (envelope.Hello, envelope.Sender, Assert.Single(envelope.Recipients)));
    }

    [Fact]
    public async Task Ehlo_says_what_is_on_offer()
    {
        var (listener, _) = SmtpParts.Listen(new SmtpLimits { MessageBytes = 12345 });
        await using var _2 = listener;
        await using var client = await RawClient.Connect(listener.Endpoint);
        var reply = await client.Say("EHLO me", "250-mx.test");
        Assert.Contains("PIPELINING", reply, StringComparison.Ordinal);
        Assert.Contains("SIZE 12345", reply, StringComparison.Ordinal);
        Assert.DoesNotContain("STARTTLS", reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_out_of_order_are_refused_and_do_no_harm()
    {
        var (listener, drop) = SmtpParts.Listen();
        await using var _ = listener;
        await using var client = await RawClient.Connect(listener.Endpoint);
        await client.Say("MAIL FROM:<a@b.test>", "503 5.5.1");
        await client.Say("HELO me", "250 mx.test");
        await client.Say("RCPT TO:<x@y.test>", "503 5.5.1");
        await client.Say("DATA", "554 5.5.1");
        await client.Say("mail from: <a@b.test> size=100 body=8bitmime", "250 2.1.0");
        await client.Say("MAIL FROM:<a@b.test>", "503 5.5.1");
        await client.Say("RCPT TO:<nobody@y.test>", "550 5.1.1");
        await client.Say("DATA", "554 5.5.1");
        await client.Say("VRFY ann", "252");
        await client.Say("NOOP", "250");
        await client.Say("RSET", "250");
        await client.Say("RCPT TO:<x@y.test>", "503");
        await client.Say("BDAT 10 LAST", "500 5.5.2");
        Assert.Empty(drop.Mails);
    }

    [Theory]
    [InlineData("MAIL FROM:a@b.test", "501")]
    [InlineData("MAIL FROM:<a@b.test", "501")]
    [InlineData("MAIL FROM:<a@b.test>x", "501")]
    [InlineData("MAIL FROM:<a@b.test> SIZE=abc", "555")]
    [InlineData("MAIL FROM:<a@b.test> SIZE=999999999999", "552 5.3.4")]
    [InlineData("MAIL FROM:<a@b.test> SMTPUTF8", "555")]
    [InlineData("MAIL FROM:<a\u00e9@b.test>", "501")]
    [InlineData("MAIL TO:<a@b.test>", "501")]
    [InlineData("MAIL FROM:<@one,@two:a@b.test>", "250")]
    [InlineData("MAIL FROM:<\"a > b\"@b.test>", "250")]
    public async Task Mail_is_read_as_the_grammar_says(string line, string reply)
    {
        var (listener, _) = SmtpParts.Listen();
        await using var _2 = listener;
        await using var client = await RawClient.Greeted(listener.Endpoint);
        await client.Say(line, reply);
    }

    [Fact]
    public async Task A_whole_conversation_in_one_packet_is_answered_in_order()
    {
        var (listener, drop) = SmtpParts.Listen();
        await using var _ = listener;
        await using var client = await RawClient.Connect(listener.Endpoint);
        await client.SendRaw("EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<a@x.test>\r\nRCPT TO:<nobody@x.test>\r\nDATA\r\none\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<b@x.test>\r\nDATA\r\ntwo\r\n.\r\nQUIT\r\n");
        foreach (var reply in new[] { "250-", "250 2.1.0", "250 2.1.5", "550 5.1.1", "354", "250 2.0.0", "250 2.1.0", "250 2.1.5", "354", "250 2.0.0", "221" }) await client.Expect(reply);
        Assert.Equal(["one\r\n", "two\r\n"], drop.Mails.Select(m => m.Text));
        Assert.Equal(["a@x.test"], drop.Mails.First().Envelope.Recipients);
    }

    [Theory]
    [InlineData("\n.\n")]
    [InlineData("\n.\r\n")]
    [InlineData("\r\n.\n")]
    [InlineData("\r.\r")]
    [InlineData("\r.\r\n")]
    [InlineData("\r\n.\r")]
    [InlineData("\r\n\0.\r\n")]
    public async Task A_message_smuggled_inside_another_stays_inside(string falseEnd)
    {
        var (listener, drop) = SmtpParts.Listen();
        await using var _ = listener;
        await using var client = await RawClient.InData(listener.Endpoint);
        await client.SendRaw($"outer{falseEnd}MAIL FROM:<boss@x.test>\r\nRCPT TO:<b@x.test>\r\nDATA\r\nsmuggled\r\n.\r\n");
        // One reply for all of it: taken as one message, or refused as one.
        await client.Expect(falseEnd.Replace("\r\n", "", StringComparison.Ordinal).Contains('\n', StringComparison.Ordinal) ? "550 5.6.11" : "250");
        await client.Say("NOOP", "250 2.0.0 OK");
        Assert.True(drop.Mails.Count <= 1);
        Assert.All(drop.Mails, m => Assert.Equal("", m.Envelope.Sender));
    }

    [Fact]
    public async Task A_command_that_ends_in_a_bare_line_feed_is_refused()
    {
        var (listener, _) = SmtpParts.Listen();
        await using var _2 = listener;
        await using var client = await RawClient.Greeted(listener.Endpoint);
        await client.SendRaw("MAIL FROM:<a@b.test>\n");
        await client.Expect("500 5.5.2");
    }

    [Fact]
    public async Task A_store_that_throws_is_answered_try_again_and_told()
    {
        var (listener, drop) = SmtpParts.Listen(change: host => host with { Store = (_, _, _) => throw new IOException("disk full") });
        await using var _ = listener;
        await using var client = await RawClient.InData(listener.Endpoint);
        await client.SendRaw("x\r\n.\r\n");
        await client.Expect("451 4.3.0");
        await client.Say("MAIL FROM:<>", "250");
        Assert.Equal("disk full", Assert.Single(drop.Failures).Message);
    }

    [Fact]
    public async Task The_250_waits_until_the_message_is_stored()
    {
        var stored = new TaskCompletionSource();
        var (listener, _) = SmtpParts.Listen(change: host => host with { Store = async (_, _, _) => { await stored.Task; return SmtpReplies.Stored; } });
        await using var _2 = listener;
        await using var client = await RawClient.InData(listener.Endpoint);
        await client.SendRaw("x\r\n.\r\n");
        var reply = client.Expect("250");
        await Task.Delay(100);
        Assert.False(reply.IsCompleted);
        stored.SetResult();
        await reply;
    }
}
