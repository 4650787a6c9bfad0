using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Data;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Email.Bounces.Webhooks;

namespace Winnow.Tests;

/// <summary>Providers call over HTTP: what is genuine ends on the contact, the rest changes nothing.</summary>
public sealed class WebhookTests
{
    private const string Address = "ann@example.test";

    [Theory, Databases]
    public async Task Sendgrids_signed_batch_ends_on_the_contact_once_and_a_forged_or_old_one_is_refused(string database)
    {
        await using var app = await WithAnn(database);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var path = await Open(app, "sendgrid", Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()));
        var batch = $$"""[{"event":"processed","email":"{{Address}}","sg_event_id":"0"},{"event":"bounce","email":"{{Address}}","status":"5.1.1","reason":"550 5.1.1 No such user","type":"bounce","sg_event_id":"1","winnow":"{{await Mark(app)}}"}]""";
        Assert.Equal(HttpStatusCode.Unauthorized, await Call(app, path, batch, ("X-Twilio-Email-Event-Webhook-Signature", Sign(key, "1700000000", batch)), ("X-Twilio-Email-Event-Webhook-Timestamp", "1700000000")));
        Assert.Equal(HttpStatusCode.Unauthorized, await Call(app, path, batch.Replace("5.1.1", "5.1.2", StringComparison.Ordinal), Headers(key, batch)));
        Assert.Equal(HttpStatusCode.Unauthorized, await Call(app, path, batch));
        Assert.Equal(0, await Scalar<long>(app, "select count(*) from inbox where account_id = 1 and door = 'sendgrid'"));
        Assert.Contains("Last call refused", await app.Http.GetStringAsync("/settings/bounces/doors"), StringComparison.Ordinal);

