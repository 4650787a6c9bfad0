using System.Globalization;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Mail.Mime;

namespace Winnow.Transfer.HubSpot;

/// <summary>Brings contacts, a page a transaction: whom an earlier run brought is found by HubSpot's number, others by their addresses; who is not here is made.</summary>
public sealed class MoveInContacts(Db db, ContactStore contacts, MarketingFuse fuse, MarketingQueue queue, Properties properties, AddressChanges addresses, MoveInReport report, TimeProvider clock)
{
    private static readonly Property OptedOut = BuiltInProperties.Of("hs_email_optout"), Email = BuiltInProperties.Of("email");
    private static readonly string[] Always = ["email", "createdate", "hs_additional_emails"], Marketing = ["hs_marketable_status", "hs_marketable_until_renewal"];

    /// <summary>As whom a move writes: its history says an import, and which account of HubSpot.</summary>
    internal static Actor ActorOf(MoveInSource source, long? userId) => new("IMPORT", string.Create(CultureInfo.InvariantCulture, $"hubspot:{source.PortalId}"), userId);

    internal async Task Bring(JobRun run, HubSpotPortal portal, MoveInSource source, CancellationToken stop)
    {
        var (there, order, since) = (await portal.Properties(stop), run.State<MoveInState>().Order, run.State<MoveInState>().Since);
        var catalog = await db.Read(tx => properties.Catalog(tx, run.AccountId), stop);
        var map = there.Select(p => (p.Name, Property: PropertyMove.Here(p, catalog)!)).Where(p => p.Property is not null).DistinctBy(p => p.Property.Id).ToList();
        string[] asked = [.. Always.Concat(map.Select(p => p.Name)).Concat(AddressSays.Properties(order)).Concat(order.Marketing ? Marketing : []).Distinct()];
        var page = new Page(map, catalog, source, ActorOf(source, run.UserId));
        while (run.State<MoveInState>() is { Phase: MoveInPhase.Contacts } state)
        {
            var (people, after) = since is { } from ? await portal.Changed(asked, from, state.Cursor, stop) : await portal.All(asked, state.Cursor, stop);
            await run.Step<MoveInState>(async tx => new(
                await Write(tx, run, page, people, state with { Cursor = after, Phase = after is null ? MoveInPhase.Lists : MoveInPhase.Contacts }), people.Count), stop);
        }
    }

    private async Task<MoveInState> Write(Tx tx, JobRun run, Page page, List<HubSpotContact> people, MoveInState state)
    {
        var (accountId, misfits) = (run.AccountId, new List<Found>());
        await contacts.HoldAddresses(tx, accountId);                                    // from here to the commit nobody else takes an address
        var keys = people.Select(p => p["email"]).Concat(people.SelectMany(p => p["hs_additional_emails"]?.Split(';') ?? [])).Select(EmailAddress.Normalize).OfType<string>().ToHashSet();
        var (holders, blocked) = (await contacts.IdsByAddress(tx, accountId, keys), await contacts.Blocked(tx, accountId, keys));
        var said = people.Select(p => (Key: EmailAddress.Normalize(p["email"]), Person: p)).Where(p => p.Key is not null && !blocked.Contains(p.Key) && AddressSays.Of(p.Person, state.Order).Any).DistinctBy(p => p.Key).ToDictionary(p => p.Key!, p => p.Person);
        var states = await Addresses.ReadToChange(tx, accountId, said.ToDictionary(p => p.Key, p => p.Value["email"]!));      // before the contacts, as by all who write both
        var links = await MoveIns.Records(tx, page.Source, "contact", [.. people.Select(p => p.Id)]);
        var there = (await contacts.ReadToChange(tx, accountId, links.Values.Concat(holders.Values).Distinct().ToList())).ToDictionary(c => c.Id);
        var writers = await Writers.Of(tx, accountId, page.Actor, there.Keys);

        var moved = new List<MovedContact>();
        foreach (var person in people)
            if (Meet(person, links, holders, there, blocked, moved) is (var contact, var why))
                if (contact is not null) moved.Add(contact);
                else misfits.Add(new(why!, Found.Person(person.Id)));
        var fresh = moved.Where(m => m.Before is null).ToList();
        foreach (var (m, contact) in fresh.Zip(fresh.Count > 0 ? await contacts.New(tx, accountId, fresh.Count) : [])) m.After = contact;
        foreach (var m in moved) await Fill(tx, m, page, state.Order, writers, holders, blocked, moved);
        foreach (var m in moved.Where(m => m.Before is null && m.After.IsNameless)) m.Misfit("contact-nameless");
        misfits.AddRange(moved.SelectMany(m => m.Misfits));
        moved.RemoveAll(m => m.After.IsNameless);
        var held = await HoldBack(tx, accountId, moved);
        var changed = (await contacts.Save(tx, page.Actor, page.Catalog, [.. moved.Select(m => (m.Before, m.After))])).Select(c => c.Id).ToHashSet();
        if (held.Count > 0)
            await queue.Wait(tx, accountId, new(MarketingAsk.OfMoveIn(run.Id), page.Actor.SourceId!, $"Move in from HubSpot {page.Source.PortalId}: set as marketing contacts", "CONTACT_IMPORT", page.Actor.SourceId, run.UserId), held);
        await MoveIns.Link(tx, page.Source, "contact", [.. moved.Where(m => !m.Known).Select(m => (m.There.Id, m.After.Id))]);
        var suppressed = await Suppress(tx, page, said, states, moved, misfits, state.Order);
        foreach (var m in moved.Where(m => suppressed.Exists(s => s.After.EmailKey == m.Key))) changed.Add(m.After.Id);
        return await report.Add(tx, run, Counted(state, moved, changed, suppressed), misfits);
    }

