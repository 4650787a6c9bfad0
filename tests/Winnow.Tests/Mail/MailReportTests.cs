using System.Text;
using Winnow.Mail.Reports;

namespace Winnow.Tests;

public class MailReportTests
{
    private static MailReport Read(string mail) => MailReport.Read(Encoding.UTF8.GetBytes(mail));

    private static string Dsn(string fields, string type = "message/delivery-status", string encoding = "7bit") => $"""
        From: MAILER-DAEMON@mx.example
        To: <b+token@bounces.acme.example>
        Subject: Undelivered
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b

        It failed.
        --b
        Content-Type: {type}
        Content-Transfer-Encoding: {encoding}

        {fields}
        --b--
        """;

    [Theory]
    [InlineData("failed", "5.1.1", DeliveryAction.Failed)]
    [InlineData("Failed (permanent)", "5.1.1", DeliveryAction.Failed)]
    [InlineData("delayed", "4.4.1", DeliveryAction.Delayed)]
    [InlineData("delivered", "2.1.5", DeliveryAction.Delivered)]
    [InlineData("relayed", "2.0.0", DeliveryAction.Relayed)]
    [InlineData("expanded", "2.0.0", DeliveryAction.Expanded)]
    [InlineData("", "5.0.0", DeliveryAction.Failed)]
    [InlineData("", "4.0.0", DeliveryAction.Delayed)]
    public void What_became_of_a_recipient_is_kept_apart(string action, string status, DeliveryAction expected)
    {
        var report = Assert.IsType<DeliveryReport>(Read(Dsn(
            $"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ann@example.com\nAction: {action}\nStatus: {status}")));
        Assert.Equal(expected, Assert.Single(report.Recipients).Action);
        Assert.Equal(expected == DeliveryAction.Failed ? 1 : 0, report.Failed.Count());
    }

    [Fact]
    public void Every_field_of_a_group_is_read_and_groups_are_kept_apart()
    {
        var report = Assert.IsType<DeliveryReport>(Read(Dsn("""
            Reporting-MTA: dns; mx.example
            Original-Envelope-Id: env-7

            Original-Recipient: rfc822;alias@example.com
            Final-Recipient: RFC822; <ann@example.com>
            Action: failed
            Status: 5.0.0 (permanent failure)
            Remote-MTA: dns; mx.example.com
            Diagnostic-Code: smtp; 550-5.2.2 The mailbox
             550 5.2.2 is full

            Final-Recipient: rfc822;bob@example.com
            Action: failed
            Status: 5.1.1
            """)));
        Assert.Equal(("dsn", "mx.example", "env-7"), (report.Format, report.ReportingMta, report.EnvelopeId));
        Assert.Equal(2, report.Recipients.Count);
        var ann = report.Recipients[0];
        Assert.Equal(("ann@example.com", "alias@example.com"), (ann.Recipient, ann.OriginalRecipient));
        Assert.Equal(("5.2.2", 550, "mx.example.com"), (ann.Status, ann.ReplyCode, ann.RemoteMta));
        Assert.Equal(BounceReason.MailboxFull, ann.Cause.Reason);
        Assert.Equal("status: 5.1.1", report.Recipients[1].Cause.Rule);
        Assert.Equal("b+token@bounces.acme.example", report.Traces[0]);
    }

    [Fact]
    public void A_machine_part_in_base64_or_for_international_addresses_is_read()
    {
        var fields = "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: utf-8; j\\x{F6}rg@example.com\nAction: failed\nStatus: 5.1.1\n";
        var report = Assert.IsType<DeliveryReport>(Read(Dsn(
            Convert.ToBase64String(Encoding.ASCII.GetBytes(fields)), "message/global-delivery-status", "base64")));
        Assert.Equal("jörg@example.com", Assert.Single(report.Failed).Recipient);
    }

    [Theory]
    [InlineData("From: Ann <ann@example.com>\nSubject: SPAM!\nUser-Agent: Mail of people")]
    [InlineData("From: Ann <ann@example.com>\nSubject: Fwd: complaint about message from 192.0.2.1")]
    [InlineData("From: staff@hotmail.com\nSubject: Re: complaint about message from 192.0.2.1")]
    [InlineData("From: staff@hotmail.com\nSubject: Your enrolment in the program")]
    public void Who_forwards_spam_or_quotes_a_complaint_is_no_feedback_loop(string head) => Assert.IsType<OtherMail>(Read($"""
        {head}
        Content-Type: multipart/mixed; boundary=b

        --b

        This is an email abuse of the worst kind.
        --b
        Content-Type: message/rfc822

        From: news@acme.example
        To: ann@example.com
        Subject: Spring news

        Spring is here.
        --b--
        """));

