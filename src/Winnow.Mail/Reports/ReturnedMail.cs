using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>The header of the mail that a report is about.</summary>
/// <param name="Headers">Its fields, as far as they were returned.</param>
public sealed record ReturnedMail(Headers Headers)
{
    private const int MostRecipients = 1000;

    private IReadOnlyList<string>? to;

    /// <summary>Message-ID without angle brackets, or null.</summary>
    public string? MessageId => Id(Headers["Message-ID"]);

    /// <summary>The address in Return-Path, or null.</summary>
    public string? ReturnPath => Mailbox.Read(Headers["Return-Path"])?.Address;

    /// <summary>The address in From, or null.</summary>
    public string? From => Mailbox.Read(Headers["From"])?.Address;

    /// <summary>The addresses in To, at most 1,000.</summary>
    public IReadOnlyList<string> To => to ??= [.. Headers.All("To").SelectMany(Mailbox.ReadList).Select(m => m.Address).Take(MostRecipients)];

    /// <summary>The subject, decoded.</summary>
    public string Subject => Headers.Text("Subject");

    /// <summary>The same, free of the mail it was read from.</summary>
    internal ReturnedMail Detached() => new(Headers.Detached());

    internal static string? Id(string? field) => field?.Trim().Trim('<', '>') is { Length: > 0 } id ? id : null;

    /// <summary>Finds the returned message or header part (RFC 3464 §2, RFC 5965 §2, RFC 6533 §3) of a report, or the text after the usual marks of free-text bounces.</summary>
    internal static ReturnedMail? In(MimePart report, Narrative narrative)
    {
        var part = report.First("message/rfc822", "message/global", "text/rfc822-headers", "text/rfc822-header", "message/rfc822-headers", "message/global-headers");
        if (part is null || ReferenceEquals(part, report)) return InText(report, narrative);
        if (part.Parts is [var message, ..]) return Of(message.Headers);
        return Of(HeaderReader.Read(part.Text()));
    }

    private static ReturnedMail? InText(MimePart report, Narrative narrative) =>
        report.First("text/plain") is not null && narrative.ReturnedHeader is { } returned ? Of(returned) : null;

    private static ReturnedMail? Of(Headers headers) =>
        headers.Has("From") || headers.Has("Message-ID") || headers.Has("Subject") || headers.Has("To") || headers.Has("Received")
            ? new ReturnedMail(headers) : null;
}
