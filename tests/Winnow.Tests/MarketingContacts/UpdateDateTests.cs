using Winnow.Contacts;
using Winnow.Lists;
using Winnow.MarketingContacts;

namespace Winnow.Tests;

/// <summary>What happens on the next update date, and what people who pay are told of it.</summary>
public sealed class UpdateDateTests
{
    private const string Amsterdam = "Europe/Amsterdam";
    private static readonly DateTimeOffset August = new(2026, 7, 31, 22, 0, 0, TimeSpan.Zero);           // 1 August in Amsterdam

    [Theory, Databases]
    public async Task Who_was_scheduled_becomes_non_marketing_on_the_first_once_and_who_came_late_waits(string database)
    {
        await using var app = await TestApp.On(database);
        await Accounts(app);
        var (ids, other) = (await Marketing(app, 1, 30), await Marketing(app, 2, 5));
        var list = await app.List("Marketing", ListKind.Dynamic, ListParts.Filter(("hs_marketable_status", "ENUMERATION", "IS_ANY_OF", new Winnow.Filters.Texts(["true"]))));
        await SetNon(app, 1, ids[..20]);
        await SetNon(app, 2, other);
        await app.Execute("update accounts set time_zone = 'America/St_Johns' where account_id = 2");
        Assert.Equal(new(30, 30, 20), await Counts(app, 1));

        await Tick(app, August.AddSeconds(-1));
        Assert.Equal(new(30, 30, 20), await Counts(app, 1));
        app.Clock.Set(August.AddMinutes(3));                                                             // the schedule is late
        await SetNon(app, 1, ids[20..23]);
        Assert.True(await app.Get<EditContact>().SetMarketing(1, 1, ids[0], true, default));             // taken back, if late as well: it is a marketing contact from then on
        await app.Set(ids[1..3], "city", "Ede");                                                         // something else of them changed since
        await app.Delete(99, ids[19]);
        await Tick(app, August.AddMinutes(4));

        Assert.Equal(new(29, 11, 3), await Counts(app, 1));
        Assert.Equal(11, await app.Size(list));
        Assert.Empty(await app.Differences());
        Assert.Equal(new(5, 5, 5), await Counts(app, 2));                                                // there it is still 31 July
        await app.Restore(99, ids[19]);
        Assert.Equal(new(30, 11, 3), await Counts(app, 1));                                              // who lay in the bin comes back as what it would be
        foreach (var id in new[] { ids[5], ids[19] })
            Assert.Equal(UpdateDate.ActorSource, await app.Scalar<string>("select source from contact_history where account_id = 1 and contact_id = @id and source_id = '2026-08-01'", new { id }));

        var update = Assert.Single(await app.Get<UpdateDate>().Latest(1, 9));
        Assert.Equal((new DateOnly(2026, 8, 1), 18L, (long?)11), (update.Day, update.Flipped, update.Counting));
        await Tick(app, August.AddHours(6));                                                             // by now it is 1 August in St. John's too
        Assert.Equal(new(5, 0, 0), await Counts(app, 2));
        Assert.Single(await app.Get<UpdateDate>().Latest(1, 9));
        await Tick(app, August.AddMonths(1).AddDays(1));
        Assert.Equal(new(30, 8, 0), await Counts(app, 1));
        Assert.Equal(new DateOnly(2026, 9, 1), (await app.Get<UpdateDate>().Latest(1, 9))[0].Day);
    }

