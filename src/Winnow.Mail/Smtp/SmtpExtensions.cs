using System.Globalization;

namespace Winnow.Mail.Smtp;

/// <summary>What a server said it can do in its reply to EHLO (RFC 5321 §4.1.1.1).</summary>
public sealed record SmtpExtensions
{
    /// <summary>RFC 2920: several commands may go out in one write.</summary>
    public bool Pipelining { get; private init; }

    /// <summary>RFC 6152.</summary>
    public bool EightBitMime { get; private init; }

    /// <summary>RFC 6531.</summary>
    public bool SmtpUtf8 { get; private init; }

    /// <summary>RFC 3207.</summary>
    public bool StartTls { get; private init; }

    /// <summary>RFC 2034.</summary>
    public bool EnhancedStatusCodes { get; private init; }

    /// <summary>RFC 1870: the largest message in bytes; 0 is no limit said, null is SIZE not offered.</summary>
    public long? MaxSize { get; private init; }

    /// <summary>RFC 4954 §3: AUTH mechanisms in upper case.</summary>
    public IReadOnlyList<string> Auth { get; private init; } = [];

    /// <summary>None: what a server that knows only HELO can do.</summary>
    public static SmtpExtensions None { get; } = new();

    /// <summary>Reads the lines after the first of an EHLO reply. Unknown words are passed over.</summary>
    internal static SmtpExtensions Read(SmtpReply ehlo)
    {
        var found = None;
        foreach (var line in ehlo.Text.Split('\n').Skip(1))
        {
            // "AUTH=LOGIN" is how some servers of before RFC 2554 say it.
            var words = line.ToUpperInvariant().Split([' ', '='], StringSplitOptions.RemoveEmptyEntries);
            found = words switch
            {
                ["PIPELINING", ..] => found with { Pipelining = true },
                ["8BITMIME", ..] => found with { EightBitMime = true },
                ["SMTPUTF8", ..] => found with { SmtpUtf8 = true },
                ["STARTTLS", ..] => found with { StartTls = true },
                ["ENHANCEDSTATUSCODES", ..] => found with { EnhancedStatusCodes = true },
                ["SIZE", var most, ..] when long.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) => found with { MaxSize = bytes },
                ["SIZE"] => found with { MaxSize = 0 },
                ["AUTH", .. var mechanisms] => found with { Auth = [.. found.Auth, .. mechanisms] },
                _ => found,
            };
        }
        return found;
    }
}
