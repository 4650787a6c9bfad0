using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Winnow.Email.Bounces.Webhooks;

/// <summary>One call of a provider, before anything of it is believed.</summary>
/// <param name="Headers">By name, whatever its case.</param>
/// <param name="Secret">What the account entered for this provider.</param>
public sealed record WebhookCall(IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body, string Secret, DateTimeOffset Now)
{
    /// <summary>How old a signed call may be. Providers try again for a day; a call that was taken is remembered for longer (<see cref="Webhooks.Forget"/>).</summary>
    public static readonly TimeSpan MostAge = TimeSpan.FromHours(25);

    private static readonly TimeSpan WrongClock = TimeSpan.FromMinutes(15);

    /// <summary>A header, empty when it is not there.</summary>
    public string Header(string name) => Headers.GetValueOrDefault(name, "");

    /// <summary>Whether this moment, in Unix seconds, is not too old and not to come.</summary>
    public bool IsFresh(string unixSeconds) => long.TryParse(unixSeconds, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < 253_402_300_800 && IsFresh(DateTimeOffset.FromUnixTimeSeconds(at));

    /// <inheritdoc cref="IsFresh(string)"/>
    public bool IsFresh(DateTimeOffset at) => at > Now - MostAge && at < Now + WrongClock;

    /// <summary>For providers that sign nothing: the password, by basic sign-in, as a bearer token or in a header of its own.</summary>
    public Proof CheckPassword()
    {
        var given = Header("Authorization").Split(' ', 2, StringSplitOptions.TrimEntries) switch
        {
            [var scheme, var value] when scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) => Basic(value),
            [var scheme, var value] when scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) => value,
            _ => Header("X-Winnow-Secret"),
        };
        var same = CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));
        return same && Secret.Length > 0 ? Proof.Of(Convert.ToHexString(SHA256.HashData(Body.Span))) : Proof.Forged;
    }

    private static string Basic(string value)
    {
        try { return Encoding.UTF8.GetString(Convert.FromBase64String(value)).Split(':', 2) is [_, var password] ? password : ""; }
        catch (FormatException) { return ""; }
    }
}

/// <summary>Whether a call is the provider's.</summary>
/// <param name="Call">What makes it the only one: a second call with the same is not taken again. Null when it is not genuine.</param>
/// <param name="Fault">Why it is refused: one of <see cref="WebhookFault"/>.</param>
/// <param name="Confirm">Amazon asks whether it may send: the address to visit.</param>
public sealed record Proof(string? Call, string? Fault = null, Uri? Confirm = null)
{
    /// <summary>Genuine.</summary>
    public static Proof Of(string call) => new(call);

    internal static readonly Proof Forged = new(null, WebhookFault.Forged), Old = new(null, WebhookFault.Old), OtherTopic = new(null, WebhookFault.OtherTopic), NoCertificate = new(null, WebhookFault.NoCertificate);
}

/// <summary>Why the last call of a provider was refused, as stored.</summary>
public static class WebhookFault
{
    /// <summary>Signature or password do not hold.</summary>
    public const string Forged = "forged";
    /// <summary>Too old, or from a clock that is far off.</summary>
    public const string Old = "old";
    /// <summary>Of another topic than the account entered.</summary>
    public const string OtherTopic = "topic";
    /// <summary>Amazon's certificate could not be fetched.</summary>
    public const string NoCertificate = "certificate";
    /// <summary>No JSON.</summary>
    public const string Unreadable = "unreadable";
}
