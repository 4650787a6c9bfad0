using Winnow.Data;

namespace Winnow.Audit;

/// <summary>What is put on record. Stored by name: a name is never given another meaning.</summary>
public enum AuditAction
{
    /// <summary>Somebody signed in.</summary>
    SignedIn,
    /// <summary>A delete of contacts was ordered; count, and whether it can be restored.</summary>
    ContactsDeleted,
    /// <summary>A delete is being taken back.</summary>
    ContactsRestored,
    /// <summary>A property of many contacts was set or emptied.</summary>
    PropertySet,
    /// <summary>Such an edit was taken back; count, and what the property was given by the edit.</summary>
    PropertySetUndone,
    /// <summary>Many contacts were set as marketing contacts (after: true), or scheduled to become non-marketing (false); count: those that change.</summary>
    MarketingSet,
    /// <summary>Many contacts were to be set as marketing contacts, more than may without an approval: it waits.</summary>
    MarketingAsked,
    /// <summary>That was approved; count: those that change.</summary>
    MarketingApproved,
    /// <summary>That was refused; after: why.</summary>
    MarketingRefused,
    /// <summary>What tools do by default, or how many may become marketing contacts without an approval.</summary>
    MarketingRulesChanged,
    /// <summary>Such a change was taken back; count, and what had been set.</summary>
    MarketingSetUndone,
    /// <summary>The plan of marketing contacts: when it renews, the tier, the steps of the contract.</summary>
    MarketingPlanChanged,
    /// <summary>A rule that keeps marketing contacts low was switched on or off (after).</summary>
    MarketingRuleChanged,
    /// <summary>An import was started.</summary>
    ContactsImported,
    /// <summary>An import waits until somebody lets it go on; count: rows done.</summary>
    ImportPaused,
    /// <summary>A paused import goes on.</summary>
    ImportResumed,
    /// <summary>An import was taken back; count: contacts that it made or changed.</summary>
    ImportUndone,
    /// <summary>An import of an opt-out list was started; count: its rows.</summary>
    OptOutsImported,
    /// <summary>A token of HubSpot's API was entered; subject: of which account there. Never the token.</summary>
    HubSpotTokenKept,
    /// <summary>A token of HubSpot's API was forgotten.</summary>
    HubSpotTokenForgotten,
    /// <summary>A move-in from HubSpot was started; after: what is brought.</summary>
    MovedInFromHubSpot,
    /// <summary>A suppression passport was ordered; after: the fingerprint of its key.</summary>
    PassportExported,
    /// <summary>The import of a suppression passport was started; whose, and the fingerprint of the signer; count: its addresses.</summary>
    PassportImported,
    /// <summary>Passports of a signer are taken in from now on; after: the fingerprint.</summary>
    SignerTrusted,
    /// <summary>Passports of a signer are taken in no more; before: the fingerprint.</summary>
    SignerRemoved,
    /// <summary>A file of contacts was ordered; count, and after: its columns.</summary>
    ContactsExported,
    /// <summary>A file of unsubscribed, bounced or complaining addresses was ordered; after: its columns.</summary>
    OptOutsExported,
    /// <summary>The file of an export was downloaded.</summary>
    ExportDownloaded,
    /// <summary>Contacts were put into a static list.</summary>
    ContactsAddedToList,
    /// <summary>Contacts were taken out of a static list.</summary>
    ContactsRemovedFromList,
    /// <summary>Contacts put into a static list, or taken out of it, were taken out again or given back; count.</summary>
    ListMoveUndone,
    /// <summary>A bounced address may be mailed again.</summary>
    ContactUnbounced,
    /// <summary>An unbounce was taken back.</summary>
    UnbounceUndone,
    /// <summary>A person said that an address is dead; after: why.</summary>
    ContactMarkedDead,
    /// <summary>The bounces that an incident put on record were lifted; count.</summary>
    IncidentReversed,
    /// <summary>A marketing e-mail was ordered to be sent.</summary>
    EmailSent,
    /// <summary>A sending was stopped.</summary>
    EmailStopped,
    /// <summary>Company, time zone or language of the account.</summary>
    AccountChanged,
    /// <summary>How e-mail leaves; never passwords.</summary>
    SendingChanged,
    /// <summary>What the account does about bounces, and how long it keeps their evidence.</summary>
    BouncePolicyChanged,
    /// <summary>A door by which reports come in: a mailbox or a webhook; never passwords.</summary>
    ReportDoorChanged,
    /// <summary>Somebody was invited.</summary>
    UserInvited,
    /// <summary>Somebody accepted an invitation.</summary>
    UserJoined,
    /// <summary>What somebody may do.</summary>
    PermissionsChanged,
    /// <summary>Somebody was shut out.</summary>
    UserDeactivated,
    /// <summary>Somebody was let in again.</summary>
    UserActivated,
    /// <summary>A team got another name.</summary>
    TeamsChanged,
    /// <summary>A team was made.</summary>
    TeamCreated,
    /// <summary>A team was deleted; before: who was in it.</summary>
    TeamDeleted,
    /// <summary>Somebody came into a team.</summary>
    TeamJoined,
    /// <summary>Somebody was taken out of a team.</summary>
    TeamLeft,
    /// <summary>Who sees a saved view; after: everyone, or the team.</summary>
    ViewShared,
    /// <summary>A saved view that others saw is its owner's alone again.</summary>
    ViewUnshared,
    /// <summary>A saved view was deleted.</summary>
    ViewDeleted,
    /// <summary>An account was made.</summary>
    AccountCreated,
    /// <summary>Somebody's own name or language.</summary>
    ProfileChanged,
    /// <summary>Somebody gave the present password and chose another.</summary>
    PasswordChanged,
    /// <summary>Somebody chose a new password by a link in a mail.</summary>
    PasswordReset,
    /// <summary>A code is asked for beside the password from now on.</summary>
    TwoFactorOn,
    /// <summary>The password is enough from now on.</summary>
    TwoFactorOff,
    /// <summary>New recovery codes took the place of the old ones.</summary>
    RecoveryCodesMade,
    /// <summary>A passkey opens somebody's sign-in from now on.</summary>
    PasskeyAdded,
    /// <summary>A passkey opens nothing any more.</summary>
    PasskeyRemoved,
    /// <summary>Somebody ended all sessions of theirs.</summary>
    SignedOutEverywhere,
    /// <summary>A property was made.</summary>
    PropertyCreated,
    /// <summary>Label, description, group or options of a property.</summary>
    PropertyChanged,
    /// <summary>A property was taken out of every choice.</summary>
    PropertyArchived,
    /// <summary>An archived property was brought back.</summary>
    PropertyRestored,
    /// <summary>A group of properties was made, renamed or deleted.</summary>
    PropertyGroupsChanged,
    /// <summary>A list was made.</summary>
    ListCreated,
    /// <summary>A list got another name, or another filter.</summary>
    ListChanged,
    /// <summary>A list was deleted; its contacts stay.</summary>
    ListDeleted,
    /// <summary>A deleted list was brought back.</summary>
    ListRestored,
    /// <summary>An active list became static; nobody did it when it was so arranged.</summary>
    ListConverted,
    /// <summary>When an active list becomes static; after: a date, days without a change, or nothing.</summary>
    ListConversionSet,
    /// <summary>A list was put into a folder; after: which.</summary>
    ListMoved,
    /// <summary>A folder of lists was made, renamed, moved or deleted.</summary>
    ListFoldersChanged,
    /// <summary>A draft of an e-mail was deleted.</summary>
    EmailDeleted,
    /// <summary>A test of an e-mail went to an address.</summary>
    EmailTested,
    /// <summary>An index on a property is kept, whether it is asked for or not.</summary>
    IndexPinned,
    /// <summary>An index on a property is kept only as long as it is asked for.</summary>
    IndexUnpinned,
    /// <summary>An index on a property was dropped by hand.</summary>
    IndexDropped,
    /// <summary>A job was asked to stop.</summary>
    JobStopped,
    /// <summary>How somebody wants to be told of ended jobs.</summary>
    NotificationsChanged,
    /// <summary>A private app was made, with its access token.</summary>
    PrivateAppCreated,
    /// <summary>Name or scopes of a private app.</summary>
    PrivateAppChanged,
    /// <summary>A private app got a new access token, and the old one died.</summary>
    PrivateAppRotated,
    /// <summary>A private app was ended.</summary>
    PrivateAppRevoked,
    /// <summary>This record was taken out as a file.</summary>
    AuditExported,
    /// <summary>An archive of the account, or of the installation, was made; subject: its name, count: its rows, after: its sum.</summary>
    BackupMade,
    /// <summary>The account came back from an archive; subject: when that was made.</summary>
    BackupRestored,
    /// <summary>The list of lists was exported.</summary>
    ListsExported,
    /// <summary>The recipients of an e-mail were exported.</summary>
    RecipientsExported,
}

