using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Bench;

/// <summary>Many contacts at once, made by the database itself: what is measured is not how they came.</summary>
public static class Million
{
    /// <summary>The row of the account, for those that ask it for its time zone.</summary>
    public static Task Account(Place place) =>
        place.Execute("insert into accounts (account_id, name, time_zone, language, secret, created_at) values (1, 'Bench', 'UTC', 'en', @secret, 0) on conflict do nothing", new { secret = new byte[32] });

    /// <summary>Fills the account up to this many contacts, indexed for search. Values repeat as they do among people: 500 cities, 10 countries,
    /// 40 job titles; three of the account's own properties have values too.</summary>
    public static async Task Fill(Place place, int rows)
    {
        var there = await place.Scalar<long>("select coalesce(max(id), 0) from contacts where account_id = 1");
        if (there >= rows) return;
        var args = new { first = there + 1, last = (long)rows };
        var own = await Own(place);
        var pairs = place.Kind == "postgres" ? $"jsonb_build_object('{own[0].Id}', 'interest ' || (i % 90), '{own[1].Id}', i % 1000, '{own[2].Id}', 'branch ' || (i % 7))" : $"json_object('{own[0].Id}', 'interest ' || (i % 90), '{own[1].Id}', i % 1000, '{own[2].Id}', 'branch ' || (i % 7))";
        var numbers = place.Kind == "postgres" ? "generate_series(@first, @last) n(i)" : "(with recursive n(i) as (select @first union all select i + 1 from n where i < @last) select i from n) n";
        await place.Execute($$"""
            insert into contacts (account_id, id, version, created_at, updated_at, marketing, opted_out, hard_bounce_reason, email, email_key, firstname, lastname, company, city, country, jobtitle, lifecycle_stage, emails_delivered, source, custom)
            select 1, i, 1, 1500000000000 + i * 1000, 1700000000000, i % 2 = 0, i % 17 = 0, case when i % 25 = 0 then 'UNKNOWN_USER' end,
                   'person' || i || '@company' || (i % 50000) || '.example', 'person' || i || '@company' || (i % 50000) || '.example',
                   'First' || (i % 1000), 'Last' || (i % 7919), 'Company ' || (i % 50000), 'City ' || (i % 500), 'Country ' || (i % 10), 'Title ' || (i % 40), case i % 5 when 0 then 'customer' when 1 then 'subscriber' else 'lead' end, i % 30, 'IMPORT', {{pairs}}
            from {{numbers}}
            """, args);
        foreach (var word in new[] { "'person' || i", "'company' || (i % 50000)", "'first' || (i % 1000)", "'last' || (i % 7919)" })
            await place.Execute($"insert into contact_words (account_id, contact_id, word) select 1, i, {word} from {numbers}", args);
        await place.Execute("insert into ids (account_id, kind, next_id) values (1, 'contact', @next) on conflict (account_id, kind) do update set next_id = excluded.next_id", new { next = rows + 1L });
        await place.Execute("insert into contact_counts (account_id, contacts, marketing, peak) values (1, @all, @half, @half) on conflict (account_id) do update set contacts = excluded.contacts, marketing = excluded.marketing, peak = excluded.peak",
            new { all = (long)rows, half = rows / 2L });
        await place.Execute("analyze contacts");
    }

    /// <summary>The account's own properties: a text of 90 values, a number below 1,000, a text of 7 values.</summary>
    public static Task<List<Property>> Own(Place place) => place.Db.Write(async tx =>
    {
        var properties = place.Get<Properties>();
        var known = await properties.Catalog(tx, Place.Account);
        foreach (var (name, kind) in new[] { ("interest", "text"), ("score", "number"), ("branch", "text") })
            if (known.Find(name) is null) await properties.Create(tx, Place.Account, new(name, name, kind, "", []));
        known = await properties.Catalog(tx, Place.Account);
        return new[] { "interest", "score", "branch" }.Select(name => known.Find(name)!).ToList();
    });

    /// <summary>A list that holds exactly these contacts.</summary>
    public static Task<long> List(Place place, IEnumerable<long> ids) => place.Db.Write(async tx =>
    {
        var (list, error) = await place.Get<ListStore>().Create(tx, Place.Account, $"Bench {await Ids.Next(tx, Place.Account, "bench")}", ListKind.Manual, null, TimeZoneInfo.Utc, null);
        await place.Get<ListMembers>().Write(tx, Place.Account, list?.Id ?? throw new InvalidOperationException(error), new MemberSet(ids));
        return list.Id;
    });
}
