using System.Globalization;
using Microsoft.Extensions.Localization;
using Winnow.Email.Bounces.Mailboxes;
using Winnow.Server.Ui;

namespace Winnow.Server.Email.Bounces.Doors;

/// <summary>The fields of a mailbox, as typed.</summary>
public sealed class MailboxForm
{
    public string? Protocol { get; set; }
    public string? Host { get; set; }
    public string? Port { get; set; }
    public string? Tls { get; set; }
    public string? User { get; set; }
    public string? Password { get; set; }
    public string? Folder { get; set; }
    public string? After { get; set; }
    public string? MoveTo { get; set; }

    /// <summary>A stored mailbox in the fields.</summary>
    public static MailboxForm Of(ReportMailbox box) => new()
    {
        Protocol = box.Protocol, Host = box.Host, Port = box.Port.ToString(CultureInfo.InvariantCulture), Tls = box.Tls, User = box.UserName, Folder = box.Folder,
        After = box.MoveTo is null ? "delete" : "move", MoveTo = box.MoveTo ?? "Winnow",
    };

    /// <summary>The mailbox that the fields mean, or null with what is wrong in <paramref name="errors"/>.</summary>
    public ReportMailbox? Read(ReportMailbox stored, FormErrors errors, IStringLocalizer<Words> words)
    {
        var (host, user, folder, moveTo) = (Tidy(Host), Tidy(User), Tidy(Folder), Tidy(MoveTo));
        var (imap, port) = (Protocol != "pop3", int.TryParse(Port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0);
        var password = string.IsNullOrEmpty(Password) && Keeps(stored, host) ? stored.Password : Password ?? "";
        errors.AddIf(Protocol is not ("imap" or "pop3"), "Protocol", words["Choose one of the list."]);
        errors.AddIf(Uri.CheckHostName(host) == UriHostNameType.Unknown, "Host", words["This is no name of a server."]);
        errors.AddIf(port is < 1 or > 65535, "Port", words["A port is a number from 1 to 65535."]);
        errors.AddIf(Tls is not ("implicit" or "starttls" or "none"), "Tls", words["Choose one of the list."]);
        errors.AddIf(user.Length == 0, "User", words["A mailbox needs a user."]);
        errors.AddIf(password.Length == 0 || password.Any(char.IsControl), "Password", words["Enter the password of the mailbox."]);
        errors.AddIf(imap && !IsFolder(folder), "Folder", words["A folder is named with letters, digits and signs of the keyboard."]);
        errors.AddIf(imap && After == "move" && (!IsFolder(moveTo) || moveTo.Equals(folder, StringComparison.OrdinalIgnoreCase)), "MoveTo", words["Name another folder than the one that is read."]);
        return errors.None ? stored with { Protocol = Protocol!, Host = host, Port = port, Tls = Tls!, UserName = user, Password = password, Folder = imap ? folder : "INBOX", MoveTo = imap && After == "move" ? moveTo : null } : null;
    }

    // A password is never sent to another server than the one it was entered for.
    private static bool Keeps(ReportMailbox stored, string host) => stored.Id != 0 && stored.Host.Equals(host, StringComparison.OrdinalIgnoreCase);

    private static bool IsFolder(string name) => name.Length is > 0 and <= 200 && name.All(c => c is >= ' ' and <= '~');

    private static string Tidy(string? text) => new([.. (text ?? "").Trim().Where(c => !char.IsControl(c))]);
}
