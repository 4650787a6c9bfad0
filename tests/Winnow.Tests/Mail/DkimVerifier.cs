using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Winnow.Tests;

/// <summary>A receiver's view of a signature, written from RFC 6376 §6 and sharing nothing with the signer: whole texts and regular expressions.</summary>
internal static partial class DkimVerifier
{
    /// <summary>Null when the rsa-sha256, relaxed/relaxed signature of this selector is good; else what is wrong.</summary>
    public static string? Fault(string mail, string selector, string publicKey)
    {
        var split = mail.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var fields = Folded().Split(mail[..split]).ToList();
        var signature = fields.SingleOrDefault(f => f.StartsWith("DKIM-Signature:", StringComparison.OrdinalIgnoreCase) && Tags(f).GetValueOrDefault("s") == selector);
        if (signature is null) return "there is no signature";
        var tags = Tags(signature);
        if ((tags["v"], tags["a"], tags["c"]) != ("1", "rsa-sha256", "relaxed/relaxed")) return "another kind of signature";
        if (Convert.ToBase64String(SHA256.HashData(Encoding.Latin1.GetBytes(Body(mail[(split + 4)..])))) != tags["bh"]) return "the body was changed";

        var left = fields.ToList();
        var text = new StringBuilder();
        foreach (var name in tags["h"].Split(':'))
        {
            var at = left.FindLastIndex(f => f[..f.IndexOf(':', StringComparison.Ordinal)].Trim().Equals(name, StringComparison.OrdinalIgnoreCase));
            if (at < 0) continue;                                                  // signed as not there
            text.Append(Header(left[at])).Append("\r\n");
            left.RemoveAt(at);
        }
        text.Append(Header(SignatureValue().Replace(signature, "b=")));
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
        return rsa.VerifyData(Encoding.Latin1.GetBytes(text.ToString()), Convert.FromBase64String(tags["b"]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ? null : "the signature is false";
    }

    /// <summary>The tags of a signature field, all white space taken out.</summary>
    public static Dictionary<string, string> Tags(string field) => White().Replace(field[(field.IndexOf(':', StringComparison.Ordinal) + 1)..], "")
        .Split(';', StringSplitOptions.RemoveEmptyEntries).Select(tag => tag.Split('=', 2)).ToDictionary(tag => tag[0], tag => tag[1]);

    private static string Header(string field)
    {
        var parts = field.Split(':', 2);
        return $"{parts[0].Trim().ToLowerInvariant()}:{White().Replace(parts[1], " ").Trim()}";
    }

    private static string Body(string body)
    {
        var lines = body.Split("\r\n").Select(line => Blanks().Replace(line, " ").TrimEnd(' ')).ToList();
        while (lines.Count > 0 && lines[^1].Length == 0) lines.RemoveAt(lines.Count - 1);
        return string.Concat(lines.Select(line => line + "\r\n"));
    }

    [GeneratedRegex(@"\r\n(?![ \t])")]
    private static partial Regex Folded();

    [GeneratedRegex(@"\s+")]
    private static partial Regex White();

    [GeneratedRegex(@"[ \t]+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"(?<=[;\s])b\s*=[^;]*")]
    private static partial Regex SignatureValue();
}
