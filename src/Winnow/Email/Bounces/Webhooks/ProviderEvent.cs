using System.Text.RegularExpressions;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces.Webhooks;

/// <summary>What a provider tells of one recipient of one mail.</summary>
/// <param name="Kind">bounce, delayed, complaint, unsubscribe or delivered; other: of no use here (opened, clicked, taken).</param>
/// <param name="Event">The provider's own word for it.</param>
/// <param name="Recipient">The address it is about, as written.</param>
/// <param name="Id">What the provider knows this event by: a second copy has the same.</param>
/// <param name="Raw">The event as it came: the evidence, and what it is read from again.</param>
public sealed partial record ProviderEvent(string Kind, string Event, string Recipient, string Id, string Raw)
{
    /// <summary>Status as the provider gives it: 5.1.1, or 550; empty when it gives none.</summary>
    public string Status { get; init; } = "";

    /// <summary>The provider's finer word: the class of a bounce, the kind of a complaint.</summary>
    public string Type { get; init; } = "";

    /// <summary>What the other server said.</summary>
    public string Diagnostic { get; init; } = "";

    /// <summary>The server that said it.</summary>
    public string? RefusedBy { get; init; }

    /// <summary>What the provider's class of bounce means; used where status and text say nothing.</summary>
    public BounceReason? Hint { get; init; }

    /// <summary>Whether the provider gave up for good; used where the status does not say.</summary>
    public bool Permanent { get; init; } = true;

    /// <summary>Whether it tells anything about the address.</summary>
    public bool Matters => Kind is "bounce" or "delayed" or "complaint" or "unsubscribe";

    /// <summary>What it says of the recipient: the same rules as for reports and replies, the provider's word last.</summary>
    /// <param name="provider">Its code, for the name of the rule.</param>
    /// <param name="emailKey">The normalised address that the email went to.</param>
    public Finding Judge(string provider, string emailKey)
    {
        var words = Diagnostic.Length > 0 ? Diagnostic : $"{Event} {Type} {Status}".Trim();
        var named = Winnow.Mail.Mime.EmailAddress.Normalize(Recipient) is { } key && key != emailKey ? key : null;
        var rule = $"{provider}: {Event} {Type}".Trim();
        return Finding.Storable(Kind is "bounce" or "delayed" ? OfDelivery(Cause(rule), words, named) : new(Kind, rule, words, RefusedBy: RefusedBy, Named: named));
    }

    private Finding OfDelivery(BounceCause cause, string words, string? named) => new(Kind, cause.Rule, words, cause, Enhanced(), RefusedBy, named);

    private BounceCause Cause(string rule)
    {
        var (code, status) = (Code(), Enhanced());
        var cause = BounceRules.Decide(code, status, Diagnostic);
        if (code is null && status is null && !Permanent) cause = cause with { Permanent = false };
        if (Hint is { } hint && (cause.Reason is BounceReason.Undefined or BounceReason.OnHold || cause.Rule.StartsWith("code:", StringComparison.Ordinal)))
            cause = cause with { Reason = hint, Verdict = hint.Facts().Verdict, Rule = rule };
        return !cause.Permanent && cause.Verdict is Verdict.AddressDead or Verdict.AddressDoubtful ? cause with { Verdict = Verdict.Temporary } : cause;
    }

    private string? Enhanced() => EnhancedCode().Match(Status) is { Success: true } given ? given.Value : EnhancedCode().Match(Diagnostic) is { Success: true } said ? said.Value : null;

    private int? Code() => (ReplyCode().Match(Status) is { Success: true } given ? given : ReplyCode().Match(Diagnostic)) is { Success: true } found
        ? int.Parse(found.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])", RegexOptions.CultureInvariant)]
    private static partial Regex EnhancedCode();

    [GeneratedRegex(@"^\s*(?:smtp;\s*)?([245]\d\d)(?!\d|\.)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex ReplyCode();
}
