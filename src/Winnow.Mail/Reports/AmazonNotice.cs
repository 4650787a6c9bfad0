using System.Text.Json;

namespace Winnow.Mail.Reports;

/// <summary>Amazon SES notifications (an SNS topic subscribed by e-mail): JSON as the text of a mail, bare or inside an SNS envelope.</summary>
internal static class AmazonNotice
{
    /// <summary>The notification object, or null.</summary>
    public static JsonElement? Read(Narrative narrative)
    {
        var text = narrative.Text.TrimStart();
        if (!text.StartsWith('{') || !text.Contains("notificationType", StringComparison.Ordinal)) return null;
        var outer = Parse(text);
        return outer is { } notice && Text(notice, "Message") is { Length: > 0 } inner ? Parse(inner) : outer;
    }

    /// <summary>The bounce of a notification as a report, or null.</summary>
    public static DeliveryReport? ReadBounce(Narrative narrative, ReturnedMail? original, IReadOnlyList<string> traces)
    {
        if (Read(narrative) is not { } notice || !notice.TryGetProperty("bounce", out var bounce) || bounce.ValueKind != JsonValueKind.Object) return null;
        var recipients = Objects(bounce, "bouncedRecipients").Take(1000).Select(Recipient).ToList();
        return recipients.Count == 0 ? null
            : new DeliveryReport("amazon-ses", Text(bounce, "reportingMTA"), null, recipients, original, traces);
    }

    public static IEnumerable<JsonElement> Objects(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object) : [];

    public static string Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";

    private static RecipientReport Recipient(JsonElement item)
    {
        var diagnostic = DeliveryReportReader.AfterType(Text(item, "diagnosticCode"));
        var status = Text(item, "status") is { Length: > 0 } given ? given : SmtpText.Status(diagnostic);
        var code = SmtpText.ReplyCode(diagnostic);
        return new RecipientReport(
            Text(item, "emailAddress"), null, Text(item, "action") == "delayed" ? DeliveryAction.Delayed : DeliveryAction.Failed,
            status, code, diagnostic, "", BounceRules.Decide(code, status, diagnostic));
    }

    private static JsonElement? Parse(string text)
    {
        // SNS wraps lines at will and adds a footer after "--".
        var footer = text.IndexOf("\n--\n", StringComparison.Ordinal);
        if (footer > 0) text = text[..footer];
        try
        {
            using var json = JsonDocument.Parse(text.Replace("\n ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal), new JsonDocumentOptions { MaxDepth = 32 });
            return json.RootElement.ValueKind == JsonValueKind.Object ? json.RootElement.Clone() : null;
        }
        catch (JsonException) { return null; }
    }
}
