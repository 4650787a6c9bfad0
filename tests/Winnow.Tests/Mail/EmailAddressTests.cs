using FsCheck;
using FsCheck.Fluent;
using Winnow.Mail.Mime;

namespace Winnow.Tests;

public class EmailAddressTests
{
    [Theory]
    [InlineData("ann@example.com", "ann@example.com")]
    [InlineData("  Ann.Lee+News@Example.COM\t", "ann.lee+news@example.com")]
    [InlineData("\u00A0ann@example.com\u200B", "ann@example.com")]
    [InlineData("ann@bücher.example", "ann@xn--bcher-kva.example")]
    [InlineData("ann@XN--BCHER-KVA.example", "ann@xn--bcher-kva.example")]
    [InlineData("JÖRG@bücher.example", "jörg@xn--bcher-kva.example")]
    [InlineData("o'hara_{x}@mail.example.co.uk", "o'hara_{x}@mail.example.co.uk")]
    public void An_address_is_compared_in_one_form(string written, string key) =>
        Assert.Equal(key, EmailAddress.Normalize(written));

    [Theory]
    [InlineData(null, AddressFault.Empty)]
    [InlineData("  ", AddressFault.Empty)]
    [InlineData("ann.example.com", AddressFault.NoAt)]
    [InlineData("ann@@example.com", AddressFault.ManyAts)]
    [InlineData("ann@example.com,bob@example.com", AddressFault.ManyAts)]
    [InlineData("ann lee@example.com", AddressFault.ForbiddenCharacter)]
    [InlineData("<ann@example.com>", AddressFault.ForbiddenCharacter)]
    [InlineData("ann@example.com\r\nBcc: x", AddressFault.ForbiddenCharacter)]
    [InlineData("@example.com", AddressFault.BadLocalPart)]
    [InlineData(".ann@example.com", AddressFault.BadLocalPart)]
    [InlineData("ann..lee@example.com", AddressFault.BadLocalPart)]
    [InlineData("ann@", AddressFault.BadDomain)]
    [InlineData("ann@localhost", AddressFault.BadDomain)]
    [InlineData("ann@example..com", AddressFault.BadDomain)]
    [InlineData("ann@-example.com", AddressFault.BadDomain)]
    [InlineData("ann@192.0.2.1", AddressFault.BadDomain)]
    [InlineData("ann@exa_mple.com", AddressFault.BadDomain)]
    [InlineData("ann@example.c", AddressFault.BadDomain)]
    public void What_is_no_address_is_refused_for_a_reason(string? written, AddressFault fault) =>
        Assert.Equal(fault, EmailAddress.Check(written));

    [Fact]
    public void An_address_longer_than_a_return_path_holds_is_refused()
    {
        var domain = string.Join('.', Enumerable.Repeat(new string('d', 60), 3)) + ".example";
        Assert.Equal(AddressFault.None, EmailAddress.Check(new string('a', 62) + "@" + domain));
        Assert.Equal(AddressFault.TooLong, EmailAddress.Check(new string('a', 64) + "@" + domain));
        Assert.Equal(AddressFault.TooLong, EmailAddress.Check(new string('a', 65) + "@example.com"));
    }

    [Fact]
    public void Any_text_is_read_without_an_exception_and_normalising_twice_changes_nothing() =>
        Prop.ForAll<string>(text =>
        {
            var key = EmailAddress.Normalize(text + "@example.com");
            return key is null || EmailAddress.Normalize(key) == key;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Equal_keys_are_equal_addresses()
    {
        Assert.True(EmailAddress.TryParse("Ann@Example.com", out var one));
        Assert.True(EmailAddress.TryParse("ann@example.com ", out var two));
        Assert.Equal(one, two);
        Assert.Equal("ann", one.Local);
        Assert.Equal("example.com", one.Domain);
    }
}
