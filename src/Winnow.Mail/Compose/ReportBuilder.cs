using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Winnow.Mail.Mime;
using Winnow.Mail.Reports;

namespace Winnow.Mail.Compose;

/// <summary>Who reports to whom, and when.</summary>
/// <param name="From">The reporting mailbox, such as <c>mailer-daemon@mx.example.com</c>.</param>
/// <param name="To">The return path of the original: the report's only recipient. Send it with the empty return path <c>&lt;&gt;</c>.</param>
/// <param name="Host">The host that reports.</param>
/// <param name="Date">When.</param>
public sealed record ReportHead(string From, string To, string Host, DateTimeOffset Date);

/// <summary>Writes the mails that come back: for the practice relay, and to test what reads them.</summary>
public static class ReportBuilder
{
    /// <summary>A delivery status notification (RFC 3464) about one recipient, in the words Postfix-like servers use.</summary>
    /// <param name="head">Who, to whom, when.</param>
    /// <param name="original">The mail it is about; only its header is returned (RFC 3462 §2).</param>
    /// <param name="recipient">The address that failed.</param>
    /// <param name="status">The enhanced status code, such as <c>5.1.1</c>.</param>
    /// <param name="diagnostic">The reply of the other server, such as <c>550 5.1.1 No such user here</c>.</param>
    /// <param name="action">What became of it.</param>
    public static byte[] DeliveryStatus(
        ReportHead head, ReadOnlyMemory<byte> original, string recipient, string status, string diagnostic,
        DeliveryAction action = DeliveryAction.Failed)
    {
        Check(recipient, status, diagnostic);
        var verb = action.ToString().ToLowerInvariant();
        var report = new Report(head, Subject(action), "delivery-status", [new("Auto-Submitted", "auto-replied")]);
        report.Part("text/plain; charset=utf-8",
            $"This is the mail system at {head.Host}.\r\n\r\n<{recipient}>: {verb}: {diagnostic}\r\n");
        var type = Ascii.IsValid(recipient) ? "rfc822" : "utf-8"; // RFC 6533 §3
        report.Part(type == "utf-8" ? "message/global-delivery-status" : "message/delivery-status",
            $"Reporting-MTA: dns; {head.Host}\r\nArrival-Date: {HeaderWriter.Date(head.Date)}\r\n\r\n" +
            $"Final-Recipient: {type}; {recipient}\r\nOriginal-Recipient: {type};{recipient}\r\nAction: {verb}\r\n" +
            $"Status: {status}\r\nRemote-MTA: dns; {head.Host}\r\nDiagnostic-Code: smtp; {diagnostic}\r\n");
        report.Part("text/rfc822-headers", HeaderOf(original));
        return report.End();
    }

    /// <summary>A complaint (ARF, RFC 5965): the recipient pressed "this is spam".</summary>
    /// <param name="head">Who, to whom, when.</param>
    /// <param name="original">The mail it is about.</param>
    /// <param name="recipient">Who complained, or null where the provider hides it.</param>
    /// <param name="feedbackType">RFC 5965 §7.3, <c>abuse</c> most of the time.</param>
    public static byte[] Complaint(ReportHead head, ReadOnlyMemory<byte> original, string? recipient, string feedbackType = "abuse")
    {
        Check(recipient ?? "", feedbackType);
        var report = new Report(head, "Complaint about a message", "feedback-report", []);
        report.Part("text/plain; charset=utf-8", $"This is an abuse report for a message received at {head.Host}.\r\n");
        var who = recipient is null ? "" : $"Original-Rcpt-To: {recipient}\r\n";
        report.Part("message/feedback-report",
            $"Feedback-Type: {feedbackType}\r\nUser-Agent: Winnow-Practice/1\r\nVersion: 1\r\nOriginal-Mail-From: {head.To}\r\n" +
            $"{who}Arrival-Date: {HeaderWriter.Date(head.Date)}\r\nReporting-MTA: dns; {head.Host}\r\n");
        report.Part("message/rfc822", original);
        return report.End();
    }

    /// <summary>An out-of-office reply (RFC 3834).</summary>
    /// <param name="head">Who, to whom, when.</param>
    /// <param name="original">The mail it answers.</param>
    /// <param name="text">What it says.</param>
    public static byte[] OutOfOffice(ReportHead head, ReadOnlyMemory<byte> original, string text)
    {
        var answered = MimeReader.Read(original).Headers;
        var id = ReturnedMail.Id(answered["Message-ID"]);
        HeaderField[] links = id is null ? [] : [new("In-Reply-To", $"<{id}>"), new("References", $"<{id}>")];
        return new MessageBuilder
        {
            From = new Mailbox(head.From),
            Subject = HeaderWriter.Tame("Automatic reply: " + answered.Text("Subject").Replace("{{", "{ {", StringComparison.Ordinal)),
            Text = text.Replace("{{", "{ {", StringComparison.Ordinal),
            Headers = [new("Auto-Submitted", "auto-replied"), new("Precedence", "bulk"), .. links],
        }.Prepare().ToBytes(new MessageHead(new Mailbox(head.To), head.Date, Compose.MessageId.New(head.Host)));
    }

    private static string Subject(DeliveryAction action) => action switch
    {
        DeliveryAction.Failed => "Undelivered Mail Returned to Sender",
        DeliveryAction.Delayed => "Delayed Mail (still being retried)",
        _ => "Successful Mail Delivery Report",
    };

    private static byte[] HeaderOf(ReadOnlyMemory<byte> original)
    {
        var text = LineEnds.ToLf(original).Span;
        var end = text.IndexOf("\n\n"u8);
        return text[..(end < 0 ? text.Length : end + 1)].ToArray();
    }

    private static void Check(params ReadOnlySpan<string> values)
    {
        foreach (var value in values) HeaderWriter.CheckValue(value, "the report");
    }

    // A multipart/report (RFC 6522) being written.
    private sealed class Report
    {
        private readonly ArrayBufferWriter<byte> mail = new(4096);
        private readonly string boundary = "=_" + RandomNumberGenerator.GetHexString(24, lowercase: true);

        public Report(ReportHead head, string subject, string type, HeaderField[] more)
        {
            HeaderWriter.Literal(mail, $"Date: {HeaderWriter.Date(head.Date)}\r\nMessage-ID: <{Compose.MessageId.New(head.Host)}>\r\n");
            HeaderWriter.Address(mail, "From", new Mailbox("Mail Delivery System", head.From));
            HeaderWriter.Address(mail, "To", new Mailbox(head.To));
            HeaderWriter.Field(mail, "Subject", subject);
            foreach (var field in more) HeaderWriter.Field(mail, field.Name, field.Value);
            HeaderWriter.Literal(mail,
                $"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type={type};\r\n boundary=\"{boundary}\"\r\n\r\n");
        }

        public void Part(string type, string text) => Part(type, Encoding.UTF8.GetBytes(text));

        public void Part(string type, ReadOnlyMemory<byte> content)
        {
            var encoding = Ascii.IsValid(content.Span) ? "7bit" : "8bit";
            HeaderWriter.Literal(mail, $"--{boundary}\r\nContent-Type: {type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n");
            var text = LineEnds.ToLf(content).Span.TrimEnd((byte)'\n');
            foreach (var range in text.Split((byte)'\n'))
            {
                mail.Write(text[range]);
                mail.Write("\r\n"u8);
            }
        }

        public byte[] End()
        {
            HeaderWriter.Literal(mail, $"--{boundary}--\r\n");
            return mail.WrittenSpan.ToArray();
        }
    }
}