    [Theory, Databases]
    public async Task Two_servers_and_a_process_that_dies_change_nobody_twice_and_months_missed_come_in_order(string database)
    {
        await using var app = await TestApp.On(database);
        await Accounts(app);
        await SetNon(app, 1, await Marketing(app, 1, 30));
        app.Clock.Set(August.AddMonths(3).AddDays(1));                                                              // nothing ran for three months
        await Task.WhenAll(app.Get<UpdateDate>().StartDue(default), app.Get<UpdateDate>().StartDue(default));
        Assert.Equal(1L, await app.Scalar<long>("select count(*) from jobs where account_id = 1 and kind = 'UpdateDate'"));
        await app.Get<UpdateDate>().StartDue(default);                                                   // the one before is not done yet
        Assert.Equal(1L, await app.Scalar<long>("select count(*) from marketing_updates where account_id = 1"));
        for (var i = 0; i < 4; i++) await Tick(app, August.AddMonths(3).AddDays(1));
        Assert.Equal(["2026-11-01", "2026-10-01", "2026-09-01", "2026-08-01"], (await app.Get<UpdateDate>().Latest(1, 9)).Select(u => u.OnDate));
        Assert.Equal([0, 0, 0, 30], (await app.Get<UpdateDate>().Latest(1, 9)).Select(u => u.Flipped));
        Assert.Equal(new(30, 0, 0), await Counts(app, 1));
    }

