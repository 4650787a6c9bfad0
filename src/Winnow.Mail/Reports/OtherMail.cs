using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>What a mail is that reports nothing about a delivery.</summary>
public enum OtherKind
{
    /// <summary>An ordinary mail: of a person, a list, a program.</summary>
    Ordinary,
    /// <summary>Asks the sender to prove to be a person before it is delivered.</summary>
    Challenge,
    /// <summary>An aggregate report about a domain's mail (DMARC, RFC 7489 §7.2).</summary>
    DmarcReport,
    /// <summary>A report about TLS to a domain's servers (RFC 8460).</summary>
    TlsReport,
    /// <summary>Asks to be taken off the list by mail (RFC 2369 §3.2).</summary>
    Unsubscribe,
}

/// <summary>No report: an ordinary mail, a list mail, an answer by a person, and what machines write about other things.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Original">See <see cref="MailReport"/>.</param>
/// <param name="Traces">See <see cref="MailReport"/>.</param>
public sealed record OtherMail(OtherKind Kind, ReturnedMail? Original, IReadOnlyList<string> Traces) : MailReport(Original, Traces)
{
    internal static OtherKind KindOf(MimePart message, Narrative narrative)
    {
        var headers = message.Headers;
        var subject = headers.Text("Subject").Trim();
        if (message.ContentType["report-type"] == "tlsrpt" || headers.Has("TLS-Report-Domain")) return OtherKind.TlsReport;
        if (subject.StartsWith("Report domain:", StringComparison.OrdinalIgnoreCase)) return OtherKind.DmarcReport;
        if (subject.Equals("unsubscribe", StringComparison.OrdinalIgnoreCase)) return OtherKind.Unsubscribe;
        return Signs.IsChallenge(subject, narrative.Text) ? OtherKind.Challenge : OtherKind.Ordinary;
    }
}
