namespace Winnow.Mail.Reports;

/// <summary>What became of one recipient (RFC 3464 §2.3.3).</summary>
public enum DeliveryAction
{
    /// <summary>Could not be delivered; nobody tries any more.</summary>
    Failed,
    /// <summary>Not yet delivered; the sender still tries. No bounce.</summary>
    Delayed,
    /// <summary>Delivered.</summary>
    Delivered,
    /// <summary>Passed on to a system that sends no reports.</summary>
    Relayed,
    /// <summary>Delivered to a list and passed on from there.</summary>
    Expanded,
}

/// <summary>A report about one or more recipients of one of our mails (RFC 3464, RFC 6533, or a free-text bounce).</summary>
/// <param name="Format">Where it was read from: <c>dsn</c> for the standard form, else the name of the text form, such as <c>qmail</c>.</param>
/// <param name="ReportingMta">The host that reports, or the empty string.</param>
/// <param name="EnvelopeId">The ENVID the sender gave (RFC 3461 §4.4), or null.</param>
/// <param name="Recipients">At least one.</param>
/// <param name="Original">See <see cref="MailReport"/>.</param>
/// <param name="Traces">See <see cref="MailReport"/>.</param>
public sealed record DeliveryReport(
    string Format, string ReportingMta, string? EnvelopeId, IReadOnlyList<RecipientReport> Recipients,
    ReturnedMail? Original, IReadOnlyList<string> Traces) : MailReport(Original, Traces)
{
    /// <summary>The recipients that bounced: action failed, nothing else.</summary>
    public IEnumerable<RecipientReport> Failed => Recipients.Where(r => r.Action == DeliveryAction.Failed);
}

/// <summary>What the report says about one recipient.</summary>
/// <param name="Recipient">The final recipient as written, without the address type; may be no valid address; empty when the report names none.</param>
/// <param name="OriginalRecipient">The address we sent to, when the report tells it and it was forwarded (RFC 3464 §2.3.1), or null.</param>
/// <param name="Action">What became of it.</param>
/// <param name="Status">The enhanced status code (RFC 3463) such as <c>5.1.1</c>, or null.</param>
/// <param name="ReplyCode">The SMTP reply code such as 550, or null.</param>
/// <param name="Diagnostic">What the other server said, in one line without its type; may be empty.</param>
/// <param name="RemoteMta">The server that said so, or the empty string.</param>
/// <param name="Cause">Why, and how we know.</param>
public sealed record RecipientReport(
    string Recipient, string? OriginalRecipient, DeliveryAction Action, string? Status, int? ReplyCode,
    string Diagnostic, string RemoteMta, BounceCause Cause);
