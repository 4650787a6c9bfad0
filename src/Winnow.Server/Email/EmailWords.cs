using Microsoft.Extensions.Localization;
using Winnow.Email;
using Winnow.Email.Sending;
using Winnow.Mail.Reports;
using Winnow.Server.Email.Bounces;
using Winnow.Server.Ui;

namespace Winnow.Server.Email;

/// <summary>What people read about e-mails, as tables.</summary>
public static class EmailWords
{
    /// <summary>A fault in the reader's language.</summary>
    public static string Fault(this IStringLocalizer<Words> words, Fault fault) => words[fault.Words, [.. fault.Values]];

    /// <summary>Name and badge of a state.</summary>
    public static (string Name, string? Badge) State(this IStringLocalizer<Words> words, string state) => state switch
    {
        EmailState.Sending => (words["Sending"], "scheduled"),
        EmailState.Sent => (words["Sent"], "ok"),
        EmailState.Stopped => (words["Stopped"], "full"),
        _ => (words["Draft"], "non"),
    };

    /// <summary>What became of a recipient.</summary>
    public static string Outcome(this IStringLocalizer<Words> words, string outcome) => outcome switch
    {
        Winnow.Email.Outcome.Queued or Winnow.Email.Outcome.HandingOver => words["Waiting"],
        Winnow.Email.Outcome.Retry => words["Pending"],
        Winnow.Email.Outcome.Sent => words["Delivered"],
        Winnow.Email.Outcome.NotSent => words["Not sent"],
        Winnow.Email.Outcome.Refused => words["Refused"],
        Winnow.Email.Outcome.Bounced => words["Hard bounced"],
        Winnow.Email.Outcome.SoftBounced => words["Soft bounced"],
        _ => words["Outcome unknown"],
    };

    /// <summary>Why a recipient was left out or bounced; nothing where there is no reason.</summary>
    public static string Reason(this IStringLocalizer<Words> words, string outcome, string? reason) => (outcome, reason) switch
    {
        (_, null or "") => "",
        (Winnow.Email.Outcome.NotSent, _) => words[SendGates.Words(reason)],
        _ => words.Reason(HardBounceValue(reason)),
    };

    /// <summary>The six-valued reason that a fine one belongs to.</summary>
    public static string HardBounceValue(string reason) => Facts(reason).HardBounce.HubSpotValue();

    /// <summary>What a fine reason says about the address.</summary>
    public static VerdictWords VerdictOf(this IStringLocalizer<Words> words, string reason) => words.Verdict(Facts(reason).Verdict.ToString());

    /// <summary>Whose fault a fine reason is.</summary>
    public static FaultSide FaultOf(string reason) => Facts(reason).Fault;

    private static ReasonFacts Facts(string reason) => (Enum.TryParse<BounceReason>(reason, ignoreCase: true, out var known) ? known : BounceReason.Undefined).Facts();
}
