using System.Security.Cryptography;

namespace Winnow.Mail.Compose;

/// <summary>Message identifiers (RFC 5322 §3.6.4).</summary>
public static class MessageId
{
    /// <summary>A new one, <c>120 random bits@domain</c>, without angle brackets.</summary>
    public static string New(string domain) => $"{RandomNumberGenerator.GetHexString(30, lowercase: true)}@{domain}";
}
