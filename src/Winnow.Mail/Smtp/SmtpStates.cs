using System.Collections.Frozen;

namespace Winnow.Mail.Smtp;

/// <summary>How far a session has come in its conversation.</summary>
[Flags]
internal enum SmtpState
{
    /// <summary>Connected, or freshly encrypted: nobody said hello.</summary>
    Start = 1,

    /// <summary>Hello said, no message under way.</summary>
    Ready = 2,

    /// <summary>MAIL accepted, no recipient yet.</summary>
    Sender = 4,

    /// <summary>At least one recipient accepted.</summary>
    Recipients = 8,

    Any = Start | Ready | Sender | Recipients,
}

/// <summary>One command: where it is legal, where a positive reply leads (null: nowhere, or the deed says), what is said where it is not legal.</summary>
internal sealed record SmtpRule(string Verb, SmtpState LegalIn, SmtpState? LeadsTo, SmtpReply OutOfTurn, Func<SmtpSession, string, ValueTask<SmtpReply?>> Do);

/// <summary>The legal order of commands (RFC 5321 §4.1.4), as a table.</summary>
internal static class SmtpStates
{
    public static readonly SmtpReply Unknown = new(500, "5.5.2", "Command not recognized");

    private static readonly SmtpReply HelloFirst = new(503, "5.5.1", "Say EHLO first; one message at a time");
    private static readonly SmtpReply MailFirst = new(503, "5.5.1", "Say MAIL FROM first");
    private static readonly SmtpReply NoRecipients = new(554, "5.5.1", "No valid recipients");
    private static readonly SmtpReply NotNow = new(503, "5.5.1", "Not now");

    private static readonly SmtpRule[] Rules =
    [
        new("EHLO", SmtpState.Any, SmtpState.Ready, NotNow, (session, rest) => session.Hello(rest, extended: true)),
        new("HELO", SmtpState.Any, SmtpState.Ready, NotNow, (session, rest) => session.Hello(rest, extended: false)),
        new("STARTTLS", SmtpState.Ready, null, NotNow, (session, rest) => session.Encrypt(rest)),
        new("MAIL", SmtpState.Ready, SmtpState.Sender, HelloFirst, (session, rest) => session.Mail(rest)),
        new("RCPT", SmtpState.Sender | SmtpState.Recipients, SmtpState.Recipients, MailFirst, (session, rest) => session.Rcpt(rest)),
        new("DATA", SmtpState.Recipients, SmtpState.Ready, NoRecipients, (session, rest) => session.Data(rest)),
        new("RSET", SmtpState.Any, null, NotNow, (session, _) => session.Reset()),
        new("NOOP", SmtpState.Any, null, NotNow, (_, _) => new(new SmtpReply(250, "2.0.0", "OK"))),
        new("VRFY", SmtpState.Any, null, NotNow, (_, _) => new(new SmtpReply(252, "2.0.0", "Send mail and see"))),
        new("QUIT", SmtpState.Any, null, NotNow, (session, _) => session.Quit()),
        // A browser or a script made to speak to us by somebody else: nothing it says next is to be taken for SMTP.
        new("GET", SmtpState.Any, null, NotNow, (_, _) => SmtpSession.HangUpOn()),
        new("POST", SmtpState.Any, null, NotNow, (_, _) => SmtpSession.HangUpOn()),
        new("CONNECT", SmtpState.Any, null, NotNow, (_, _) => SmtpSession.HangUpOn()),
    ];

    private static readonly FrozenDictionary<string, SmtpRule> ByVerb = Rules.ToFrozenDictionary(r => r.Verb, StringComparer.OrdinalIgnoreCase);

    public static SmtpRule? Find(string verb) => ByVerb.GetValueOrDefault(verb);
}
