using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>An answer by a machine on a person's behalf, such as a vacation notice (RFC 3834): neither bounce nor complaint.</summary>
/// <param name="From">Whose machine it is, or the empty string.</param>
/// <param name="Subject">The subject, decoded.</param>
/// <param name="Rule">The rule that decided.</param>
/// <param name="Evidence">The header line it decided on.</param>
/// <param name="Original">See <see cref="MailReport"/>.</param>
/// <param name="Traces">See <see cref="MailReport"/>.</param>
public sealed record AutoReply(
    string From, string Subject, string Rule, string Evidence, ReturnedMail? Original, IReadOnlyList<string> Traces)
    : MailReport(Original, Traces)
{
    internal static AutoReply? Read(MimePart message, ReturnedMail? original, IReadOnlyList<string> traces) =>
        Signs.AutoReplyTo(message.Headers) is not (var rule, var evidence) ? null
            : new AutoReply(Mailbox.Read(message.Headers["From"])?.Address ?? "", message.Headers.Text("Subject"), rule, evidence, original, traces);
}
