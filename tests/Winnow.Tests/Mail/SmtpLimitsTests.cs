using System.Net.Sockets;
using Winnow.Mail.Smtp;

namespace Winnow.Tests;

/// <summary>What strangers may not do to the listener.</summary>
public class SmtpLimitsTests
{
    [Fact]
    public async Task A_message_over_the_size_is_refused_and_the_conversation_goes_on()
    {
        var (listener, drop) = SmtpParts.Listen(new SmtpLimits { MessageBytes = 20_000 });
        await using var _ = listener;
        await using var client = await RawClient.InData(listener.Endpoint);
        await client.SendRaw(string.Concat(Enumerable.Repeat("0123456789\r\n", 2500)) + ".\r\n");
        await client.Expect("552 5.3.4");
        await client.Say("MAIL FROM:<>", "250");
        await client.Say("RCPT TO:<b@bounces.test>", "250");
        await client.Say("DATA", "354");
        await client.SendRaw(new string('x', 19_998) + "\r\n.\r\n");
        await client.Expect("250");
        Assert.Equal(20_000, Assert.Single(drop.Mails).Text.Length);
    }

    [Fact]
    public async Task A_message_one_byte_over_the_size_is_refused()
    {
        var (listener, _) = SmtpParts.Listen(new SmtpLimits { MessageBytes = 1000 });
        await using var _2 = listener;
        await using var client = await RawClient.InData(listener.Endpoint);
        await client.SendRaw(new string('x', 999) + "\r\n.\r\n");
        await client.Expect("552 5.3.4");
    }

    [Fact]
    public async Task A_message_without_end_is_cut_off()
    {
        var (listener, _) = SmtpParts.Listen(new SmtpLimits { MessageBytes = 100_000 });
        await using var _2 = listener;
        await using var client = await RawClient.InData(listener.Endpoint);
        await FloodUntilClosed(client);
    }

    [Fact]
    public async Task A_line_without_end_is_cut_off()
    {
        var (listener, _) = SmtpParts.Listen();
        await using var _2 = listener;
        await using var client = await RawClient.Greeted(listener.Endpoint);
        await FloodUntilClosed(client);
    }

    [Fact]
    public async Task A_line_that_is_too_long_ends_the_session()
    {
        var (listener, _) = SmtpParts.Listen(new SmtpLimits { CommandBytes = 512 });
        await using var _2 = listener;
        await using var client = await RawClient.Greeted(listener.Endpoint);
        await client.Say("NOOP " + new string('x', 505), "250");
        await client.Say("NOOP " + new string('x', 506), "500 5.5.2");
        await client.ExpectClosed();
    }

    [Fact]
    public async Task A_client_at_rest_too_long_is_sent_away()
    {
        var (listener, _) = SmtpParts.Listen(new SmtpLimits { Idle = TimeSpan.FromMilliseconds(200) });
        await using var _2 = listener;
        await using var client = await RawClient.Greeted(listener.Endpoint);
        await client.Expect("421 4.4.2");
        await client.ExpectClosed();
    }

    [Fact]
    public async Task A_client_that_sends_a_byte_now_and_then_is_sent_away()
    {
        var (listener, drop) = SmtpParts.Listen(new SmtpLimits { Idle = TimeSpan.FromMilliseconds(400), Session = TimeSpan.FromSeconds(1) });
        await using var _ = listener;
        await using var client = await RawClient.InData(listener.Endpoint);
        var reply = client.Expect("421 4.4.2");
        for (var i = 0; i < 50 && !reply.IsCompleted; i++)
        {
            await client.SendRaw("x");
            await Task.Delay(100);
        }
        await reply;
        Assert.Empty(drop.Mails);
    }

    [Fact]
    public async Task A_client_that_closes_in_the_middle_of_a_message_leaves_nothing()
    {
        var (listener, drop) = SmtpParts.Listen();
        await using (listener)
        {
            await using (var client = await RawClient.InData(listener.Endpoint)) await client.SendRaw("half a mess");
        }
        Assert.Empty(drop.Mails);
        Assert.Empty(drop.Failures);
    }

    [Fact]
    public async Task Too_many_errors_end_the_session_but_an_accepted_message_clears_them()
    {
        var (listener, _) = SmtpParts.Listen(new SmtpLimits { Errors = 3 });
        await using var _2 = listener;
        await using var client = await RawClient.InData(listener.Endpoint);
        await client.SendRaw("x\r\n.\r\n");
        await client.Expect("250");
        await client.Say("MAIL FROM:<>", "250");
        await client.Say("RCPT TO:<nobody1@x.test>", "550");
        await client.Say("RCPT TO:<nobody2@x.test>", "550");
        await client.Say("RCPT TO:<ann@x.test>", "250");
        await client.Say("DATA", "354");
        await client.SendRaw("x\r\n.\r\n");
        await client.Expect("250");
        await client.Say("HOCUS", "500");
        await client.Say("POCUS", "500");
        await client.Say("PILATUS", "500");
        await client.Expect("421 4.7.0");
        await client.ExpectClosed();
    }

    [Fact]
    public async Task Too_many_commands_without_a_message_end_the_session()
    {
        var (listener, _) = SmtpParts.Listen(new SmtpLimits { Commands = 5 });
        await using var _2 = listener;
        await using var client = await RawClient.Greeted(listener.Endpoint);
        for (var i = 0; i < 4; i++) await client.Say("NOOP", "250");
        await client.Say("NOOP", "421 4.7.0");
        await client.ExpectClosed();
    }

