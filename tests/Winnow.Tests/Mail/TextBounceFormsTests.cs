using System.Text;
using Winnow.Mail.Reports;

namespace Winnow.Tests;

/// <summary>Bounces in free text, written after what each mail system's documentation and source say it writes.</summary>
public class TextBounceFormsTests
{
    /// <summary>Mail system, From, Subject, text, whom it is about, why, whether the address is dead.</summary>
    public static TheoryData<string, string, string, string, string, BounceReason, bool> Forms => new()
    {
        { "qmail", "MAILER-DAEMON@mx.example", "failure notice", """
            Hi. This is the qmail-send program at mx.example.
            I'm afraid I wasn't able to deliver your message to the following addresses.
            This is a permanent error; I've given up. Sorry it didn't work out.

            <ann@example.com>:
            192.0.2.9 does not like recipient.
            Remote host said: 550 no such user here
            Giving up on 192.0.2.9.

            --- Below this line is a copy of the message.

            Return-Path: <news@acme.example>
            To: ann@example.com
            """, "ann@example.com", BounceReason.UserUnknown, true },
        { "qmail, content refused", "MAILER-DAEMON@mx.example", "failure notice", """
            Hi. This is the qmail-send program at mx.example.

            <ann@example.com>:
            192.0.2.9 failed after I sent the message.
            Remote host said: 554 delivery error: spam

            --- Below this line is a copy of the message.
            """, "ann@example.com", BounceReason.SpamDetected, false },
        { "qmail, gave up", "MAILER-DAEMON@mx.example", "failure notice", """
            Hi. This is the qmail-send program at mx.example.

            <ann@example.com>:
            CNAME lookup failed temporarily. (#4.4.3)
            I'm not going to try again; this message has been in the queue too long.
            """, "ann@example.com", BounceReason.Expired, false },
        { "Exim", "Mail Delivery System <Mailer-Daemon@mx.example>", "Mail delivery failed: returning message to sender", """
            This message was created automatically by mail delivery software.

            A message that you sent could not be delivered to one or more of its
            recipients. This is a permanent error. The following address(es) failed:

              ann@example.com
                host mx.example.com [192.0.2.9]
                SMTP error from remote mail server after RCPT TO:<ann@example.com>:
                550 no such person at this address

            ------ This is a copy of the message's headers. ------
            """, "ann@example.com", BounceReason.UserUnknown, true },
        { "Exim, routing", "Mail Delivery System <Mailer-Daemon@mx.example>", "Mail delivery failed: returning message to sender", """
            A message that you sent could not be delivered to one or more of its
            recipients. This is a permanent error. The following address(es) failed:

              ann@nowhere.example
                Unrouteable address
            """, "ann@nowhere.example", BounceReason.UserUnknown, true },
        { "Sendmail 8 without a machine part", "Mail Delivery Subsystem <MAILER-DAEMON@mx.example>", "Returned mail: User unknown", """
            The original message was received at Mon, 2 Mar 1998 10:00:00 GMT
            from acme.example [192.0.2.1]

               ----- The following addresses had permanent fatal errors -----
            <ann@example.com>

               ----- Transcript of session follows -----
            ... while talking to mx.example.com.:
            >>> RCPT To:<ann@example.com>
            <<< 550 <ann@example.com>... User unknown
            550 <ann@example.com>... User unknown

               ----- Original message follows -----
            """, "ann@example.com", BounceReason.UserUnknown, true },
        { "Exchange 5.5", "System Administrator <postmaster@corp.example>", "Undeliverable: News", """
            Your message

              To:      ann@example.com
              Subject: News
              Sent:    Mon, 2 Mar 1998 10:00:00 -0000

            did not reach the following recipient(s):

            ann@example.com on Mon, 2 Mar 1998 10:00:00 -0000
                The recipient name is not recognized
            	The MTS-ID of the original message is: c=US;a= ;p=Acme
                MSEXCH:IMS:Acme:EUROPE:MX 0 (000C05A6) Unknown Recipient
            """, "ann@example.com", BounceReason.UserUnknown, true },
        { "Notes", "postmaster@corp.example", "DELIVERY FAILURE: User ann (ann@example.com) not listed in Domino Directory", """
            Your message

              Subject: News

            was not delivered to:

              ann@example.com

            because:

              User ann (ann@example.com) not listed in Domino Directory
            """, "ann@example.com", BounceReason.UserUnknown, true },
        { "GroupWise", "Mailer-Daemon@corp.example", "Message status - undeliverable", """
            The attached file had the following undeliverable recipient(s):
            	ann@example.com
            	Transcript of session follows:
            Command: Start Session with: mx.example.com
            Response: 550 Unknown user
            """, "ann@example.com", BounceReason.Filtered, false },
        { "IMail", "postmaster@mx.example", "Undeliverable Mail", """
            Unknown user: ann@example.com

            RETURNED MAIL FOLLOWS:
            """, "ann@example.com", BounceReason.UserUnknown, true },
        { "PMDF and its heirs", "Internet Mail Delivery <postmaster@mx.example>", "Delivery Notification: Delivery has failed", """
            This report relates to a message you sent with the following header fields:

              To: ann@example.com

            Your message cannot be delivered to the following recipients:

              Recipient address: ann@example.com
              Reason: Over quota
            """, "ann@example.com", BounceReason.MailboxFull, false },
        { "SmarterMail", "System Administrator <postmaster@mx.example>", "Delivery Failure", """
            Could not deliver message to the following recipient(s):

            Failed Recipient: ann@example.com
            Reason: Remote host said: 552 5.2.2 Mailbox full

               -- The header and top 20 lines of the message follows --
            """, "ann@example.com", BounceReason.MailboxFull, false },
        { "MDaemon", "MDaemon at mx.example <MDaemon@mx.example>", "Permanent Delivery Failure", """
            The attached message had PERMANENT fatal delivery errors!

            Failed address: ann@example.com

            --- Session Transcript ---
             Mon 2026-03-02 10:00:00: <-- 550 <ann@example.com>, Recipient unknown
            """, "ann@example.com", BounceReason.UserUnknown, true },
        { "Yahoo", "MAILER-DAEMON@yahoo.example", "Failure Notice", """
            Sorry, we were unable to deliver your message to the following address.

            <ann@example.com>:
            Remote host said:
            550 5.1.1 <ann@example.com>... User unknown
             [RCPT_TO]
            """, "ann@example.com", BounceReason.UserUnknown, true },
        { "Gmail until 2016", "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Failure)", """
            Delivery to the following recipient failed permanently:

                 ann@example.com

            Technical details of permanent failure:
            Google tried to deliver your message, but it was rejected by the server for the recipient domain example.com by mx.example.com. [192.0.2.9].

            The error that the other server returned was:
            550 550 5.1.1 <ann@example.com>: Recipient address rejected: User unknown (state 14).

            ----- Original message -----
            """, "ann@example.com", BounceReason.UserUnknown, true },
        { "Courier", "mail delivery system <MAILER-DAEMON@mx.example>", "NOTICE: mail delivery status.", """
            This is a delivery status notification from mx.example,
            running the Courier mail server, version 0.60.

            The original message was received on Mon, 2 Mar 2026 10:00:00 +0000

            ---------------------------------------------------------------------------

                                       UNDELIVERABLE MAIL

            Your message to the following recipients cannot be delivered:

            <ann@example.com>:
                mx.example.com [192.0.2.9]:
            >>> RCPT TO:<ann@example.com>
            <<< 550 5.1.1 unknown or illegal alias: ann@example.com
            """, "ann@example.com", BounceReason.UserUnknown, true },
        { "OpenSMTPD", "Mailer Daemon <MAILER-DAEMON@mx.example>", "Delivery status notification: error", """
                Hi!

                This is the MAILER-DAEMON, please DO NOT REPLY to this email.

                An error has occurred while attempting to deliver a message for
                the following list of recipients:

            ann@example.com: 550 5.1.1 <ann@example.com>: Recipient address rejected: User unknown

                Below is a copy of the original message:
            """, "ann@example.com", BounceReason.UserUnknown, true },
        { "James", "postmaster@mx.example", "Delivery Failure Notification", """
            Hi. This is the James mail server at mx.example.
            I'm afraid I wasn't able to deliver your message to the following addresses.
            This is a permanent error; I've given up. Sorry it didn't work out. Below
            I include the list of recipients and the reason why I was unable to deliver
            your message.

            Failed recipient(s):
            ann@example.com

            Error message:
            550 5.1.2 Host unknown
            """, "ann@example.com", BounceReason.HostUnknown, true },
        { "German", "Mail-System <postmaster@post.example>", "Unzustellbar: Neues", """
            Ihre Nachricht konnte nicht zugestellt werden.

            Empfänger: ann@example.com
            Grund: Der Empfänger ann@example.com ist unbekannt
            """, "ann@example.com", BounceReason.UserUnknown, true },
        { "French", "MAILER-DAEMON@poste.example", "Message non remis", """
            Votre message n'a pas pu être remis au destinataire suivant :

               ann@example.com

            552 La boîte aux lettres du destinataire est pleine
            """, "ann@example.com", BounceReason.MailboxFull, false },
        { "Spanish", "Sistema de correo <postmaster@correo.example>", "Mensaje no entregado", """
            Su mensaje no se pudo entregar a la siguiente dirección:
            ann@example.com: El usuario ann@example.com no existe
            """, "ann@example.com", BounceReason.UserUnknown, true },
        { "Dutch", "postmaster@post.example", "Bericht niet afgeleverd", """
            Uw bericht kon niet worden afgeleverd aan:
            <ann@example.com>
            Onbekende gebruiker
            """, "ann@example.com", BounceReason.UserUnknown, true },
        { "Portuguese", "postmaster@correio.example", "Mensagem não entregue", """
            A sua mensagem não pôde ser entregue ao destinatário ann@example.com
            Caixa postal cheia
            """, "ann@example.com", BounceReason.MailboxFull, false },
        { "Italian", "postmaster@posta.example", "Mancata consegna del messaggio", """
            Impossibile consegnare il messaggio al destinatario:
            ann@example.com
            Utente sconosciuto
            """, "ann@example.com", BounceReason.UserUnknown, true },
    };

