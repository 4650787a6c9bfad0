using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Winnow.Mail.Mime;

/// <summary>What is wrong with a text that should be an e-mail address; <see cref="None"/> when nothing is.</summary>
public enum AddressFault
{
    /// <summary>The text is a valid address.</summary>
    None,
    /// <summary>Nothing but white space.</summary>
    Empty,
    /// <summary>Longer than 254 octets, or a local part longer than 64 (RFC 5321 §4.5.3.1, RFC 3696 erratum 1690).</summary>
    TooLong,
    /// <summary>No @ at all.</summary>
    NoAt,
    /// <summary>More than one @: two addresses in one field, most often.</summary>
    ManyAts,
    /// <summary>White space, a control character or one of <c>()&lt;&gt;[]:;,"\</c>.</summary>
    ForbiddenCharacter,
    /// <summary>The part before the @ is empty, begins or ends with a dot, or has two dots together.</summary>
    BadLocalPart,
    /// <summary>The part after the @ is no host name of the public internet: it lacks a dot, or a label is empty, too long or ill-formed.</summary>
    BadDomain,
}

/// <summary>
/// A valid internet e-mail address in the one form Winnow compares addresses by: trimmed, in lower case, the domain
/// as ASCII (RFC 5891 A-labels). Two people write to the same mailbox exactly when their addresses are equal here.
/// RFC 5321 lets the local part distinguish case; no provider of note does, and a list that sends twice to
/// Ann@ and ann@ is worse than one that treats them as one.
/// Dots and +tags are kept: only the provider knows what they mean.
/// Quoted local parts and address literals (RFC 5321 §4.1.2) are refused: nobody subscribes with one.
/// </summary>
public sealed record EmailAddress
{
    /// <summary>The longest address that fits a return path, in octets.</summary>
    public const int MaxLength = 254;

    private static readonly IdnMapping Idn = new() { AllowUnassigned = false, UseStd3AsciiRules = true };
    private static readonly SearchValues<char> LocalAscii =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~.");
    private static readonly SearchValues<char> DomainAscii = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");

    private readonly int at;

    private EmailAddress(string value, int at) => (Value, this.at) = (value, at);

    /// <summary>The normalised address: the key contacts are unique by.</summary>
    public string Value { get; }

    /// <summary>The part before the @, in lower case.</summary>
    public string Local => Value[..at];

    /// <summary>The part after the @, in lower case and ASCII.</summary>
    public string Domain => Value[(at + 1)..];

    /// <summary>The part after the @ of an address that is normalised already; all of a text without one.</summary>
    public static string DomainOf(string normalised) => normalised[(normalised.LastIndexOf('@') + 1)..];

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <inheritdoc/>
    public bool Equals(EmailAddress? other) => other is not null && Value == other.Value;

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>Reads one bare address (no display name; see <see cref="Mailbox"/> for those).</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out EmailAddress? address) =>
        TryParse(text, out address, out _);

    /// <summary>Reads one bare address and says what is wrong when it is none.</summary>
    public static bool TryParse(
        [NotNullWhen(true)] string? text, [NotNullWhen(true)] out EmailAddress? address, out AddressFault fault)
    {
        address = null;
        fault = Read(text, out var value, out var at);
        if (fault != AddressFault.None) return false;
        address = new EmailAddress(value, at);
        return true;
    }

    /// <summary>The normalised address, or null when <paramref name="text"/> is not a valid one.</summary>
    public static string? Normalize(string? text) => Read(text, out var value, out _) == AddressFault.None ? value : null;

    /// <summary>What is wrong with the text; <see cref="AddressFault.None"/> when it is a valid address.</summary>
    public static AddressFault Check(string? text) => Read(text, out _, out _);

    private static AddressFault Read(string? text, out string value, out int at)
    {
        (value, at) = ("", -1);
        var trimmed = Trim(text.AsSpan());
        if (trimmed.IsEmpty) return AddressFault.Empty;
        if (trimmed.Length > MaxLength) return AddressFault.TooLong;
        at = trimmed.IndexOf('@');
        if (at < 0) return AddressFault.NoAt;
        if (trimmed[(at + 1)..].Contains('@')) return AddressFault.ManyAts;
        if (HasForbidden(trimmed)) return AddressFault.ForbiddenCharacter;

        var local = Lower(trimmed[..at]);
        if (local is null || !IsDotAtom(local)) return AddressFault.BadLocalPart;
        var domain = AsciiDomain(trimmed[(at + 1)..]);
        if (domain is null || !IsPublicHost(domain)) return AddressFault.BadDomain;

        var localOctets = Encoding.UTF8.GetByteCount(local);
        if (localOctets > 64 || localOctets + 1 + domain.Length > MaxLength) return AddressFault.TooLong;
        at = local.Length;
        value = string.Concat(local, "@", domain);
        return AddressFault.None;
    }

    // Spreadsheets and web pages leave no-break and zero-width spaces around addresses.
    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && IsInvisible(text[0])) text = text[1..];
        while (!text.IsEmpty && IsInvisible(text[^1])) text = text[..^1];
        return text;
    }

    private static bool IsInvisible(char c) =>
        char.IsWhiteSpace(c) || c is '\u200B' or '\u200C' or '\u200D' or '\u2060' or '\uFEFF' or '\u00AD';

    private static bool HasForbidden(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (c <= ' ' || c == '\x7f' || "()<>[]:;,\"\\".Contains(c, StringComparison.Ordinal)
                || (c > '\x7f' && (char.IsControl(c) || IsInvisible(c))))
                return true;
        return false;
    }

    private static string? Lower(ReadOnlySpan<char> local)
    {
        if (Ascii.IsValid(local))
        {
            var lowered = local.ToString().ToLowerInvariant();
            return lowered.AsSpan().ContainsAnyExcept(LocalAscii) ? null : lowered;
        }
        try { return local.ToString().Normalize().ToLowerInvariant().Normalize(); }
        catch (ArgumentException) { return null; } // a lone surrogate is no text
    }

    private static bool IsDotAtom(string local) =>
        local.Length > 0 && local[0] != '.' && local[^1] != '.' && !local.Contains("..", StringComparison.Ordinal);

    private static string? AsciiDomain(ReadOnlySpan<char> domain)
    {
        if (Ascii.IsValid(domain))
        {
            var lowered = domain.ToString().ToLowerInvariant();
            return lowered.AsSpan().ContainsAnyExcept(DomainAscii) ? null : lowered;
        }
        try
        {
            var ascii = Idn.GetAscii(domain.ToString()).ToLowerInvariant();
            return ascii.AsSpan().ContainsAnyExcept(DomainAscii) ? null : ascii;
        }
        catch (ArgumentException) { return null; } // IdnMapping's word for "no such name"
    }

    private static bool IsPublicHost(string domain)
    {
        if (domain.Length > 253) return false;
        var labels = 0;
        foreach (var range in domain.AsSpan().Split('.'))
        {
            var label = domain.AsSpan()[range];
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-') return false;
            labels++;
        }
        var top = domain.AsSpan()[(domain.LastIndexOf('.') + 1)..];
        return labels >= 2 && top.Length >= 2 && top.ContainsAnyExceptInRange('0', '9');
    }
}
