using Winnow.Audit;
using Winnow.Email.Bounces;
using Winnow.Mail.Reports;

namespace Winnow.Tests;

/// <summary>People speak against verdicts, and each rule has its record.</summary>
public sealed class BounceCourtTests
{
    private const string Full = "552 5.2.2 Mailbox full", Unknown = "550 5.1.1 No such user";

    [Theory, Databases]
    public async Task A_person_marks_an_address_as_dead_with_a_note_and_an_unbounce_takes_it_back(string database)
    {
        await using var winnow = await With(database);
        await Refuse(winnow, 1, Full);
        Assert.False((await winnow.AddressOf("c1@live.test")).IsHardBounced);
        Assert.Equal(UnbounceOutcome.NoContact, await winnow.App.Get<MarkDead>().Mark(BounceApp.Other, 1, 5, "Left"));
        Assert.Equal(UnbounceOutcome.Done, await winnow.App.Get<MarkDead>().Mark(1, 1, 5, "  Left the company "));

        Assert.True((await winnow.AddressOf("c1@live.test")).IsHardBounced);
        Assert.Equal("OTHER", await winnow.App.Scalar<string>("select hard_bounce_reason from contacts where account_id = 1 and id = 1"));
        Assert.Equal("CRM_UI/5", await winnow.App.Scalar<string>("select source || '/' || user_id from contact_history where account_id = 1 and contact_id = 1 order by version desc limit 1"));
        Assert.Equal("MARKEDDEAD/5/Left the company/1", await winnow.App.Scalar<string>("select type || '/' || user_id || '/' || detail || '/' || inbox_id from email_events where account_id = 1 and user_id is not null"));
        Assert.Equal((nameof(AuditAction.ContactMarkedDead), "c1@live.test", "Left the company"), await LastOnRecord(winnow));
        Assert.Equal("dead", await Overruled(winnow, 1));
        var file = (await winnow.App.Get<BounceEvidence>().Of(1, 1))!;
        Assert.Equal("Left the company", file.ByHand!.Note);
        Assert.Equal(Next.Stopped, file.Next(file.Reports[0]).What);

        winnow.App.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(UnbounceOutcome.Done, await winnow.App.Get<Unbounce>().Lift(1, 1, 6, "Was the other Ann"));
        Assert.False((await winnow.AddressOf("c1@live.test")).HasHardBounce);
        Assert.Null(await Overruled(winnow, 1));
        Assert.Equal(["Was the other Ann", "Left the company"], (await winnow.App.Get<BounceEvidence>().Of(1, 1))!.Said.Select(s => s.Note));

        Assert.Equal(UnbounceOutcome.Done, await winnow.App.Get<Unbounce>().Undo(1, 1, 6));
        Assert.Equal((true, "dead"), ((await winnow.AddressOf("c1@live.test")).IsHardBounced, await Overruled(winnow, 1)));
    }

    [Theory, Databases]
    public async Task An_unbounce_counts_against_the_rule_that_ended_the_mailing_until_it_is_undone(string database)
    {
        await using var winnow = await With(database);
        await Refuse(winnow, 1, Unknown);
        Assert.Equal(UnbounceOutcome.Nothing, await winnow.App.Get<MarkDead>().Mark(1, 1, 5, "Dead anyway"));
        winnow.App.Clock.Advance(TimeSpan.FromMinutes(1));
        await winnow.App.Get<Unbounce>().Lift(1, 1, 5, "Answers us");
        Assert.Equal("unbounced", await Overruled(winnow, 1));
        await winnow.App.Get<Unbounce>().Undo(1, 1, 5);
        Assert.Null(await Overruled(winnow, 1));
        await winnow.App.Get<Unbounce>().Lift(1, 1, 5, "Answers us");
        winnow.App.Clock.Advance(TimeSpan.FromMinutes(1));
        await winnow.App.Get<MarkDead>().Mark(1, 1, 5, "The rule was right");
        Assert.Null(await Overruled(winnow, 1));
        winnow.App.Clock.Advance(TimeSpan.FromMinutes(1));
        await winnow.App.Get<Unbounce>().Lift(1, 1, 5, "Not at all");
        Assert.Equal("unbounced", await Overruled(winnow, 1));
    }

    [Theory, Databases]
    public async Task Whoever_is_slower_of_several_persons_changes_nothing(string database)
    {
        await using var winnow = await With(database);
        await Refuse(winnow, 1, Full);
        var marked = await Task.WhenAll(Enumerable.Range(5, 4).Select(user => Task.Run(() => winnow.App.Get<MarkDead>().Mark(1, 1, user, $"Note of {user}"))));
        Assert.Equal([UnbounceOutcome.Done, UnbounceOutcome.Nothing, UnbounceOutcome.Nothing, UnbounceOutcome.Nothing], marked.Order());
        winnow.App.Clock.Advance(TimeSpan.FromMinutes(1));
        var lifted = await Task.WhenAll(Enumerable.Range(5, 4).Select(user => Task.Run(() => winnow.App.Get<Unbounce>().Lift(1, 1, user, $"Note of {user}"))));
        Assert.Equal([UnbounceOutcome.Done, UnbounceOutcome.Nothing, UnbounceOutcome.Nothing, UnbounceOutcome.Nothing], lifted.Order());
        Assert.Equal(2, await winnow.App.Scalar<long>("select count(*) from email_events where account_id = 1 and user_id is not null"));
        Assert.Equal(2, await winnow.App.Scalar<long>("select count(*) from audit_log where account_id = 1 and user_id is not null"));
    }

