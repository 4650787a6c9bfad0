using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Winnow.Mail.Dkim;

/// <summary>
/// Signs mail for one domain (RFC 6376; rsa-sha256 with 2048 bits as RFC 8301 wants it), header and body relaxed/relaxed.
/// From is signed once more than it is there, so that nobody can add a second one (§8.15). The key is read once; safe to
/// use from many threads at once.
/// </summary>
public sealed class DkimSigner : IDisposable
{
    /// <summary>The fields that are signed where they are there: what a reader sees, what makes the mail unique, and what RFC 8058 and
    /// Gmail's Feedback-ID want signed.</summary>
    public static readonly IReadOnlyList<string> SignedFields =
    [
        "from", "reply-to", "to", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding",
        "list-unsubscribe", "list-unsubscribe-post", "feedback-id",
    ];

    private const int Fold = 76;
    private readonly ConcurrentBag<RSA> keys = [];              // an RSA object is not promised to serve two threads at once
    private readonly RSAParameters key;
    private readonly string start;

    /// <summary>Reads the key.</summary>
    /// <param name="domain">The signing domain (d=), in its ASCII form; mail is aligned when it is that of From (RFC 7489 §3.1.1).</param>
    /// <param name="selector">Where the public key lies: <c>selector._domainkey.domain</c> (s=).</param>
    /// <param name="privateKey">The key in PEM.</param>
    /// <exception cref="CryptographicException">This is no RSA key in PEM.</exception>
    public DkimSigner(string domain, string selector, string privateKey)
    {
        start = $"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d={domain}; s={selector};\r\n t=";
        var rsa = RSA.Create();
        rsa.ImportFromPem(privateKey);
        key = rsa.ExportParameters(includePrivateParameters: true);
        keys.Add(rsa);
    }

    /// <summary>The message with its signature as the first field. Line ends are judged as the SMTP client writes them: CRLF, whatever they are here.</summary>
    /// <param name="message">Header and body, as composed; nothing may change it afterwards.</param>
    /// <param name="at">When it is signed (t=).</param>
    public byte[] Sign(ReadOnlySpan<byte> message, DateTimeOffset at)
    {
        var (fields, body) = RelaxedForm.Fields(message);
        var signed = InOrder(fields);
        var unsigned = Field(signed, at, RelaxedForm.BodyHash(message[body..]));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var range in signed.Where(f => f.Is is not null).Select(f => f.Is!.Value.Range)) RelaxedForm.Header(message[range], hash, withEnd: true);
        RelaxedForm.Header(Encoding.ASCII.GetBytes(unsigned), hash, withEnd: false);        // §3.7: its own field comes last, with b= empty and no CRLF
        var signature = Convert.ToBase64String(SignHash(hash.GetHashAndReset()));
        var field = new StringBuilder(unsigned, 1024);
        for (var i = 0; i < signature.Length; i += Fold - 1) field.Append(i == 0 ? "" : "\r\n ").Append(signature.AsSpan(i, Math.Min(Fold - 1, signature.Length - i)));
        return [.. Encoding.ASCII.GetBytes(field.Append("\r\n").ToString()), .. message];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (keys.TryTake(out var rsa)) rsa.Dispose();
    }

    /// <summary>The fields to sign in the order of h=: of several with one name the last first (§5.4.2); From ends with one that is not there.</summary>
    private static List<(string Name, RelaxedForm.Field? Is)> InOrder(List<RelaxedForm.Field> fields)
    {
        var order = new List<(string, RelaxedForm.Field?)>(SignedFields.Count + 1);
        foreach (var name in SignedFields)
        {
            for (var i = fields.Count - 1; i >= 0; i--)
                if (fields[i].Name == name) order.Add((name, fields[i]));
            if (name == "from") order.Add((name, null));
        }
        return order;
    }

    private string Field(List<(string Name, RelaxedForm.Field? Is)> signed, DateTimeOffset at, byte[] bodyHash)
    {
        var field = new StringBuilder(start, 1024).Append(at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)).Append(";\r\n h=");
        var column = 3;
        for (var i = 0; i < signed.Count; i++)
        {
            var name = signed[i].Name + (i < signed.Count - 1 ? ":" : ";");
            if (column + name.Length > Fold) { field.Append("\r\n  "); column = 2; }
            field.Append(name);
            column += name.Length;
        }
        return field.Append("\r\n bh=").Append(Convert.ToBase64String(bodyHash)).Append(";\r\n b=").ToString();
    }

    private byte[] SignHash(byte[] hash)
    {
        var rsa = keys.TryTake(out var free) ? free : RSA.Create(key);
        try { return rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1); }
        finally { keys.Add(rsa); }
    }
}
