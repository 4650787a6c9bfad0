using System.Text;
using Winnow.Mail.Compose;
using Winnow.Mail.Mime;
using Winnow.Mail.Reports;

namespace Winnow.Tests;

public class ReportBuilderTests
{
    private static readonly byte[] Original = new MessageBuilder
    {
        From = new Mailbox("news@acme.example"), Subject = "Spring {{x}} grüße", Html = "<p>Hi</p>",
    }.Prepare().ToBytes(new MessageHead(new Mailbox("gone@example.net"), DateTimeOffset.UnixEpoch, "c1.r2@acme.example"), "sale");

    private static readonly ReportHead Head = new("mailer-daemon@mx.example.net", "b+token@bounces.acme.example", "mx.example.net", DateTimeOffset.UnixEpoch);

    [Fact]
    public void A_delivery_report_comes_back_as_a_hard_bounce_with_its_evidence()
    {
        var mail = ReportBuilder.DeliveryStatus(Head, Original, "gone@example.net", "5.1.1", "550 5.1.1 No such user here");
        var report = Assert.IsType<DeliveryReport>(MailReport.Read(mail));
        var bounce = Assert.Single(report.Failed);
        Assert.Equal("gone@example.net", bounce.Recipient);
        Assert.Equal(("5.1.1", 550), (bounce.Status, bounce.ReplyCode));
        Assert.Equal(BounceReason.UserUnknown, bounce.Cause.Reason);
        Assert.True(bounce.Cause.IsHard);
        Assert.Equal("text: no such user", bounce.Cause.Rule);
        Assert.Equal("550 5.1.1 No such user here", bounce.Cause.Evidence);
        Assert.Equal("c1.r2@acme.example", report.Original?.MessageId);
        Assert.Equal(["b+token@bounces.acme.example", "c1.r2@acme.example", "gone@example.net"], report.Traces);
    }

    [Fact]
    public void A_full_mailbox_and_a_delay_are_no_hard_bounce()
    {
        var full = Assert.IsType<DeliveryReport>(MailReport.Read(
            ReportBuilder.DeliveryStatus(Head, Original, "full@example.net", "5.2.2", "552 5.2.2 Mailbox full")));
        Assert.Equal(Verdict.MailboxFull, Assert.Single(full.Failed).Cause.Verdict);

        var delayed = Assert.IsType<DeliveryReport>(MailReport.Read(
            ReportBuilder.DeliveryStatus(Head, Original, "slow@example.net", "4.4.1", "connection timed out", DeliveryAction.Delayed)));
        Assert.Empty(delayed.Failed);
        Assert.Equal(DeliveryAction.Delayed, Assert.Single(delayed.Recipients).Action);
    }

    [Fact]
    public void An_internationalised_address_is_reported_in_the_global_form()
    {
        var mail = ReportBuilder.DeliveryStatus(Head, Original, "jörg@example.net", "5.1.1", "550 5.1.1 User unknown");
        Assert.Contains("message/global-delivery-status", Encoding.UTF8.GetString(mail), StringComparison.Ordinal);
        Assert.Equal("jörg@example.net", Assert.Single(Assert.IsType<DeliveryReport>(MailReport.Read(mail)).Failed).Recipient);
    }

    [Fact]
    public void A_complaint_comes_back_with_who_and_what()
    {
        var report = Assert.IsType<ComplaintReport>(MailReport.Read(ReportBuilder.Complaint(Head, Original, "angry@example.net")));
        Assert.Equal(("abuse", "angry@example.net"), (report.FeedbackType, Assert.Single(report.Recipients)));
        Assert.True(report.IsUnwanted);
        Assert.Equal("Spring sale grüße", report.Original?.Subject);

        var hidden = Assert.IsType<ComplaintReport>(MailReport.Read(ReportBuilder.Complaint(Head, Original, null)));
        Assert.Equal("gone@example.net", Assert.Single(hidden.Recipients)); // from the returned mail
        Assert.Contains("c1.r2@acme.example", hidden.Traces);
    }

    [Fact]
    public void An_out_of_office_reply_is_neither_bounce_nor_complaint()
    {
        var reply = Assert.IsType<AutoReply>(MailReport.Read(ReportBuilder.OutOfOffice(Head, Original, "Back on Monday. {{hi}}")));
        Assert.Equal("Automatic reply: Spring sale grüße", reply.Subject);
        Assert.Equal("header: Auto-Submitted", reply.Rule);
        Assert.Contains("c1.r2@acme.example", reply.Traces);
    }

    [Fact]
    public void A_bounce_that_somebody_forwards_is_not_a_bounce()
    {
        var bounce = ReportBuilder.DeliveryStatus(Head, Original, "gone@example.net", "5.1.1", "550 5.1.1 No such user here");
        var forwarded = Encoding.ASCII.GetBytes(
            "From: ann@example.org\r\nTo: help@acme.example\r\nSubject: Fwd: what is this?\r\n" +
            "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nSee below.\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n");
        Assert.IsType<OtherMail>(MailReport.Read(new byte[][] { forwarded, bounce, "\r\n--x--\r\n"u8.ToArray() }.SelectMany(b => b).ToArray()));
    }
}