    [Theory, MemberData(nameof(Forms))]
    public void Free_text_tells_whom_and_why(string system, string from, string subject, string text, string recipient, BounceReason reason, bool dead)
    {
        var mail = $"From: {from}\nTo: news@acme.example\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}";
        var report = Assert.IsType<DeliveryReport>(MailReport.Read(Encoding.UTF8.GetBytes(mail)));
        var found = Assert.Single(report.Recipients);
        Assert.True((recipient, reason, dead, DeliveryAction.Failed) == (found.Recipient, found.Cause.Reason, found.Cause.IsHard, found.Action), $"{system}: {found}");
    }

    [Theory]
    [InlineData("Bob <bob@example.org>", "Fwd: failure notice")]
    [InlineData("Bob <bob@example.org>", "Re: failure notice")]
    [InlineData("Bob <bob@example.org>", "AW: failure notice")]
    public void A_bounce_that_a_person_passes_on_is_no_bounce(string from, string subject)
    {
        var quoted = Forms.First().Data.Item4.ReplaceLineEndings("\n> ");
        var mail = $"From: {from}\nTo: news@acme.example\nSubject: {subject}\n\nWhat does this mean?\n\n> {quoted}";
        Assert.IsType<OtherMail>(MailReport.Read(Encoding.UTF8.GetBytes(mail)));
        var attached = $"From: {from}\nTo: news@acme.example\nSubject: {subject}\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee below.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\n--b--\n";
        Assert.IsType<OtherMail>(MailReport.Read(Encoding.UTF8.GetBytes(attached)));
    }

