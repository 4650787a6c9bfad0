namespace Winnow.Accounts;

/// <summary>
/// The account and the person of the present request. Pages take the account id from here and from nowhere else: never
/// from the address or a form. One per request (scoped), filled before any page runs.
/// </summary>
public sealed class CurrentAccount
{
    private SignedInPerson? person;
    private PermissionSet? may;

    /// <summary>False on the few pages that anyone may see.</summary>
    public bool IsSignedIn => person is not null;

    /// <summary>The account's id.</summary>
    /// <exception cref="InvalidOperationException">Nobody is signed in: the page is missing from the table of permissions.</exception>
    public long Id => Person.AccountId;

    /// <summary>The person's id.</summary>
    /// <exception cref="InvalidOperationException">Nobody is signed in.</exception>
    public long UserId => Person.UserId;

    /// <summary>The account's name.</summary>
    public string Name => Person.AccountName;

    /// <summary>The person's name.</summary>
    public string UserName => Person.UserName;

    /// <summary>The person's address.</summary>
    public string Email => Person.Email;

    /// <summary>“en” or “nl”, or null when nobody is signed in.</summary>
    public string? Language => person?.Language;

    /// <summary>The account's time zone; UTC when nobody is signed in.</summary>
    public TimeZoneInfo TimeZone => person is null ? TimeZoneInfo.Utc : Account.Zone(person.TimeZone);

    /// <summary>What the person may do here.</summary>
    public PermissionSet May => may ??= PermissionSet.Read(Person.SuperAdmin, Person.Permissions);

    private SignedInPerson Person => person ?? throw new InvalidOperationException("Nobody is signed in, and this page needs an account. Pages that anyone may see must not ask for one.");

    /// <summary>Says who is asking; done once, before the page.</summary>
    public void Set(SignedInPerson signedIn) => person = signedIn;
}
