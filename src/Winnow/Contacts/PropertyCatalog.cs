namespace Winnow.Contacts;

/// <summary>All properties of one account: the built-in ones and its own, found by name or id.</summary>
public sealed class PropertyCatalog
{
    private readonly Dictionary<string, Property> byName;
    private readonly Dictionary<long, Property> byId;
    private readonly long[][] byColumn;

    /// <summary>The built-in properties and these.</summary>
    public PropertyCatalog(IEnumerable<Property> custom)
    {
        Everything = [.. BuiltInProperties.All, .. custom];
        (byName, byId) = (Everything.ToDictionary(p => p.Name), Everything.ToDictionary(p => p.Id));
        byColumn = [.. ContactColumn.All.Select(c => Everything.Where(p => p.Column == c).Select(p => p.Id).ToArray())];
    }

    /// <summary>All, archived ones included: their values and history remain.</summary>
    public IReadOnlyList<Property> Everything { get; }

    /// <summary>Those that people can choose: not archived.</summary>
    public IEnumerable<Property> Present => Everything.Where(p => p.ArchivedAt is null);

    /// <summary>The property of this internal name, or null.</summary>
    public Property? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The ids of the properties that show the column of this ordinal.</summary>
    internal long[] InColumn(int ordinal) => byColumn[ordinal];

    /// <summary>The property of this id, or null.</summary>
    public Property? Find(long id) => byId.GetValueOrDefault(id);
}
