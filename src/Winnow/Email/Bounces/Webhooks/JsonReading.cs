using System.Text.Json;

namespace Winnow.Email.Bounces.Webhooks;

/// <summary>Reads JSON that strangers wrote: what is missing or of another kind is empty.</summary>
internal static class JsonReading
{
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 32 };

    /// <summary>The document, or null when it is none.</summary>
    public static JsonElement? Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes, Limits);
            return json.RootElement.Clone();
        }
        catch (JsonException) { return null; }
    }

    /// <summary>The member at this path, an undefined element when it is not there.</summary>
    public static JsonElement At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return default;
        return element;
    }

    /// <summary>The text or number at this path as text; empty when there is none.</summary>
    public static string Text(this JsonElement element, params ReadOnlySpan<string> path) => element.At(path) switch
    {
        { ValueKind: JsonValueKind.String } text => Valid(text),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => "",
    };

    /// <summary>The objects of the list at this path, at most 1,000; the object itself where there is no list.</summary>
    public static IEnumerable<JsonElement> Objects(this JsonElement element, params ReadOnlySpan<string> path) => element.At(path) switch
    {
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object).Take(1000),
        { ValueKind: JsonValueKind.Object } one => [one],
        _ => [],
    };

    /// <summary>Every text in it, also in JSON that lies in a text (Amazon SNS); escapes are undone.</summary>
    public static IEnumerable<string> Texts(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => Valid(element) is ['{', ..] inner && Parse(System.Text.Encoding.UTF8.GetBytes(inner)) is { ValueKind: JsonValueKind.Object } json ? json.Texts() : [Valid(element)],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => member.Value.Texts()),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        _ => [],
    };

    // A lone surrogate is valid JSON and no text.
    private static string Valid(JsonElement text)
    {
        try { return text.GetString() ?? ""; }
        catch (InvalidOperationException) { return ""; }
    }
}
