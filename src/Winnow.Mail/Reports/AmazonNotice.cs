using System.Text.Json;
using System.Text.RegularExpressions;
using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>Amazon SES notifications (SNS topic subscribed by e-mail): JSON as the text of a mail.</summary>
internal static partial class AmazonNotice
{
    public sealed record Notice(JsonElement Value);

    public static Notice? Read(MimePart message)
    {
        if (message.First("text/plain") is not { } plain) return null;
        var text = plain.Text().TrimStart();
        if (!text.StartsWith('{') || !text.Contains("notificationType", StringComparison.Ordinal)) return null;
        // SNS wraps the line at will and adds a footer after "--".
        var footer = text.IndexOf("\n--\n", StringComparison.Ordinal);
        if (footer > 0) text = text[..footer];
        try
        {
            using var json = JsonDocument.Parse(LineBreaks().Replace(text, ""), new JsonDocumentOptions { MaxDepth = 32 });
            return json.RootElement.ValueKind == JsonValueKind.Object ? new Notice(json.RootElement.Clone()) : null;
        }
        catch (JsonException) { return null; }
    }

    public static IEnumerable<JsonElement> Objects(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object) : [];

    public static string Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";

    [GeneratedRegex(@"\n\s?", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex LineBreaks();
}
