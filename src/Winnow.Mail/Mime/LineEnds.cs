namespace Winnow.Mail.Mime;

/// <summary>CRLF, LF and a lone CR all end a line: mail comes through files, queues and gateways that changed them.</summary>
public static class LineEnds
{
    /// <summary>The same bytes with every line end as LF; no copy when there is no CR.</summary>
    public static ReadOnlyMemory<byte> ToLf(ReadOnlyMemory<byte> mail)
    {
        var source = mail.Span;
        var first = source.IndexOf((byte)'\r');
        if (first < 0) return mail;
        var target = new byte[source.Length];
        var count = 0;
        while (!source.IsEmpty)
        {
            var cr = source.IndexOf((byte)'\r');
            var run = cr < 0 ? source : source[..cr];
            run.CopyTo(target.AsSpan(count));
            count += run.Length;
            if (cr < 0) break;
            target[count++] = (byte)'\n';
            source = source[(cr + 1)..];
            if (!source.IsEmpty && source[0] == '\n') source = source[1..];
        }
        return target.AsMemory(0, count);
    }

    /// <summary>The same text with every line end as LF.</summary>
    public static string ToLf(string text) =>
        text.Contains('\r', StringComparison.Ordinal) ? text.ReplaceLineEndings("\n") : text;
}
