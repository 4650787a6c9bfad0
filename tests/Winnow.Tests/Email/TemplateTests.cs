using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Email;
using Winnow.Mail.Mime;

namespace Winnow.Tests;

public sealed class TemplateTests
{
    private static readonly Account English = new(1, "Fernhill", "Europe/Amsterdam", "en"), Dutch = English with { Language = "nl" };
    private static readonly PropertyCatalog Properties = new([
        new Property(1001, "shoe_size", "Shoe size", PropertyType.Number, "number", "contactinformation", "", []),
        new Property(1002, "born", "Born", PropertyType.Date, "date", "contactinformation", "", []),
        new Property(1003, "likes", "Likes", PropertyType.Enumeration, "checkbox", "contactinformation", "", [new("tea", "Green tea"), new("cake", "Cake")]),
    ]);
    private static readonly MarketingEmail Email = new(1, 12, "Bulbs", "Hello {{contact.firstname|default(\"friend\")}}", "", "Fern & Hill", "news@fernhill.test",
        "<html><body><p>Dear {{contact.firstname | default: \"friend\"}} of {{contact.company}}</p></body></html>", "", [1], [], EmailState.Draft, null, null, default, default, null, null, null);
    private static readonly LetterHead Head = new(DateTimeOffset.UnixEpoch, "b+token@bounces.test", "id@bounces.test", "https://fernhill.test/u/abc", "u+abc@bounces.test");

