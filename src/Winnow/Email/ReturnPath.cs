namespace Winnow.Email;

/// <summary>The addresses of ours that a mail carries, one of each per recipient. What comes back to them says whom it is about,
/// whatever the report inside looks like.</summary>
public static class ReturnPath
{
    /// <summary>The envelope sender: bounces come here.</summary>
    public static string For(MailToken token, string bounceDomain, ReadOnlySpan<byte> secret) => $"b+{token.Sign(TokenPurpose.ReturnPath, secret)}@{bounceDomain}";

    /// <summary>A mail to this address, whatever it says, unsubscribes (List-Unsubscribe, RFC 2369 §3.2).</summary>
    public static string ForUnsubscribe(MailToken token, string bounceDomain, ReadOnlySpan<byte> secret) => $"u+{token.Sign(TokenPurpose.Unsubscribe, secret)}@{bounceDomain}";

    /// <summary>The Message-ID without angle brackets. The same mail tried again has the same one, so that a receiver can see a copy.</summary>
    public static string MessageIdFor(MailToken token, string bounceDomain, ReadOnlySpan<byte> secret) => $"{token.Sign(TokenPurpose.MessageId, secret)}@{bounceDomain}";

    /// <summary>Purpose and token text of one of our addresses; null for any other address. The token is not checked: <see cref="MailTokens.ReadAddress"/> does.</summary>
    public static (TokenPurpose Purpose, string Token)? Parse(string address) => address.IndexOf('@', StringComparison.Ordinal) is > 2 and var at
        ? address[..2].ToLowerInvariant() switch
        {
            "b+" => (TokenPurpose.ReturnPath, address[2..at]),
            "u+" => (TokenPurpose.Unsubscribe, address[2..at]),
            _ => null,
        }
        : null;
}
