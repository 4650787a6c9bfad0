using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Winnow.Contacts;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.MarketingContacts;

namespace Winnow.Tests;

/// <summary>Random years of an account, lived by Winnow and by a simple model: same state, same counts, same tier. WINNOW_SEQUENCES=10000 for a long run.
/// Most lives are dense: 28 deeds within some months. Every thirtieth goes over more than three years.</summary>
public sealed class MarketingModelTests
{
    private static readonly int Sequences = int.Parse(Environment.GetEnvironmentVariable("WINNOW_SEQUENCES") ?? "60", CultureInfo.InvariantCulture);
    private static readonly string[] Zones = ["Europe/Amsterdam", "America/St_Johns", "Pacific/Auckland", "Asia/Kathmandu"];
    private const int Deeds = 28;
    private static readonly TimeSpan Years = TimeSpan.FromDays(3 * 365.25);
    private static readonly SelectionQuery Everyone = new(null);

    private static readonly Gen<MarketingDeed> Deed = from kind in Gen.Frequency(
            (3, Gen.Constant("add")), (6, Gen.Constant("set")), (8, Gen.Constant("set-non")), (2, Gen.Constant("edit")), (2, Gen.Constant("delete")), (2, Gen.Constant("restore")),
            (2, Gen.Constant("set-all")), (2, Gen.Constant("set-all-non")), (2, Gen.Constant("undo")), (2, Gen.Constant("choose")), (1, Gen.Constant("ask")), (6, Gen.Constant("tick")),
            (4, Gen.Constant("minutes")), (3, Gen.Constant("hours")), (6, Gen.Constant("days")), (2, Gen.Constant("date")))
        from contact in Gen.Choose(0, 7)
        from amount in Gen.Choose(0, 60)
        select new MarketingDeed(kind, contact, amount);

    private static readonly Gen<Life> Lives =
        from period in Gen.Elements(PlanPeriod.Month, PlanPeriod.Year)
        from bought in Gen.Choose(0, 800)
        from zone in Gen.Elements(Zones)
        from start in Gen.Choose(0, 60 * 24 * 366)
        from deeds in Gen.ArrayOf(Deed, Deeds)
        select new Life(period, bought, zone, start, deeds);

    [Theory, Databases]
    public async Task Any_sequence_of_deeds_leaves_winnow_where_the_simple_model_is(string database)
    {
        await using var app = await TestApp.On(database);
        var account = 100;
        foreach (var (dense, i) in Lives.Sample(Sequences, 10).Select((life, i) => (life, i)))
        {
            var life = i % 30 == 0 ? OverYears(dense) : dense;
            var said = await Live(app, ++account, life);
            Assert.True(said is null, $"{said}\nafter {life.Period}, bought day {life.Bought}, {life.Zone}, minute {life.Start}: {string.Join(", ", life.Deeds.Select(d => $"{d.Kind} {d.Contact} {d.Amount}"))}");
            await app.Execute("update accounts set account_id = -account_id where account_id = @account", new { account = (long)account });          // the schedule looks at it no more
        }
    }

    /// <summary>The first deeds of a life, each three months or more after the one before, within half an hour of an update date, right before or after which somebody is scheduled.</summary>
    private static Life OverYears(Life life)
    {
        const int Most = 12;
        var apart = (int)Math.Ceiling(Years.TotalDays / Most) + 1;
        return life with { Deeds = [.. life.Deeds[..Most].SelectMany(deed => new[] { deed, new("date", apart, deed.Amount), deed with { Kind = "set" }, deed with { Kind = "set-non" }, new("minutes", 0, 30), new("tick", 0, 0) })] };
    }

    private static async Task<string?> Live(TestApp app, long account, Life life)
    {
        var (period, bought, zone, start, deeds) = life;
        var began = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(start);
        app.Clock.Set(began);
        await app.Execute("insert into accounts (account_id, name, time_zone, language, secret, created_at) values (@account, 'Fern', @zone, 'en', @secret, @now)",
            new { account, zone, secret = new byte[32], now = app.Clock.GetUtcNow() });
        var boughtOn = new DateOnly(2024, 10, 1).AddDays(bought);
        Assert.Null(await app.Get<MarketingPlans>().Choose(account, period, boughtOn, null, [new(3), new(6), new(10), new(20)], 1));
        var model = new MarketingModel(period, boughtOn, TimeZoneInfo.FindSystemTimeZoneById(zone), app.Clock.GetUtcNow());
        var (ids, last) = (new List<long>(), 0L);
        foreach (var (deed, i) in deeds.Prepend(new("add", 0, 0)).Prepend(new("add", 0, 1)).Append(new("tick", 0, 0)).Select((d, i) => (d, i)))
        {
            last = await Do(app, account, model, ids, deed, last);
            if (await Difference(app, account, model, ids) is { } difference) return $"{difference} after deed {i}, {deed.Kind}";
        }
        Assert.True(deeds.Length == Deeds || app.Clock.GetUtcNow() - began >= Years);
        return null;
    }

