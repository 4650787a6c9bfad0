using Microsoft.AspNetCore.DataProtection;
using Winnow.Accounts;
using Winnow.Email;
using Winnow.Email.Sending;

namespace Winnow.Tests;

/// <summary>Keys that sign an account's mail: made, told to sign, changed, deleted, and seen by the relay.</summary>
public class DkimKeysTests
{
    [Theory, Databases]
    public async Task Mail_is_signed_once_a_key_is_told_to_and_a_new_key_takes_over_for_the_old_one(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 3, relay.Port);
        var keys = send.App.Get<DkimKeys>();

        var first = (await keys.Create(1, " FernHill.test "))!;
        Assert.Null(await keys.SignerOf(1, "news@fernhill.test"));                       // its record is not published yet
        Assert.True(await keys.SignWith(1, "fernhill.test", first));
        await send.Send();
        Assert.Equal("sent 3", await send.Outcomes());
        Assert.Equal(3, relay.Mails.Count);
        var one = Assert.Single(await keys.All(1));
        Assert.All(relay.Mails, mail => Assert.Null(DkimVerifier.Fault(mail.Text, first, one.PublicKey)));

        var second = (await keys.Create(1, "fernhill.test"))!;
        Assert.False(await keys.Delete(1, "fernhill.test", first));                      // it still signs
        Assert.True(await keys.SignWith(1, "fernhill.test", second));
        Assert.Empty(await send.App.Get<TestMail>().Send(1, send.Email, "boss@live.test"));
        var test = relay.Mails.Last().Text;
        Assert.Null(DkimVerifier.Fault(test, second, (await keys.All(1)).Single(k => k.Selector == second).PublicKey));
        Assert.Equal("there is no signature", DkimVerifier.Fault(test, first, one.PublicKey));
        Assert.True(await keys.Delete(1, "fernhill.test", first));

        Assert.True(await keys.StopSigning(1, "fernhill.test", second));
        Assert.Null(await keys.SignerOf(1, "news@fernhill.test"));
        Assert.Equal(6, await send.App.Scalar<long>("select count(*) from audit_log where account_id = 1 and action = 'SendingChanged' and subject like 'DKIM %'"));
    }

    [Theory, Databases]
    public async Task A_key_belongs_to_its_account_and_its_domain_and_lies_encrypted(string database)
    {
        await using var app = await TestApp.On(database);
        var keys = app.Get<DkimKeys>();
        var selector = (await keys.Create(1, "bücher.test"))!;

        Assert.False(await keys.SignWith(TestApp.OtherAccount, "xn--bcher-kva.test", selector));
        Assert.False(await keys.SignWith(1, "xn--bcher-kva.test", "other"));
        Assert.True(await keys.SignWith(1, "xn--bcher-kva.test", selector));
        Assert.False(await keys.StopSigning(TestApp.OtherAccount, "xn--bcher-kva.test", selector));
        Assert.Empty(await keys.All(TestApp.OtherAccount));
        Assert.NotNull(await keys.SignerOf(1, "news@BÜCHER.test"));
        Assert.Null(await keys.SignerOf(TestApp.OtherAccount, "news@bücher.test"));
        Assert.Null(await keys.SignerOf(1, "news@shop.bücher.test"));
        Assert.DoesNotContain("PRIVATE", await app.Scalar<string>("select private_key from dkim_keys where account_id = 1"), StringComparison.Ordinal);
        Assert.Null(await keys.Create(1, "no domain"));
        Assert.Null(await keys.Create(1, "evil.test; p=x"));
    }

    [Theory, Databases]
    public async Task A_key_that_cannot_be_read_stops_the_sending_instead_of_leaving_it_unsigned(string database)
    {
        await using var app = await TestApp.On(database);
        var keys = app.Get<DkimKeys>();
        await keys.SignWith(1, "fernhill.test", (await keys.Create(1, "fernhill.test"))!);
        await app.Execute("update dkim_keys set private_key = @foreign where account_id = 1", new { foreign = new EphemeralDataProtectionProvider().CreateProtector("x").Protect("y") });
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(async () => await keys.SignerOf(1, "news@fernhill.test"));
        Assert.Contains("Settings > Sending", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_read_as_a_DNS_form_takes_them()
    {
        var key = new DkimKey("fernhill.test", "w1", new string('k', 392), null, default);
        var settings = MailSettings.Blank with { RelayHost = "smtp.relay.test", FromAddress = "news@fernhill.test", BounceDomain = "bounces.fernhill.test" };
        var records = DnsRecords.For([key], settings, "mx.fernhill.test");
        Assert.Equal(
            ["w1._domainkey.fernhill.test TXT", "bounces.fernhill.test MX", "bounces.fernhill.test TXT", "_dmarc.fernhill.test TXT"], records.Select(r => $"{r.Name} {r.Type}"));
        Assert.Equal($"v=DKIM1; k=rsa; p={key.PublicKey}", records[0].Value);
        Assert.All(records[0].ZoneLine.Split('"').Where((_, i) => i % 2 == 1), part => Assert.InRange(part.Length, 1, 255));
        Assert.Equal("bounces.fernhill.test. MX 10 mx.fernhill.test.", records[1].ZoneLine);
        Assert.Equal("v=spf1 a:smtp.relay.test ~all", records[2].Value);
        Assert.Equal("v=spf1 ip4:192.0.2.7 ~all", DnsRecords.For([], settings with { RelayHost = "192.0.2.7" }, "mx.test")[1].Value);
        Assert.Equal("v=spf1 mx ~all", DnsRecords.For([], settings with { RelayHost = "127.0.0.1" }, "mx.test")[1].Value);
    }
}
