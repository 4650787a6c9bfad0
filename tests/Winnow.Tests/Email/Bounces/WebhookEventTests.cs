using System.Text.Json;
using Winnow.Email.Bounces.Webhooks;
using Winnow.Mail.Reports;

namespace Winnow.Tests;

/// <summary>What the providers' payloads say: the real ones under Corpus/webhook, and one of each kind from the others' documentation.</summary>
public sealed class WebhookEventTests
{
    private static readonly string Folder = Root.At("tests", "Winnow.Tests", "Corpus", "webhook");

    [Fact]
    public void Every_event_of_the_real_payloads_is_read_as_expected()
    {
        var expected = File.ReadLines(Path.Combine(Folder, "expected.tsv")).Skip(1).Select(line => string.Join('\t', line.Split('\t'))).Order(StringComparer.Ordinal).ToList();
        var read = Directory.GetFiles(Folder, "*.json").SelectMany(file => Read(file).Select(e =>
            $"{Path.GetFileName(file)}\t{(file.Contains("amazonses", StringComparison.Ordinal) ? "amazonses" : "sendgrid")}\t{e.Event}\t{e.Recipient}\t{e.Status}\t{e.Type}")).Order(StringComparer.Ordinal);
        Assert.Equal(26, expected.Count);
        Assert.Equal(expected, read);
    }

    [Theory]
    [InlineData("json-amazonses-01", "bounce", Verdict.AddressDead)]
    [InlineData("json-amazonses-02", "bounce", Verdict.AddressDead)]
    [InlineData("json-amazonses-03", "complaint", null)]
    [InlineData("json-amazonses-04", "delivered", null)]
    [InlineData("json-sendgrid-01", "bounce", Verdict.AddressDead)]
    [InlineData("json-sendgrid-11", "bounce", Verdict.AddressDead)]
    [InlineData("json-sendgrid-12", "bounce", Verdict.MailboxFull)]
    [InlineData("json-sendgrid-13", "delivered", null)]
    [InlineData("json-sendgrid-14", "bounce", Verdict.AddressDoubtful)]
    [InlineData("json-sendgrid-15", "complaint", null)]
    public void The_rules_of_reports_judge_them(string file, string kind, Verdict? verdict)
    {
        var one = Read(Path.Combine(Folder, file + ".json"))[0];
        Assert.Equal((kind, verdict), (one.Kind, one.Judge("test", "").Cause?.Verdict));
    }

