namespace Winnow.Mail.Smtp;

/// <summary>
/// A message on its way into DATA: line ends become CRLF (RFC 5321 §2.3.8: no bare CR or LF on the wire) and a dot at
/// the start of a line is doubled (§4.5.2). Works block by block, so a large message is never held twice.
/// </summary>
internal struct SmtpData(ReadOnlyMemory<byte> content)
{
    private int position;
    private bool midLine;

    /// <summary>Source bytes not yet encoded.</summary>
    public readonly int Left => content.Length - position;

    /// <summary>Encodes at most about <paramref name="most"/> source bytes to the end of <paramref name="output"/>.</summary>
    public void Encode(ByteBuffer output, int most)
    {
        var rest = content.Span[position..];
        var stop = Math.Max(0, rest.Length - most);
        while (rest.Length > stop)
        {
            if (!midLine && rest[0] == '.') output.Append((byte)'.');
            var window = rest[..(rest.Length - stop)];
            var end = window.IndexOfAny((byte)'\r', (byte)'\n');
            midLine = end < 0;
            if (midLine)
            {
                output.Append(window);
                rest = rest[window.Length..];
                break;
            }
            output.Append(window[..end]);
            output.Append("\r\n"u8);
            var isPair = rest[end] == '\r' && end + 1 < rest.Length && rest[end + 1] == '\n';
            rest = rest[(end + (isPair ? 2 : 1))..];
        }
        position = content.Length - rest.Length;
    }

    /// <summary>Encodes what is left and the final dot (§4.1.1.4).</summary>
    public void EncodeEnd(ByteBuffer output)
    {
        Encode(output, int.MaxValue);
        output.Append(midLine ? "\r\n.\r\n"u8 : ".\r\n"u8);
    }
}
