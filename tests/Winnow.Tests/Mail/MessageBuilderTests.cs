using System.Text;
using Winnow.Mail.Compose;
using Winnow.Mail.Mime;

namespace Winnow.Tests;

public class MessageBuilderTests
{
    private static readonly DateTimeOffset When = new(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(-3.5));

    private static readonly MessageBuilder Newsletter = new()
    {
        From = new Mailbox("Jörg's \"shop\"", "news@example.com"),
        ReplyTo = new Mailbox("Shop", "shop@example.com"),
        Subject = "Hello {{first name}}, grüß dich",
        Text = "Dear {{first name}} of {{company}},\n\n.a line that begins with a dot \nAll the best = €",
        Html = "<p>Dear <b>{{ first name }}</b> of {{company}}</p>",
        Headers = [new("X-Campaign", "42"), new("Feedback-ID", "c42:{{company}}")],
    };

    private static MessageHead To(string name, string address) => new(new Mailbox(name, address), When, "1@example.com",
        new ListUnsubscribe("https://example.com/u/abc?d=1", "leave@example.com?subject=leave"));

    [Fact]
    public void A_recipients_copy_reads_back_as_it_was_meant()
    {
        var prepared = Newsletter.Prepare();
        Assert.Equal(["first name", "company"], prepared.Slots);
        var mail = MimeReader.Read(prepared.ToBytes(To("Ann Lee", "ann@example.com"), "Ann", "A & B <GmbH>"));

        Assert.Equal("Hello Ann, grüß dich", mail.Headers.Text("Subject"));
        Assert.Equal(new Mailbox("Jörg's \"shop\"", "news@example.com"), Mailbox.Read(mail.Headers["From"]));
        Assert.Equal(new Mailbox("Ann Lee", "ann@example.com"), Mailbox.Read(mail.Headers["To"]));
        Assert.Equal("Wed, 04 Mar 2026 05:06:07 -0330", mail.Headers["Date"]);
        Assert.Equal("<1@example.com>", mail.Headers["Message-ID"]);
        Assert.Equal("c42:A & B <GmbH>", mail.Headers["Feedback-ID"]);
        Assert.Equal("<mailto:leave@example.com?subject=leave>, <https://example.com/u/abc?d=1>", mail.Headers["List-Unsubscribe"]);
        Assert.Equal("List-Unsubscribe=One-Click", mail.Headers["List-Unsubscribe-Post"]);
        Assert.True(mail.ContentType.Is("multipart/alternative"));
        Assert.Equal("Dear Ann of A & B <GmbH>,\n\n.a line that begins with a dot \nAll the best = €", mail.First("text/plain")!.Text());
        Assert.Equal("<p>Dear <b>Ann</b> of A &amp; B &lt;GmbH&gt;</p>", mail.First("text/html")!.Text());
    }

    [Fact]
    public void Lines_are_short_ascii_and_end_in_CRLF()
    {
        var message = Newsletter with { Subject = new string('x', 500) + " é " + new string('y', 2000), Html = new string('€', 3000) + "{{a}}" };
        var bytes = message.Prepare().ToBytes(To(new string('ü', 200), "ann@example.com"), "A", "C", new string('z', 500) + " \n.\n");
        var text = Encoding.Latin1.GetString(bytes);
        Assert.All(text, c => Assert.True(c < 128));
        Assert.DoesNotContain('\n', text.Replace("\r\n", "", StringComparison.Ordinal));
        Assert.DoesNotContain("\r\n.", text, StringComparison.Ordinal);
        Assert.All(text.Split("\r\n"), line => Assert.True(line.Length <= 80, line));
        Assert.EndsWith(" \n.\n", MimeReader.Read(bytes).First("text/html")!.Text(), StringComparison.Ordinal);
        Assert.Equal(message.Subject, MimeReader.Read(bytes).Headers.Text("Subject"));
    }

    [Theory]
    [InlineData("a\r\nBcc: thief@example.com")]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    [InlineData("a\0b")]
    public void A_line_break_in_a_header_is_refused(string evil)
    {
        Assert.Throws<ArgumentException>(() => (Newsletter with { Subject = evil }).Prepare());
        Assert.Throws<ArgumentException>(() => (Newsletter with { From = new Mailbox(evil, "a@example.com") }).Prepare());
        Assert.Throws<ArgumentException>(() => (Newsletter with { Headers = [new("X-A", evil)] }).Prepare());
        Assert.Throws<ArgumentException>(() => (Newsletter with { Headers = [new(evil, "x")] }).Prepare());
        var prepared = Newsletter.Prepare();
        Assert.Throws<ArgumentException>(() => prepared.ToBytes(To("x", evil + "@example.com"), "", ""));
        Assert.Throws<ArgumentException>(() => prepared.ToBytes(To(evil, "a@example.com"), "", ""));
        Assert.Throws<ArgumentException>(() => prepared.ToBytes(To("", "a@example.com") with { MessageId = evil }, "", ""));
        Assert.Throws<ArgumentException>(() => prepared.ToBytes(To("", "a@example.com") with { Unsubscribe = new(evil) }, "", ""));
    }

    [Fact]
    public void A_contacts_name_cannot_add_a_header()
    {
        var mail = MimeReader.Read(Newsletter.Prepare().ToBytes(To("", "a@example.com"), "Ann\r\nBcc: thief@example.com", "x"));
        Assert.Null(mail.Headers["Bcc"]);
        Assert.Contains("Bcc: thief", mail.Headers.Text("Subject"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mail_without_a_body_or_with_a_value_missing_is_refused()
    {
        Assert.Throws<ArgumentException>(() => (Newsletter with { Text = null, Html = null }).Prepare());
        Assert.Throws<ArgumentException>(() => Newsletter.Prepare().ToBytes(To("", "a@example.com"), "only one"));
    }

    [Fact]
    public void Braces_that_are_no_slot_stay_text()
    {
        var mail = new MessageBuilder { From = new("a@example.com"), Subject = "{{", Text = "a {{ b\nc }} {{d}} {x}" }.Prepare();
        Assert.Equal(["d"], mail.Slots);
        Assert.Equal("a {{ b\nc }} D {x}\n", MimeReader.Read(mail.ToBytes(To("", "b@example.com"), "D")).Text());
    }
}
