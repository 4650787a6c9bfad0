namespace Winnow.Mail.Mime;

/// <summary>CRLF, LF and a lone CR all end a line: mail comes through files, queues and gateways that changed them.</summary>
public static class LineEnds
{
    /// <summary>The same bytes with every line end as LF; no copy when there is no CR.</summary>
    public static ReadOnlyMemory<byte> ToLf(ReadOnlyMemory<byte> mail)
    {
        if (!mail.Span.Contains((byte)'\r')) return mail;
        var target = new byte[mail.Length];
        return target.AsMemory(0, ToLf(mail.Span, target));
    }

    /// <summary>Writes the same bytes with every line end as LF into a buffer that is at least as long; returns how many.</summary>
    internal static int ToLf(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var count = 0;
        while (!source.IsEmpty)
        {
            var cr = source.IndexOf((byte)'\r');
            var run = cr < 0 ? source : source[..cr];
            run.CopyTo(target[count..]);
            count += run.Length;
            if (cr < 0) break;
            target[count++] = (byte)'\n';
            source = source[(cr + 1)..];
            if (!source.IsEmpty && source[0] == '\n') source = source[1..];
        }
        return count;
    }

    /// <summary>The same text with every line end as LF.</summary>
    public static string ToLf(string text) =>
        text.Contains('\r', StringComparison.Ordinal) ? text.ReplaceLineEndings("\n") : text;
}
