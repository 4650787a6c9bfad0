namespace Winnow.Transfer.Workbooks;

/// <summary>What stands next in a part of a workbook.</summary>
internal enum XmlToken
{
    /// <summary>An element begins.</summary>
    Open,

    /// <summary>An element ends; an empty one begins and ends.</summary>
    Close,

    /// <summary>A piece of text; a long one comes in several.</summary>
    Text,
}

/// <summary>Reads the XML of a workbook's part (UTF-8, no document type) token by token in one buffer, whatever the part holds: a tag longer than the buffer,
/// a document type or tags that do not end are damage. Spans hold until the next <see cref="Next"/>.</summary>
internal sealed class XmlTokens(Stream part)
{
    private const int Size = 1 << 16, Deepest = 256;
    private readonly byte[] buffer = new byte[Size];
    private int start, end, depth, tokenAt, tokenLength, nameAt, nameLength;
    private bool finished, closes, literal;
    private byte[]? until;                                      // what ends a comment, an instruction or a literal text that we are in

    /// <summary>What stands here.</summary>
    public XmlToken Kind { get; private set; }

    /// <summary>The name of the element that begins or ends, without its prefix.</summary>
    public ReadOnlySpan<byte> Name => buffer.AsSpan(nameAt, nameLength);

    /// <summary>Whether an element of this name begins here.</summary>
    public bool Opens(ReadOnlySpan<byte> name) => Kind == XmlToken.Open && Name.SequenceEqual(name);

    /// <summary>Whether an element of this name ends here.</summary>
    public bool Ends(ReadOnlySpan<byte> name) => Kind == XmlToken.Close && Name.SequenceEqual(name);

    /// <summary>Adds the text that stands here.</summary>
    public void AddTo(CellText text) => text.Add(buffer.AsSpan(tokenAt, tokenLength), literal);

    /// <summary>The value of an attribute as it is written, by its name without prefix; empty when the element has none.</summary>
    public ReadOnlySpan<byte> Attribute(ReadOnlySpan<byte> name)
    {
        var rest = buffer.AsSpan(tokenAt, tokenLength);
        while (rest.IndexOf((byte)'=') is > 0 and var equals)
        {
            var key = rest[..equals].Trim(" \t\r\n/"u8);
            var colon = key.IndexOf((byte)':');
            rest = rest[(equals + 1)..].TrimStart(" \t\r\n"u8);
            if (rest.IsEmpty || rest[0] is not ((byte)'"' or (byte)'\'') || rest[1..].IndexOf(rest[0]) is < 0) throw BadWorkbook.Damaged;
            var length = rest[1..].IndexOf(rest[0]);
            if (key.SequenceEqual(name) || colon >= 0 && key[(colon + 1)..].SequenceEqual(name) && !key.StartsWith("xmlns:"u8)) return rest.Slice(1, length);
            rest = rest[(length + 2)..];
        }
        return default;
    }

    /// <summary>The value of an attribute as a text.</summary>
    public string Text(ReadOnlySpan<byte> name)
    {
        var text = new CellText();
        text.Add(Attribute(name), literal: false);
        return text.ToString();
    }

    /// <summary>The value of an attribute as a whole number; this other one when it is none.</summary>
    public long Number(ReadOnlySpan<byte> name, long otherwise) =>
        System.Buffers.Text.Utf8Parser.TryParse(Attribute(name), out long number, out var used) && used == Attribute(name).Length ? number : otherwise;

    /// <summary>Goes on to the next token; false at the end of the part.</summary>
    public async ValueTask<bool> Next(CancellationToken stop)
    {
        while (true)
        {
            if (Take()) return true;
            if (!finished) await Fill(stop);
            else if (depth > 0 || until is not null || start < end && buffer[start] == '<') throw BadWorkbook.Damaged;
            else return false;
        }
    }

    private async ValueTask Fill(CancellationToken stop)
    {
        if (start == 0 && end == Size) throw BadWorkbook.Damaged;
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
        var read = await part.ReadAsync(buffer.AsMemory(end), stop);
        (end, finished) = (end + read, read == 0);
    }

