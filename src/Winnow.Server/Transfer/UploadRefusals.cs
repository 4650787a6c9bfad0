using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Winnow.Server.Transfer;

/// <summary>Carries the sentence that says why an upload was refused in the address of the next page, sealed: nobody can make a link
/// that puts words of their own on our page.</summary>
public sealed class UploadRefusals(IDataProtectionProvider protection)
{
    private readonly IDataProtector protector = protection.CreateProtector("upload refusal");

    /// <summary>The address of the upload page with the sentence.</summary>
    public string Address(string sentence, string page = "/imports/new") => $"{page}?refused={Uri.EscapeDataString(protector.Protect(sentence))}";

    /// <summary>The sentence, or null when there is none or it was not sealed by us.</summary>
    public string? Read(string? sealedSentence)
    {
        if (string.IsNullOrEmpty(sealedSentence)) return null;
        try { return protector.Unprotect(sealedSentence); }
        catch (CryptographicException) { return null; }
    }
}
