using Microsoft.AspNetCore.Identity;

namespace Winnow.Accounts;

/// <summary>Addresses of users are found regardless of case. Only for signing in: contacts have their own rules.</summary>
public sealed class LowerCase : ILookupNormalizer
{
    /// <inheritdoc/>
    public string? NormalizeEmail(string? email) => email?.Trim().Normalize().ToLowerInvariant();

    /// <inheritdoc/>
    public string? NormalizeName(string? name) => NormalizeEmail(name);
}
