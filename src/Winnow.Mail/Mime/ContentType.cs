using System.Text;

namespace Winnow.Mail.Mime;

/// <summary>A value with parameters: Content-Type (RFC 2045 §5), Content-Disposition (RFC 2183), with RFC 2231 parameters put together.</summary>
public sealed class ContentType
{
    private readonly List<(string Name, string Value)> parameters;

    private ContentType(string value, List<(string Name, string Value)> parameters) => (Value, this.parameters) = (value, parameters);

    /// <summary>What a part is that does not say (RFC 2045 §5.2).</summary>
    public static ContentType Plain { get; } = new("text/plain", []);

    /// <summary>The value before the parameters in lower case, such as <c>multipart/report</c>.</summary>
    public string Value { get; }

    /// <summary>The parameter of that name (any case), or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var parameter in parameters)
                if (parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return parameter.Value;
            return null;
        }
    }

    /// <summary>True for exactly this type, such as <c>text/plain</c>.</summary>
    public bool Is(string type) => Value.Equals(type, StringComparison.OrdinalIgnoreCase);

    /// <summary>True for every subtype of this top-level type, such as <c>multipart</c>.</summary>
    public bool IsAny(string top) =>
        Value.Length > top.Length && Value[top.Length] == '/' && Value.StartsWith(top, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a field value. Never fails: nonsense gives <c>text/plain</c> or a type nobody asks for.</summary>
    public static ContentType Read(string? field)
    {
        if (string.IsNullOrWhiteSpace(field)) return Plain;
        var tokens = new Tokens(field);
        var value = tokens.UpTo(';').Trim().ToLowerInvariant();
        var pieces = new List<(string Name, string Value)>();
        while (!tokens.AtEnd && pieces.Count < 100)
        {
            var name = tokens.UpTo('=', ';').Trim().ToLowerInvariant();
            if (!tokens.Took('=')) continue;
            pieces.Add((name, tokens.ParameterValue()));
        }
        return new ContentType(value, PutTogether(pieces));
    }

    // name*0*=charset'lang'a%20b; name*1=c  ->  name = "a bc" (RFC 2231 §3, §4)
    private static List<(string Name, string Value)> PutTogether(List<(string Name, string Value)> pieces)
    {
        if (pieces.TrueForAll(p => !p.Name.Contains('*', StringComparison.Ordinal)))
            return pieces.Exists(p => p.Value.Contains("=?", StringComparison.Ordinal)) ? pieces.ConvertAll(p => (p.Name, EncodedWord.Decode(p.Value))) : pieces;
        var result = new List<(string Name, string Value)>();
        foreach (var group in pieces.GroupBy(p => p.Name.Split('*', 2)[0]))
        {
            if (group.Key.Length == 0) continue;
            if (group.FirstOrDefault(p => p.Name == group.Key) is { Name: not null } plain)
                result.Add((group.Key, EncodedWord.Decode(plain.Value)));
            else
                result.Add((group.Key, Extended(group)));
        }
        return result;
    }

    private static string Extended(IEnumerable<(string Name, string Value)> pieces)
    {
        string? charset = null;
        var bytes = new List<byte>();
        foreach (var (name, text) in pieces.OrderBy(p => Section(p.Name)))
        {
            var value = text;
            var encoded = name.EndsWith('*');
            if (encoded && charset is null && value.Split('\'', 3) is [var set, _, var rest]) (charset, value) = (set, rest);
            bytes.AddRange(encoded ? PercentDecode(value) : Encoding.UTF8.GetBytes(value));
        }
        return Charsets.Decode([.. bytes], charset);
    }

    private static int Section(string name) =>
        int.TryParse(name.Split('*') is [_, var number, ..] ? number : "0", out var section) ? section : 0;

    private static byte[] PercentDecode(string value)
    {
        var bytes = new List<byte>(value.Length);
        for (var i = 0; i < value.Length; i++)
            if (value[i] == '%' && i + 2 < value.Length
                && TransferEncoding.Hex(value[i + 1]) is >= 0 and var high && TransferEncoding.Hex(value[i + 2]) is >= 0 and var low)
            {
                bytes.Add((byte)(high << 4 | low));
                i += 2;
            }
            else bytes.AddRange(Encoding.UTF8.GetBytes(value, i, 1));
        return [.. bytes];
    }

    // A cursor that knows quoted strings and comments.
    private sealed class Tokens(string text)
    {
        private int position;

        public bool AtEnd => position >= text.Length;

        public bool Took(char c) => position > 0 && position <= text.Length && text[position - 1] == c;

        public string UpTo(char stop, char other = '\0')
        {
            var ahead = text.AsSpan(Math.Min(position, text.Length));
            var end = other == '\0' ? ahead.IndexOf(stop) : ahead.IndexOfAny(stop, other);
            var piece = end < 0 ? ahead : ahead[..end];
            if (!piece.Contains('('))
            {
                position += piece.Length + (end < 0 ? 0 : 1);
                return piece.ToString();
            }
            var result = new StringBuilder();
            var depth = 0;
            while (position < text.Length)
            {
                var c = text[position++];
                if (c == '(') depth++;
                else if (c == ')' && depth > 0) depth--;
                else if (depth > 0) continue;
                else if (c == stop || (c == other && other != '\0')) break;
                else result.Append(c);
            }
            return result.ToString();
        }

        public string ParameterValue()
        {
            while (position < text.Length && char.IsWhiteSpace(text[position])) position++;
            if (position >= text.Length || text[position] != '"') return UpTo(';').Trim().Trim('"');
            position++;
            var quoted = text.AsSpan(position);
            if (quoted.IndexOfAny('"', '\\') is >= 0 and var close && quoted[close] == '"')
            {
                position += close + 1;
                UpTo(';');
                return quoted[..close].ToString();
            }
            var result = new StringBuilder();
            while (position < text.Length)
            {
                var c = text[position++];
                if (c == '"') break;
                if (c == '\\' && position < text.Length) c = text[position++];
                result.Append(c);
            }
            UpTo(';');
            return result.ToString();
        }
    }
}