    [Theory]
    [InlineData("mailgun", """{"event-data":{"event":"failed","severity":"permanent","reason":"bounce","recipient":"a@b.test","id":"1","delivery-status":{"code":550,"message":"5.1.1 The email account that you tried to reach does not exist","mx-host":"mx.b.test"}}}""", "bounce", Verdict.AddressDead)]
    [InlineData("mailgun", """{"event-data":{"event":"failed","severity":"permanent","reason":"suppress-bounce","recipient":"a@b.test","delivery-status":{"code":605,"description":"Not delivering to previously bounced address"}}}""", "bounce", Verdict.Unclear)]
    [InlineData("mailgun", """{"event-data":{"event":"failed","severity":"temporary","recipient":"a@b.test","delivery-status":{"code":452,"message":"4.2.2 The email account is over quota"}}}""", "delayed", Verdict.MailboxFull)]
    [InlineData("mailgun", """{"event-data":{"event":"complained","recipient":"a@b.test"}}""", "complaint", null)]
    [InlineData("postmark", """{"RecordType":"Bounce","Type":"HardBounce","TypeCode":1,"Email":"a@b.test","Description":"The server was unable to deliver your message (ex: unknown user, mailbox not found).","Details":""}""", "bounce", Verdict.AddressDead)]
    [InlineData("postmark", """{"RecordType":"Bounce","Type":"SoftBounce","Email":"a@b.test","Details":"smtp;452 4.2.2 mailbox full"}""", "bounce", Verdict.MailboxFull)]
    [InlineData("postmark", """{"RecordType":"Bounce","Type":"AutoResponder","Email":"a@b.test","Details":"user unknown"}""", "other", null)]
    [InlineData("postmark", """{"RecordType":"SpamComplaint","Type":"SpamComplaint","Email":"a@b.test"}""", "complaint", null)]
    [InlineData("sparkpost", """[{"msys":{"message_event":{"type":"bounce","bounce_class":"10","rcpt_to":"a@b.test","raw_reason":"550 [internal] [oob] The recipient is invalid.","event_id":"9"}}}]""", "bounce", Verdict.AddressDead)]
    [InlineData("sparkpost", """[{"msys":{"message_event":{"type":"bounce","bounce_class":"60","rcpt_to":"a@b.test","raw_reason":"550 user unknown"}}}]""", "other", null)]
    [InlineData("sparkpost", """[{"msys":{"message_event":{"type":"bounce","bounce_class":"51","rcpt_to":"a@b.test","raw_reason":"550 nope"}}}]""", "bounce", Verdict.Content)]
    [InlineData("sparkpost", """[{"msys":{"message_event":{"type":"spam_complaint","fbtype":"abuse","rcpt_to":"a@b.test"}}},{"msys":{}}]""", "complaint", null)]
    [InlineData("brevo", """{"event":"hard_bounce","email":"a@b.test","reason":"550 5.1.1 user unknown"}""", "bounce", Verdict.AddressDead)]
    [InlineData("brevo", """{"event":"hard_bounce","email":"a@b.test","reason":"554 5.7.1 rejected because of local policy"}""", "bounce", Verdict.Blocked)]
    [InlineData("brevo", """{"event":"soft_bounce","email":"a@b.test"}""", "bounce", Verdict.Temporary)]
    [InlineData("brevo", """{"event":"spam","email":"a@b.test"}""", "complaint", null)]
    [InlineData("amazonses", """{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"Suppressed","bouncedRecipients":[{"emailAddress":"a@b.test"}]},"mail":{"messageId":"1"}}""", "bounce", Verdict.Unclear)]
    [InlineData("amazonses", """{"notificationType":"Bounce","bounce":{"bounceType":"Transient","bounceSubType":"MailboxFull","bouncedRecipients":[{"emailAddress":"a@b.test"}]},"mail":{"messageId":"1"}}""", "bounce", Verdict.MailboxFull)]
    [InlineData("sendgrid", """[{"event":"group_unsubscribe","email":"a@b.test","sg_event_id":"7"}]""", "unsubscribe", null)]
    [InlineData("mailgun", """{"event-data":{"event":"unsubscribed","recipient":"a@b.test"}}""", "unsubscribe", null)]
    [InlineData("postmark", """{"RecordType":"SubscriptionChange","Recipient":"a@b.test","Origin":"Recipient","SuppressSending":true,"SuppressionReason":"ManualSuppression"}""", "unsubscribe", null)]
    [InlineData("postmark", """{"RecordType":"SubscriptionChange","Recipient":"a@b.test","Origin":"Recipient","SuppressSending":false,"SuppressionReason":null}""", "other", null)]
    [InlineData("postmark", """{"RecordType":"SubscriptionChange","Recipient":"a@b.test","Origin":"Recipient","SuppressSending":true,"SuppressionReason":"HardBounce"}""", "other", null)]
    [InlineData("sparkpost", """[{"msys":{"unsubscribe_event":{"type":"list_unsubscribe","rcpt_to":"a@b.test"}}}]""", "unsubscribe", null)]
    [InlineData("brevo", """{"event":"unsubscribed","email":"a@b.test"}""", "unsubscribe", null)]
    [InlineData("amazonses", """{"eventType":"Subscription","subscription":{"timestamp":"2026-06-30T12:00:00Z","newTopicPreferences":{"unsubscribeAll":true}},"mail":{"messageId":"1","destination":["a@b.test"]}}""", "unsubscribe", null)]
    public void The_provider_s_word_counts_where_status_and_text_say_nothing(string provider, string payload, string kind, Verdict? verdict)
    {
        var one = WebhookProvider.Find(provider)!.Read(JsonDocument.Parse(payload).RootElement).First();
        Assert.Equal((kind, "a@b.test", verdict), (one.Kind, one.Recipient, one.Matters ? one.Judge(provider, "").Cause?.Verdict : null));
        var again = WebhookProvider.Find(provider)!.Read(JsonDocument.Parse(one.Raw).RootElement).Single();              // what is stored is read again when it is judged
        Assert.Equal(one, again with { Raw = one.Raw, Id = one.Id });
    }

    [Theory]
    [InlineData("amazonses")]
    [InlineData("sendgrid")]
    [InlineData("mailgun")]
    [InlineData("postmark")]
    [InlineData("sparkpost")]
    [InlineData("brevo")]
    public void Odd_payloads_are_no_events_and_no_exceptions(string provider)
    {
        string[] odd = ["1", "null", "[]", "{}", "[[]]", "[null]", "\"x\"", """{"event":{"a":1},"email":[],"mail":3,"Message":"{","bounce":[],"msys":[],"event-data":7,"RecordType":1}""",
            """{"notificationType":"Bounce","bounce":{"bouncedRecipients":[1,{"emailAddress":{}}]}}""", """{"notificationType":"Delivery","delivery":{"recipients":[1]}}""", """[{"event":"bounce","email":"\ud800","reason":"\u0000"}]"""];
        foreach (var payload in odd)
            foreach (var one in WebhookProvider.Find(provider)!.Read(JsonDocument.Parse(payload).RootElement)) _ = one.Judge(provider, "");
    }

    private static List<ProviderEvent> Read(string file) =>
        [.. WebhookProvider.Find(file.Contains("amazonses", StringComparison.Ordinal) ? "amazonses" : "sendgrid")!.Read(JsonDocument.Parse(File.ReadAllText(file)).RootElement)];
}
