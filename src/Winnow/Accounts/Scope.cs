namespace Winnow.Accounts;

/// <summary>What a private app may do, by HubSpot's name. Who gives it must be allowed to do the same.</summary>
/// <param name="Name">HubSpot's name, as programs and their guides say it.</param>
/// <param name="Group">Its heading on the page.</param>
/// <param name="Words">What it opens, in words.</param>
/// <param name="Needs">What the person must be allowed to who gives it; empty for what every member may look at.</param>
public sealed record Scope(string Name, string Group, string Words, params IReadOnlyList<Permission> Needs)
{
    /// <summary>Reads who works in the account: contact owners.</summary>
    public const string ReadOwners = "crm.objects.owners.read";

    /// <summary>All of them, in the order of the page; those of the API that HubSpot's clients call (API.md of HubSpot's public API).</summary>
    public static readonly IReadOnlyList<Scope> All =
    [
        new("crm.objects.contacts.read", "CRM", "Read contacts"),
        new("crm.objects.contacts.write", "CRM", "Create, change and delete contacts", Permission.EditContacts, Permission.DeleteContacts, Permission.BulkDelete, Permission.DeletePermanently),
        new("crm.schemas.contacts.read", "CRM", "Read properties of contacts"),
        new("crm.schemas.contacts.write", "CRM", "Create, change and archive properties of contacts", Permission.EditProperties),
        new("crm.lists.read", "CRM", "Read lists and who is in them"),
        new("crm.lists.write", "CRM", "Create, fill, change and delete lists", Permission.EditLists),
        new("crm.import", "CRM", "Bring contacts in from files", Permission.Import),
        new("crm.export", "CRM", "Take contacts out as files", Permission.Export),
        new(ReadOwners, "CRM", "Read who works in the account"),
        new("marketable-contacts-write", "Marketing", "Set contacts as marketing or non-marketing", Permission.MarketingContacts),
        new("content", "Marketing", "Read and write marketing emails", Permission.EditEmail),
        new("marketing-email", "Marketing", "Send marketing emails", Permission.EditEmail, Permission.SendEmail),
        new("transactional-email", "Marketing", "Send single emails", Permission.SendEmail),
        new("communication_preferences.read", "Marketing", "Read who is unsubscribed"),
        new("communication_preferences.read_write", "Marketing", "Subscribe and unsubscribe contacts", Permission.EditContacts),
        new("forms", "Marketing", "Read and change forms", Permission.EditEmail),
        new("automation", "Automation", "Read and change workflows", Permission.EditWorkflows),
        new("settings.users.read", "Account", "Read users and what they may do", Permission.Users),
        new("settings.users.write", "Account", "Invite users and say what they may do", Permission.Users),
        new("account-info.security.read", "Account", "Read the audit log", Permission.Users),
    ];

    /// <summary>What a person must be allowed to who gives these.</summary>
    public static PermissionSet NeededFor(IEnumerable<string> names) => PermissionSet.Of([.. All.Where(scope => names.Contains(scope.Name)).SelectMany(scope => scope.Needs)]);

    /// <summary>Those of the names that are scopes, in the table's order, separated by commas: how they are stored.</summary>
    public static string Text(IEnumerable<string> names) => string.Join(',', All.Select(scope => scope.Name).Intersect(names));
}
