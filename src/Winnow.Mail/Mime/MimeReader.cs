using System.Text;

namespace Winnow.Mail.Mime;

/// <summary>
/// Reads any bytes as a MIME message (RFC 2045, 2046, 5322). There is no invalid mail: what does not follow the
/// rules is read as far as it makes sense, a cut-off message as far as it goes. Never throws; work and memory are
/// bounded by the size of the mail and <see cref="MimeLimits"/>.
/// </summary>
public static class MimeReader
{
    /// <summary>Reads a whole message.</summary>
    public static MimePart Read(ReadOnlyMemory<byte> mail, MimeLimits? limits = null) =>
        new Reading(limits ?? MimeLimits.Default).Entity(LineEnds.ToLf(mail), ContentType.Plain, 0);

    /// <summary>One mail being read: counts its parts, so that their number stays bounded.</summary>
    internal sealed class Reading(MimeLimits limits)
    {
        private int parts;

        public MimeLimits Limits => limits;

        public MimePart Entity(ReadOnlyMemory<byte> text, ContentType otherwise, int depth)
        {
            parts++;
            var headers = HeaderReader.Read(text, limits, out var bodyStart);
            var type = headers["Content-Type"] is { Length: > 0 } field ? ContentType.Read(field) : otherwise;
            return new MimePart(headers, text[bodyStart..], type, this, depth);
        }

        /// <summary>The parts of this one.</summary>
        public List<MimePart> Below(MimePart part, int depth)
        {
            if (depth >= limits.Depth) return [];
            if (part.ContentType.IsAny("multipart") && part.ContentType["boundary"] is { Length: > 0 } boundary)
                return Multipart(part, boundary, depth + 1);
            return IsMessage(part.ContentType) && parts < limits.Parts
                ? [Entity(LineEnds.ToLf(part.Decode()), ContentType.Plain, depth + 1)]
                : [];
        }

        private List<MimePart> Multipart(MimePart part, string boundary, int depth)
        {
            var otherwise = part.ContentType.Is("multipart/digest") ? ContentType.Read("message/rfc822") : ContentType.Plain;
            var result = new List<MimePart>();
            foreach (var range in Split(part.Body, Charset(boundary)))
            {
                if (parts >= limits.Parts) break;
                result.Add(Entity(part.Body[range], otherwise, depth));
            }
            return result;
        }

        private static byte[] Charset(string boundary) => Encoding.UTF8.GetBytes("--" + boundary.TrimEnd());

        // text/rfc822-headers is a header block and read where it is needed; these carry whole messages.
        private static bool IsMessage(ContentType type) => type.Is("message/rfc822") || type.Is("message/global");
    }

    // Where the parts lie between delimiter lines (RFC 2046 §5.1.1). Without a closing delimiter the last part goes to the end.
    private static List<Range> Split(ReadOnlyMemory<byte> body, byte[] delimiter)
    {
        var text = body.Span;
        var ranges = new List<Range>();
        int start = -1, position = 0;
        while (position < text.Length)
        {
            var end = text[position..].IndexOf((byte)'\n');
            var next = end < 0 ? text.Length : position + end + 1;
            var line = text[position..(end < 0 ? text.Length : position + end)];
            if (line.StartsWith(delimiter) && IsDelimiter(line[delimiter.Length..], out var closes))
            {
                // the line end before a delimiter belongs to the delimiter
                if (start >= 0) ranges.Add(start..Math.Max(start, position - 1));
                start = closes ? -1 : next;
                if (closes) break;
            }
            position = next;
        }
        if (start >= 0 && start <= text.Length) ranges.Add(start..text.Length);
        return ranges;
    }

    private static bool IsDelimiter(ReadOnlySpan<byte> rest, out bool closes)
    {
        rest = rest.TrimEnd(" \t"u8);
        closes = rest.SequenceEqual("--"u8);
        return rest.IsEmpty || closes;
    }
}