    [Fact]
    public async Task Too_many_recipients_are_put_off()
    {
        var (listener, _) = SmtpParts.Listen(new SmtpLimits { Recipients = 2 });
        await using var _2 = listener;
        await using var client = await RawClient.Greeted(listener.Endpoint);
        await client.Say("MAIL FROM:<>", "250");
        await client.Say("RCPT TO:<a@x.test>", "250");
        await client.Say("RCPT TO:<b@x.test>", "250");
        await client.Say("RCPT TO:<c@x.test>", "452 4.5.3");
    }

    [Fact]
    public async Task Too_many_connections_are_turned_away_and_let_in_when_others_left()
    {
        var (listener, _) = SmtpParts.Listen(new SmtpLimits { SessionsPerAddress = 2 });
        await using var _2 = listener;
        await using var first = await RawClient.Greeted(listener.Endpoint);
        await using (await RawClient.Greeted(listener.Endpoint))
        {
            await using var third = await RawClient.Connect(listener.Endpoint, "421 4.7.0");
            await third.ExpectClosed();
        }
        while (listener.Sessions > 1) await Task.Delay(10);
        await using var fourth = await RawClient.Greeted(listener.Endpoint);
    }

    [Fact]
    public async Task When_memory_is_used_up_mail_is_put_off_and_taken_again_later()
    {
        TaskCompletionSource held = new(), free = new();
        var (listener, _) = SmtpParts.Listen(new SmtpLimits { MemoryBytes = 200_000 }, host => host with
        {
            Store = async (_, _, token) =>
            {
                held.TrySetResult();
                await free.Task.WaitAsync(token);
                return SmtpReplies.Stored;
            },
        });
        await using var _2 = listener;
        await using var greedy = await RawClient.InData(listener.Endpoint);
        await greedy.SendRaw(string.Concat(Enumerable.Repeat("0123456789\r\n", 10_000)) + ".\r\n");
        await held.Task;
        await using var other = await RawClient.InData(listener.Endpoint);
        await other.SendRaw(string.Concat(Enumerable.Repeat("0123456789\r\n", 10_000)) + ".\r\n");
        await other.Expect("452 4.3.1");
        free.SetResult();
        await greedy.Expect("250");
        await other.Say("MAIL FROM:<>", "250");
        await other.Say("RCPT TO:<b@bounces.test>", "250");
        await other.Say("DATA", "354");
        await other.SendRaw(string.Concat(Enumerable.Repeat("0123456789\r\n", 10_000)) + ".\r\n");
        await other.Expect("250");
    }

    [Fact]
    public async Task A_browser_is_hung_up_on()
    {
        var (listener, drop) = SmtpParts.Listen();
        await using var _ = listener;
        await using var client = await RawClient.Connect(listener.Endpoint);
        await client.SendRaw("POST / HTTP/1.1\r\nHost: x\r\n\r\nEHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@x.test>\r\nDATA\r\nx\r\n.\r\n");
        await client.Expect("421 4.7.0");
        Assert.Empty(drop.Mails);
    }

    [Fact]
    public async Task A_client_that_never_reads_its_replies_is_dropped()
    {
        var (listener, _) = SmtpParts.Listen(new SmtpLimits { Idle = TimeSpan.FromMilliseconds(300), Commands = int.MaxValue });
        await using var _2 = listener;
        await using var client = await RawClient.Greeted(listener.Endpoint);
        var noise = string.Concat(Enumerable.Repeat("NOOP\r\n", 10_000));
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            for (var i = 0; i < 10_000; i++) await client.SendRaw(noise).WaitAsync(TimeSpan.FromSeconds(5));
        });
        for (var i = 0; i < 500 && listener.Sessions > 0; i++) await Task.Delay(10);
        Assert.Equal(0, listener.Sessions);
    }

    [Fact]
    public async Task Stopping_sends_clients_at_rest_away_and_lets_a_message_under_way_be_stored()
    {
        var (listener, drop) = SmtpParts.Listen();
        await using var atRest = await RawClient.Greeted(listener.Endpoint);
        await using var underWay = await RawClient.InData(listener.Endpoint);
        await underWay.SendRaw("first half, ");
        var stopped = listener.StopAsync(TimeSpan.FromSeconds(10));
        await atRest.Expect("421 4.3.2");
        await Assert.ThrowsAnyAsync<SocketException>(() => RawClient.Connect(listener.Endpoint));
        await underWay.SendRaw("second half\r\n.\r\n");
        await underWay.Expect("250");
        await underWay.Expect("421 4.3.2");
        await stopped;
        Assert.Equal("first half, second half\r\n", Assert.Single(drop.Mails).Text);
    }

    [Fact]
    public async Task Stopping_ends_what_is_still_open_after_the_grace()
    {
        var (listener, drop) = SmtpParts.Listen();
        await using var client = await RawClient.InData(listener.Endpoint);
        await client.SendRaw("never ends");
        await listener.StopAsync(TimeSpan.FromMilliseconds(100));
        Assert.Equal(0, listener.Sessions);
        Assert.Empty(drop.Mails);
    }

    private static async Task FloodUntilClosed(RawClient client)
    {
        var block = new string('x', 64 * 1024);
        var sent = 0L;
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            for (; sent < 200_000_000; sent += block.Length) await client.SendRaw(block);
        });
        Assert.InRange(sent, 0, 50_000_000);
    }
}
