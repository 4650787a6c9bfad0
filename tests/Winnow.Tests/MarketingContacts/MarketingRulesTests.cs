using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.MarketingContacts;

namespace Winnow.Tests;

/// <summary>Rules that keep the marketing contacts low.</summary>
public sealed class MarketingRulesTests
{
    private const string Reason = "hs_email_hard_bounce_reason_enum";
    private static readonly StoppingGroup Bounced = new(StoppingKind.HardBounced);
    private static readonly DateTimeOffset July = new(2026, 7, 10, 10, 0, 0, TimeSpan.Zero), August = new(2026, 7, 31, 22, 0, 0, TimeSpan.Zero);    // 1 August in Amsterdam

    [Theory, Databases]
    public async Task A_rule_schedules_each_once_and_does_not_overrule_a_person(string database)
    {
        await using var app = await TestApp.On(database);
        var (rules, ids) = (app.Get<MarketingRules>(), await Marketing(app));
        await app.Set(ids[..3], Reason, "OTHER");
        await Tick(app, July.AddMinutes(1));
        Assert.Equal(0, await Scheduled(app));                                                    // off at first
        Assert.Equal((3L, 3L), (await rules.Preview(1, Bounced)).Preview is { } now ? (now.Changes, now.Fitting) : default);
        Assert.Null(await rules.SwitchOn(1, Bounced, 1));
        await app.RunJobs();
        Assert.Equal(3, await Scheduled(app));
        var edit = (await app.Db.Read(async tx => await PropertyHistory.Before(tx, await app.Get<Properties>().Catalog(tx, 1), (await app.Get<ContactStore>().Find(tx, 1, ids[0]))!, long.MaxValue, 1)))[0];
        Assert.Equal(("HardBounced", null), (edit.Rule!.Kind, edit.UserName));

        await app.Get<EditContact>().SetMarketing(1, 1, ids[0], true, default);                   // a person wants this one after all
        await app.Set([ids[3]], Reason, "OTHER");
        await Tick(app, July.AddHours(3));
        Assert.Equal(2, await Scheduled(app));                                                    // once a day
        app.Clock.Set(July.AddDays(1));
        await Task.WhenAll(rules.RunDue(default), rules.RunDue(default));                         // two servers
        await app.RunJobs();
        Assert.Equal([1L, 3L], (await rules.Runs(1, 9)).Select(run => run.Contacts));
        Assert.Equal(3, await Scheduled(app));
        await app.Set([ids[0]], Reason, null);                                                    // fits no more …
        await Tick(app, July.AddDays(2));
        await app.Set([ids[0]], Reason, "POLICY");                                                // … and fits again
        await Tick(app, July.AddDays(3));
        Assert.Equal(4, await Scheduled(app));

        var undo = (await app.Get<UndoEdit>().OfJobs(1, [(await rules.Runs(1, 1))[0].JobId])).Values.Single();
        Assert.NotNull((await app.Get<UndoEdit>().Confirm(1, undo.Id, 1, "Undo", 1)).JobId);
        await app.RunJobs();
        await Tick(app, July.AddDays(4));
        Assert.Equal(3, await Scheduled(app));                                                    // who took it back decided
        await app.Set([ids[4]], Reason, "OTHER");
        await Tick(app, July.AddDays(4).AddMinutes(5));
        await Tick(app, August.AddMinutes(-20));
        await app.Set([ids[5]], Reason, "OTHER");
        await Tick(app, August.AddMinutes(-10));                                                  // once more before the date
        Assert.Equal(5, await Scheduled(app));
        await Tick(app, August.AddMinutes(1));
        var counts = await app.Db.Read(tx => app.Get<ContactStore>().Counts(tx, 1));
        Assert.Equal(new(8, 3, 0), counts);
        var news = (await app.Db.Read(tx => tx.Query<string>(Statement.Built("news", "select state from jobs where account_id = 1 and kind = 'TellBilling' order by id")))).Select(s => JsonSerializer.Deserialize<News>(s, JsonSerializerOptions.Web)!).ToList();
        Assert.Equal([("UpdateComes", 5L), ("Updated", 6L)], news.Select(n => (n.Kind.ToString(), n.Rules!.Single().Contacts)));
        var update = (await app.Get<JobQueue>().Find(1, (await app.Get<UpdateDate>().Latest(1, 1))[0].JobId))!.ResultAs<UpdateState>()!;
        Assert.Equal((5, 3, new RuleDeed("HardBounced", 0, null, 6)), (update.Flipped, update.Counting!.Value, update.Rules!.Single()));
        Assert.True(await rules.SwitchOff(1, 1, 1));
        Assert.False(await rules.SwitchOff(2, 1, 1));
        await app.Set([ids[6]], Reason, "OTHER");
        await Tick(app, August.AddDays(3));
        Assert.Equal(0, await Scheduled(app));
        Assert.Equal(["off", "on"], (await app.Db.Read(tx => tx.Query<string>(Statement.Built("audit", "select after from audit_log where account_id = 1 and action = 'MarketingRuleChanged' order by id desc")))));
    }

