namespace Winnow.Accounts;

/// <summary>A program of an account, let in by its access token. It belongs to the account, not to the person who made it.</summary>
/// <param name="Scopes">Names of <see cref="Scope"/>, separated by commas.</param>
/// <param name="CreatedByName">Who made it; null when that user is no more.</param>
/// <param name="TokenAt">When its present token was made.</param>
/// <param name="LastUsedAt">To the minute; null until it is used.</param>
/// <param name="RevokedAt">From then on it is refused.</param>
public sealed record PrivateApp(
    long AccountId, long Id, string Name, string Description, string Scopes, long CreatedBy, string? CreatedByName, DateTimeOffset CreatedAt, DateTimeOffset TokenAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt)
{
    /// <summary>The scopes one by one.</summary>
    public string[] ScopeNames => Scopes.Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether it has been revoked.</summary>
    public bool IsRevoked => RevokedAt is not null;
}

/// <summary>What a private app shall be.</summary>
public sealed record PrivateAppWish(string Name, string Description, IReadOnlyCollection<string> Scopes)
{
    /// <summary>Longest name and description, in characters.</summary>
    public const int NameLength = 100, DescriptionLength = 500;

    /// <summary>As it is stored: cut to length, without what a database cannot hold, known scopes only.</summary>
    public PrivateAppWish Tidy() => new(Cut(Name, NameLength), Cut(Description, DescriptionLength), Scope.Text(Scopes).Split(',', StringSplitOptions.RemoveEmptyEntries));

    private static string Cut(string text, int length) => text.Replace("\0", "", StringComparison.Ordinal).Trim() is var whole && whole.Length > length ? whole[..length] : whole;
}

/// <summary>The program that asks, on routes of the API. They take the account from here and from nowhere else. One per request (scoped).</summary>
public sealed class CurrentApp
{
    private PrivateApp? app;

    /// <summary>False on pages, and where no valid token was shown.</summary>
    public bool IsKnown => app is not null;

    /// <summary>The app.</summary>
    /// <exception cref="InvalidOperationException">No program is known: the route is missing from the table of permissions.</exception>
    public PrivateApp App => app ?? throw new InvalidOperationException("No private app is known, and this route needs one. Give it a row for private apps in the table of permissions.");

    /// <summary>The account it works in.</summary>
    public long AccountId => App.AccountId;

    /// <summary>Whether it may do what the scope opens; null asks for nothing but a valid token.</summary>
    public bool Has(string? scope) => app is not null && (scope is null || app.ScopeNames.Contains(scope));

    /// <summary>Says which program asks; done once, before the route.</summary>
    public void Set(PrivateApp known) => app = known;
}
