using Microsoft.Extensions.Localization;
using Winnow.Mail.Reports;
using Winnow.Server.Ui;

namespace Winnow.Server.Email.Bounces;

/// <summary>What people read about a verdict.</summary>
/// <param name="Badge">Its name.</param>
/// <param name="Kind">Which badge: dead, full, blocked, setup, or none.</param>
/// <param name="Headline">What happened, neutral.</param>
/// <param name="Fault">Whose fault it is.</param>
/// <param name="Not">What it does not say.</param>
public sealed record VerdictWords(string Badge, string? Kind, string Headline, string Fault, string Not);

/// <summary>The words of verdicts and reasons, as tables.</summary>
public static class BounceWords
{
    /// <summary>The words of a stored verdict of a bounce.</summary>
    public static VerdictWords Verdict(this IStringLocalizer<Words> words, string? verdict) => (Enum.TryParse<Verdict>(verdict, out var known) ? known : Mail.Reports.Verdict.Unclear) switch
    {
        Mail.Reports.Verdict.AddressDead => new(words["Address dead"], "dead", words["The address does not exist"], words["The address"], words["No email will ever arrive there"]),
        Mail.Reports.Verdict.AddressDoubtful => new(words["Address in doubt"], "full", words["The address may no longer be in use"], words["The recipient's account"], words["Refused, but not called unknown"]),
        Mail.Reports.Verdict.MailboxFull => new(words["Mailbox full"], "full", words["The mailbox is full"], words["The recipient's mailbox"], words["The address exists"]),
        Mail.Reports.Verdict.Blocked => new(words["They blocked you"], "blocked", words["They refused you, not this address"], words["Their rules or your reputation"], words["Nothing says that the address is dead"]),
        Mail.Reports.Verdict.OwnSetup => new(words["Your own set-up"], "setup", words["Your own set-up was refused"], words["Your domain or your server"], words["Not the address: repair it before the next send"]),
        Mail.Reports.Verdict.Content => new(words["Refused for its content"], "blocked", words["They refused this email, not this address"], words["What this email says or carries"], words["Nothing says that the address is dead"]),
        Mail.Reports.Verdict.Temporary => new(words["Passing trouble"], "setup", words["The email could not be delivered in time"], words["The recipient's server"], words["A later email may well arrive"]),
        _ => new(words["Not clear"], null, words["They refused and did not say why"], words["Not known"], words["Nothing says that the address is dead"]),
    };

    /// <summary>The label of a value of <i>Email hard bounce reason</i>, or of the fine reason that events and recipients carry.</summary>
    public static string Reason(this IStringLocalizer<Words> words, string? reason) => (Enum.TryParse<BounceReason>(reason, ignoreCase: true, out var fine) ? fine.Facts().HardBounce.HubSpotValue() : reason) switch
    {
        "UNKNOWN_USER" => words["Unknown user"],
        "MAILBOX_FULL" => words["Mailbox full"],
        "POLICY" => words["Policy"],
        "SPAM" => words["Spam"],
        "CONTENT" => words["Content"],
        _ => words["Other"],
    };

    /// <summary>What a reason says of the address, and whether it is mailed.</summary>
    public static string ReasonNote(this IStringLocalizer<Words> words, string reason) => reason switch
    {
        "UNKNOWN_USER" => words["The address does not exist"],
        "MAILBOX_FULL" => words["May come back; mailed until your bounce handling ends it"],
        "POLICY" => words["Their rules refused it; the address may live"],
        "SPAM" => words["Seen as spam; the address may live"],
        "CONTENT" => words["Something in the email; the address may live"],
        _ => words["Not specific"],
    };

    /// <summary>What to repair when the own set-up was refused for this fine reason.</summary>
    public static string Advice(this IStringLocalizer<Words> words, string reason) => (Enum.TryParse<BounceReason>(reason, ignoreCase: true, out var fine) ? fine : BounceReason.Undefined) switch
    {
        BounceReason.AuthFailure => words["SPF, DKIM or DMARC did not hold: publish the DNS records of the sender's domain and sign with its key."],
        BounceReason.RequirePtr => words["The mail server has no matching name in the DNS: have its provider set the reverse record (PTR)."],
        BounceReason.SecurityError => words["The receiver asks for a sign-in or for encryption: look at user, password and encryption under Settings > Sending."],
        BounceReason.FailedStartTls => words["Encryption failed: the mail server and the receiver found no common one."],
        BounceReason.NoRelaying => words["The mail server does not send for you: look at its user and password under Settings > Sending."],
        BounceReason.SyntaxError => words["The mail servers misunderstood each other: ask the provider of your mail server."],
        BounceReason.NotCompliantRfc => words["The form of the email was refused: look at sender, subject and text."],
        _ => words.Reason(reason),
    };

    /// <summary>What a report that is no bounce is called.</summary>
    public static string Kind(this IStringLocalizer<Words> words, string kind) => kind switch
    {
        "complaint" => words["Spam report"],
        "unsubscribe" => words["Unsubscribed at the provider"],
        "delayed" => words["Delayed, still being tried"],
        "auto-reply" => words["Automatic reply"],
        "receipt" => words["Read receipt"],
        "delivered" => words["Delivery report"],
        _ => words["Bounce"],
    };
}
