using System.Collections;

namespace Winnow.Mail.Mime;

/// <summary>One header field (RFC 5322 §2.2), unfolded.</summary>
/// <param name="Name">The name as written.</param>
/// <param name="Value">The value without line ends and outer white space; encoded words still encoded.</param>
public readonly record struct HeaderField(string Name, string Value)
{
    /// <summary>The value for people: RFC 2047 words decoded.</summary>
    public string Text => EncodedWord.Decode(Value);
}

/// <summary>The fields of a header in their order; names compare without case, duplicates are kept.</summary>
public sealed class Headers : IReadOnlyList<HeaderField>
{
    private readonly List<HeaderField> fields;

    internal Headers(List<HeaderField> fields) => this.fields = fields;

    /// <summary>No fields.</summary>
    public static Headers Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => fields.Count;

    /// <inheritdoc/>
    public HeaderField this[int index] => fields[index];

    /// <summary>The first value of that name, or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var field in fields)
                if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return field.Value;
            return null;
        }
    }

    /// <summary>The first value of that name with encoded words decoded, or the empty string.</summary>
    public string Text(string name) => this[name] is { } value ? EncodedWord.Decode(value) : "";

    /// <summary>Every value of that name, in order.</summary>
    public IEnumerable<string> All(string name) =>
        from field in fields where field.Name.Equals(name, StringComparison.OrdinalIgnoreCase) select field.Value;

    /// <summary>True when a field of that name is there, even an empty one.</summary>
    public bool Has(string name) => this[name] is not null;

    /// <inheritdoc/>
    public IEnumerator<HeaderField> GetEnumerator() => fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