    [Fact]
    public void Tokens_are_filled_in_everywhere_and_escaped_in_html()
    {
        var mail = Read(Email, Ann("Ann <Lee>", "A & B"));
        Assert.Equal("Hello Ann <Lee>", mail.Headers.Text("Subject"));
        Assert.Contains("<p>Dear Ann &lt;Lee&gt; of A &amp; B</p>", Html(mail), StringComparison.Ordinal);
        Assert.Contains("Dear Ann <Lee> of A & B", Text(mail), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{contact.firstname|default(\"friend\")}}")]
    [InlineData("{{ contact.firstname | default('friend', true) }}")]
    [InlineData("{{contact.firstname | default: \"friend\"}}")]
    [InlineData("{{ personalization_token('contact.firstname', 'friend') }}")]
    [InlineData("{{contact.FirstName|default(&quot;friend&quot;)}}")]
    public void Each_spelling_of_a_default_is_understood(string token)
    {
        Assert.Contains(">friend<", Html(Read(Email with { Html = $"<b>{token}</b>" }, null)), StringComparison.Ordinal);
        Assert.Contains(">Ann<", Html(Read(Email with { Html = $"<b>{token}</b>" }, Ann("Ann", null))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_contact_without_the_value_and_a_token_without_a_default_leave_nothing() =>
        Assert.Contains("Dear friend of </p>", Html(Read(Email, Ann(null, null))), StringComparison.Ordinal);

    [Fact]
    public void Values_read_as_people_write_them()
    {
        var contact = Ann("Ann", null);
        contact[Properties.Find("shoe_size")!] = 1234.5;
        contact[Properties.Find("born")!] = DateTimeOffset.Parse("2026-12-01T00:00:00Z", null).ToUnixTimeMilliseconds();
        contact[Properties.Find("likes")!] = "tea;cake";
        var email = Email with { Html = "<i>{{contact.shoe_size}}|{{contact.born}}|{{contact.likes}}|{{contact.hs_email_optout}}</i>" };
        Assert.Contains("<i>1,234.5|1 December 2026|Green tea, Cake|no</i>", Html(Read(email, contact)), StringComparison.Ordinal);
        Assert.Contains("<i>1.234,5|1 december 2026|Green tea, Cake|nee</i>", Html(Read(email, contact, Dutch)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_nothing_is_known_of_is_named_before_sending()
    {
        var faults = Template.Faults(Email with { Subject = "{{contact.fristname}}", Text = "{{first name}} {{first name}}" }, Properties);
        Assert.Equal(["There is no contact property fristname.", "{{first name}} is no token. Tokens look like {{contact.firstname}}."], faults.Select(f => f.ToString()));
        Assert.Equal(["Subject", "Text"], faults.Select(f => f.Field));
        Assert.Throws<ArgumentException>(() => Template.Compile(Email with { Subject = "{{x}}" }, English, Properties));
        Assert.Equal(["Subject", "Html"], Template.Faults(Email with { Subject = " ", Html = "", Text = "" }, Properties).Select(f => f.Field));
    }

    [Fact]
    public void Every_mail_has_a_way_out_also_when_its_author_left_none()
    {
        var mail = Read(Email, Ann("Ann", null));
        Assert.Contains("<a href=\"https://fernhill.test/u/abc\"", Html(mail), StringComparison.Ordinal);
        Assert.Contains("To get no more of them: https://fernhill.test/u/abc", Text(mail), StringComparison.Ordinal);
        Assert.Contains("Geen e-mail meer ontvangen: https://fernhill.test/u/abc", Text(Read(Email, null, Dutch)), StringComparison.Ordinal);
        Assert.Equal("<mailto:u+abc@bounces.test>, <https://fernhill.test/u/abc>", mail.Headers["List-Unsubscribe"]);
        Assert.Equal("List-Unsubscribe=One-Click", mail.Headers["List-Unsubscribe-Post"]);

        var own = Read(Email with { Html = "<a href='{{unsubscribe_link}}'>Leave</a>", Text = "Leave: {{ unsubscribe_link_all }}" }, null);
        Assert.Equal("<a href='https://fernhill.test/u/abc'>Leave</a>", Html(own));
        Assert.Equal("Leave: https://fernhill.test/u/abc", Text(own).Trim());
    }

    [Fact]
    public void The_preview_text_stands_hidden_before_all_else_and_not_in_the_text_body()
    {
        var mail = Read(Email with { PreviewText = "For {{contact.firstname|default(\"you & me\")}}" }, null);
        Assert.Matches("<body><div style=\"display:none[^>]*>For you &amp; me&#8199;", Html(mail));
        Assert.DoesNotContain("For you", Text(mail), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_made_from_html_as_a_reader_would_type_it()
    {
        var text = EmailHtml.ToText("""
            <html><head><title>no</title><style>p{}</style></head><body><div style="display:none">hidden</div><h1>Bulbs</h1>
            <p>Order <a href="https://x.test/a">here</a> or<br>call &amp; ask.</p><ul><li>one</li><li>two</li></ul><table><tr><td>a</td><td>b</td></tr></table>
            <a href="https://x.test">https://x.test</a><img alt="A tulip" src="x"></body></html>
            """);
        Assert.Equal("Bulbs\n\nOrder here (https://x.test/a) or\ncall & ask.\n\n* one\n* two\n\na b\n\nhttps://x.testA tulip\n", text);
    }

    [Theory]
    [InlineData("<script>alert(1)</script><p>x</p>", "script")]
    [InlineData("<p onclick='alert(1)'>x</p>", "onclick")]
    [InlineData("<a href='javascript:alert(1)'>x</a>", "javascript")]
    [InlineData("<a href=' java\tscript:alert(1)'>x</a>", "script:")]
    [InlineData("<img src='data:text/html,x'>", "data:")]
    [InlineData("<iframe src='https://x.test'></iframe>x", "iframe")]
    [InlineData("<form action='https://x.test'><input name=a></form>x", "input")]
    [InlineData("<svg><a xlink:href='javascript:alert(1)'>x</a></svg>", "svg")]
    [InlineData("<base href='https://x.test'><p>x</p>", "base")]
    [InlineData("<meta http-equiv=refresh content='0;url=https://x.test'><p>x</p>", "refresh")]
    [InlineData("<!--[if mso]><script>x</script><![endif]--><p>x</p>", "mso")]
    public void The_preview_can_do_nothing(string html, string gone) => Assert.DoesNotContain(gone, EmailHtml.ToPreview(html), StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void The_preview_keeps_what_makes_a_mail_look_like_itself() =>
        Assert.Contains("""<td style="color:red" bgcolor="#fff"><a href="https://x.test" target="_blank">x</a>""",
            EmailHtml.ToPreview("""<style>p{color:red}</style><table><tr><td style="color:red" bgcolor="#fff"><a href="https://x.test">x</a></td></tr></table>"""), StringComparison.Ordinal);

    private static MimePart Read(MarketingEmail email, Contact? contact, Account? account = null) =>
        MimeReader.Read(Template.Compile(email, account ?? English, Properties).For(contact, "ann@example.test", Head).Content);

    private static string Html(MimePart mail) => mail.First("text/html")!.Text();

    private static string Text(MimePart mail) => mail.First("text/plain")!.Text();

    private static Contact Ann(string? first, string? company)
    {
        var contact = Contact.New(1, 1);
        contact[BuiltInProperties.Of("firstname")] = first;
        contact[BuiltInProperties.Of("company")] = company;
        return contact;
    }
}
