namespace Winnow.Server.Ui;

/// <summary>One line of the sidebar. <paramref name="Word"/> is a key of <see cref="Words"/>.</summary>
/// <param name="Word">The English name, which is the key of its translation.</param>
/// <param name="Href">Where it leads; pages below this path belong to it.</param>
/// <param name="Icon">The name of the symbol in icons.svg.</param>
/// <param name="Key">The letter that goes there after “g”.</param>
public sealed record SidebarLine(string Word, string Href, string Icon, char? Key = null);

/// <summary>A group of lines under its heading.</summary>
public sealed record SidebarGroup(string Word, SidebarLine[] Lines);

/// <summary>The sidebar as a table. A line is shown only once its page exists, so no link leads nowhere.</summary>
public static class SidebarMap
{
    /// <summary>The groups, from top to bottom.</summary>
    public static readonly SidebarGroup[] Groups =
    [
        new("CRM",
        [
            new("Contacts", "/contacts", "users", 'c'),
            new("Lists", "/lists", "list-details", 'l'),
            new("Imports", "/imports", "transfer", 'i'),
        ]),
        new("Marketing", [new("Email", "/email", "mail", 'e')]),
        new("Account & Billing",
        [
            new("Usage & limits", "/usage", "gauge", 'u'),
            new("Jobs", "/jobs", "progress-check", 'j'),
            new("Recycle bin", "/recycle-bin", "trash", 'b'),
        ]),
    ];

    /// <summary>The line at the bottom.</summary>
    public static readonly SidebarLine Settings = new("Settings", "/settings", "settings", 's');

    /// <summary>Every line, from top to bottom.</summary>
    public static IEnumerable<SidebarLine> Lines => Groups.SelectMany(group => group.Lines).Append(Settings);

    /// <summary>The group and line that <paramref name="path"/> belongs to.</summary>
    public static (SidebarGroup? Group, SidebarLine? Line) Find(string path)
    {
        foreach (var group in Groups)
            if (Array.Find(group.Lines, line => Holds(line, path)) is { } line) return (group, line);
        return (null, Holds(Settings, path) ? Settings : null);
    }

    /// <summary>True for the line's own page and every page below it.</summary>
    public static bool Holds(SidebarLine line, string path) =>
        path == line.Href || path.StartsWith(line.Href + "/", StringComparison.Ordinal);
}