    [Fact]
    public void A_returned_mail_below_more_text_than_is_looked_at_does_no_harm()
    {
        var mail = $"From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n{string.Concat(Enumerable.Repeat("It failed, and nobody is named.\n", 2000))}--- Original message follows.\n\nTo: ann@example.com\n";
        Assert.IsType<OtherMail>(MailReport.Read(Encoding.UTF8.GetBytes(mail)));
    }

    [Theory]
    [InlineData("Report domain: acme.example Submitter: mx.example Report-ID: 1", "text/plain", OtherKind.DmarcReport)]
    [InlineData("Report Domain: acme.example Submitter: mx.example Report-ID: <2@mx.example>", "multipart/report; report-type=tlsrpt; boundary=b", OtherKind.TlsReport)]
    [InlineData("Please confirm your message", "text/plain", OtherKind.Challenge)]
    [InlineData("unsubscribe", "text/plain", OtherKind.Unsubscribe)]
    [InlineData("Lunch?", "text/plain", OtherKind.Ordinary)]
    public void What_reports_no_delivery_is_told_apart(string subject, string type, OtherKind kind)
    {
        var mail = $"From: noreply@mx.example\nTo: dmarc@acme.example\nSubject: {subject}\nContent-Type: {type}\n\nHello.\n";
        Assert.Equal(kind, Assert.IsType<OtherMail>(MailReport.Read(Encoding.UTF8.GetBytes(mail))).Kind);
    }

    [Fact]
    public void A_mail_to_an_address_that_only_our_mail_carries_need_not_come_from_a_machine()
    {
        var mail = Encoding.UTF8.GetBytes("From: Mail Robot <robot@example.com>\nTo: b+token@acme.example\nSubject: your mail\n\nYour mail could not be delivered.\n\n<ann@example.com>: user unknown\n");
        Assert.IsType<OtherMail>(MailReport.Read(mail));
        Assert.Equal("ann@example.com", Assert.Single(Assert.IsType<DeliveryReport>(MailReport.Read(mail, isAddressed: true)).Recipients).Recipient);
    }
}
