using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Winnow.Mail.Compose;
using Winnow.Mail.Dkim;
using Winnow.Mail.Mime;

namespace Winnow.Tests;

/// <summary>Signatures of our mail hold before the eyes of others: the RFCs' own example, a verifier of our own, and dkimpy.</summary>
public sealed class DkimSignerTests : IDisposable
{
    private const string Footballs = """
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
         d=football.example.com; i=@football.example.com;
         q=dns/txt; s=test; t=1528637909; h=from : to : subject :
         date : message-id : from : subject : date;
         bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
         b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
         DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
         dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
        From: Joe SixPack <joe@football.example.com>
        To: Suzie Q <suzie@shopping.example.net>
        Subject: Is dinner ready?
        Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
        Message-ID: <20030712040037.46341.5F8J@football.example.com>

        Hi.

        We lost the game.  Are you hungry yet?

        Joe.

        """;
    private const string FootballKey = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB";

    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_782_853_200);
    private readonly RSA key = RSA.Create(2048);
    private readonly DkimSigner signer;

    public DkimSignerTests() => signer = new("fernhill.test", "w1", key.ExportPkcs8PrivateKeyPem());

    private string PublicKey => Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());

    public void Dispose()
    {
        signer.Dispose();
        key.Dispose();
    }

    [Fact]
    public void The_verifier_believes_the_example_of_RFC_8463_and_nothing_that_was_changed()
    {
        var mail = Wire(Footballs);
        Assert.Null(DkimVerifier.Fault(mail, "test", FootballKey));
        Assert.Equal("the body was changed", DkimVerifier.Fault(mail.Replace("lost", "won", StringComparison.Ordinal), "test", FootballKey));
        Assert.Equal("the signature is false", DkimVerifier.Fault(mail.Replace("dinner", "supper", StringComparison.Ordinal), "test", FootballKey));
    }

    [Fact]
    public void Our_body_hash_of_that_example_is_the_one_the_RFC_prints()
    {
        var unsigned = Wire(Footballs[Footballs.IndexOf("From:", StringComparison.Ordinal)..]);
        Assert.Equal("2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=", DkimVerifier.Tags(Signed(unsigned).Split("\r\nFrom:")[0])["bh"]);
        // no body at all: the hash of nothing (RFC 6376 §3.4.4)
        Assert.Equal("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", DkimVerifier.Tags(Signed("From: a@b.test\r\n\r\n\r\n\r\n").Split("\r\nFrom:")[0])["bh"]);
    }

    [Fact]
    public void A_newsletter_is_signed_with_all_that_a_reader_sees()
    {
        var mail = Signed(Newsletter());
        Assert.Null(DkimVerifier.Fault(mail, "w1", PublicKey));
        var tags = DkimVerifier.Tags(mail.Split("\r\nDate:")[0]);
        Assert.Equal(("fernhill.test", "1782853200"), (tags["d"], tags["t"]));
        Assert.Equal("from:from:reply-to:to:subject:date:message-id:mime-version:content-type:list-unsubscribe:list-unsubscribe-post:feedback-id", tags["h"]);
        Assert.All(mail.Split("\r\n"), line => Assert.True(line.Length <= 78, line));
    }

    [Theory]
    [InlineData("From:", "From: thief@evil.test\r\nFrom:")]
    [InlineData("Subject: Hello", "Subject: Give")]
    [InlineData("u/abc", "u/evil")]
    [InlineData("Dear", "Poor")]
    public void What_is_changed_on_the_way_is_seen(string before, string after)
    {
        var mail = Signed(Newsletter());
        var changed = mail.Replace(before, after, StringComparison.Ordinal);
        Assert.NotEqual(mail, changed);
        Assert.NotNull(DkimVerifier.Fault(changed, "w1", PublicKey));
    }

    [Fact]
    public void White_space_and_folding_that_relays_change_do_no_harm()
    {
        var mail = Signed(Newsletter());
        var changed = mail.Replace("Subject: Hello", "SUBJECT:  \r\n\tHello ", StringComparison.Ordinal) + "\r\n\r\n";
        Assert.Null(DkimVerifier.Fault(changed.Replace(" Lee", " \t Lee", StringComparison.Ordinal), "w1", PublicKey));
    }

    [Fact]
    public void Whatever_the_text_looks_like_its_signature_holds()
    {
        var pieces = Gen.Elements("a", "Word", " ", "  ", "\t", "\r\n", "\r\n\r\n", "\r\n ", ":", ".", "=", "\r\nX: y", "\u00e9");
        Prop.ForAll(pieces.ArrayOf().ToArbitrary(), parts =>
        {
            var body = string.Concat(parts);
            Assert.Null(DkimVerifier.Fault(Signed($"From: a@fernhill.test\r\nSubject: \t x\r\n  y \r\n\r\n{body}"), "w1", PublicKey));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Line_ends_are_judged_as_they_go_over_the_wire() =>
        Assert.Equal(Signed("From: a@b.test\r\n\r\nx\r\ny\r\n").Split("\r\nFrom:")[0], Signed("From: a@b.test\n\nx\ry").Split("\r\nFrom:")[0]);

    [Fact]
    public async Task Many_threads_sign_at_once_with_one_key()
    {
        var mails = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => Signed($"From: a{i}@fernhill.test\r\n\r\nMail {i}\r\n"))));
        Assert.All(mails, mail => Assert.Null(DkimVerifier.Fault(mail, "w1", PublicKey)));
    }

    [Fact]
    public async Task Dkimpy_believes_us()
    {
        if (!File.Exists("/usr/bin/dkimverify") && Environment.GetEnvironmentVariable("CI") is null) Assert.Skip("There is no dkimpy: apt-get install python3-dkim");
        Assert.Equal("True", await Dkimpy(Signed(Newsletter())));
        Assert.Equal("False", await Dkimpy(Signed(Newsletter()).Replace("Dear", "Poor", StringComparison.Ordinal)));
    }

    private async Task<string> Dkimpy(string mail)
    {
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in new[] { "-c", "import dkim, sys; print(dkim.verify(sys.stdin.buffer.read(), dnsfunc=lambda name, timeout=5: sys.argv[1].encode() if name == b'w1._domainkey.fernhill.test.' else None))", $"v=DKIM1; k=rsa; p={PublicKey}" })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        await process.StandardInput.BaseStream.WriteAsync(Encoding.Latin1.GetBytes(mail));
        process.StandardInput.Close();
        return (await process.StandardOutput.ReadToEndAsync()).Trim();
    }

    private string Signed(string mail) => Encoding.Latin1.GetString(signer.Sign(Encoding.Latin1.GetBytes(mail), At));

    private static string Newsletter() => Encoding.Latin1.GetString(new MessageBuilder
    {
        From = new Mailbox("Fern Hill", "news@fernhill.test"), ReplyTo = new Mailbox("shop@fernhill.test"), Subject = "Hello Ann, this subject is long enough to be folded at the end of its first line",
        Text = "Dear  Ann,\n\n\n.bulbs\t \n\n", Html = "<p>Dear Ann</p>", Headers = [new("Feedback-ID", "e1:a1:marketing:winnow"), new("Precedence", "bulk")],
    }.Prepare().ToBytes(new(new Mailbox("Ann Lee", "ann@example.com"), At, "1@fernhill.test", new ListUnsubscribe("https://fernhill.test/u/abc", "u@fernhill.test"))));

    private static string Wire(string text) => text.ReplaceLineEndings("\r\n");
}
