namespace Winnow.Server.Ui;

/// <summary>One page of Settings.</summary>
/// <param name="Name">How the page names itself to <c>SettingsTabs</c>.</param>
/// <param name="Word">Its English name, a key of <see cref="Words"/>.</param>
/// <param name="Href">Where it lies.</param>
public sealed record SettingsLine(string Name, string Word, string Href);

/// <summary>The pages of Settings as a table: the tabs, and what the search finds. A line is shown once its page exists.</summary>
public static class SettingsMap
{
    /// <summary>The pages, from left to right.</summary>
    public static readonly SettingsLine[] Lines =
    [
        new("account", "Account", "/settings"),
        new("properties", "Properties", "/settings/properties"),
        new("indexes", "Indexes", "/settings/indexes"),
        new("sending", "Sending", "/settings/sending"),
        new("bounces", "Bounces", "/settings/bounces"),
        new("marketing", "Marketing contacts", "/settings/marketing"),
        new("users", "Users & Teams", "/settings/users"),
        new("teams", "Teams", "/settings/teams"),
        new("private-apps", "Private apps", "/settings/private-apps"),
        new("audit", "Audit log", "/settings/audit"),
        new("profile", "Your profile", "/settings/profile"),
        new("notifications", "Notifications", "/settings/notifications"),
        new("security", "Security", "/settings/security"),
    ];
}
