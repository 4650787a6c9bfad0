namespace Winnow.Accounts;

/// <summary>What a person may do in an account beyond looking, which every member may. HubSpot's permissions, as far as Winnow has the deed (DOMAIN §9.9).</summary>
public enum Permission
{
    /// <summary>Create and change contacts.</summary>
    EditContacts,
    /// <summary>Delete contacts one by one, and restore what was deleted.</summary>
    DeleteContacts,
    /// <summary>Delete more than one at a time; needs <see cref="DeleteContacts"/> too.</summary>
    BulkDelete,
    /// <summary>Delete so that nothing can be restored; needs <see cref="DeleteContacts"/> too.</summary>
    DeletePermanently,
    /// <summary>Bring contacts in from files.</summary>
    Import,
    /// <summary>Take data out as files.</summary>
    Export,
    /// <summary>Make, fill, change and delete lists.</summary>
    EditLists,
    /// <summary>Make, change and archive properties.</summary>
    EditProperties,
    /// <summary>Write marketing e-mails and send tests.</summary>
    EditEmail,
    /// <summary>Send marketing e-mails, stop and continue them.</summary>
    SendEmail,
    /// <summary>Let a bounced address be mailed again.</summary>
    Unbounce,
    /// <summary>Make workflows and switch them on.</summary>
    EditWorkflows,
    /// <summary>Set contacts as marketing or non-marketing. The article's <i>Modify marketing contacts</i>, HubSpot's <i>Marketing contacts access</i> of today, scope <c>marketable-contacts-write</c> (DOMAIN §5.6).</summary>
    MarketingContacts,
    /// <summary>Change the contact tier.</summary>
    Billing,
    /// <summary>Invite people, and say what they may do.</summary>
    Users,
    /// <summary>Change the account's settings: name, time zone, sending, access tokens.</summary>
    Settings,
}

/// <summary>A permission in words, under its tab of Settings &gt; Users &amp; Teams.</summary>
public sealed record PermissionWords(Permission Permission, string Tab, string Label, string Hint)
{
    /// <summary>All of them, in the order of the page.</summary>
    public static readonly IReadOnlyList<PermissionWords> All =
    [
        new(Permission.EditContacts, "CRM", "Edit contacts", "Create contacts and change their properties."),
        new(Permission.DeleteContacts, "CRM", "Delete contacts", "One by one, and restore what was deleted."),
        new(Permission.BulkDelete, "CRM", "Bulk delete", "Many at a time. Needs Delete contacts too."),
        new(Permission.DeletePermanently, "CRM", "Permanently delete contacts", "So that nothing can be restored. Needs Delete contacts too."),
        new(Permission.Import, "CRM", "Import", "Bring contacts in from files."),
        new(Permission.Export, "CRM", "Export", "Take contacts and reports out as files."),
        new(Permission.EditLists, "CRM", "Edit lists", "Make, fill, change and delete lists."),
        new(Permission.EditProperties, "CRM", "Edit properties", "Make, change and archive properties."),
        new(Permission.EditEmail, "Marketing", "Edit marketing emails", "Write them and send tests."),
        new(Permission.SendEmail, "Marketing", "Send marketing emails", "Send them to contacts, stop and continue them."),
        new(Permission.Unbounce, "Marketing", "Unbounce contacts", "Let a bounced address be mailed again."),
        new(Permission.EditWorkflows, "Automation", "Edit workflows", "Make workflows and switch them on."),
        new(Permission.MarketingContacts, "Account", "Modify marketing contacts", "Set contacts as marketing or non-marketing."),
        new(Permission.Billing, "Account", "Billing", "Change the contact tier."),
        new(Permission.Users, "Account", "Users and teams", "Invite people and say what they may do."),
        new(Permission.Settings, "Account", "Account settings", "Company, sending, access tokens."),
    ];

    /// <summary>The tabs, in order.</summary>
    public static IEnumerable<string> Tabs => All.Select(w => w.Tab).Distinct();

    /// <summary>A permission's words.</summary>
    public static PermissionWords Of(Permission permission) => All.Single(w => w.Permission == permission);
}

/// <summary>What one person may do in one account.</summary>
/// <param name="SuperAdmin">Everything, also what comes later.</param>
public sealed record PermissionSet(bool SuperAdmin, IReadOnlySet<Permission> Granted)
{
    /// <summary>Looks, and changes nothing.</summary>
    public static readonly PermissionSet ReadOnly = Of();

    /// <summary>The sets that are offered by name, from the widest to the narrowest.</summary>
    public static readonly IReadOnlyList<(string Name, PermissionSet Set)> Presets =
    [
        ("Super admin", new(true, new HashSet<Permission>())),
        ("Marketer", Of(Permission.EditContacts, Permission.DeleteContacts, Permission.BulkDelete, Permission.Import, Permission.Export, Permission.EditLists, Permission.EditEmail, Permission.SendEmail,
            Permission.Unbounce, Permission.EditWorkflows, Permission.MarketingContacts)),
        ("Analyst", Of(Permission.Export)),
        ("Read only", ReadOnly),
    ];

    /// <summary>A set of just these.</summary>
    public static PermissionSet Of(params IReadOnlyCollection<Permission> permissions) => new(false, permissions.ToHashSet());

    /// <summary>Reads what <see cref="Text"/> wrote; a name that this version does not know grants nothing.</summary>
    public static PermissionSet Read(bool superAdmin, string text) =>
        new(superAdmin, text.Split(',').Intersect(Enum.GetNames<Permission>()).Select(Enum.Parse<Permission>).ToHashSet());

    /// <summary>The names, separated by commas, in one order.</summary>
    public string Text => string.Join(',', Granted.Order());

    /// <summary>The preset's name, or null when it is a set of its own.</summary>
    public string? Preset => Presets.FirstOrDefault(p => p.Set.SuperAdmin == SuperAdmin && (SuperAdmin || p.Set.Granted.SetEquals(Granted))).Name;

    /// <summary>Whether this may be done.</summary>
    public bool Has(Permission permission) => SuperAdmin || Granted.Contains(permission);

    /// <summary>Whether everything in the other set may be done: nobody gives more than they have.</summary>
    public bool Covers(PermissionSet other) => SuperAdmin || (!other.SuperAdmin && other.Granted.All(Has));
}