    private static async Task<long> Do(TestApp app, long account, MarketingModel model, List<long> ids, MarketingDeed deed, long last)
    {
        var (who, marketing) = (deed.Contact % Math.Max(1, ids.Count), deed.Kind is "set" or "set-all");
        switch (deed.Kind)
        {
            case "add":
                model.Add(deed.Amount % 2 == 1);
                ids.Add((await app.Get<EditContact>().Create(account, 1, new Dictionary<string, string> { ["email"] = $"p{ids.Count}@example.test" }, deed.Amount % 2 == 1, default)).Id!.Value);
                break;
            case "set" or "set-non" when !model.People[who].Deleted:
                model.Set(who, marketing);
                Assert.True(await app.Get<EditContact>().SetMarketing(account, 1, ids[who], marketing, default));
                break;
            case "edit" when !model.People[who].Deleted:
                await Write(app, account, ids[who], contact => contact[BuiltInProperties.Of("city")] = $"City {deed.Amount}");
                break;
            case "delete" when !model.People[who].Deleted:
                model.Delete(who, true);
                await app.Db.Write(tx => app.Get<ContactStore>().Delete(tx, account, ids[who], [ids[who]]));
                break;
            case "restore" when model.People[who].Deleted:
                model.Delete(who, false);
                await app.Db.Write(async tx => await app.Get<ContactStore>().Restore(tx, app.Person, account, ids[who], await app.Get<Properties>().Catalog(tx, account), [ids[who]]));
                break;
            case "set-all" or "set-all-non" when model.Changing(marketing) is > 0 and var typed:
                model.SetAll(marketing);
                var (receipt, _) = await app.Get<SetMarketing>().Freeze(account, Everyone, TimeZoneInfo.Utc, 1);
                var outcome = await app.Get<SetMarketing>().Confirm(account, receipt!.SelectionId, typed, marketing, Everyone, TimeZoneInfo.Utc, "all", "all", 1);
                await app.RunJobs();
                return (await app.Get<JobQueue>().Find(account, outcome.JobId!.Value))!.ResultAs<MarketingState>()!.OperationId;
            case "undo" when last > 0:
                var edit = await app.Get<UndoEdit>().Find(account, last);
                var undone = await app.Get<UndoEdit>().Confirm(account, last, edit!.Left, "undo", 1);
                Assert.Equal(model.UndoAll(), undone.JobId is not null);
                await app.RunJobs();
                return 0;
            case "choose":
                var tier = new long[] { 3, 6, 10, 20 }[deed.Contact % 4];
                model.Choose(tier);
                if (await app.Get<MarketingPlans>().Of(account) is var plan && plan.Tier != tier) await app.Get<MarketingPlans>().Choose(account, plan.Period, plan.BoughtOn, tier, null, 1);
                break;
            case "ask":
                model.AskLower(new long[] { 3, 6, 10, 20 }[deed.Contact % 4]);
                await app.Get<MarketingPlans>().AskLower(account, new long[] { 3, 6, 10, 20 }[deed.Contact % 4], 1);
                break;
            case "minutes" or "hours" or "days" or "date":
                var time = deed.Kind switch
                {
                    "minutes" => TimeSpan.FromMinutes(deed.Amount), "hours" => TimeSpan.FromHours(deed.Amount / 4.0), "days" => TimeSpan.FromDays(deed.Amount / 2.0),
                    _ => model.Until(deed.Contact, deed.Amount - 30),
                };
                model.Wait(time);
                app.Clock.Advance(time);
                break;
            case "tick":
                model.Tick();
                var today = MarketingPlan.DayOf(app.Clock.GetUtcNow(), await app.Db.Read(tx => MarketingPlans.Zone(tx, account)));
                do
                {
                    await app.Get<UpdateDate>().StartDue(default);
                    await app.RunJobs();
                }
                while (today >= (await app.Get<MarketingPlans>().Of(account)).NextUpdate);
                await app.Get<WatchTiers>().Run(default);
                break;
        }
        return last;
    }

    private static Task Write(TestApp app, long account, long id, Action<Contact> change) => app.Db.Write(async tx =>
    {
        var before = (await app.Get<ContactStore>().ReadToChange(tx, account, [id])).Single();
        var after = before.Copy();
        change(after);
        await app.Get<ContactStore>().Save(tx, app.Person, await app.Get<Properties>().Catalog(tx, account), [(before, after)]);
    });

    private static async Task<string?> Difference(TestApp app, long account, MarketingModel model, List<long> ids)
    {
        var (contacts, counts, plan) = await app.Db.Read(async tx => (await app.Get<ContactStore>().Read(tx, account, ids), await app.Get<ContactStore>().Counts(tx, account), await app.Get<MarketingPlans>().Of(tx, account)));
        var states = contacts.ToDictionary(c => c.Id, MarketingStatus.Of);
        var expected = string.Join(' ', model.People.Select(p => p.Deleted ? "gone" : p.State.ToString()));
        var found = string.Join(' ', ids.Select(id => states.TryGetValue(id, out var state) ? state.ToString() : "gone"));
        if (expected != found) return $"expected {expected}, found {found}";
        if (counts != new ContactCounts(contacts.Count, model.Counting, model.Scheduled)) return $"counted {counts}, expected {model.Counting} with {model.Scheduled} scheduled";
        return (plan.Tier, plan.LowerTo) != (model.Tier, model.LowerTo) ? $"tier {plan.Tier} asked {plan.LowerTo}, expected {model.Tier} asked {model.LowerTo}" : null;
    }

    private sealed record Life(PlanPeriod Period, int Bought, string Zone, int Start, MarketingDeed[] Deeds);
}
