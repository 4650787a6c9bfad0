using Winnow.Email;

namespace Winnow.Tests;

public sealed class MailTokenTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)], Other = [.. Enumerable.Range(7, 32).Select(i => (byte)i)];
    private static readonly MailToken Token = new(1, 12, 123_456);

    [Fact]
    public void A_token_reads_back_in_any_case()
    {
        var text = Token.Sign(TokenPurpose.ReturnPath, Secret);
        Assert.Equal(Token, MailToken.Claim(text.ToUpperInvariant()));
        Assert.True(Token.IsGenuine(text.ToUpperInvariant(), TokenPurpose.ReturnPath, Secret));
        Assert.InRange(text.Length, 20, 26);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 127, 128)]
    [InlineData(long.MaxValue, long.MaxValue, long.MaxValue)]
    public void Every_id_fits_a_local_part(long account, long email, long contact)
    {
        var token = new MailToken(account, email, contact);
        var address = ReturnPath.For(token, "bounces.example.com", Secret);
        Assert.True(address.IndexOf('@', StringComparison.Ordinal) <= 64, address);
        Assert.Equal(token, MailToken.Claim(ReturnPath.Parse(address)!.Value.Token));
    }

    [Fact]
    public void A_token_is_good_for_its_purpose_and_its_account_only()
    {
        var text = Token.Sign(TokenPurpose.Unsubscribe, Secret);
        Assert.True(Token.IsGenuine(text, TokenPurpose.Unsubscribe, Secret));
        Assert.False(Token.IsGenuine(text, TokenPurpose.ReturnPath, Secret));
        Assert.False(Token.IsGenuine(text, TokenPurpose.MessageId, Secret));
        Assert.False(Token.IsGenuine(text, TokenPurpose.Unsubscribe, Other));
    }

    [Fact]
    public void Any_letter_changed_spoils_it()
    {
        var text = Token.Sign(TokenPurpose.ReturnPath, Secret);
        for (var i = 0; i < text.Length; i++)
            foreach (var letter in "ab7z".Where(l => l != text[i]))
            {
                var forged = text[..i] + letter + text[(i + 1)..];
                Assert.False(MailToken.Claim(forged) is { } claim && claim.IsGenuine(forged, TokenPurpose.ReturnPath, Secret), forged);
            }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("not a token")]
    [InlineData("77777777777777777777777777777777777777777777777777777777777777777777777777777777777777")]
    [InlineData("77777777777777777777777777777777777777777777777777777777777")]
    [InlineData("ÀÀÀÀÀÀÀÀÀÀÀÀÀÀÀÀÀÀÀÀÀÀÀÀÀÀ")]
    public void What_is_no_token_is_refused(string text) =>
        Assert.False(MailToken.Claim(text) is { } claim && claim.IsGenuine(text, TokenPurpose.ReturnPath, Secret));

    [Theory, Databases]
    public async Task Only_tokens_that_an_account_of_ours_signed_are_believed(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Execute("insert into accounts (account_id, name, time_zone, language, secret, created_at) values (1, 'One', 'UTC', 'en', @Secret, 0), (2, 'Two', 'UTC', 'en', @Other, 0)", new { Secret, Other });
        var tokens = app.Get<MailTokens>();
        Assert.Equal((TokenPurpose.ReturnPath, Token), await tokens.ReadAddress(ReturnPath.For(Token, "b.test", Secret)));
        Assert.Equal((TokenPurpose.Unsubscribe, Token), await tokens.ReadAddress(ReturnPath.ForUnsubscribe(Token, "b.test", Secret).ToUpperInvariant()));
        Assert.Equal(Token, await tokens.Read(ReturnPath.MessageIdFor(Token, "b.test", Secret).Split('@')[0], TokenPurpose.MessageId));
        Assert.Null(await tokens.ReadAddress(ReturnPath.For(Token, "b.test", Other)));                                    // account 2 cannot speak for account 1
        Assert.Null(await tokens.ReadAddress(ReturnPath.For(Token with { AccountId = 3 }, "b.test", Secret)));            // there is no account 3
        Assert.Null(await tokens.ReadAddress($"b+{Token.Sign(TokenPurpose.Unsubscribe, Secret)}@b.test"));                // a way out is no return path
        Assert.Null(await tokens.ReadAddress("postmaster@b.test"));
        Assert.Null(await tokens.ReadAddress("b+@b.test"));
    }
}