    /// <summary>Where more would become marketing contacts than the day has room for, none of the page does.</summary>
    /// <returns>Those who wait for an approval; not those who are to leave again on the next update date.</returns>
    private async Task<MemberSet> HoldBack(Tx tx, long accountId, List<MovedContact> moved)
    {
        var becoming = moved.Where(m => m.After.IsMarketing && m.Before?.IsMarketing != true).ToList();
        if (await fuse.Take(tx, accountId, becoming.Count)) return new();
        var held = new MemberSet(becoming.Where(m => !MarketingStatus.IsScheduled(m.After)).Select(m => m.After.Id).Order());
        foreach (var m in becoming)
            foreach (var property in MarketingStatus.Properties) m.After[property] = (m.Before ?? Contact.New(accountId, 0))[property];
        return held;
    }

    /// <summary>Whom a contact of HubSpot is here; or why it is left out.</summary>
    private static (MovedContact? Contact, string? Why) Meet(HubSpotContact person, Dictionary<long, long> links, Dictionary<string, long> holders, Dictionary<long, Contact> there, HashSet<string> blocked, List<MovedContact> moved)
    {
        var known = links.TryGetValue(person.Id, out var id);
        var key = EmailAddress.Normalize(person["email"]);
        if (known && !there.ContainsKey(id)) return (null, "contact-deleted");
        if (!known) id = new[] { key }.Concat((person["hs_additional_emails"]?.Split(';') ?? []).Select(EmailAddress.Normalize)).OfType<string>().Select(address => holders.GetValueOrDefault(address)).FirstOrDefault(holder => holder > 0);
        var before = there.GetValueOrDefault(id);
        if (before is null && key is not null && blocked.Contains(key)) return (null, "address-blocked");
        return before is not null && moved.Exists(m => m.Before?.Id == id) || before is null && key is not null && moved.Exists(m => m.Before is null && m.Key == key) ? (null, "contact-twice") : (new(person, before, known), null);
    }

    private async Task Fill(Tx tx, MovedContact m, Page page, MoveInOrder order, Writers writers, Dictionary<string, long> holders, HashSet<string> blocked, List<MovedContact> moved)
    {
        Writer Writer(Property property) => writers.Of(m.Before!, property);
        m.Fill(page.Properties, order, Writer, page.Actor);
        m.FillAddress(m.Key is { } key && holders.TryGetValue(key, out var holder) ? holder : null, m.Key is { } own && blocked.Contains(own), m.Before is null ? HubSpot.Writer.Nobody : Writer(Email));
        if (m.FillOtherAddresses(other => !blocked.Contains(other) && (!holders.TryGetValue(other, out var has) || has == m.After.Id) && !moved.Exists(o => o != m && o.Key == other)))
            await AdditionalAddresses.GiveBack(tx, [m.After], clock.GetUtcNow());
        m.Mark(page.Catalog);
    }

    private static MoveInState Counted(MoveInState state, List<MovedContact> moved, HashSet<long> changed, List<(AddressState Before, AddressState After)> suppressed) => state with
    {
        Created = state.Created + moved.Count(m => m.Before is null),
        Updated = state.Updated + moved.Count(m => m.Before is not null && changed.Contains(m.After.Id)),
        Unchanged = state.Unchanged + moved.Count(m => m.Before is not null && !changed.Contains(m.After.Id)),
        Marketing = state.Marketing + moved.Count(m => m.After.IsMarketing && m.Before?.IsMarketing != true),
        OptedOut = state.OptedOut + suppressed.Count(s => s.Before.OptedOutAt is null && s.After.OptedOutAt is not null),
        Bounced = state.Bounced + suppressed.Count(s => !s.Before.HasHardBounce && s.After.HasHardBounce),
    };

    /// <summary>Opt-outs and bounces belong to the address, and are only ever added; also where the contact itself was left out.</summary>
    /// <returns>The states before and after, of those that changed.</returns>
    private async Task<List<(AddressState Before, AddressState After)>> Suppress(Tx tx, Page page, Dictionary<string, HubSpotContact> said, List<AddressState> states, List<MovedContact> moved, List<Found> misfits, MoveInOrder order)
    {
        var changed = new List<(AddressState, AddressState)>();
        if (states.Count == 0) return changed;
        var known = moved.Where(m => m.Known && m.Key is not null && said.ContainsKey(m.Key)).ToDictionary(m => m.There.Id);
        var writers = await Writers.Of(tx, page.Source.AccountId, page.Actor, [.. known.Values.Select(m => m.After.Id)]);
        foreach (var before in states)
        {
            var person = said[before.EmailKey];
            var resubscribed = known.TryGetValue(person.Id, out var m) && writers.Of(m.After, OptedOut) == HubSpot.Writer.SomebodyElse;
            var (after, why) = ValueMove.Of(before, AddressSays.Of(person, order), resubscribed, clock.GetUtcNow());
            misfits.AddRange(why.Select(key => new Found(key, Found.Person(person.Id))));
            if (after != before) changed.Add((before, after));
        }
        await addresses.Write(tx, page.Source.AccountId, page.Actor, [.. changed.Select(c => c.Item2)]);
        return changed;
    }

    private sealed record Page(IReadOnlyList<(string Name, Property Property)> Properties, PropertyCatalog Catalog, MoveInSource Source, Actor Actor);
}
