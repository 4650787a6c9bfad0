using System.Globalization;
using Winnow.Audit;

namespace Winnow.Server.Audit;

/// <summary>The record in words, and what its form asks for.</summary>
public static class AuditWords
{
    /// <summary>Every deed.</summary>
    public static readonly IReadOnlyDictionary<AuditAction, string> All = new Dictionary<AuditAction, string>
    {
        [AuditAction.SignedIn] = "Signed in",
        [AuditAction.ContactsDeleted] = "Contacts deleted",
        [AuditAction.ContactsRestored] = "Contacts restored",
        [AuditAction.PropertySet] = "Property of contacts set",
        [AuditAction.PropertySetUndone] = "Edit of a property undone",
        [AuditAction.MarketingAsked] = "Approval asked for setting contacts as marketing contacts",
        [AuditAction.MarketingApproved] = "Setting contacts as marketing contacts approved",
        [AuditAction.MarketingRefused] = "Setting contacts as marketing contacts refused",
        [AuditAction.MarketingRulesChanged] = "Defaults or fuse of marketing contacts changed",
        [AuditAction.MarketingSet] = "Marketing status of contacts set",
        [AuditAction.MarketingRuleChanged] = "Rule for marketing contacts switched",
        [AuditAction.MarketingPlanChanged] = "Contact tier or plan changed",
        [AuditAction.MarketingSetUndone] = "Marketing status of contacts given back",
        [AuditAction.ContactsImported] = "Contacts imported",
        [AuditAction.ImportPaused] = "Import paused",
        [AuditAction.ImportResumed] = "Import goes on",
        [AuditAction.ImportUndone] = "Import undone",
        [AuditAction.OptOutsImported] = "Opt-out list imported",
        [AuditAction.HubSpotTokenKept] = "Access token of HubSpot entered",
        [AuditAction.HubSpotTokenForgotten] = "Access token of HubSpot forgotten",
        [AuditAction.MovedInFromHubSpot] = "Move from HubSpot started",
        [AuditAction.PassportExported] = "Suppression passport exported",
        [AuditAction.PassportImported] = "Suppression passport imported",
        [AuditAction.SignerTrusted] = "Signer of passports trusted",
        [AuditAction.SignerRemoved] = "Signer of passports no longer trusted",
        [AuditAction.ContactsExported] = "Contacts exported",
        [AuditAction.OptOutsExported] = "Unsubscribes and bounces exported",
        [AuditAction.ExportDownloaded] = "Export downloaded",
        [AuditAction.ContactsAddedToList] = "Contacts added to a list",
        [AuditAction.ContactsRemovedFromList] = "Contacts removed from a list",
        [AuditAction.ListMoveUndone] = "Change of a list undone",
        [AuditAction.ContactUnbounced] = "Contact unbounced",
        [AuditAction.IncidentReversed] = "Incident reversed",
        [AuditAction.UnbounceUndone] = "Unbounce taken back",
        [AuditAction.ContactMarkedDead] = "Contact marked as dead",
        [AuditAction.EmailSent] = "Email sent",
        [AuditAction.EmailStopped] = "Sending stopped",
        [AuditAction.AccountChanged] = "Account settings changed",
        [AuditAction.SendingChanged] = "Sending settings changed",
        [AuditAction.BouncePolicyChanged] = "Bounce handling changed",
        [AuditAction.ReportDoorChanged] = "Door for reports changed",
        [AuditAction.UserInvited] = "User invited",
        [AuditAction.UserJoined] = "User joined",
        [AuditAction.PermissionsChanged] = "Permissions changed",
        [AuditAction.UserDeactivated] = "User deactivated",
        [AuditAction.UserActivated] = "User let in again",
        [AuditAction.TeamCreated] = "Team created",
        [AuditAction.TeamsChanged] = "Team renamed",
        [AuditAction.TeamDeleted] = "Team deleted",
        [AuditAction.TeamJoined] = "User put into a team",
        [AuditAction.TeamLeft] = "User taken out of a team",
        [AuditAction.ViewShared] = "View shared",
        [AuditAction.ViewUnshared] = "View no longer shared",
        [AuditAction.ViewDeleted] = "View deleted",
        [AuditAction.AccountCreated] = "Account created",
        [AuditAction.ProfileChanged] = "Profile changed",
        [AuditAction.PasswordChanged] = "Password changed",
        [AuditAction.PasswordReset] = "Password reset",
        [AuditAction.TwoFactorOn] = "Two-factor sign-in turned on",
        [AuditAction.TwoFactorOff] = "Two-factor sign-in turned off",
        [AuditAction.RecoveryCodesMade] = "New recovery codes made",
        [AuditAction.PasskeyAdded] = "Passkey added",
        [AuditAction.PasskeyRemoved] = "Passkey removed",
        [AuditAction.SignedOutEverywhere] = "Signed out everywhere",
        [AuditAction.PropertyCreated] = "Property created",
        [AuditAction.PropertyChanged] = "Property changed",
        [AuditAction.PropertyArchived] = "Property archived",
        [AuditAction.PropertyRestored] = "Property brought back",
        [AuditAction.PropertyGroupsChanged] = "Groups of properties changed",
        [AuditAction.ListCreated] = "List created",
        [AuditAction.ListChanged] = "List changed",
        [AuditAction.ListDeleted] = "List deleted",
        [AuditAction.ListRestored] = "List restored",
        [AuditAction.ListConverted] = "List made static",
        [AuditAction.ListConversionSet] = "Conversion of a list arranged",
        [AuditAction.ListMoved] = "List moved to a folder",
        [AuditAction.ListFoldersChanged] = "Folders of lists changed",
        [AuditAction.EmailDeleted] = "Draft of an email deleted",
        [AuditAction.EmailTested] = "Test email sent",
        [AuditAction.IndexPinned] = "Index pinned",
        [AuditAction.IndexUnpinned] = "Index unpinned",
        [AuditAction.IndexDropped] = "Index dropped",
        [AuditAction.JobStopped] = "Job stopped",
        [AuditAction.NotificationsChanged] = "Notification settings changed",
        [AuditAction.PrivateAppCreated] = "Private app created",
        [AuditAction.PrivateAppChanged] = "Private app changed",
        [AuditAction.PrivateAppRotated] = "Access token rotated",
        [AuditAction.PrivateAppRevoked] = "Private app revoked",
        [AuditAction.AuditExported] = "Audit log exported",
        [AuditAction.BackupMade] = "Backup made",
        [AuditAction.BackupRestored] = "Restored from a backup",
        [AuditAction.ListsExported] = "List of lists exported",
        [AuditAction.RecipientsExported] = "Recipients of an email exported",
    };

    /// <summary>The words of a stored name; the name itself when a later version wrote it.</summary>
    public static string Of(string action) => Enum.TryParse<AuditAction>(action, out var known) ? All.GetValueOrDefault(known, action) : action;

    /// <summary>What the form asks for; days are those of the account's time zone, both included.</summary>
    public static AuditQuery Query(long? who, string? what, string? from, string? until, TimeZoneInfo zone) => new(
        who, Enum.TryParse<AuditAction>(what, out var action) && Enum.IsDefined(action) ? action : null, Day(from, 0, zone), Day(until, 1, zone));

    private static DateTimeOffset? Day(string? text, int plus, TimeZoneInfo zone)
    {
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || day.Year is < 1970 or > 9990) return null;
        var midnight = day.AddDays(plus).ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight)) midnight = midnight.AddMinutes(30);         // where clocks go forward at midnight
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }
}
