using System.Net.Mail;

namespace Winnow.Server.Accounts;

/// <summary>Whether a text can be an address to sign in with or to send from. Contacts' addresses have their own rules.</summary>
public static class EmailShape
{
    /// <summary>True for <c>name@domain</c>, at most 254 characters, nothing around it.</summary>
    public static bool Holds(string? text) =>
        text?.Trim() is { Length: > 2 and <= 254 } trimmed && !trimmed.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
        && MailAddress.TryCreate(trimmed, out var address) && address.Address == trimmed;
}
