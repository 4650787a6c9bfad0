using System.Globalization;
using System.Text;

namespace Winnow.Mail.Smtp;

/// <summary>
/// One SMTP reply (RFC 5321 §4.2), as a server said it or as our listener will say it.
/// </summary>
/// <param name="Code">The three digits: 2yz done, 3yz go on, 4yz not now, 5yz not at all (§4.2.1).</param>
/// <param name="Enhanced">The enhanced status code (RFC 3463), e.g. <c>5.1.1</c>, or null when the reply had none.</param>
/// <param name="Text">The words without the two codes; the lines of a longer reply are separated by <c>\n</c>.</param>
public sealed record SmtpReply(int Code, string? Enhanced, string Text)
{
    /// <summary>2yz: the command was done.</summary>
    public bool IsPositive => Code is >= 200 and < 300;

    /// <summary>4yz: refused now, may work later.</summary>
    public bool IsTemporary => Code is >= 400 and < 500;

    /// <summary>5yz: refused; the same command will be refused again.</summary>
    public bool IsPermanent => Code is >= 500 and < 600;

    /// <summary>The reply as one would read it in a log: <c>550 5.1.1 No such user</c>.</summary>
    public override string ToString() => Enhanced is null ? $"{Code} {Text}" : $"{Code} {Enhanced} {Text}";

    /// <summary>The bytes of the reply as a server sends them, each line with both codes (RFC 2034 §4) and CRLF.</summary>
    internal void WriteTo(ByteBuffer output)
    {
        var rest = Text.AsSpan();
        while (true)
        {
            var end = rest.IndexOf('\n');
            output.AppendText(Code.ToString(CultureInfo.InvariantCulture));
            output.AppendText(end < 0 ? " " : "-");
            if (Enhanced is not null) output.AppendText($"{Enhanced} ");
            output.AppendText((end < 0 ? rest : rest[..end]).TrimEnd('\r'));
            output.Append("\r\n"u8);
            if (end < 0) return;
            rest = rest[(end + 1)..];
        }
    }

    /// <summary>
    /// Takes the enhanced code off the front of one line's text: <c>5.1.1 No such user</c> to the code and the words.
    /// Its class must be the class of the reply code (RFC 2034 §4), otherwise the digits are somebody's words.
    /// </summary>
    internal static string? TakeEnhanced(int code, ref ReadOnlySpan<byte> line)
    {
        var space = line.IndexOf((byte)' ');
        var word = space < 0 ? line : line[..space];
        if (word.Length is < 5 or > 9 || word[0] != '0' + code / 100 || word[1] != '.') return null;
        var second = word[2..].IndexOf((byte)'.');
        if (second < 0 || !IsNumber(word.Slice(2, second)) || !IsNumber(word[(second + 3)..])) return null;
        line = space < 0 ? [] : line[(space + 1)..];
        return Encoding.ASCII.GetString(word);
    }

    private static bool IsNumber(ReadOnlySpan<byte> digits) =>
        digits.Length is >= 1 and <= 3 && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