    [Fact]
    public void Microsofts_reports_name_who_complained_on_top_of_the_returned_mail()
    {
        var report = Assert.IsType<ComplaintReport>(Read("""
            From: staff@hotmail.com
            Subject: complaint about message from 192.0.2.1
            Content-Type: multipart/report; report-type=feedback-report; boundary=b

            --b
            Content-Type: message/feedback-report

            Feedback-Type: abuse
            Version: 1
            --b
            Content-Type: message/rfc822

            X-HmXmrOriginalRecipient: <ann@hotmail.com>
            From: news@acme.example
            To: everybody@acme.example
            Subject: Spring news

            Spring is here.
            --b--
            """));
        Assert.Equal("ann@hotmail.com", Assert.Single(report.Recipients));
        Assert.Equal("part: message/feedback-report", report.Rule);
    }

    [Fact]
    public void A_read_receipt_is_neither_bounce_nor_complaint()
    {
        var receipt = Assert.IsType<DispositionReport>(Read("""
            From: ann@example.com
            Content-Type: multipart/report; report-type=disposition-notification; boundary=b

            --b

            Your mail was displayed.
            --b
            Content-Type: message/disposition-notification

            Final-Recipient: rfc822;ann@example.com
            Original-Message-ID: <1@acme.example>
            Disposition: manual-action/MDN-sent-manually; displayed
            --b--
            """));
        Assert.Equal(("ann@example.com", "displayed", "1@acme.example"), (receipt.Recipient, receipt.Disposition, receipt.OriginalMessageId));
    }

    [Theory]
    [InlineData("qmail", "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<gone@example.com>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 No such user\nGiving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <me@acme.example>\nMessage-ID: <1@acme.example>\nTo: gone@example.com\n")]
    [InlineData("exim", "A message that you sent could not be delivered to one or more of its recipients.\n\n  gone@example.com\n    host mx.example.com [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<gone@example.com>:\n    550 5.1.1 User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\nReturn-path: <me@acme.example>\nMessage-ID: <1@acme.example>\nTo: gone@example.com\n")]
    [InlineData("old exchange", "Your message\n\n  To: gone@example.com\n\ndid not reach the following recipient(s):\n\ngone@example.com on Thu, 29 Apr 2010 00:00:00 -0000\n    550 5.1.1 User unknown\n")]
    public void Free_text_tells_the_same(string _, string text)
    {
        var report = Assert.IsType<DeliveryReport>(Read($"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: me@acme.example\nSubject: failure notice\n\n{text}"));
        var bounce = Assert.Single(report.Failed);
        Assert.Equal(("gone@example.com", "5.1.1", true), (bounce.Recipient, bounce.Status, bounce.Cause.IsHard));
        if (text.Contains("Message-ID", StringComparison.Ordinal)) Assert.Equal("1@acme.example", report.Original?.MessageId);
    }

    [Theory]
    [InlineData("From: Ann <ann@example.com>\nSubject: Re: failure notice\nIn-Reply-To: <1@acme.example>")]
    [InlineData("From: Ann <ann@example.com>\nSubject: your newsletter")]
    [InlineData("From: list@example.com\nSubject: Digest: bounce handling\nList-Id: <mta.example.com>")]
    public void A_person_or_a_list_that_quotes_a_bounce_is_no_bounce(string head) =>
        Assert.IsType<OtherMail>(Read($"{head}\n\nI got this:\n> <gone@example.com>:\n> 550 5.1.1 No such user\nCould not be delivered?\n"));

    [Theory]
    [InlineData("Auto-Submitted: auto-replied\nSubject: Re: hello")]
    [InlineData("Subject: Abwesenheitsnotiz: bin im Urlaub")]
    [InlineData("Subject: Automatisch antwoord: nieuwsbrief")]
    [InlineData("X-Autoreply: yes\nSubject: hello")]
    public void A_vacation_notice_is_an_automatic_answer(string head) =>
        Assert.Equal("ann@example.com", Assert.IsType<AutoReply>(Read($"From: Ann <ann@example.com>\n{head}\n\nI am away until Monday.\n")).From);

    [Fact]
    public void Technical_feedback_is_told_from_a_person_who_wants_no_more_mail()
    {
        string Arf(string type) => $"""
            From: fbl@example.com
            Content-Type: multipart/report; report-type=feedback-report; boundary=b

            --b
            Content-Type: message/feedback-report

            Feedback-Type: {type}
            User-Agent: test
            Original-Rcpt-To: <ann@example.com>
            Original-Rcpt-To: bob@example.com
            Source-IP: 192.0.2.1
            --b--
            """;
        var abuse = Assert.IsType<ComplaintReport>(Read(Arf("ABUSE")));
        Assert.Equal(["ann@example.com", "bob@example.com"], abuse.Recipients);
        Assert.Equal(("abuse", true, "192.0.2.1"), (abuse.FeedbackType, abuse.IsUnwanted, abuse.SourceIp));
        Assert.False(Assert.IsType<ComplaintReport>(Read(Arf("auth-failure"))).IsUnwanted);
        Assert.False(Assert.IsType<ComplaintReport>(Read(Arf("not-spam"))).IsUnwanted);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("no header at all")]
    [InlineData("Content-Type: multipart/report; boundary=\"\"\n\n")]
    [InlineData("Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed")]
    public void What_is_no_report_is_other_mail(string mail) => Assert.IsType<OtherMail>(Read(mail));
}
