using Winnow.Email;

namespace Winnow.Tests;

/// <summary>Mail to one person, over a real SMTP conversation.</summary>
public class SystemMailTests
{
    private const string Secret = "https://fernhill.test/reset-password/s3cret";
    private static readonly SystemLetter Letter = new("Join {{us}} & Fernhill", ["Noor <noor> invites you."], "Accept", Secret, ["It works for a week."]);

    [Theory, Databases]
    public async Task A_mail_is_ordered_with_the_transaction_and_reaches_the_relay_once(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 0, relay.Port);
        var app = send.App;
        await Assert.ThrowsAsync<InvalidOperationException>(() => app.Db.Write(async tx => { await Order(app, tx); throw new InvalidOperationException(); }));
        await app.Db.Write(tx => Order(app, tx));
        Assert.DoesNotContain("s3cret", await app.Scalar<string>("select cast(state as text) from jobs where kind = 'SystemMail'"));

        await app.RunJobs();
        await app.RunJobs();

        var (from, to, text) = Assert.Single(relay.Mails);
        var mail = TestRelay.Read(text);
        Assert.Equal(("news@fernhill.test", "new@person.test"), (from, to));
        Assert.Equal("Join { {us}} & Fernhill", mail.Headers.Text("Subject"));
        Assert.Equal("auto-generated", mail.Headers.Text("Auto-Submitted"));
        Assert.Contains("Noor &lt;noor&gt; invites you.", text);
        Assert.Contains("Noor <noor> invites you.", text);
        Assert.Equal("done", await app.Scalar<string>("select outcome from jobs where kind = 'SystemMail'"));
    }

    [Theory, Databases]
    public async Task A_relay_that_is_down_or_missing_only_delays_it(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 0, relay.Port);
        var app = send.App;
        await app.Execute("update mail_settings set relay_host = '' where account_id = 1");
        await app.Db.Write(tx => Order(app, tx));
        for (var i = 0; i < 8; i++) await Later(app);
        Assert.Contains("not set up", await app.Scalar<string>("select error from jobs where kind = 'SystemMail'"));

        await send.Relay(relay.Port);
        relay.Answer = (verb, _) => verb == "RCPT" ? "451 4.7.1 Later" : "250 2.0.0 Ok";
        for (var i = 0; i < 8; i++) await Later(app);
        Assert.Null(await app.Scalar<string?>("select outcome from jobs where kind = 'SystemMail'"));

        relay.Answer = (_, _) => "250 2.0.0 Ok";
        await Later(app);
        Assert.Single(relay.Mails);
    }

    [Theory, Databases]
    public async Task A_mail_that_nobody_takes_fails_and_says_so(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 0, relay.Port);
        relay.Answer = (verb, _) => verb == "RCPT" ? "550 5.1.1 <new@person.test> unknown" : "250 2.0.0 Ok";
        await send.App.Db.Write(tx => Order(send.App, tx));

        for (var i = 0; i < 6; i++) await Later(send.App);

        var error = await send.App.Scalar<string>("select error from jobs where kind = 'SystemMail' and outcome = 'failed'");
        Assert.Contains("550 5.1.1", error);
        Assert.DoesNotContain("new@person.test", error);
    }

    private static Task<long> Order(TestApp app, Winnow.Data.Tx tx) => app.Get<SystemMail>().Send(tx, 1, "new@person.test", Letter.Subject, Letter.Text, Letter.Html);

    private static Task Later(TestApp app)
    {
        app.Clock.Advance(TimeSpan.FromMinutes(16));
        return app.RunJobs();
    }
}
