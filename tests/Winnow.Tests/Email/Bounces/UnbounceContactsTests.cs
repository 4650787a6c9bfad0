using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email.Bounces;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>Unbounce of many: exactly the frozen contacts, once, and never past what is a person's own.</summary>
public sealed class UnbounceContactsTests
{
    private static readonly SelectionQuery Everyone = new(null);

    [Theory]
    [InlineData(true, false, false, UnbounceCase.Lifts)]
    [InlineData(false, false, false, UnbounceCase.NotBounced)]
    [InlineData(true, true, true, UnbounceCase.Complained)]
    [InlineData(true, false, true, UnbounceCase.OptedOut)]
    public void A_complaint_and_an_opt_out_are_nobodys_to_lift(bool bounced, bool complained, bool optedOut, UnbounceCase found) => Assert.Equal(found, UnbounceContacts.Judge(bounced, complained, optedOut));

    [Theory, Databases]
    public async Task Those_who_bounced_are_mailed_again_and_the_others_are_counted_apart(string database)
    {
        await using var winnow = await BounceApp.On(database);
        await Fill(winnow, 30);
        await Change(winnow, 3, a => a with { ComplainedAt = winnow.App.Clock.GetUtcNow() });
        await Change(winnow, 4, a => a with { OptedOutAt = winnow.App.Clock.GetUtcNow() });
        var receipt = await Freeze(winnow, new(Everyone));
        Assert.Equal((30L, 18L, 1L, 1L), (receipt.Count, Of(receipt, UnbounceCase.Lifts), Of(receipt, UnbounceCase.Complained), Of(receipt, UnbounceCase.OptedOut)));

        Assert.True((await Confirm(winnow, receipt, null, new(Everyone))).WrongNumber);
        Assert.True((await Confirm(winnow, receipt, 18, new(Everyone))).WrongNumber);
        var first = await Confirm(winnow, receipt, 30, new(Everyone));
        Assert.Equal(first, await Confirm(winnow, receipt, 30, new(Everyone)));
        await winnow.App.RunJobs();
        var done = (await winnow.App.Get<JobQueue>().Find(1, first.JobId!.Value))!.ResultAs<UnbounceState>()!;
        Assert.Equal((18L, 10L, 1L, 1L, 0L), (done.Lifted, done.NotBounced, done.Complained, done.OptedOut, done.OverLimit));

        var lifted = await winnow.AddressOf("c1@live.test");
        Assert.Equal((false, "UNKNOWN_USER", 5L), (lifted.HasHardBounce, lifted.HardBounceReason, lifted.UnbouncedBy));
        Assert.True((await winnow.AddressOf("c3@live.test")).IsHardBounced);
        Assert.Equal(18L, await winnow.App.Scalar<long>("select count(*) from email_events where account_id = 1 and type = 'UNBOUNCE' and user_id = 5"));
        Assert.Equal(18L, await winnow.App.Scalar<long>("select count(*) from contacts where account_id = 1 and unbounced"));
        Assert.Equal(18L, await winnow.App.Scalar<long>("select count(*) from contact_history where account_id = 1 and source_id = 'bulk:1' and user_id = 5"));
        Assert.Equal(30, Assert.Single(await winnow.App.Get<AuditLog>().Page(1, new(Action: AuditAction.ContactUnbounced), long.MaxValue, 10)).Count);
        Assert.Single((await winnow.App.Get<Notifications>().Latest(1, 5)).Latest);

        winnow.App.Clock.Advance(TimeSpan.FromDays(1));                                   // a new bounce suppresses again
        await winnow.Sent(9, 1, 1);
        await winnow.Bounce(new(1, 9, 1), "c1@live.test", "5.1.1", "550 5.1.1 User unknown");
        await winnow.Judge();
        Assert.True((await winnow.AddressOf("c1@live.test")).IsHardBounced);
    }

    [Theory, Databases]
    public async Task A_selection_that_changed_is_refused_and_another_account_knows_no_receipt_of_ours(string database)
    {
        await using var winnow = await BounceApp.On(database);
        await Fill(winnow, 30);
        var receipt = await Freeze(winnow, new(Everyone));
        await winnow.App.Add(1, ["email=late@live.test"]);
        Assert.Equal((1L, 0L), (await Confirm(winnow, receipt, 30, new(Everyone))).Changed);
        Assert.Null(await winnow.App.Get<UnbounceContacts>().Find(BounceApp.Other, receipt.SelectionId));
        Assert.Contains("too old", (await winnow.App.Get<UnbounceContacts>().Confirm(BounceApp.Other, receipt.SelectionId, 30, new(Everyone), TimeZoneInfo.Utc, "", "", 5)).Error, StringComparison.Ordinal);
        Assert.Equal(0L, await winnow.App.Scalar<long>("select count(*) from jobs where account_id = 1"));
    }

