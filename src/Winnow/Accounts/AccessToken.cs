using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Winnow.Accounts;

/// <summary>
/// What a program shows to be let in: <c>pat-winnow-ACCOUNT-APP-SECRET</c>. The ids say where to look; the secret is 32
/// random bytes. The prefix lets people and secret scanners see what it is, and clients that look for HubSpot's <c>pat-</c>.
/// </summary>
/// <param name="Text">All of it. Never stored, never logged.</param>
public sealed record AccessToken(long AccountId, long AppId, string Text)
{
    /// <summary>How every token begins.</summary>
    public const string Prefix = "pat-winnow-";

    private const int SecretLength = 43;            // 32 bytes in base64url

    /// <summary>A new one.</summary>
    public static AccessToken New(long accountId, long appId) =>
        new(accountId, appId, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{accountId}-{appId}-{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}"));

    /// <summary>Reads what a program showed; null when it has not the form of a token, so that no database need be asked.</summary>
    public static AccessToken? Parse(string text)
    {
        if (text.Length > 120 || !text.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        return text[Prefix.Length..].Split('-', 3) is [var account, var app, { Length: SecretLength } secret]
            && Base64Url.IsValid(secret) && Id(account) is { } accountId && Id(app) is { } appId ? new(accountId, appId, text) : null;
    }

    /// <summary>What is stored of it: SHA-256. The secret has 256 random bits, so there is nothing to guess that a slow hash would have to protect.</summary>
    public byte[] Hash() => SHA256.HashData(Encoding.UTF8.GetBytes(Text));

    /// <summary>Says as little as a log may hold.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{AccountId}-{AppId}-…");

    private static long? Id(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
