using System.Buffers;
using System.Text;

namespace Winnow.Mail.Smtp;

/// <summary>One message for one recipient, with its envelope (RFC 5321 §2.3.1).</summary>
/// <param name="Sender">The return path, without angle brackets; empty for a report (§4.5.5).</param>
/// <param name="Recipient">The recipient's address, without angle brackets.</param>
/// <param name="Content">Headers and body. Line ends become CRLF and dots are stuffed on the way out.</param>
public sealed record SmtpMessage(string Sender, string Recipient, ReadOnlyMemory<byte> Content)
{
    // RFC 5321 §4.5.3.1.3: a path is at most 256 octets, its angle brackets included.
    private const int MaxAddress = 254;

    private static readonly SearchValues<char> Unsendable = SearchValues.Create(
        string.Concat(Enumerable.Range(0, 32).Select(i => (char)i)) + "<>\u007f");

    /// <summary>
    /// The refusal a server would give, known before a byte is sent: null when the message can go out.
    /// A line end in an address would let a contact's address speak SMTP commands.
    /// </summary>
    internal SmtpOutcome.Refused? WhyNot(SmtpExtensions server)
    {
        if (!IsSendable(Sender)) return No(553, "5.1.7", "the sender's address cannot be written in an SMTP command");
        if (Recipient.Length == 0 || !IsSendable(Recipient)) return No(553, "5.1.3", "the recipient's address cannot be written in an SMTP command");
        if (NeedsUtf8 && !server.SmtpUtf8) return No(553, "5.6.7", "the server does not take addresses outside ASCII (RFC 6531)");
        if (server.MaxSize is > 0 and var most && Content.Length > most) return No(552, "5.3.4", $"the message has {Content.Length} bytes and the server takes at most {most}");
        if (Is8Bit && !server.EightBitMime) return No(554, "5.6.3", "the message has 8-bit bytes and the server takes 7-bit ones only (RFC 6152)");
        return null;
    }

    internal bool Is8Bit => !Ascii.IsValid(Content.Span);

    internal bool NeedsUtf8 => !Ascii.IsValid(Sender) || !Ascii.IsValid(Recipient);

    private static bool IsSendable(string address) =>
        Encoding.UTF8.GetByteCount(address) <= MaxAddress
        && !address.AsSpan().ContainsAny(Unsendable)
        && (!address.Contains(' ', StringComparison.Ordinal) || address.StartsWith('"'));

    private static SmtpOutcome.Refused No(int code, string enhanced, string text) => new(new SmtpReply(code, enhanced, text), SmtpStage.Check);
}
