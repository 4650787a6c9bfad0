using Winnow.Audit;

namespace Winnow.Accounts;

/// <summary>A person who signs in. One row for the installation; membership of accounts is apart from it.</summary>
public sealed class User
{
    /// <summary>0 until stored.</summary>
    public long Id { get; set; }

    /// <summary>As the person wrote it; also the name to sign in with.</summary>
    public string Email { get; set; } = "";

    /// <summary>Lower case, for finding; unique in the installation.</summary>
    public string EmailKey { get; set; } = "";

    /// <summary>The person's name.</summary>
    public string Name { get; set; } = "";

    /// <summary>As ASP.NET Core Identity makes it; null when the person has no password.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>Changes with the password; a session that carries an older one is over.</summary>
    public string SecurityStamp { get; set; } = "";

    /// <summary>Wrong passwords since the last right one.</summary>
    public int FailedSignIns { get; set; }

    /// <summary>Until then no password is accepted; null when not locked.</summary>
    public DateTimeOffset? LockedUntil { get; set; }

    /// <summary>“en” or “nl”; null for the account's language.</summary>
    public string? Language { get; set; }

    /// <summary>“light” or “dark”; null for the system's.</summary>
    public string? Theme { get; set; }

    /// <summary>Whether a code is asked for beside the password.</summary>
    public bool TwoFactor { get; set; }

    /// <summary>The key shared with the person's authenticator app, encrypted; set while it is being turned on, too.</summary>
    public string? AuthenticatorKey { get; set; }

    /// <summary>When the person was added.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    private readonly List<AuditAction> news = [];

    /// <summary>Says what the next write of this person means: it goes on record with it, and is told to the person where that matters.</summary>
    public void Note(AuditAction what) => news.Add(what);

    internal IReadOnlyList<AuditAction> Noted() => news;

    internal void ForgetNoted() => news.Clear();
}
