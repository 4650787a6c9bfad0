using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Transfer.HubSpot;

/// <summary>Makes the properties of HubSpot that are not here, with their groups and choices; adds choices to those that are.</summary>
public sealed class MoveInProperties(Db db, Properties properties, PropertyGroups groups, MoveInReport report)
{
    internal async Task Bring(JobRun run, HubSpotPortal portal, CancellationToken stop)
    {
        var there = (await portal.Properties(stop)).OrderBy(p => p.Name, StringComparer.Ordinal).ToList();
        var labels = await portal.Groups(stop);
        for (var i = run.State<MoveInState>().Index; i < there.Count; i++)
        {
            var catalog = await db.Read(tx => properties.Catalog(tx, run.AccountId), stop);
            var (one, move) = (there[i], PropertyMove.Of(there[i], catalog));
            var options = PropertyMove.Here(one, catalog) is { } here ? PropertyMove.NewOptions(one, here) : [];
            if (move is { Wish: null, Misfit: null } && options.Count == 0 || move.OnlyIfUsed && await IsUnused(portal, one, stop)) continue;
            await run.Step<MoveInState>(async tx => new(await Make(tx, run, one, move, labels.GetValueOrDefault(one.Group, one.Group), run.State<MoveInState>() with { Index = i + 1 }), 0), stop);
        }
        await run.Step<MoveInState>(_ => Task.FromResult(new Step<MoveInState>(run.State<MoveInState>() with { Phase = MoveInPhase.Contacts }, 0)), stop);
    }

    private static async Task<bool> IsUnused(HubSpotPortal portal, HubSpotProperty one, CancellationToken stop)
    {
        try { return await portal.Count(stop, property: one.Name) == 0; }
        catch (HubSpotException e) when (e.Problem.Trouble == HubSpotTrouble.Refused) { return false; }       // it cannot be searched: better made than lost
    }

    private async Task<MoveInState> Make(Tx tx, JobRun run, HubSpotProperty there, PropertyMove move, string group, MoveInState state)
    {
        var (found, made) = (new List<Found>(), 0);
        var catalog = await properties.Catalog(tx, run.AccountId);
        if (move.Wish is { } wish)
        {
            var (property, error) = await properties.Create(tx, run.AccountId, wish with { Group = await Group(tx, run, there.Group, group) }, run.UserId);
            if (property is not null) made = 1;
            else found.Add(new("property-refused", there.Label, error!.ToString()));
        }
        else if (PropertyMove.Here(there, catalog) is { } here && PropertyMove.NewOptions(there, here) is { Count: > 0 } options
            && await properties.Edit(tx, run.AccountId, here.Id, here.Label, here.Description, [.. here.Options, .. options], null, run.UserId) is { } fault)
            found.Add(new("property-refused", there.Label, fault.ToString()));
        if (move.Misfit is { } misfit) found.Add(new(misfit, there.Label, $"{there.Name}: {there.Type}, {there.FieldType}"));
        return await report.Add(tx, run, state with { PropertiesMade = state.PropertiesMade + made }, found);
    }

    /// <summary>The group here: the same where it is one of HubSpot's two, else the one of this label, made where there is none.</summary>
    private async Task<string> Group(Tx tx, JobRun run, string name, string label)
    {
        if (PropertyGroups.BuiltIn.Any(g => g.Name == name)) return name;
        label = label.Trim() is { Length: > PropertyGroups.MaxLabel } longer ? longer[..PropertyGroups.MaxLabel] : label.Trim();
        if ((await groups.All(tx, run.AccountId)).All(g => !g.Label.Equals(label, StringComparison.OrdinalIgnoreCase)) && await groups.Create(tx, run.AccountId, label, run.UserId) is not null) return PropertyGroups.Default;
        return (await groups.All(tx, run.AccountId)).First(g => g.Label.Equals(label, StringComparison.OrdinalIgnoreCase)).Name;
    }
}