        var headers = Headers(key, batch);
        Assert.Equal(HttpStatusCode.OK, await Call(app, path, batch, headers));
        Assert.Equal("new", await Scalar<string>(app, "select state from inbox where account_id = 1 and door = 'sendgrid'"));        // stored before 200
        Assert.Equal(HttpStatusCode.OK, await Call(app, path, batch, headers));                                                 // the same call again
        Assert.Equal(HttpStatusCode.OK, await Call(app, path, batch, Headers(key, batch)));                                     // the same event in another call
        Assert.Equal(1, await Scalar<long>(app, "select count(*) from inbox where account_id = 1 and door = 'sendgrid'"));

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => app.Services.GetRequiredService<BounceIntake>().Drain())));
        Assert.Equal("UNKNOWN_USER", await Scalar<string>(app, "select hard_bounce_reason from contacts where account_id = 1 and id = 1"));
        Assert.Equal(1, await Scalar<long>(app, "select emails_bounced from contacts where account_id = 1 and id = 1"));
        Assert.Contains("Told by SendGrid", await app.Http.GetStringAsync("/contacts/1"), StringComparison.Ordinal);
        Assert.DoesNotContain("Last call refused", await app.Http.GetStringAsync("/settings/bounces/doors"), StringComparison.Ordinal);

        static (string, string)[] Headers(ECDsa key, string body)
        {
            var at = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            return [("X-Twilio-Email-Event-Webhook-Signature", Sign(key, at, body)), ("X-Twilio-Email-Event-Webhook-Timestamp", at)];
        }
    }

    [Theory, Databases]
    public async Task Mailguns_token_counts_once(string database)
    {
        await using var app = await WithAnn(database);
        var path = await Open(app, "mailgun", "key-0123456789abcdef");
        var mark = await Mark(app);
        var good = Body("token-1", "key-0123456789abcdef", "1");
        Assert.Equal(HttpStatusCode.Unauthorized, await Call(app, path, Body("token-0", "key-of-somebody-else", "0")));
        Assert.Equal(HttpStatusCode.Unauthorized, await Call(app, path, good.Replace("token-1", "token-2", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.OK, await Call(app, path, good));
        Assert.Equal("known: nothing was stored", await Answer(app, path, good.Replace("\"id\":\"1\"", "\"id\":\"2\"", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.OK, await Call(app, path, Body("token-3", "key-0123456789abcdef", "3")));
        await Judge(app);
        Assert.Equal(2, await Scalar<long>(app, "select count(*) from inbox where account_id = 1 and door = 'mailgun'"));
        Assert.True(await Scalar<bool>(app, "select reported_spam from contacts where account_id = 1 and id = 1"));
        Assert.Equal(1, await Scalar<long>(app, "select count(*) from email_events where account_id = 1 and type = 'SPAMREPORT'"));

        string Body(string token, string key, string id)
        {
            var at = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(at + token)));
            return $$"""{"signature":{"timestamp":"{{at}}","token":"{{token}}","signature":"{{signature}}"},"event-data":{"event":"complained","id":"{{id}}","recipient":"{{Address}}","message":{"headers":{"message-id":"{{mark}}@bounces.test"} } } }""";
        }
    }

    [Theory]
    [InlineData("postmark", """{"RecordType":"Bounce","Type":"HardBounce","ID":42,"Email":"ADDRESS","Details":"smtp;550 5.1.1 user unknown","Metadata":{"winnow":"MARK"}}""")]
    [InlineData("sparkpost", """[{"msys":{"message_event":{"type":"bounce","bounce_class":"10","rcpt_to":"ADDRESS","raw_reason":"550 5.1.1 user unknown","event_id":"9","rcpt_meta":{"winnow":"MARK"}}}}]""")]
    [InlineData("brevo", """{"event":"hard_bounce","email":"ADDRESS","reason":"550 5.1.1 user unknown","X-Mailin-custom":"winnow:MARK"}""")]
    public async Task Providers_that_sign_nothing_send_the_password_along(string provider, string payload)
    {
        await using var app = await WithAnn("sqlite");
        var path = await Open(app, provider, "");
        var password = (await app.Services.GetRequiredService<Webhooks>().All(1)).Single().Secret;
        var body = payload.Replace("ADDRESS", Address, StringComparison.Ordinal).Replace("MARK", await Mark(app), StringComparison.Ordinal);
        Assert.Contains(password, await app.Http.GetStringAsync($"/settings/bounces/webhook?provider={provider}"), StringComparison.Ordinal);
        Assert.DoesNotContain(password, await Scalar<string>(app, "select secret from webhooks where account_id = 1"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await Call(app, path, body));
        Assert.Equal(HttpStatusCode.Unauthorized, await Call(app, path, body, ("Authorization", Basic("winnow", "wrong"))));
        Assert.Equal(HttpStatusCode.OK, await Call(app, path, body, ("Authorization", Basic("winnow", password))));
        Assert.Equal(HttpStatusCode.OK, await Call(app, path, body.Replace("user unknown", "user  unknown", StringComparison.Ordinal), ("X-Winnow-Secret", password)));
        await Judge(app);
        Assert.Equal("UNKNOWN_USER", await Scalar<string>(app, "select hard_bounce_reason from contacts where account_id = 1 and id = 1"));
        Assert.Equal(1, await Scalar<long>(app, "select emails_bounced from contacts where account_id = 1 and id = 1"));
        Assert.DoesNotContain(password, await app.Http.GetStringAsync($"/settings/bounces/webhook?provider={provider}"), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task Who_unsubscribes_at_the_provider_gets_no_more_from_us_either(string database)
    {
        await using var app = await WithAnn(database);
        var path = await Open(app, "postmark", "");
        var password = (await app.Services.GetRequiredService<Webhooks>().All(1)).Single().Secret;
        var body = $$"""{"RecordType":"SubscriptionChange","MessageID":"1","Recipient":"{{Address}}","Origin":"Recipient","SuppressSending":true,"SuppressionReason":"ManualSuppression","Metadata":{"winnow":"{{await Mark(app)}}"} }""";
        Assert.Equal(HttpStatusCode.OK, await Call(app, path, body, ("Authorization", Basic("winnow", password))));
        Assert.Equal(HttpStatusCode.OK, await Call(app, path, body.Replace("\"1\"", "\"2\"", StringComparison.Ordinal), ("Authorization", Basic("winnow", password))));
        await Judge(app);
        Assert.True(await Scalar<bool>(app, "select opted_out from contacts where account_id = 1 and id = 1"));
        Assert.Equal("provider", await Scalar<string>(app, "select opt_out_source from addresses where account_id = 1"));
        Assert.Equal(1, await Scalar<long>(app, "select count(*) from email_events where account_id = 1 and type = 'STATUSCHANGE' and reason = 'UNSUBSCRIBED' and inbox_id is not null"));
        Assert.Equal(1, await Scalar<long>(app, "select count(*) from inbox where account_id = 1 and kind = 'unsubscribe' and state = 'copy'"));
    }

    [Theory, Databases]
    public async Task Amazons_topic_is_confirmed_and_its_notifications_are_taken_only_with_amazons_certificate(string database)
    {
        await using var app = await WithAnn(database);
        await using var amazon = await PracticeSns.Start();
        app.Services.GetRequiredService<SnsCertificates>().Way = amazon.Way;
        const string Topic = "arn:aws:sns:eu-west-1:123456789012:bounces";
        var path = await Open(app, "amazonses", Topic);
        var notice = $$"""{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":[{"emailAddress":"{{Address}}","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}],"feedbackId":"1"},"mail":{"messageId":"1","source":"b+{{await Mark(app, TokenPurpose.ReturnPath)}}@bounces.test"} }""";

        Assert.Equal(HttpStatusCode.Unauthorized, await Call(app, path, amazon.Message("SubscriptionConfirmation", "arn:aws:sns:eu-west-1:999999999999:another", "x")));
        Assert.Empty(amazon.Confirmed);
        Assert.Equal(HttpStatusCode.OK, await Call(app, path, amazon.Message("SubscriptionConfirmation", Topic, "x")));
        Assert.Single(amazon.Confirmed);

        var message = amazon.Message("Notification", Topic, notice);
        Assert.Equal(HttpStatusCode.Unauthorized, await Call(app, path, message.Replace("5.1.1", "5.1.2", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.Unauthorized, await Call(app, path, amazon.Message("Notification", Topic, notice, certificate: "https://sns.eu-west-1.amazonaws.com.evil.test/a.pem")));
        Assert.Equal(HttpStatusCode.Unauthorized, await Call(app, path, amazon.Message("Notification", Topic, notice, certificate: "http://sns.eu-west-1.amazonaws.com/a.pem")));
        Assert.Equal(HttpStatusCode.Unauthorized, await Call(app, path, amazon.Message("Notification", Topic, notice, at: TimeProvider.System.GetUtcNow().AddDays(-2))));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Call(app, path, amazon.Message("Notification", Topic, notice, certificate: "https://sns.eu-west-1.amazonaws.com/gone.pem")));
        Assert.Equal(HttpStatusCode.OK, await Call(app, path, message));
        Assert.Equal("known: nothing was stored", await Answer(app, path, message));
        Assert.Equal(HttpStatusCode.OK, await Call(app, path, amazon.Message("Notification", Topic, notice, version: "2")));
        Assert.Equal(1, amazon.Asked["/a.pem"]);
        await Judge(app);
        Assert.Equal(1, await Scalar<long>(app, "select emails_bounced from contacts where account_id = 1 and id = 1 and hard_bounce_reason = 'UNKNOWN_USER'"));
        Assert.Equal(1, await Scalar<long>(app, "select count(*) from inbox where account_id = 1 and door = 'amazonses'"));
    }

    [Theory, Databases]
    public async Task A_door_that_is_closed_renewed_or_of_another_provider_is_not_there(string database)
    {
        await using var app = await WithAnn(database);
        var path = await Open(app, "brevo", "");
        var password = (await app.Services.GetRequiredService<Webhooks>().All(1)).Single().Secret;
        (string, string) right = ("Authorization", Basic("winnow", password));
        Assert.Equal(HttpStatusCode.OK, await Call(app, path, "[]", right));
        Assert.Equal(HttpStatusCode.BadRequest, await Call(app, path, "no json", right));
        Assert.Equal(HttpStatusCode.NotFound, await Call(app, path.Replace("brevo", "postmark", StringComparison.Ordinal), "[]", right));
        Assert.Equal(HttpStatusCode.NotFound, await Call(app, path[..^1] + (path[^1] == 'a' ? 'b' : 'a'), "[]", right));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await Call(app, path, new string(' ', Webhooks.MostBytes + 1), right));
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/settings/bounces/webhook?provider=brevo", [], "webhook")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await Call(app, path, "[]", right));
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/settings/bounces/webhook?provider=brevo", [], "/settings/bounces/webhook/close")).StatusCode);
        Assert.Empty(await app.Services.GetRequiredService<Webhooks>().All(1));
        Assert.Equal(3, (await app.Services.GetRequiredService<Winnow.Audit.AuditLog>().Page(1, new(Action: Winnow.Audit.AuditAction.ReportDoorChanged), long.MaxValue, 10)).Count(line => line.Subject == "Webhook Brevo"));
    }

    [Fact]
    public async Task A_mail_sent_through_a_provider_carries_the_mark_that_comes_back()
    {
        foreach (var provider in WebhookProvider.All.Where(p => p.Mark is not null))
        {
            var field = provider.Mark!("abcdefghij234567");
            Assert.Contains("abcdefghij234567", field.Value, StringComparison.Ordinal);
            if (field.Value.StartsWith('{')) using (System.Text.Json.JsonDocument.Parse(field.Value)) { }
        }
        await using var app = await WithAnn("sqlite");
        await Open(app, "postmark", "");
        var head = LetterHead.Sign(new(1, 1, 1), Winnow.Accounts.MailSettings.Blank with { BounceDomain = "bounces.test" }, new byte[32], DateTimeOffset.UnixEpoch, [WebhookProvider.Find("postmark")!.Mark!]);
        Assert.Equal(("X-PM-Metadata-winnow", head.MessageId.Split('@')[0]), (head.Marks![0].Name, head.Marks[0].Value));
    }

    private static async Task<WebApp> WithAnn(string database)
    {
        var app = await WebApp.On(database);
        await app.SetUp();
        await OneOfEachKind.Make(app);
        await app.Services.GetRequiredService<Db>().Write(async tx =>
        {
            await tx.Execute(Statement.Built("empty", "delete from inbox where account_id = 1"));
            await tx.Execute(Statement.Built("sent", "update marketing_emails set state = 'sent', sent_at = 1 where account_id = 1 and id = 1"));
            await tx.Execute(Statement.Built("to", "insert into email_recipients (account_id, email_id, contact_id, email, email_key, outcome, at) values (1, 1, 1, @Address, @Address, 'sent', 1)"), new { Address });
        });
        return app;
    }

    /// <summary>Switches a provider on by its page; returns the path of its address.</summary>
    private static async Task<string> Open(WebApp app, string provider, string secret)
    {
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, $"/settings/bounces/webhook?provider={provider}", secret.Length > 0 ? new() { ["Secret"] = secret } : [], "webhook")).StatusCode);
        var url = (await WebApp.Page(app.Http, $"/settings/bounces/webhook?provider={provider}")).QuerySelector(".facts code")!.TextContent;
        return new Uri(url).AbsolutePath;
    }

    private static async Task<string> Mark(WebApp app, TokenPurpose purpose = TokenPurpose.MessageId) =>
        new MailToken(1, 1, 1).Sign(purpose, (await app.Services.GetRequiredService<MailTokens>().Secret(1))!);

    private static async Task<HttpStatusCode> Call(WebApp app, string path, string body, params (string Name, string Value)[] headers)
    {
        using var stranger = app.NewBrowser();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("text/plain")) };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.ExpectContinue = body.Length > Webhooks.MostBytes;                  // asks first, so that the refusal is heard
        return (await stranger.SendAsync(request)).StatusCode;
    }

    private static async Task<string> Answer(WebApp app, string path, string body)
    {
        using var stranger = app.NewBrowser();
        return await (await stranger.PostAsync(path, new StringContent(body))).Content.ReadAsStringAsync();
    }

    private static Task Judge(WebApp app) => app.Services.GetRequiredService<BounceIntake>().Drain();

    private static Task<T> Scalar<T>(WebApp app, string sql) => app.Services.GetRequiredService<Db>().Read(tx => tx.Single<T>(Statement.Built("test", sql)));

    private static string Basic(string user, string password) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    private static string Sign(ECDsa key, string at, string body) => Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(at + body), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
}