    [Theory, Databases]
    public async Task A_limit_of_a_day_holds_for_one_and_for_many_and_the_rest_waits_for_another_day(string database)
    {
        await using var winnow = await BounceApp.On(database);
        await Fill(winnow, 30);
        await winnow.App.Get<SecondChancesStore>().Save(1, SecondChances.Default with { UnbouncesADay = 8 }, 1);
        Assert.Equal(UnbounceOutcome.Done, await winnow.App.Get<Unbounce>().Lift(1, 1, 5));
        var receipt = await Freeze(winnow, new(Everyone));
        Assert.Equal(7, receipt.LeftToday);
        var job = (await Confirm(winnow, receipt, 30, new(Everyone))).JobId!.Value;
        await winnow.App.RunJobs();
        var done = (await winnow.App.Get<JobQueue>().Find(1, job))!.ResultAs<UnbounceState>()!;
        Assert.Equal((7L, 12L), (done.Lifted, done.OverLimit));
        Assert.Equal(UnbounceOutcome.LimitReached, await winnow.App.Get<Unbounce>().Lift(1, 20, 5));
        winnow.App.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(UnbounceOutcome.Done, await winnow.App.Get<Unbounce>().Lift(1, 20, 5));
    }

    [Theory, Databases]
    public async Task One_reason_or_one_rule_in_a_period_means_exactly_whose_bounce_it_put_on_record(string database)
    {
        await using var winnow = await BounceApp.On(database);
        await winnow.App.Add(1, [.. Enumerable.Range(1, 3).Select(i => new[] { $"email=c{i}@live.test" })]);
        await winnow.Sent(7, 1, 1, 2, 3);
        await winnow.Bounce(new(1, 7, 1), "c1@live.test", "5.1.1", "550 5.1.1 User unknown");
        await winnow.Judge();
        winnow.App.Clock.Advance(TimeSpan.FromDays(40));
        await winnow.Bounce(new(1, 7, 2), "c2@live.test", "5.1.1", "550 5.1.1 User unknown");
        await winnow.Bounce(new(1, 7, 3), "c3@live.test", "5.2.2", "552 5.2.2 Mailbox full");
        await winnow.Judge();

        var rules = await winnow.App.Get<UnbounceContacts>().Rules(1);
        Assert.Equal([2L, 1L], rules.Select(r => r.Contacts));
        Assert.Equal("1 2 3", await Meant(winnow, new(["UNKNOWN_USER", "MAILBOX_FULL"]), null));
        Assert.Equal("3", await Meant(winnow, new(["MAILBOX_FULL"]), null));
        Assert.Equal("1 2", await Meant(winnow, new(["UNKNOWN_USER", "MAILBOX_FULL"]), rules[0].Rule));
        Assert.Equal("2", await Meant(winnow, new(["UNKNOWN_USER"], winnow.App.Clock.GetUtcNow().AddDays(-30)), rules[0].Rule));
    }

