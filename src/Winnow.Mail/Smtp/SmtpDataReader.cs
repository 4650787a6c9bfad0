namespace Winnow.Mail.Smtp;

/// <summary>
/// Takes the bytes after DATA and finds the end of the message: CRLF, dot, CRLF and nothing else (RFC 5321 §4.1.1.4).
/// Any other reading lets a sender that is looser than us smuggle a second message inside the first (CVE-2023-51764).
/// Dots doubled by the client are single again (§4.5.2); every other byte stays as it is.
/// </summary>
internal sealed class SmtpDataReader
{
    private Place place = Place.LineStart;

    private enum Place
    {
        LineStart,
        AfterDot,
        AfterDotCr,
        InLine,
        AfterCr,
    }

    /// <summary>A line feed came without its carriage return (§2.3.8 forbids it). It ends no line for us.</summary>
    public bool SawBareLineFeed { get; private set; }

    /// <summary>The final dot was seen.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Reads from <paramref name="input"/> up to the end of the message and returns how many bytes it used.</summary>
    /// <param name="input">What arrived.</param>
    /// <param name="output">Gets the content; null to throw it away.</param>
    public int Read(ReadOnlySpan<byte> input, ByteBuffer? output)
    {
        var i = 0;
        while (i < input.Length && !IsComplete)
        {
            if (place == Place.InLine)
            {
                i += Run(input[i..], output);
                continue;
            }
            var b = input[i];
            switch (place, b)
            {
                case (Place.LineStart, (byte)'.'):
                    place = Place.AfterDot;
                    i++;
                    break;
                case (Place.AfterDot, (byte)'\r'):
                    place = Place.AfterDotCr;
                    i++;
                    break;
                case (Place.AfterDotCr, (byte)'\n'):
                    IsComplete = true;
                    i++;
                    break;
                case (Place.AfterDotCr, _):
                    output?.Append((byte)'\r');
                    place = Place.AfterCr;
                    break;
                case (Place.AfterCr, (byte)'\n'):
                    output?.Append(b);
                    place = Place.LineStart;
                    i++;
                    break;
                default:
                    place = Place.InLine;
                    break;
            }
        }
        return i;
    }

    /// <summary>Copies up to the next CR.</summary>
    private int Run(ReadOnlySpan<byte> input, ByteBuffer? output)
    {
        var cr = input.IndexOf((byte)'\r');
        var run = cr < 0 ? input : input[..(cr + 1)];
        SawBareLineFeed |= run.Contains((byte)'\n');
        output?.Append(run);
        if (cr >= 0) place = Place.AfterCr;
        return run.Length;
    }
}
