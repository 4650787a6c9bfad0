namespace Winnow.Accounts;

/// <summary>How an account's e-mail leaves, and where its bounces come back.</summary>
/// <param name="RelayHost">The SMTP server that takes our mail; empty while not set up.</param>
/// <param name="RelayPort">Its port: 587 or 25, usually.</param>
/// <param name="RelayTls">One of <see cref="TlsModes"/>.</param>
/// <param name="RelayUser">The name to sign in there with; null for none.</param>
/// <param name="RelayPassword">In clear here, encrypted in the database; null for none.</param>
/// <param name="Connections">How many connections at once.</param>
/// <param name="FromName">The sender's name of new e-mails.</param>
/// <param name="FromAddress">The sender's address of new e-mails.</param>
/// <param name="BounceDomain">Return paths are <c>b+TOKEN@</c> this domain; its MX leads to our listener.</param>
/// <param name="PublicUrl">Where people reach this server: unsubscribe links begin with it. Without a slash at the end.</param>
/// <param name="PerMinute">The most mails that leave in a minute; null for no limit.</param>
/// <param name="PerHour">The most mails that leave in an hour; null for no limit.</param>
public sealed record MailSettings(
    string RelayHost, int RelayPort, string RelayTls, string? RelayUser, string? RelayPassword, int Connections,
    string FromName, string FromAddress, string BounceDomain, string PublicUrl, int? PerMinute = null, int? PerHour = null)
{
    /// <summary>No encryption; STARTTLS when offered; STARTTLS with a valid certificate or no sending.</summary>
    public static readonly IReadOnlyList<string> TlsModes = ["none", "opportunistic", "required"];

    /// <summary>What an account has before anybody filled it in.</summary>
    public static readonly MailSettings Blank = new("", 587, "required", null, null, 4, "", "", "", "");

    /// <summary>True when a mail could leave and its bounce come back.</summary>
    public bool Complete => RelayHost.Length > 0 && FromAddress.Length > 0 && BounceDomain.Length > 0 && PublicUrl.Length > 0;
}