    [Theory, Databases]
    public async Task An_unbounce_of_many_keeps_the_note_with_each_and_counts_against_the_rules(string database)
    {
        await using var winnow = await BounceApp.On(database);
        await winnow.App.Add(1, [.. Enumerable.Range(1, 3).Select(i => new[] { $"email=c{i}@live.test" })]);
        await winnow.Sent(7, 1, 1, 2, 3);
        await winnow.Bounce(new(1, 7, 1), "c1@live.test", "5.1.1", "550 5.1.1 User unknown");
        await winnow.Bounce(new(1, 7, 2), "c2@live.test", "5.1.1", "550 5.1.1 User unknown");
        await winnow.Bounce(new(1, 7, 3), "c3@live.test", "5.2.2", "552 5.2.2 Mailbox full");
        await winnow.Judge();
        winnow.App.Clock.Advance(TimeSpan.FromMinutes(1));
        await winnow.App.Get<MarkDead>().Mark(1, 3, 5, "She told us.");
        winnow.App.Clock.Advance(TimeSpan.FromMinutes(1));

        var receipt = await Freeze(winnow, new(Everyone));
        await winnow.App.Get<UnbounceContacts>().Confirm(1, receipt.SelectionId, null, new(Everyone), TimeZoneInfo.Utc, "everyone", "Unbounce", 5, " They moved servers. ");
        await winnow.App.RunJobs();
        Assert.Equal(3L, await winnow.App.Scalar<long>("select count(*) from email_events where account_id = 1 and type = 'UNBOUNCE' and detail = 'They moved servers.' and user_id = 5"));
        // the third was called dead by a person: taking that back says nothing against the rule that spared the address
        Assert.Equal((2L, 2L), (await winnow.App.Scalar<long>("select count(*) from inbox where account_id = 1 and overruled = 'unbounced'"), await winnow.App.Scalar<long>("select max(id) from inbox where account_id = 1 and overruled = 'unbounced'")));
        Assert.Null(await winnow.App.Scalar<string?>("select overruled from inbox where account_id = 1 and id = 3"));
        Assert.Equal((1L, 2L), (await Report(1), await Report(2)));
        var record = (await winnow.App.Get<RuleRecords>().All(1)).Single(r => r.Unbounced > 0);
        Assert.Equal(("text: user unknown", 2L, 2L, 0L), (record.Rule, record.Decided, record.Unbounced, record.Dead));
        Assert.Equal("They moved servers.", Assert.Single(await winnow.App.Get<AuditLog>().Page(1, new(Action: AuditAction.ContactUnbounced), long.MaxValue, 10)).After);

        // who takes one of them back takes the mark off its report
        await winnow.App.Get<Unbounce>().Undo(1, 1, 5);
        Assert.Equal(1, (await winnow.App.Get<RuleRecords>().All(1)).Sum(r => r.Unbounced));

        Task<long> Report(long contact) => winnow.App.Scalar<long>("select inbox_id from email_events where account_id = 1 and type = 'UNBOUNCE' and contact_id = @contact", new { contact });
    }

    [Theory, Databases]
    public async Task An_unbounce_whose_process_dies_goes_on_and_lifts_each_once(string database)
    {
        await using var winnow = await BounceApp.On(database);
        await Fill(winnow, 6_000);
        var receipt = await Freeze(winnow, new(Everyone));
        var job = (await Confirm(winnow, receipt, 6_000, new(Everyone))).JobId!.Value;
        await winnow.App.KillAfterOneStep(job);
        await winnow.App.RunJobs();
        Assert.Equal(5_990, (await winnow.App.Get<JobQueue>().Find(1, job))!.ResultAs<UnbounceState>()!.Lifted);
        Assert.Equal(5_990L, await winnow.App.Scalar<long>("select count(*) from email_events where account_id = 1 and type = 'UNBOUNCE'"));
    }

