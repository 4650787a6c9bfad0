namespace Winnow.Mail.Reports;

/// <summary>Why a mail was not delivered, as finely as reports and replies can tell. <see cref="BounceReasons"/> says what follows from each.</summary>
public enum BounceReason
{
    /// <summary>Nothing in the report tells.</summary>
    Undefined,
    /// <summary>The mailbox does not exist.</summary>
    UserUnknown,
    /// <summary>The domain does not exist.</summary>
    HostUnknown,
    /// <summary>The mailbox moved and left no forwarding address.</summary>
    HasMoved,
    /// <summary>The domain declares that it takes no mail (null MX, RFC 7505).</summary>
    NotAccept,
    /// <summary>The account is suspended, disabled or inactive.</summary>
    Suspend,
    /// <summary>A filter of the recipient refused after RCPT; often an unknown user in disguise.</summary>
    Filtered,
    /// <summary>The mailbox is full.</summary>
    MailboxFull,
    /// <summary>The mail is larger than the mailbox or the system takes.</summary>
    EmailTooLarge,
    /// <summary>The content or an attachment was refused as ill-formed or of a forbidden kind.</summary>
    ContentError,
    /// <summary>The mail does not follow RFC 5322: the sender must mend it.</summary>
    NotCompliantRfc,
    /// <summary>A virus was found.</summary>
    VirusDetected,
    /// <summary>The receiver classed the mail as spam.</summary>
    SpamDetected,
    /// <summary>Our host or network is blocked.</summary>
    Blocked,
    /// <summary>Our host or domain has a bad reputation there.</summary>
    BadReputation,
    /// <summary>A policy of the receiver forbids the mail.</summary>
    PolicyViolation,
    /// <summary>Our sender address or domain is refused.</summary>
    Rejected,
    /// <summary>SPF, DKIM or DMARC failed.</summary>
    AuthFailure,
    /// <summary>Our host lacks a matching reverse DNS name.</summary>
    RequirePtr,
    /// <summary>The receiver demands authentication or another security feature.</summary>
    SecurityError,
    /// <summary>STARTTLS failed.</summary>
    FailedStartTls,
    /// <summary>The server does not relay for that domain or for us.</summary>
    NoRelaying,
    /// <summary>The SMTP conversation broke a rule.</summary>
    SyntaxError,
    /// <summary>Tried for the whole retry time without success.</summary>
    Expired,
    /// <summary>DNS or the network failed, or the mail went in a loop.</summary>
    NetworkError,
    /// <summary>A local delivery program failed.</summary>
    MailerError,
    /// <summary>The receiver's system failed.</summary>
    SystemError,
    /// <summary>The receiver's disk is full.</summary>
    SystemFull,
    /// <summary>Too many connections, messages or recipients in a time.</summary>
    RateLimited,
    /// <summary>Put off because they do not know the sender yet (RFC 6647): a retry after some minutes gets through.</summary>
    Greylisted,
    /// <summary>The relay we send through did not try: its own list forbids the address.</summary>
    Suppressed,
    /// <summary>The report says no more than that it failed.</summary>
    OnHold,
}

/// <summary>What a bounce says about the address, and who must act.</summary>
public enum Verdict
{
    /// <summary>Cannot be told.</summary>
    Unclear,
    /// <summary>No mail will ever arrive there: the one verdict that is a hard bounce by default.</summary>
    AddressDead,
    /// <summary>The address may be dead (account disabled, refused by a filter): worth counting, not worth deleting at once.</summary>
    AddressDoubtful,
    /// <summary>The mailbox is full.</summary>
    MailboxFull,
    /// <summary>They refuse this sender, host or kind of mail; the address is alive.</summary>
    Blocked,
    /// <summary>The sender's own set-up is at fault (DNS, authentication, relay, form of the mail): mend it before the next send.</summary>
    OwnSetup,
    /// <summary>This mail was refused for what it contains or its size.</summary>
    Content,
    /// <summary>A passing trouble: a later mail may well arrive.</summary>
    Temporary,
}

/// <summary>Who can mend what went wrong.</summary>
public enum FaultSide
{
    /// <summary>Cannot be told.</summary>
    Unknown,
    /// <summary>The recipient, or who runs the server there.</summary>
    Theirs,
    /// <summary>The sender: its set-up, its reputation, or this mail.</summary>
    Ours,
}

/// <summary>The six values of HubSpot's contact property <c>hs_email_hard_bounce_reason_enum</c>.</summary>
public enum HardBounceReason
{
    /// <summary>CONTENT</summary>
    Content,
    /// <summary>MAILBOX_FULL</summary>
    MailboxFull,
    /// <summary>OTHER</summary>
    Other,
    /// <summary>POLICY</summary>
    Policy,
    /// <summary>SPAM</summary>
    Spam,
    /// <summary>UNKNOWN_USER</summary>
    UnknownUser,
}
