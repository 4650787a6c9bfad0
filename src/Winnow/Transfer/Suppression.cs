using System.Globalization;
using System.Text.RegularExpressions;
using Winnow.Contacts;

namespace Winnow.Transfer;

/// <summary>What keeps mail from an address.</summary>
[Flags]
public enum Suppressions
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>The person said no.</summary>
    OptOut = 1,
    /// <summary>The address is dead.</summary>
    HardBounce = 2,
    /// <summary>The person marked an e-mail as spam.</summary>
    SpamReport = 4,
}

/// <summary>What a row of a suppression file says of an address.</summary>
/// <param name="At">Since when; null: the file does not tell.</param>
/// <param name="Reason">Why it bounced, one of the six values of Email hard bounce reason; null: unknown.</param>
public readonly partial record struct Suppression(Suppressions What, DateTimeOffset? At = null, string? Reason = null)
{
    /// <summary>The words of a reply, or its enhanced status code, and the reason that they mean; the first that fits counts.</summary>
    private static readonly (string Sign, string Reason)[] Reasons =
    [
        ("UNKNOWN", "UNKNOWN_USER"), ("5.1.", "UNKNOWN_USER"), ("INVALID", "UNKNOWN_USER"), ("DOES NOT EXIST", "UNKNOWN_USER"), ("NO SUCH", "UNKNOWN_USER"),
        ("MAILBOX FULL", "MAILBOX_FULL"), ("MAILBOX_FULL", "MAILBOX_FULL"), ("5.2.2", "MAILBOX_FULL"), ("4.2.2", "MAILBOX_FULL"),
        ("SPAM", "SPAM"), ("CONTENT", "CONTENT"), ("5.6.", "CONTENT"), ("POLICY", "POLICY"), ("5.7.", "POLICY"),
    ];

    /// <summary>The state of the address once this is known, never weaker than before: what is on record keeps its date and source, and nothing is lifted. A bounce
    /// that is older than the moment when somebody lifted one says nothing new.</summary>
    public AddressState On(AddressState state, DateTimeOffset now)
    {
        var at = At is { } said && said < now ? said : now;
        if (What.HasFlag(Suppressions.OptOut) && state.OptedOutAt is null) state = state with { OptedOutAt = at, OptOutSource = "import" };
        if (What.HasFlag(Suppressions.SpamReport) && state.ComplainedAt is null) state = state with { ComplainedAt = at };
        if (!What.HasFlag(Suppressions.HardBounce) || state.IsHardBounced || state.UnbouncedAt >= at) return state;
        var bounced = state.HardBouncedAt > at ? state.HardBouncedAt : at;
        return state with { HardBounceReason = Reason ?? "OTHER", HardBouncedAt = bounced, HardBounceEmailId = null, HardBounceSentAt = null, HardBounceSpared = false, HardBounceInboxId = null };
    }

    /// <summary>The reason that the words of a reply mean, or null.</summary>
    internal static string? ReasonOf(string words) => Reasons.FirstOrDefault(r => words.Contains(r.Sign, StringComparison.OrdinalIgnoreCase)).Reason;

    /// <summary>An instant as these files write it: ISO 8601, RFC 5322, that of Go, or seconds since 1970. What is no date, or lies before e-mail, is unknown.</summary>
    internal static DateTimeOffset? Instant(string cell)
    {
        var text = Zone().Replace(cell.Trim(), "${offset}");
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return seconds switch { > 1e8 and < 1e10 => DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1e3)), > 1e11 and < 1e13 => DateTimeOffset.FromUnixTimeMilliseconds((long)seconds), _ => null };
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) && at.Year > 1971 ? at : null;
    }

    [GeneratedRegex(@"(?<offset> [+-]\d\d:?\d\d)? (UTC|GMT|[A-Z]{3,4})$")]
    private static partial Regex Zone();
}
