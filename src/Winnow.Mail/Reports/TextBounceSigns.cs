using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>The signs that a mail without a machine part is a bounce. One sign proves nothing: people quote bounces, machines write other things.</summary>
internal static class TextBounceSigns
{
    private static readonly string[] Senders =
    [
        "mailer-daemon", "mailerdaemon", "mail-daemon", "postmaster", "mail delivery", "mailsystem", "mail system", "maildelivery",
        "system administrator", "systemadministrator", "mail administrator", "mmdf", "non-delivery", "double-bounce",
        "mdaemon", "failnotice", "noreply-mail-failure", "post_office", "post office", "mail-system", "automated-bounce",
    ];

    private static readonly string[] Subjects =
    [
        "undeliver", "undelivered", "delivery failure", "delivery failed", "delivery status", "delivery notification", "delivery error",
        "delivery problem", "delivery report", "delivery fail", "failure notice", "failure delivery", "failed delivery", "returned mail", "returned to sender",
        "returning message", "returned message", "returned email", "returned e-mail", "mail system error", "mail failed", "mail failure", "mail error",
        "message delivery", "message failed", "message not delivered", "could not be delivered", "couldn't be delivered", "not delivered", "not deliverable",
        "nondeliverable", "nondelivery", "non-deliverable", "non delivery", "non-delivery", "unable to deliver", "cannot deliver", "error sending", "mail could not", "warning: could not send",
        "delayed mail", "delivery delayed", "warning: message", "failure", "user unknown", "unknown user", "mailbox full", "email error", "email failed",
        "bounce", "rejected", "dsn", "unzustellbar", "non remis", "onbestelbaar", "niet afgeleverd", "no entregado", "não entregue", "mancata consegna", "not listed in", "are not member",
    ];

    private static readonly string[] Openings =
    [
        "could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered", "can not be delivered", "was not delivered", "were not delivered", "not be delivered", "wasn't delivered",
        "unable to deliver", "not able to deliver", "wasn't able to deliver", "could not deliver", "failed to deliver", "can't deliver", "cannot deliver", "delivery has failed", "delivery failed",
        "delivery to the following", "did not reach the following", "undeliverable", "undelivered", "not deliverable", "returned to the sender", "returned to you", "has been returned", "is being returned", "message returned",
        "permanent fatal errors", "fatal errors", "delivery errors", "delivery problems", "error delivering", "error occurred while trying to deliver", "following addresses had", "following address",
        "following recipient", "the following users", "failed addresses", "rejected by a remote mail server", "permanent error", "permanent failure", "delivery attempts", "transcript of session", "said: 5",
        "user unknown", "unknown user", "no such user", "mailbox is full", "mailbox full", "does not exist", "not a member of", "has been delayed", "not yet been delivered", "could not be sent", "not accepted",
        "groups.google.com/support", "message blocked", "message not delivered", "has been blocked", "delivery of your message", "was rejected", "couldn't be sent", "no valid recipients",
        "mail could not", "message could not", "failed after i sent", "remote host said", "bounced", "address not found", "was unable to",
    ];

    // what a delay says of itself; a final failure may say "we tried for four days", so plain "delay" is not enough
    private static readonly string[] Delays =
    [
        "warning message only", "this is a warning only", "do not need to resend", "no need to resend", "will be retried", "still being retried",
        "has been delayed", "delivery is delayed", "temporarily delayed", "not yet been delivered", "will continue to try", "keep trying", "still trying", "no action is required on your part", "will continue for some time", "delivery incomplete", "could not send mail for past",
    ];

    /// <summary>Cheap first look: could these fields be a bounce's?</summary>
    public static bool Promising(Headers headers) =>
        headers.Has("X-Failed-Recipients")
        || !(headers.Has("List-Id") && !headers.Has("X-Failed-Recipients"))
        && (IsSender(headers) || IsSubject(headers));

    /// <summary>Two of three: who sends it, how it is titled, what it says; a field of failed recipients counts for two.</summary>
    public static bool IsBounce(Headers headers, string text)
    {
        if (headers.Has("X-Failed-Recipients")) return true;
        if (IsAnswer(headers.Text("Subject"))) return false;
        var head = (text.Length > 3000 ? text[..3000] : text).ToLowerInvariant();
        var says = Openings.Any(phrase => head.Contains(phrase, StringComparison.Ordinal));
        return IsSender(headers) && (says || IsSubject(headers)) || IsSubject(headers) && says && !IsPerson(headers);
    }

    /// <summary>True when the text says that the sender still tries.</summary>
    public static bool IsDelay(string subject, string text) =>
        subject.Contains("delay", StringComparison.OrdinalIgnoreCase) || subject.StartsWith("warning", StringComparison.OrdinalIgnoreCase)
        || Delays.Any(phrase => text.Contains(phrase, StringComparison.OrdinalIgnoreCase));

    private static bool IsSender(Headers headers)
    {
        var from = headers.Text("From");
        return from.Trim() is "" or "<>" || Senders.Any(s => from.Contains(s, StringComparison.OrdinalIgnoreCase))
            || headers["Return-Path"] is { } path && (path.Trim() == "<>" || path.Contains("MAILER-DAEMON", StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsSubject(Headers headers)
    {
        var subject = headers.Text("Subject");
        return Subjects.Any(s => subject.Contains(s, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsAnswer(string subject) =>
        subject.StartsWith("re:", StringComparison.OrdinalIgnoreCase) || subject.StartsWith("fw:", StringComparison.OrdinalIgnoreCase)
        || subject.StartsWith("fwd:", StringComparison.OrdinalIgnoreCase) || subject.StartsWith("aw:", StringComparison.OrdinalIgnoreCase);

    // A mail program's mark, or an answer to another mail: a person wrote it.
    private static bool IsPerson(Headers headers) => headers.Has("User-Agent") || headers.Has("In-Reply-To") && !headers.Has("Auto-Submitted");
}
