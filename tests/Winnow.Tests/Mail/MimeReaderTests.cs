using System.Text;
using Winnow.Mail.Mime;

namespace Winnow.Tests;

public class MimeReaderTests
{
    private static MimePart Read(string mail) => MimeReader.Read(Encoding.Latin1.GetBytes(mail));

    [Fact]
    public void Folded_and_repeated_fields_are_read_in_order()
    {
        var mail = Read("Received: one\r\nSubject: a\r\n  b\r\n\tc\r\nreceived : two\r\n\r\nbody");
        Assert.Equal("a b c", mail.Headers["subject"]);
        Assert.Equal(["one", "two"], mail.Headers.All("Received"));
        Assert.Equal("body", mail.Text());
    }

    [Theory]
    [InlineData("=?utf-8?Q?J=C3=B6rg?=", "Jörg")]
    [InlineData("=?iso-8859-1?q?caf=E9_au_lait?= noir", "café au lait noir")]
    [InlineData("=?UTF-8?B?4oKs?= =?UTF-8?B?IDU=?=", "€ 5")]
    [InlineData("=?utf-8?B?4oI=?=\t=?utf-8?B?rA==?=", "€")]
    [InlineData("=?windows-1251?B?z/Do4uXy?=", "Привет")]
    [InlineData("=?utf-8?X?abc?= =?broken", "=?utf-8?X?abc?= =?broken")]
    public void Encoded_words_become_text(string value, string text) => Assert.Equal(text, EncodedWord.Decode(value));

    [Theory]
    [InlineData("text/plain; charset=\"iso-8859-1\"; format=flowed", "charset", "iso-8859-1")]
    [InlineData("a/b; name*=utf-8'en'%e2%82%ac%20rates.txt", "name", "€ rates.txt")]
    [InlineData("a/b; name*0*=iso-8859-1''caf%E9; name*1=\" bar\"; name*2*=%21", "name", "café bar!")]
    [InlineData("a/b; (a comment; with=equals) name=x", "name", "x")]
    [InlineData("a/b; name=\"q\\\"uoted; not a stop\"; more=1", "name", "q\"uoted; not a stop")]
    public void Parameters_are_put_together(string field, string name, string value) =>
        Assert.Equal(value, ContentType.Read(field)[name]);

    [Fact]
    public void A_multipart_is_a_tree_and_the_message_inside_is_not_our_own()
    {
        var mail = Read("""
            Content-Type: multipart/mixed; boundary="a b"

            preamble
            --a b
            Content-Type: multipart/alternative; boundary=inner

            --inner
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: base64

            SGVsbG8=
            --inner
            Content-Type: text/html
            Content-Transfer-Encoding: quoted-printable

            <p>Hel=
            lo &amp; bye</p>
            --inner--
            --a b
            Content-Type: message/rfc822

            Subject: inside

            text of another day
            --a b--
            epilogue
            """);
        Assert.Equal(2, mail.Parts.Count);
        Assert.Equal("Hello", mail.First("text/plain")!.Text());
        Assert.Equal("<p>Hello &amp; bye</p>", mail.First("text/html")!.Text());
        Assert.Equal("inside", mail.Parts[1].Parts[0].Headers["Subject"]);
        Assert.DoesNotContain(mail.Own(), part => part.Headers["Subject"] == "inside");
        Assert.Equal("Hello", mail.ReadableText());
    }

    [Fact]
    public void Html_alone_is_read_as_its_words() =>
        Assert.Equal("Mail to <ann@example.com>\n failed & died", HtmlText.Strip(
            "<style>p{}</style>Mail to <ann@example.com><br> failed &amp; <b>died</b><!-- no -->"));

    [Fact]
    public void A_bomb_of_parts_or_levels_stays_small()
    {
        var nested = new StringBuilder();
        for (var i = 0; i < 5000; i++) nested.Append("Content-Type: multipart/mixed; boundary=b").Append(i).Append("\n\n--b").Append(i).Append('\n');
        Assert.True(MimeReader.Read(Encoding.ASCII.GetBytes(nested.ToString())).Own().Count() <= MimeLimits.Default.Depth + 1);

        var wide = "Content-Type: multipart/mixed; boundary=b\n\n" + string.Concat(Enumerable.Repeat("--b\n\nx\n", 5000));
        Assert.Equal(MimeLimits.Default.Parts, Read(wide).Own().Count());

        var tall = string.Concat(Enumerable.Repeat("X: y\n", 100_000)) + "\nbody";
        Assert.Equal(MimeLimits.Default.HeaderFields, Read(tall).Headers.Count);
        Assert.Equal("body", Read(tall).Text());
    }

    [Theory]
    [InlineData("Ann <ann@example.com>", "Ann", "ann@example.com")]
    [InlineData("\"Lee, Ann\" <ann@example.com>, bob@example.com", "Lee, Ann", "ann@example.com")]
    [InlineData("ann@example.com (Ann Lee)", "Ann Lee", "ann@example.com")]
    [InlineData("=?utf-8?Q?J=C3=B6rg?= <j@example.com>", "Jörg", "j@example.com")]
    [InlineData("friends: ann@example.com, bob@example.com;", "", "ann@example.com")]
    [InlineData("<@a.example,@b.example:ann@example.com>", "", "ann@example.com")]
    [InlineData("Ann <ann@example.com", "Ann", "ann@example.com")]
    public void Mailboxes_are_read_as_people_write_them(string field, string name, string address) =>
        Assert.Equal(new Mailbox(name, address), Mailbox.Read(field));

    [Theory]
    [InlineData("undisclosed-recipients:;")]
    [InlineData("<>")]
    [InlineData(",;,\"")]
    public void A_field_may_name_nobody(string field) => Assert.Null(Mailbox.Read(field));

    [Fact]
    public void A_hostile_header_costs_linear_time()
    {
        var started = System.Diagnostics.Stopwatch.StartNew();
        EncodedWord.Decode(string.Concat(Enumerable.Repeat("=?a?q?", 40_000)));
        Mailbox.ReadList("a@" + new string(':', 250_000));
        Mailbox.ReadList(new string('(', 250_000));
        ContentType.Read("a/b" + string.Concat(Enumerable.Repeat(";a*0*=x", 40_000)));
        Assert.True(started.Elapsed < TimeSpan.FromSeconds(5), $"took {started.Elapsed}");
    }
}
