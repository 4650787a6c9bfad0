using System.Collections;
using System.Text;

namespace Winnow.Mail.Mime;

/// <summary>One header field (RFC 5322 §2.2), unfolded.</summary>
/// <param name="Name">The name as written.</param>
/// <param name="Value">The value without line ends and outer white space; encoded words still encoded.</param>
public readonly record struct HeaderField(string Name, string Value)
{
    /// <summary>The value for people: RFC 2047 words decoded.</summary>
    public string Text => EncodedWord.Decode(Value);
}

/// <summary>The fields of a header in their order; names compare without case, duplicates are kept. A value becomes text when it is asked for.</summary>
public sealed class Headers : IReadOnlyList<HeaderField>
{
    private readonly ReadOnlyMemory<byte> text;
    private readonly List<Slot> slots;

    internal Headers(ReadOnlyMemory<byte> text, List<Slot> slots) => (this.text, this.slots) = (text, slots);

    /// <summary>Where a field lies in the text: its name, and its value with the folds still in it.</summary>
    internal readonly record struct Slot(int Name, int NameLength, int Value, int ValueLength);

    /// <summary>No fields.</summary>
    public static Headers Empty { get; } = new(default, []);

    /// <inheritdoc/>
    public int Count => slots.Count;

    /// <inheritdoc/>
    public HeaderField this[int index] => new(Encoding.ASCII.GetString(NameOf(slots[index])), ValueOf(slots[index]));

    /// <summary>The first value of that name, or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var slot in slots)
                if (Ascii.EqualsIgnoreCase(NameOf(slot), name)) return ValueOf(slot);
            return null;
        }
    }

    /// <summary>The first value of that name with encoded words decoded, or the empty string.</summary>
    public string Text(string name) => this[name] is { } value ? EncodedWord.Decode(value) : "";

    /// <summary>Every value of that name, in order.</summary>
    public IEnumerable<string> All(string name)
    {
        foreach (var slot in slots)
            if (Ascii.EqualsIgnoreCase(NameOf(slot), name)) yield return ValueOf(slot);
    }

    /// <summary>True when a field of that name is there, even an empty one.</summary>
    public bool Has(string name)
    {
        foreach (var slot in slots)
            if (Ascii.EqualsIgnoreCase(NameOf(slot), name)) return true;
        return false;
    }

    /// <summary>The same fields on bytes of their own, so that the mail they stand in can be let go.</summary>
    internal Headers Detached()
    {
        if (slots.Count == 0) return Empty;
        var (start, end) = (slots[0].Name, slots[^1].Value + slots[^1].ValueLength);
        return new Headers(text[start..end].ToArray(), slots.ConvertAll(s => s with { Name = s.Name - start, Value = s.Value - start }));
    }

    /// <inheritdoc/>
    public IEnumerator<HeaderField> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private ReadOnlySpan<byte> NameOf(Slot slot) => text.Span.Slice(slot.Name, slot.NameLength);

    // Raw 8-bit in a header is UTF-8 (RFC 6532) or some Latin.
    private string ValueOf(Slot slot)
    {
        var value = text.Span.Slice(slot.Value, slot.ValueLength).Trim(" \t\n"u8);
        return value.Contains((byte)'\n') ? Unfold(value) : Charsets.Decode(value, null);
    }

    private static string Unfold(ReadOnlySpan<byte> value)
    {
        var joined = new byte[value.Length];
        var length = 0;
        foreach (var range in value.Split((byte)'\n'))
        {
            var line = value[range].Trim(" \t"u8);
            if (length > 0) joined[length++] = (byte)' ';
            line.CopyTo(joined.AsSpan(length));
            length += line.Length;
        }
        return Charsets.Decode(joined.AsSpan(0, length), null);
    }
}