    [Theory, Databases]
    public async Task The_pages_ask_for_the_number_order_the_job_and_show_what_came_of_it(string database)
    {
        await using var web = await WebApp.On(database);
        await web.SetUp();
        await OneOfEachKind.Make(web);
        await web.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("bounced", "insert into addresses (account_id, email_key, email, hard_bounce_reason, hard_bounced_at, hard_bounce_inbox_id) values (1, 'ann@example.test', 'ann@example.test', 'POLICY', 1, 1)")));
        Assert.Contains("No contacts are selected.", await web.Http.GetStringAsync("/contacts/unbounce?id=99"), StringComparison.Ordinal);
        var reader = await web.Colleague("reader@fernhill.example", PermissionSet.ReadOnly);
        foreach (var path in new[] { "/contacts/unbounce?id=1", "/email/bounce-tools/unbounce", "/email/incidents/1/reverse" })
            Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync("/email/incidents/1")).StatusCode);

        var page = await WebApp.Read(await WebApp.Post(web.Http, "/email/bounce-tools/unbounce", new() { ["Reason"] = "POLICY", ["Period"] = "all" }, "unbounce"));
        Assert.Equal("Unbounce 1 contact", page.QuerySelector("h1")!.TextContent);
        page = await WebApp.Read(await WebApp.Post(web.Http, "/email/bounce-tools/unbounce", new() { ["Reason"] = "SPAM", ["Period"] = "all" }, "unbounce"));
        Assert.Contains("Nobody bounced", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        Assert.Equal("1", (await WebApp.Page(web.Http, "/email/incidents")).QuerySelectorAll("tbody td.num").Last().TextContent);
        var ordered = await WebApp.Post(web.Http, "/email/incidents/1/reverse", [], "unbounce");
        Assert.Equal(HttpStatusCode.Redirect, ordered.StatusCode);
        await web.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        page = await WebApp.Page(web.Http, ordered.Headers.Location!.ToString());
        Assert.Equal(["1", "0", "0", "0"], page.QuerySelectorAll("#job dl.lines dd").Select(d => d.TextContent.Trim()));
        Assert.Contains("Nothing of this incident is left", await web.Http.GetStringAsync("/email/incidents/1/reverse"), StringComparison.Ordinal);
        Assert.Single(await web.Services.GetRequiredService<AuditLog>().Page(1, new(Action: AuditAction.IncidentReversed), long.MaxValue, 10));

        page = await WebApp.Page(web.Http, "/contacts/unbounce?id=1");
        Assert.Equal(["0", "1", "0", "0", "1"], page.QuerySelectorAll(".receipt dl dd").Select(d => d.TextContent.Trim()));
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task The_pages_can_be_read_by_everybody(int width, ColorScheme colours)
    {
        await using var web = await WebApp.On("sqlite");
        await using var chromium = await Chromium.Start();
        await web.SetUp();
        await OneOfEachKind.Make(web);
        await web.Services.GetRequiredService<Db>().Write(async tx =>
        {
            await tx.Execute(Statement.Built("bounced", "insert into addresses (account_id, email_key, email, hard_bounce_reason, hard_bounced_at, hard_bounce_inbox_id) values (1, 'ann@example.test', 'ann@example.test', 'POLICY', 1, 1)"));
            await tx.Execute(Statement.Built("sent", "update marketing_emails set state = 'sent', subject = 'News', sent_at = @now where account_id = 1"), new { now = web.Services.GetRequiredService<TimeProvider>().GetUtcNow() });
            await tx.Execute(Statement.Built("counts", "insert into email_counts (account_id, email_id, outcome, reason, count) values (1, 1, 'sent', '', 4120), (1, 1, 'bounced', 'userunknown', 97)"));
        });
        var page = await chromium.Page(web, width, colours);
        await Chromium.SignIn(page);
        foreach (var (path, name) in new[]
        {
            ("/email", "sending-health"), ("/email/1", "report-with-spam"), ("/email/incidents", "incidents"), ("/email/incidents/1", "incident"), ("/email/incidents/1/reverse", "incident-reverse"),
            ("/email/bounce-tools/unbounce", "unbounce-by-reason"), ("/contacts/unbounce?id=1", "unbounce"), ("/settings/bounces/second-chances", "second-chances"),
        })
        {
            await page.GotoAsync(path);
            await Chromium.Check(page, $"{name}-{width}-{colours}".ToLowerInvariant());
        }
    }

    private static long Of(UnbounceReceipt receipt, UnbounceCase one) => receipt.Cases.GetValueOrDefault(one);

    private static async Task<UnbounceReceipt> Freeze(BounceApp winnow, UnbounceWish wish) => (await winnow.App.Get<UnbounceContacts>().Freeze(1, wish, TimeZoneInfo.Utc, 5)).Receipt!;

    private static Task<BulkOutcome> Confirm(BounceApp winnow, UnbounceReceipt receipt, long? typed, UnbounceWish wish) =>
        winnow.App.Get<UnbounceContacts>().Confirm(1, receipt.SelectionId, typed, wish, TimeZoneInfo.Utc, "everyone", "Unbounce", 5);

    private static async Task<string> Meant(BounceApp winnow, HardBounceChoice choice, string? rule)
    {
        var receipt = await Freeze(winnow, new(Choice: choice, Rule: rule));
        return string.Join(' ', (await winnow.App.Db.Read(tx => winnow.App.Get<FrozenSelections>().Find(tx, 1, receipt.SelectionId)))!.Set.Ids);
    }

    private static Task Change(BounceApp winnow, int i, Func<AddressState, AddressState> change) => winnow.App.Db.Write(tx => winnow.App.Get<AddressChanges>().Change(tx, 1, new("EMAIL"), $"c{i}@live.test", change));

    /// <summary>Contacts c1@live.test …; all but the last ten bounced.</summary>
    private static async Task Fill(BounceApp winnow, int count)
    {
        await winnow.App.Add(1, [.. Enumerable.Range(1, count).Select(i => new[] { $"email=c{i}@live.test" })]);
        await winnow.App.Execute("insert into addresses (account_id, email_key, email, hard_bounce_reason, hard_bounced_at) select account_id, email_key, email, 'UNKNOWN_USER', 1 from contacts where account_id = 1 and id <= @last", new { last = count - 10 });
        await winnow.App.Execute("update contacts set hard_bounce_reason = 'UNKNOWN_USER' where account_id = 1 and id <= @last", new { last = count - 10 });
    }
}