/// <summary>One line of the record.</summary>
/// <param name="UserName">Who; null when nobody was signed in, or Winnow itself did it.</param>
/// <param name="Origin">The network address the request came from.</param>
/// <param name="Action">Name of an <see cref="AuditAction"/>.</param>
/// <param name="Subject">What it was done to, in words.</param>
/// <param name="Count">To how many.</param>
public sealed record AuditLine(long Id, DateTimeOffset At, long? UserId, string? UserName, string? Origin, string Action, string Subject, long? Count, string? Before, string? After);

/// <summary>Which lines to show.</summary>
/// <param name="From">Not before (UTC); <paramref name="Until"/>: before.</param>
public sealed record AuditQuery(long? UserId = null, AuditAction? Action = null, DateTimeOffset? From = null, DateTimeOffset? Until = null);

/// <summary>Who did what, when, from where, to how many: written in the transaction of the deed, so that neither is there without the other. No statement
/// of Winnow changes or deletes a line.</summary>
public sealed class AuditLog(Db db)
{
    private static readonly SqlFile Sql = SqlFile.Beside<AuditLog>();
    private static readonly AsyncLocal<string?> Source = new();

    /// <summary>Says where the present request comes from; deeds within it carry that.</summary>
    public static void ComesFrom(string? origin) => Source.Value = origin;

