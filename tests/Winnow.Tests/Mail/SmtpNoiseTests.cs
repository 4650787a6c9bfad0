using Winnow.Mail.Smtp;

namespace Winnow.Tests;

/// <summary>Words in any order and bytes of any kind, from either side: nothing breaks, nothing is taken that was not said.</summary>
public class SmtpNoiseTests
{
    private static readonly string[] ClientWords =
    [
        "EHLO x\r\n", "HELO x\r\n", "MAIL FROM:<>\r\n", "MAIL FROM:<a@x.test> SIZE=10\r\n", "RCPT TO:<b@x.test>\r\n", "RCPT TO:<>\r\n", "DATA\r\n", "RSET\r\n", "VRFY\r\n",
        "STARTTLS\r\n", "NOOP\r\n", "QUIT\r\n", ".\r\n", "\r\n.\r\n", "\r\n", "\n", "\r", ".", "..", "\0", "\xff", "Subject: x\r\n", "MAIL FROM:<\"", "RCPT TO:<@", "AUTH PLAIN\r\n",
    ];

    private static readonly string[] ServerWords =
    [
        "220 x", "250 ok", "250-x\n250 PIPELINING", "250-x\n250 SIZE", "354 go", "421 4.3.2 bye", "450 later", "550 5.1.1 no", "550-a\n550 b", "334 ", "25", "9", "250", "2500", "250ok",
        "999 x", "", "\0\0\0", "250-", "354-x\n354 y", "550 5.1.1", "550 5.1.1.1.1 x", "550 4.1.1 x", "221 2.0.0 bye",
    ];

    [Fact]
    public async Task A_conversation_sent_byte_by_byte_is_understood()
    {
        var (listener, drop) = SmtpParts.Listen();
        await using var _ = listener;
        await using var client = await RawClient.Connect(listener.Endpoint);
        foreach (var one in "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@x.test>\r\nDATA\r\n..a\r\n.\rb\r\n.c\r\n.\r\nQUIT\r\n") await client.SendRaw(one.ToString());
        foreach (var reply in new[] { "250", "250", "250", "354", "250", "221" }) await client.Expect(reply);
        Assert.Equal(".a\r\n\rb\r\nc\r\n", Assert.Single(drop.Mails).Text);
    }

    [Fact]
    public async Task Noise_of_any_kind_harms_the_listener_not()
    {
        var (listener, drop) = SmtpParts.Listen(new SmtpLimits { MessageBytes = 1000, CommandBytes = 100, Sessions = 201, SessionsPerAddress = 201 });      // on a busy machine none may be over when the last begins
        await using (listener)
        {
            for (var seed = 0; seed < 200; seed++)
            {
                var random = new Random(seed);
                var noise = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => ClientWords[random.Next(ClientWords.Length)]));
                await using var client = await RawClient.Connect(listener.Endpoint);
                try
                {
                    await client.SendRaw(noise);
                }
                catch (IOException)
                {
                    // It hung up on us, as it should on some of this.
                }
            }
            await using var polite = await RawClient.InData(listener.Endpoint);
            await polite.SendRaw("x\r\n.\r\n");
            await polite.Expect("250");
        }
        Assert.Empty(drop.Failures);
        Assert.All(drop.Mails, m => Assert.True(m.Text.Length <= 1000 && m.Envelope.Recipients.Count > 0));
    }

    [Fact]
    public async Task Noise_of_any_kind_gets_an_outcome_and_no_exception()
    {
        var seed = 0;
        await using var server = ScriptedServer.Start(async side =>
        {
            var random = new Random(Interlocked.Increment(ref seed));
            if (random.Next(8) == 0) await side.Say(ServerWords[random.Next(ServerWords.Length)]);
            await side.Open(random.Next(2) > 0 ? ["PIPELINING"] : []);
            foreach (var right in new[] { "250 ok", "250 ok", "354 go" }) await side.Answer(random.Next(6) > 0 ? right : ServerWords[random.Next(ServerWords.Length)]);
            if (random.Next(4) > 0) await side.HearMessage();
            await side.Say(random.Next(3) > 0 ? "250 queued" : ServerWords[random.Next(ServerWords.Length)]);
            if (random.Next(2) > 0) side.Reset();
        });
        var seen = new HashSet<string>();
        for (var i = 0; i < 150; i++)
        {
            var handed = false;
            var opened = await SmtpConnection.OpenAsync(server.Relay() with { Timeouts = Hasty }, default);
            seen.Add(opened.Succeeded ? "opened" : "not opened");
            if (!opened.Succeeded) continue;
            using var connection = opened.Connection;
            var outcome = await connection.SendAsync(SmtpParts.Message(), _ => { handed = true; return default; }, default);
            seen.Add(outcome.GetType().Name);
            if (outcome is SmtpOutcome.Unknown or SmtpOutcome.Accepted) Assert.True(handed, $"{outcome} without a note, seed {seed}");
        }
        Assert.Equal(["Accepted", "NotStarted", "Refused", "Unknown", "not opened", "opened"], seen.Order(StringComparer.Ordinal));
    }

    private static SmtpTimeouts Hasty { get; } = new()
    {
        Command = TimeSpan.FromMilliseconds(100),
        DataStart = TimeSpan.FromMilliseconds(100),
        DataBlock = TimeSpan.FromMilliseconds(100),
        DataEnd = TimeSpan.FromMilliseconds(100),
    };
}
