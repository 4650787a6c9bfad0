using Microsoft.Extensions.Localization;
using Winnow.Email.Bounces.Webhooks;
using Winnow.Mail.Retrieval;
using Winnow.Server.Ui;

namespace Winnow.Server.Email.Bounces.Doors;

/// <summary>What people read about the doors, as tables.</summary>
public static class DoorWords
{
    /// <summary>What a door is called.</summary>
    public static string Door(this IStringLocalizer<Words> words, string door) => door switch
    {
        "smtp" => words["Return path"],
        "reply" => words["While the email was being sent"],
        "imap" or "pop3" => words["Mailbox"],
        _ => WebhookProvider.Find(door)?.Name ?? door,
    };

    /// <summary>Why a report is about nobody.</summary>
    public static string WhyUnmatched(this IStringLocalizer<Words> words, string why) => why switch
    {
        Winnow.Email.Bounces.WhyUnmatched.NoMark => words["No mark of Winnow"],
        Winnow.Email.Bounces.WhyUnmatched.Forged => words["A forged mark"],
        Winnow.Email.Bounces.WhyUnmatched.Foreign => words["A mark of another account"],
        Winnow.Email.Bounces.WhyUnmatched.Gone => words["The email or its recipient is gone"],
        Winnow.Email.Bounces.WhyUnmatched.UnknownAddress => words["No contact has this address"],
        _ => words["An ordinary mail, no report"],
    };

    /// <summary>Why the last call of a provider was refused, and what to do.</summary>
    public static string WebhookProblem(this IStringLocalizer<Words> words, string problem) => problem switch
    {
        WebhookFault.Forged => words["Its signature or password does not hold. Enter the key again, or the new password at the provider."],
        WebhookFault.Old => words["It was signed too long ago, or the clock of this server is wrong."],
        WebhookFault.OtherTopic => words["It came from another topic than the one entered here."],
        WebhookFault.NoCertificate => words["Amazon's certificate could not be fetched: this server must reach amazonaws.com by HTTPS."],
        _ => words["It could not be read."],
    };

    /// <summary>What keeps a mailbox from being read.</summary>
    public static string MailboxProblem(this IStringLocalizer<Words> words, string problem) => problem switch
    {
        nameof(RetrievalFault.SignInRefused) => words["The server refuses the user name or the password"],
        nameof(RetrievalFault.Certificate) => words["The server's certificate does not hold"],
        nameof(RetrievalFault.NoEncryption) => words["Server and settings do not agree on encryption"],
        nameof(RetrievalFault.NoFolder) => words["There is no such folder"],
        nameof(RetrievalFault.ReadOnly) => words["Mails cannot be removed"],
        nameof(RetrievalFault.Misunderstood) => words["The server answers with something else"],
        _ => words["The server cannot be reached"],
    };

    /// <summary>What to do about it.</summary>
    public static string MailboxAdvice(this IStringLocalizer<Words> words, string problem) => problem switch
    {
        nameof(RetrievalFault.SignInRefused) => words["Enter both again. Some providers ask for an app password, or for IMAP or POP3 to be switched on. It is tried again after a quarter of an hour, because servers lock out who tries too often; saving tries at once."],
        nameof(RetrievalFault.Certificate) => words["Use the server's name as it stands in its certificate. A self-made certificate is not taken."],
        nameof(RetrievalFault.NoEncryption) => words["Choose another encryption, with the port that belongs to it."],
        nameof(RetrievalFault.NoFolder) => words["Look how the folder is called on the server; most read INBOX."],
        nameof(RetrievalFault.ReadOnly) => words["Give the user the right to delete mails, or choose another folder."],
        nameof(RetrievalFault.Misunderstood) => words["Look at protocol, port and encryption."],
        _ => words["Look at server name, port and firewall. It is tried again by itself."],
    };

    /// <summary>What a provider asks for, the label of the field.</summary>
    public static string Asks(this IStringLocalizer<Words> words, WebhookSecret secret) => secret switch
    {
        WebhookSecret.Topic => words["ARN of the SNS topic"],
        WebhookSecret.PublicKey => words["Verification key"],
        _ => words["HTTP webhook signing key"],
    };

    /// <summary>Where to enter what at the provider.</summary>
    public static IEnumerable<string> Steps(this IStringLocalizer<Words> words, string provider) => provider switch
    {
        "amazonses" => [words["Make a standard SNS topic and enter its ARN here."], words["Subscribe the address below to the topic, protocol HTTPS, without raw message delivery. Winnow confirms the subscription by itself."], words["In SES, send bounces and complaints of your identity to the topic, original headers included."]],
        "sendgrid" => [words["Enter the address below under Settings > Mail settings > Event webhooks; choose bounced, dropped, deferred, spam reports and unsubscribes."], words["Switch the signed event webhook on and enter its verification key here."]],
        "mailgun" => [words["Enter the address below under Sending > Webhooks for permanent failure, temporary failure, spam complaints and unsubscribes."], words["Enter the HTTP webhook signing key here."]],
        "postmark" => [words["Add a webhook with the address below to the message stream; choose bounce, spam complaint and subscription change."], words["Enter user and password below as its basic authentication."]],
        "sparkpost" => [words["Add a webhook with the address below; choose bounce, delay, policy rejection, out of band, spam complaint, list unsubscribe and link unsubscribe."], words["Enter user and password below as its basic authentication."]],
        _ => [words["Add a transactional webhook with the address below; choose hard bounce, soft bounce, invalid, blocked, error, deferred, complaint and unsubscribed."], words["Enter user and password below as its basic authentication."]],
    };
}