    [Theory, Databases]
    public async Task Who_did_not_open_for_so_many_days_fits_and_a_list_that_is_gone_stops_its_rule(string database)
    {
        await using var app = await TestApp.On(database);
        var (rules, ids) = (app.Get<MarketingRules>(), await Marketing(app));
        long Ago(int days) => July.AddDays(-days).ToUnixTimeMilliseconds();
        await app.Set(ids[..4], "hs_email_first_send_date", Ago(200));
        await app.Set([ids[4]], "hs_email_first_send_date", Ago(20));
        await app.Set([ids[0]], "hs_email_last_open_date", Ago(10));
        await app.Set([ids[1]], "hs_email_last_click_date", Ago(190));
        Assert.Equal(3, (await rules.Preview(1, new(StoppingKind.Unengaged, 180))).Preview!.Changes);
        var list = await app.List("Gone quiet", ListKind.Dynamic, ListParts.Known("hs_email_last_open_date"));
        Assert.Null(await rules.SwitchOn(1, new(StoppingKind.List, list.Id), 1));
        await app.RunJobs();
        Assert.Equal(1, await Scheduled(app));
        await app.Execute("update lists set deleted_at = 1 where account_id = 1 and id = @Id", new { list.Id });
        await app.Set([ids[1]], "hs_email_last_open_date", Ago(10));
        await Tick(app, July.AddDays(1));
        Assert.Equal(1, await Scheduled(app));
        Assert.Contains("There is no list", await rules.SwitchOn(1, new(StoppingKind.List, list.Id), 1), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task The_pages_show_what_a_rule_would_do_before_it_is_switched_on_and_keep_a_log(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await ManageMarketingContactsTests.Fill(app);
        var page = await WebApp.Page(app.Http, "/usage/rules");
        Assert.Equal(["Hard bounced", "Unsubscribed from all email", "Reported an email as spam", "Not engaged for 180 days"], page.QuerySelectorAll("tbody th").Select(t => t.TextContent.Trim()));
        Assert.Equal(["Off"], page.QuerySelectorAll("tbody .badge").Select(b => b.TextContent).Distinct());
        const string Switch = "/usage/rules/switch?kind=HardBounced&number=0";
        page = await WebApp.Page(app.Http, Switch);
        Assert.Equal("Switch on and schedule 3 contacts", page.QuerySelector("main .btn-primary")!.TextContent);
        Assert.Equal(["3", "11", "7"], page.QuerySelectorAll(".receipt dd").Select(d => d.TextContent.Trim()).Take(3));
        Assert.Contains("Others fit the rule", await (await WebApp.Post(app.Http, Switch, new() { ["Changes"] = "2" })).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, Switch, [], "rule-on")).StatusCode);
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        page = await WebApp.Page(app.Http, "/usage/rules");
        Assert.Equal("3", page.QuerySelector("td.num")!.TextContent);
        var job = await WebApp.Page(app.Http, page.QuerySelector("tbody a[href^='/jobs/']")!.GetAttribute("href")!);
        Assert.NotNull(job.QuerySelector("#job a[href$='/undo']"));
        Assert.Equal("Rule: Hard bounced", job.QuerySelector("h1")!.TextContent);
        Assert.Contains("by the rule: Hard bounced", await app.Http.GetStringAsync("/contacts/1/history/hs_marketable_until_renewal"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/usage/rules", [], "off-1")).StatusCode);
        Assert.Equal(["Off"], (await WebApp.Page(app.Http, "/usage/rules")).QuerySelectorAll("tbody .badge").Select(b => b.TextContent).Distinct());
        foreach (var none in new[] { "Filter", "Unopened&number=3", "List&number=1", "Unengaged&number=0", "7" }) Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/usage/rules/switch?kind=" + none)).StatusCode);
        var editor = await app.Colleague("editor@fernhill.example", PermissionSet.Of(Permission.EditContacts));
        foreach (var shut in new[] { "/usage/rules", Switch }) Assert.Equal(HttpStatusCode.Forbidden, (await editor.GetAsync(shut)).StatusCode);
        await ReadInDutch(app);
    }

    /// <summary>The jobs of the rule and of the update date that comes, to a reader of Dutch.</summary>
    private static async Task ReadInDutch(WebApp app)
    {
        var (db, updates) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<UpdateDate>());
        await updates.StartDue(default);                                                          // makes the plan, whose date then came when all of it was long ago
        foreach (var past in new[] { $"update marketing_plans set updated_on = '{TimeProvider.System.GetUtcNow().AddDays(-40):yyyy-MM-dd}'", "update contacts set updated_at = 1", "update marketing_rule_runs set at = 1" })
            await db.Write(tx => tx.Execute(Statement.Built("test", past + " where account_id = 1")));
        await updates.StartDue(default);
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        await WebApp.Post(app.Http, "/settings/profile", new() { ["Language"] = "nl" }, "profile");
        var update = await WebApp.Page(app.Http, $"/jobs/{(await updates.Latest(1, 9))[^1].JobId}");
        Assert.Equal("Bijwerken van marketingcontacten", update.QuerySelector("h1")!.TextContent);
        Assert.Equal(["Werden niet-marketing 4", "Marketingcontacten daarna 7", "Hard gebouncet 3"], update.QuerySelectorAll("#job dl.lines div").Select(line => $"{line.QuerySelector("dt")!.TextContent.Trim()} {line.QuerySelector("dd")!.TextContent.Trim()}"));
        var jobs = (await WebApp.Page(app.Http, "/jobs")).QuerySelector("#jobs")!.TextContent;
        foreach (var title in new[] { "Regel: Hard gebouncet", "Bijwerken van marketingcontacten" }) Assert.Contains(title, jobs, StringComparison.Ordinal);
        foreach (var english in new[] { "Rule", "Update of", "News of" }) Assert.DoesNotContain(english, jobs, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_looks_on_each_day_of_the_account_and_once_more_in_the_quarter_of_an_hour_before_the_date()
    {
        var (zone, next) = (TimeZoneInfo.FindSystemTimeZoneById("Europe/Amsterdam"), new DateOnly(2026, 8, 1));
        bool Due(DateTimeOffset? ran, DateTimeOffset now) => MarketingRule.IsDue(ran, now, zone, next);
        Assert.True(Due(null, July));
        Assert.False(Due(July, July.AddHours(11)));
        Assert.True(Due(July, July.AddHours(12)));                                                // midnight in Amsterdam
        Assert.False(Due(August.AddHours(-20), August.AddMinutes(-16)));
        Assert.True(Due(August.AddHours(-20), August.AddMinutes(-15)));
        Assert.False(Due(August.AddMinutes(-15), August.AddMinutes(-1)));
        Assert.True(Due(August.AddMinutes(-15), August));                                         // a new day
    }

    private static async Task Tick(TestApp app, DateTimeOffset at)
    {
        app.Clock.Set(at);
        await app.Get<MarketingRules>().RunDue(default);
        await app.Get<UpdateDate>().StartDue(default);
        await app.Execute("update jobs set outcome = 'done', finished_at = 0 where kind = 'TellBilling' and account_id > 0");      // told by pages, which are not here
        await app.RunJobs();
        await app.Get<WatchTiers>().Run(default);
    }

    private static async Task<long> Scheduled(TestApp app) => (await app.Db.Read(tx => app.Get<ContactStore>().Counts(tx, 1))).Scheduled;

    /// <summary>Eight marketing contacts of an account in Amsterdam, whose next update date is 1 August.</summary>
    private static async Task<long[]> Marketing(TestApp app)
    {
        app.Clock.Set(July);
        await app.Execute("insert into accounts (account_id, name, time_zone, language, secret, created_at) values (1, 'Fern', 'Europe/Amsterdam', 'en', @secret, @now)", new { secret = new byte[32], now = July });
        await app.Execute("insert into account_users (account_id, user_id, super_admin, permissions, created_at) values (1, 1, false, 'Billing', 0)");
        var ids = await app.Add(1, [.. Enumerable.Range(0, 8).Select(i => new[] { $"email=p{i}@example.test" })]);
        foreach (var id in ids) await app.Get<EditContact>().SetMarketing(1, 1, id, true, default);
        await app.Get<UpdateDate>().StartDue(default);
        await app.RunJobs();
        return ids;
    }
}
