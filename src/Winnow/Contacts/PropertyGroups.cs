using System.Globalization;
using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Contacts;

/// <summary>A heading under which properties stand.</summary>
/// <param name="Name">HubSpot's groupName; never changes.</param>
/// <param name="Properties">How many of the account's own properties are in it, archived ones included; not counted for built-in groups.</param>
public sealed record PropertyGroup(string Name, string Label, long Properties)
{
    /// <summary>Whether an account made it.</summary>
    public bool IsCustom => !PropertyGroups.BuiltIn.Contains(this);
}

/// <summary>The groups of properties: HubSpot's two, and the account's own.</summary>
public sealed class PropertyGroups(TimeProvider clock)
{
    /// <summary>The group of a property that nobody put elsewhere.</summary>
    public const string Default = "contactinformation";

    /// <summary>The longest label, in characters; and the most groups.</summary>
    public const int MaxLabel = 100, MaxGroups = 100;

    /// <summary>What is wrong with a wish, for translation.</summary>
    public const string NoLabel = "A group needs a name of at most {0} characters.", Taken = "There is a group {0} already.", TooMany = "An account has at most {0} groups.";

    /// <summary>HubSpot's groups of contact properties that Winnow has properties for.</summary>
    public static readonly IReadOnlyList<PropertyGroup> BuiltIn = [new(Default, "Contact information", 0), new("emailinformation", "Email information", 0)];

    private static readonly SqlFile Sql = SqlFile.Beside<PropertyGroups>();

    /// <summary>All groups: the built-in ones, then the account's own by label.</summary>
    public async Task<IReadOnlyList<PropertyGroup>> All(Tx tx, long accountId) => [.. BuiltIn, .. await tx.Query<PropertyGroup>(Sql["all"], new { accountId })];

    /// <summary>Makes a group.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<PropertyFault?> Create(Tx tx, long accountId, string label, long? by = null)
    {
        await Alone(tx, accountId);
        var groups = await All(tx, accountId);
        if (LabelError(groups, null, label) is { } error) return error;
        if (groups.Count >= MaxGroups) return new("Label", TooMany, MaxGroups);
        var plain = PropertyWish.NameOf(label);
        var number = await Ids.Next(tx, accountId, "property-group");
        var name = plain.Length > 0 && groups.All(g => g.Name != plain) ? plain : string.Create(CultureInfo.InvariantCulture, $"group_{number}");
        await tx.Execute(Sql["create"], new { accountId, name, label = label.Trim(), now = clock.GetUtcNow() });
        await AuditLog.Add(tx, clock, accountId, by, AuditAction.PropertyGroupsChanged, label.Trim(), null, null, label.Trim());
        return null;
    }

    /// <summary>Gives a group of the account's own another label.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<PropertyFault?> Rename(Tx tx, long accountId, string name, string label, long? by = null)
    {
        await Alone(tx, accountId);
        var groups = await All(tx, accountId);
        if (LabelError(groups, name, label) is { } error) return error;
        if (await tx.Execute(Sql["rename"], new { accountId, name, label = label.Trim() }) == 1 && groups.FirstOrDefault(g => g.Name == name) is { } before)
            await AuditLog.Add(tx, clock, accountId, by, AuditAction.PropertyGroupsChanged, before.Label, null, before.Label, label.Trim());
        return null;
    }

    /// <summary>Deletes a group that no property is in.</summary>
    public async Task<bool> Delete(Tx tx, long accountId, string name, long? by = null)
    {
        await Alone(tx, accountId);
        var label = (await All(tx, accountId)).FirstOrDefault(g => g.Name == name)?.Label;
        if (await tx.Execute(Sql["delete"], new { accountId, name }) == 0) return false;
        await AuditLog.Add(tx, clock, accountId, by, AuditAction.PropertyGroupsChanged, label ?? name, null, label ?? name);
        return true;
    }

    /// <summary>Who changes properties or their groups does it one after the other.</summary>
    internal static Task Alone(Tx tx, long accountId) => Ids.Next(tx, accountId, "property", 0);

    private static PropertyFault? LabelError(IReadOnlyList<PropertyGroup> groups, string? own, string label) =>
        string.IsNullOrWhiteSpace(label) || label.Trim().Length > MaxLabel ? new("Label", NoLabel, MaxLabel)
        : groups.FirstOrDefault(g => g.Name != own && g.Label.Equals(label.Trim(), StringComparison.OrdinalIgnoreCase)) is { } other ? new("Label", Taken, other.Label)
        : null;
}