    /// <summary>Puts a deed on record.</summary>
    /// <param name="userId">Who did it; null for Winnow itself.</param>
    /// <param name="subject">What it was done to, in words: names, no secrets.</param>
    public static Task Add(Tx tx, TimeProvider clock, long accountId, long? userId, AuditAction action, string subject, long? count = null, string? before = null, string? after = null)
    {
        var (now, origin) = (clock.GetUtcNow(), Source.Value);
        // last of all, as its counter is locked from then on, and who holds it must wait for nobody
        tx.AtTheEnd(async () => await tx.Execute(Sql["add"], new { accountId, id = await Ids.Next(tx, accountId, "audit"), now, userId, origin, action = action.ToString(), subject, count, before, after }));
        return Task.CompletedTask;
    }

    /// <summary>Lines older than one (its id; <see cref="long.MaxValue"/> to begin), newest first.</summary>
    public Task<List<AuditLine>> Page(long accountId, AuditQuery query, long below, int limit, CancellationToken stop = default) => db.Read(tx => tx.Query<AuditLine>(Sql["page"], new
    {
        accountId, below, limit, anyone = query.UserId is null, userId = query.UserId ?? 0, anything = query.Action is null, action = query.Action?.ToString() ?? "",
        from = (query.From ?? DateTimeOffset.UnixEpoch).ToUnixTimeMilliseconds(), until = query.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue,
    }), stop);
}