    /// <summary>Takes the next token from the buffer; false when that needs more of it.</summary>
    private bool Take()
    {
        if (closes) { (closes, Kind) = (false, XmlToken.Close); depth--; return true; }
        while (start < end)
        {
            var rest = buffer.AsSpan(start, end - start);
            if (until is not null) { if (Within(rest)) return true; if (until is not null) return false; }
            else if (rest[0] != '<') return TextUpTo(rest, rest.IndexOf((byte)'<'));
            else if (rest.Length < 9 && !finished) return false;
            else if (rest.StartsWith("<?"u8)) Skip(2, "?>"u8);
            else if (rest.StartsWith("<!--"u8)) Skip(4, "-->"u8);
            else if (rest.StartsWith("<![CDATA["u8)) { Skip(9, "]]>"u8); literal = true; }
            else return Tag(rest);
        }
        return false;
    }

    private void Skip(int length, ReadOnlySpan<byte> ends)
    {
        start += length;
        (until, literal) = (ends.ToArray(), false);
    }

    /// <summary>Goes on in a comment, an instruction or a literal text; true when it hands out a piece of the last.</summary>
    private bool Within(ReadOnlySpan<byte> rest)
    {
        var found = rest.IndexOf(until);
        var length = found >= 0 ? found : Math.Max(0, rest.Length - until!.Length + 1);
        (tokenAt, tokenLength, Kind) = (start, length, XmlToken.Text);
        start += found >= 0 ? length + until!.Length : length;
        if (found >= 0) until = null;
        return literal && length > 0;
    }

    private bool TextUpTo(ReadOnlySpan<byte> rest, int next)
    {
        if (next < 0 && !finished) next = rest.Length - Incomplete(rest);
        if (next < 0) next = rest.Length;
        if (next == 0) return false;
        (tokenAt, tokenLength, Kind, literal) = (start, next, XmlToken.Text, false);
        start += next;
        return true;
    }

    /// <summary>How many bytes at the end of a text belong to an entity that is not all there yet.</summary>
    private static int Incomplete(ReadOnlySpan<byte> rest)
    {
        var tail = rest[^Math.Min(12, rest.Length)..];
        return tail.LastIndexOf((byte)'&') is >= 0 and var entity && tail[entity..].IndexOf((byte)';') < 0 ? tail.Length - entity : 0;
    }

    private bool Tag(ReadOnlySpan<byte> rest)
    {
        var length = LengthOfTag(rest);
        if (length == 0) return false;
        var tag = rest[1..(length - 1)];
        var ends = tag.Length > 0 && tag[0] == '/';
        (closes, Kind) = (!ends && tag.Length > 0 && tag[^1] == '/', ends ? XmlToken.Close : XmlToken.Open);
        var name = ends ? tag[1..] : tag;
        if (name.IndexOfAny(" \t\r\n/"u8) is >= 0 and var space) name = name[..space];
        (tokenAt, tokenLength) = (start + 1 + name.Length + (ends ? 1 : 0), tag.Length - name.Length - (ends ? 1 : 0));
        var prefix = name.IndexOf((byte)':') + 1;
        (nameAt, nameLength) = (start + (ends ? 2 : 1) + prefix, name.Length - prefix);
        depth += ends ? -1 : 1;
        if (nameLength == 0 || buffer[nameAt] is < (byte)'A' || depth is < 0 or > Deepest) throw BadWorkbook.Damaged;
        start += length;
        return true;
    }

    /// <summary>The length of the tag that begins here, brackets included; 0 when it is not all there yet.</summary>
    private static int LengthOfTag(ReadOnlySpan<byte> rest)
    {
        for (var at = 1; at < rest.Length;)
        {
            var found = rest[at..].IndexOfAny("<>\"'"u8);
            if (found < 0) return 0;
            at += found;
            if (rest[at] == '>') return at + 1;
            if (rest[at] == '<') throw BadWorkbook.Damaged;
            var closing = rest[(at + 1)..].IndexOf(rest[at]);
            if (closing < 0) return 0;
            at += closing + 2;
        }
        return 0;
    }
}
