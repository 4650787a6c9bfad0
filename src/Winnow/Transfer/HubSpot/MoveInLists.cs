using System.Globalization;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Transfer.HubSpot;

/// <summary>Brings lists, one after the other. Active ones with a filter that can be said here become active lists; of the others, and of static ones, the members come, a page a transaction.</summary>
public sealed class MoveInLists(ListStore lists, Properties properties, MoveInReport report)
{
    private static readonly TimeSpan UntilFilled = TimeSpan.FromSeconds(2);

    internal async Task Bring(JobRun run, HubSpotPortal portal, MoveInSource source, CancellationToken stop)
    {
        while (run.State<MoveInState>() is { Queue: [var first, ..] } state)
            if (state.ListId is { } list) await BringMembers(run, portal, source, state, first, list, stop);
            else await BringList(run, portal, source, state, first, stop);
        await run.Step<MoveInState>(async tx =>
        {
            var state = run.State<MoveInState>() with { Phase = MoveInPhase.End };
            await MoveIns.Brought(tx, run.AccountId, state);
            return new(state, 0, run.Done);
        }, stop);
    }

    /// <summary>Who joined earlier than this is here already; null: nobody was brought yet.</summary>
    private static DateTimeOffset? Since(MoveInSource source, MoveInState state) => !state.Order.Again && source.Brought?.Lists == true ? source.Until : null;

    private async Task BringList(JobRun run, HubSpotPortal portal, MoveInSource source, MoveInState state, long id, CancellationToken stop)
    {
        HubSpotList there;
        try { there = await portal.List(id, stop); }
        catch (HubSpotException e) when (e.Problem.Trouble == HubSpotTrouble.Refused)                     // deleted meanwhile
        {
            await run.Step<MoveInState>(_ => Task.FromResult(new Step<MoveInState>(Behind(state), 0)), stop);
            return;
        }
        await run.Step<MoveInState>(async tx =>
        {
            var here = await MoveIns.Records(tx, source, "list");
            var found = new List<Found>();
            var next = here.TryGetValue(id, out var ours) ? await Again(tx, run, source, there, ours, found, state) : await Make(tx, run, source, there, here, found, state);
            return new(await report.Add(tx, run, next, found), 0);
        }, stop);
    }

    /// <summary>A list that an earlier run brought: who joined since comes; who left, and other filters, are told.</summary>
    private async Task<MoveInState> Again(Tx tx, JobRun run, MoveInSource source, HubSpotList there, long ours, List<Found> found, MoveInState state)
    {
        if (await lists.Find(tx, run.AccountId, ours) is not { } here) found.Add(new("list-gone", there.Name));
        else if (here.IsActive && there.Kind != "DYNAMIC") found.Add(new("list-became-active", there.Name));
        else if (!here.IsActive)
        {
            var since = Since(source, state);
            if (since is not null && there.LastRemoved > since) found.Add(new("list-left", there.Name));
            if (since is null || there.LastAdded is null || there.LastAdded > since) return state with { ListId = ours, Cursor = null };
        }
        return Behind(state);
    }

    private async Task<MoveInState> Make(Tx tx, JobRun run, MoveInSource source, HubSpotList there, Dictionary<long, long> here, List<Found> found, MoveInState state)
    {
        var filter = (Filters.Filter?)null;
        if (there is { Kind: "DYNAMIC", Filter: { } json })
        {
            var asked = ListMove.AsksFor(json);
            if (asked.Any(a => a != there.Id && state.Queue!.Contains(a)) && state.Waited?.Contains(there.Id) != true)
                return state with { Queue = [.. state.Queue!.Skip(1), there.Id], Waited = [.. state.Waited ?? [], there.Id] };
            foreach (var list in asked.Where(here.ContainsKey))
                if (await lists.Find(tx, run.AccountId, here[list]) is { State: ListState.Processing } filling) throw new JobPostponedException(ListRefusal.Say(ListRefusal.AsksFilling, filling.Name), UntilFilled);
            (filter, var error) = ListMove.Read(json, here, await properties.Catalog(tx, run.AccountId), ListStore.Zone(state.Order.Zone));
            if (filter is null) found.Add(new("list-filter", there.Name, error!));
        }
        else if (there.Kind == "DYNAMIC") found.Add(new("list-filter", there.Name));
        if (await Create(tx, run, there, filter, state, found) is not { } made) return Behind(state);
        await MoveIns.Link(tx, source, "list", [(there.Id, made.Id)]);
        state = state with { ListsMade = state.ListsMade + 1 };
        return filter is null ? state with { ListId = made.Id, Cursor = null } : Behind(state);
    }

    private async Task<ContactList?> Create(Tx tx, JobRun run, HubSpotList there, Filters.Filter? filter, MoveInState state, List<Found> found)
    {
        var (kind, number) = (filter is null ? ListKind.Manual : ListKind.Dynamic, string.Create(CultureInfo.InvariantCulture, $" (HubSpot {there.Id})"));
        var name = there.Name.Trim().Length > 0 ? there.Name.Trim() : $"List{number}";
        if (name.Length > ContactList.MaxName - number.Length) name = name[..(ContactList.MaxName - number.Length)];
        if (await lists.FindByName(tx, run.AccountId, name) is not null)
        {
            found.Add(new("list-renamed", there.Name));
            name += number;
        }
        var (made, error) = await lists.Create(tx, run.AccountId, name, kind, filter, ListStore.Zone(state.Order.Zone), run.UserId);
        if (made is null) found.Add(new("list-refused", there.Name, error!));
        return made;
    }

    private async Task BringMembers(JobRun run, HubSpotPortal portal, MoveInSource source, MoveInState state, long id, long list, CancellationToken stop)
    {
        var (members, after) = await portal.Members(id, state.Cursor, stop);
        var since = Since(source, state);
        var joined = members.Where(m => since is null || m.Since is null || m.Since > since).ToList();
        await run.Step<MoveInState>(async tx =>
        {
            var (next, found) = (after is null ? Behind(state) : state with { Cursor = after }, new List<Found>());
            var here = await MoveIns.Records(tx, source, "contact", [.. joined.Select(m => m.Id)]);
            var times = new Dictionary<long, DateTimeOffset?>();
            foreach (var member in joined) if (here.TryGetValue(member.Id, out var contact)) times[contact] = member.Since;
            if (await lists.Refusal(tx, run.AccountId, list) is { } refusal) found.Add(new("list-refused", state.Queue![0].ToString(CultureInfo.InvariantCulture), refusal));
            else
            {
                var there = await ListStore.Hold(tx, run.AccountId, new(times.Keys.Order()));
                var moved = await lists.Move(tx, run.AccountId, list, there, true, contact => times[contact] is { } at ? JoinTimes.Second(at) : 0);
                next = next with { Joined = next.Joined + moved.Members.Count };
                if (joined.Count - there.Count is > 0 and var missing) found.Add(new("list-members", (await lists.Find(tx, run.AccountId, list))!.Name, Count: missing));
            }
            return new(await report.Add(tx, run, next, found), members.Count);
        }, stop);
    }

    /// <summary>The first list of the queue is done.</summary>
    private static MoveInState Behind(MoveInState state) => state with { Queue = [.. state.Queue!.Skip(1)], ListId = null, Cursor = null };
}