    [Theory, Databases]
    public async Task A_tier_is_watched_raised_and_lowered_only_on_request_with_the_renewal(string database)
    {
        await using var app = await TestApp.On(database);
        await Accounts(app);
        var plans = app.Get<MarketingPlans>();
        await Tick(app, app.Clock.GetUtcNow());
        var steps = new Tier[] { new(10, 5_000), new(20, 9_000), new(50, 20_000) };
        await Marketing(app, 1, 7);
        Assert.Contains("one of the tiers", await plans.Choose(1, PlanPeriod.Year, new(2026, 2, 14), 12, steps, 1), StringComparison.Ordinal);
        Assert.Contains("has come", await plans.Choose(1, PlanPeriod.Year, new(2026, 8, 20), 10, steps, 1), StringComparison.Ordinal);
        Assert.Contains("larger", await plans.Choose(1, PlanPeriod.Year, new(2026, 2, 14), 5, [new(5), .. steps], 1), StringComparison.Ordinal);
        Assert.Null(await plans.Choose(1, PlanPeriod.Year, new(2026, 2, 14), 10, steps, 1));
        await Tick(app, app.Clock.GetUtcNow());
        Assert.Empty(await News(app, 0));                                                                // 7 of 10

        var (before, more) = (await Told(app), await Marketing(app, 1, 2));
        await Tick(app, app.Clock.GetUtcNow());
        await Tick(app, app.Clock.GetUtcNow());
        Assert.Equal(["TierNear 90"], await News(app, before));                                          // once
        before = await Told(app);
        var peak = await Marketing(app, 1, 3);                                                           // twelve for a moment
        await app.Delete(7, peak);
        await Tick(app, app.Clock.GetUtcNow());
        Assert.Equal(["TierRaised 20"], await News(app, before));
        Assert.Equal((20L, 9L), ((await plans.Of(1)).Tier!.Value, (await Counts(app, 1)).Marketing));
        Assert.Equal((TierReason.Raised, 10L, 20L, 12L), (await plans.Changes(1, 1)) is [var c] ? (c.Reason, c.Was!.Value, c.Tier!.Value, c.Counting) : default);

        Assert.Contains("Ask for the lower one", await plans.Choose(1, PlanPeriod.Year, new(2026, 2, 14), 10, null, 1), StringComparison.Ordinal);
        Assert.Null(await plans.AskLower(1, 10, 1));
        before = await Told(app);
        await Tick(app, new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero));                                       // an update date, but no renewal
        Assert.Equal(20L, (await plans.Of(1)).Tier);
        await SetNon(app, 1, more);
        for (var day = new DateTimeOffset(2026, 8, 2, 12, 0, 0, TimeSpan.Zero); day < new DateTimeOffset(2027, 2, 16, 0, 0, 0, TimeSpan.Zero); day = day.AddDays(1)) await Tick(app, day);
        Assert.Equal((10L, null), ((await plans.Of(1)).Tier!.Value, (await plans.Of(1)).LowerTo));
        var told = await News(app, before);
        Assert.Equal(["UpdateComes 2026-09-01", "UpdateComes 2026-09-01", "Updated 2026-09-01"], told.Where(n => n.Contains("2026-09-01", StringComparison.Ordinal)));
        Assert.Equal(["UpdateComes 2027-02-14", "UpdateComes 2027-02-14", "TierLowered 10"], told.TakeLast(3));
        Assert.Equal(0L, await app.Scalar<long>("select count(*) from jobs where account_id = 2 and kind = 'TellBilling'"));
        await app.Get<WatchTiers>().NoteDays(default);
        Assert.Equal(("2027-02-15", 9L, 7L, 0L, (long?)10), await app.Get<WatchTiers>().Days(1, new(2026, 1, 1)) is [var d] ? (d.OnDate, d.Contacts, d.Marketing, d.Scheduled, d.Tier) : default);
    }

    /// <summary>Runs what the schedule runs, at a moment, to its end.</summary>
    private static async Task Tick(TestApp app, DateTimeOffset at)
    {
        app.Clock.Set(at);
        await app.Get<UpdateDate>().StartDue(default);
        await RunUpdates(app);
        await app.Get<WatchTiers>().Run(default);
    }

    private static async Task RunUpdates(TestApp app)
    {
        await app.Execute("update jobs set outcome = 'done', finished_at = 0 where kind = 'TellBilling' and account_id > 0");      // told by pages, which are not here
        await app.RunJobs();
    }

    private static Task<long> Told(TestApp app) => app.Scalar<long>("select coalesce(max(id), 0) from jobs where account_id = 1");

    private static async Task<List<string>> News(TestApp app, long after) => [.. (await app.Db.Read(tx => tx.Query<string>(Winnow.Data.Statement.Built("news", "select state from jobs where account_id = 1 and kind = 'TellBilling' and id > @after order by id"), new { after })))
        .Select(state => System.Text.Json.JsonSerializer.Deserialize<News>(state, System.Text.Json.JsonSerializerOptions.Web)!)
        .Select(n => $"{n.Kind} {n.Kind switch { NewsKind.TierNear => n.Percent, NewsKind.UpdateComes or NewsKind.Updated => n.Day!.Value.ToString("O", System.Globalization.CultureInfo.InvariantCulture), _ => (object)n.Tier! }}")];

    private static Task<ContactCounts> Counts(TestApp app, long account) => app.Db.Read(tx => app.Get<ContactStore>().Counts(tx, account));

    private static async Task SetNon(TestApp app, long account, long[] ids)
    {
        foreach (var id in ids) Assert.True(await app.Get<EditContact>().SetMarketing(account, 1, id, false, default));
    }

    private static async Task<long[]> Marketing(TestApp app, long account, int count)
    {
        var ids = await app.Add(account, [.. Enumerable.Range(0, count).Select(i => new[] { $"email=p{Guid.NewGuid():n}@example.test" })]);
        foreach (var id in ids) await app.Get<EditContact>().SetMarketing(account, 1, id, true, default);
        return ids;
    }

    /// <summary>Two accounts: Anna pays for both, Ben has no say.</summary>
    private static async Task Accounts(TestApp app)
    {
        app.Clock.Set(August.AddDays(-20));
        foreach (var account in new[] { 1, 2 })
            await app.Execute("insert into accounts (account_id, name, time_zone, language, secret, created_at) values (@account, 'Fern', @zone, 'en', @secret, @now)", new { account, zone = Amsterdam, secret = new byte[32], now = app.Clock.GetUtcNow() });
        foreach (var (id, permissions) in new[] { (1, "Billing"), (2, "Export") })
            await app.Execute("insert into account_users (account_id, user_id, super_admin, permissions, created_at) values (1, @id, false, @permissions, 0)", new { id, permissions });
        await app.Get<UpdateDate>().StartDue(default);
        await app.RunJobs();
    }
}