    [Theory, Databases]
    public async Task Rules_are_counted_over_ninety_days_and_the_worst_come_first(string database)
    {
        await using var winnow = await With(database);
        await Refuse(winnow, 1, Unknown);
        winnow.App.Clock.Advance(TimeSpan.FromDays(91));                              // no longer counted
        foreach (var contact in new[] { 2L, 3, 4 }) await Refuse(winnow, contact, Unknown);
        foreach (var contact in new[] { 5L, 6 }) await Refuse(winnow, contact, Full);
        winnow.App.Clock.Advance(TimeSpan.FromMinutes(1));
        await winnow.App.Get<Unbounce>().Lift(1, 2, 5, "Answers us");
        foreach (var contact in new[] { 5L, 6 }) await winnow.App.Get<MarkDead>().Mark(1, contact, 5, "Gone");

        var records = await winnow.App.Get<RuleRecords>().All(1);
        Assert.Equal([(2L, 0L, 2L), (3L, 1L, 0L)], records.Select(r => (r.Decided, r.Unbounced, r.Dead)));
        Assert.Equal(["MailboxFull"], records[0].Verdicts);
        Assert.Empty(await winnow.App.Get<RuleRecords>().All(BounceApp.Other));
        var store = winnow.App.Get<RuleRecords>();
        var first = await store.Page(1, records[1].Rule, null, null, 2);
        Assert.Equal([4L, 3], first.Select(b => b.ContactId));
        Assert.Equal([2L], (await store.Page(1, records[1].Rule, null, (first[1].ReceivedAt, first[1].Id), 2)).Select(b => b.ContactId));
        Assert.Equal([2L], (await store.Page(1, records[1].Rule, "unbounced", null, 2)).Select(b => b.ContactId));
        Assert.Empty(await store.Page(BounceApp.Other, records[1].Rule, null, null, 2));
    }

    [Fact]
    public void One_of_one_weighs_less_than_fifty_of_a_hundred()
    {
        static double Of(long decided, long overruled) => new RuleRecord("a", Winnow.Mail.Reports.BounceReason.Undefined, [], decided, overruled, 0).Badness;
        Assert.True(Of(100, 50) > Of(1, 1) && Of(1, 1) > Of(100, 1) && Of(100, 1) > 0 && Of(100_000, 0) == 0 && Of(0, 0) == 0);
    }

    [Theory, Databases]
    public async Task A_hundred_thousand_bounces_are_counted_along_their_index(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Execute("""
            insert into inbox (account_id, id, received_at, door, recipient, email_id, contact_id, raw, state, kind, verdict, reason, effect, rule)
            with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000)
            select 1, i, @from + cast(i as bigint) * 390000, 'smtp', '', 7, i, @raw, 'done', 'bounce', 'Blocked', 'blocked', 'soft', 'text: rule ' || (i % 200) from n
            """, new { from = app.Clock.GetUtcNow().AddDays(-45).ToUnixTimeMilliseconds(), raw = new byte[200] });
        await app.Execute("analyze inbox");
        var records = app.Get<RuleRecords>();
        var all = await records.All(1);
        Assert.Equal((200, 100_000L), (all.Count, all.Sum(r => r.Decided)));
        Assert.Equal(51, (await records.Page(1, "text: rule 7", null, null, 51)).Count);

        app.Clock.Advance(TimeSpan.FromDays(396));                                         // a fifth of them lies within the days: worth an index
        var since = app.Clock.GetUtcNow().AddDays(-RuleRecords.Days).ToUnixTimeMilliseconds();
        foreach (var sql in new[] { SqlOf("all"), SqlOf("page") })
            Assert.Contains("inbox_judged", await Plan(app, database, sql, since), StringComparison.Ordinal);
    }

    private static string SqlOf(string name) => Winnow.Data.SqlFile.Of("Email/Bounces/RuleRecords.sql")[name].For(Winnow.Data.Dialect.Sqlite);

    private static async Task<string> Plan(TestApp app, string database, string sql, long since)
    {
        foreach (var (name, value) in new[] { ("accountId", "1"), ("since", $"{since}"), ("rule", "'text: rule 7'"), ("all", "true"), ("overruled", "''"), ("at", $"{long.MaxValue}"), ("below", $"{long.MaxValue}"), ("limit", "51") })
            sql = System.Text.RegularExpressions.Regex.Replace(sql, $@"@{name}\b", value);
        return string.Join('\n', database == "sqlite"
            ? (await app.Db.Read(tx => tx.Query<SqlitePlan>(Winnow.Data.Statement.Built("plan", "explain query plan " + sql)))).Select(p => p.Detail)
            : await app.Db.Read(tx => tx.Query<string>(Winnow.Data.Statement.Built("plan", "explain " + sql))));
    }

    private sealed record SqlitePlan(long Id, long Parent, long Notused, string Detail);

    private static async Task<(string, string, string?)> LastOnRecord(BounceApp winnow) =>
        (await winnow.App.Get<AuditLog>().Page(1, new(), long.MaxValue, 1))[0] is var line ? (line.Action, line.Subject, line.After) : default;

    private static Task<string?> Overruled(BounceApp winnow, long id) => winnow.App.Scalar<string?>("select overruled from inbox where account_id = 1 and id = @id", new { id });

    private static async Task Refuse(BounceApp winnow, long contact, string reply)
    {
        var words = reply.Split(' ', 3);
        await winnow.App.Db.Write(tx => winnow.App.Get<JudgeReports>().TakeReply(tx, new(1, 7, contact), new(int.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture), words[1], words[2], RefusalStage.Recipient, "relay.test", "S: " + reply)));
        winnow.App.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    private static async Task<BounceApp> With(string database)
    {
        var winnow = await BounceApp.On(database);
        await winnow.App.Add(1, [.. Enumerable.Range(1, 6).Select(i => new[] { $"email=c{i}@live.test" })]);
        await winnow.Sent(7, 1, 1, 2, 3, 4, 5, 6);
        return winnow;
    }
}
