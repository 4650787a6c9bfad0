using System.Text;
using Winnow.Contacts;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Transfer.HubSpot;

namespace Winnow.Tests;

/// <summary>Moving in from a stand-in of HubSpot's API on loopback.</summary>
public sealed class MoveInTests
{
    private static readonly MoveInOrder All = new(true, true, true, true, true, [77], Zone: "Europe/Amsterdam");

    [Theory, Databases]
    public async Task A_whole_account_moves_in_and_the_next_run_touches_only_what_changed(string database)
    {
        await using var hubspot = await HubSpotStandIn.Start();
        HubSpotAccount.Fill(hubspot);
        await using var app = await TestApp.On(database, hubspot.Settings);
        var ann = (await app.Add(TestApp.Account, ["email=a.bakker@example.test", "city=Bennekom"]))[0];              // known here by another of her addresses
        var trouble = new Queue<(int, string, int?)>([(429, """{"status":"error","message":"You have reached your ten_secondly_rolling limit.","policyName":"TEN_SECONDLY_ROLLING"}""", 0), (502, "<html>", 0)]);
        hubspot.Instead = question => Task.FromResult<(int, string, int?)?>(question.StartsWith("GET /crm/v3/objects", StringComparison.Ordinal) && trouble.Count > 0 ? trouble.Dequeue() : null);

        var source = await Meet(app);
        var done = await Run(app, source, All);
        Assert.Equal((HubSpotAccount.People - 2, 1, 4), (done.Created, done.Updated, done.PropertiesMade));             // the one without an address or a name stays there
        Assert.Equal((2, 1, 2, 4), (done.OptedOut, done.Bounced, done.Marketing, done.ListsMade));
        Assert.Equal(("Bennekom", "a.bakker@example.test"), (await Value(app, ann, "city"), await Value(app, ann, "email")));        // said here before
        Assert.Equal(("2", "2024-05-06", "Dr"), (await Value(app, ann, "hectares"), await Value(app, ann, "visited"), await Value(app, ann, "salutation")));
        var second = await Find(app, "p6@example.test");
        Assert.Equal(("tomato;pepper", "2021-03-04T05:06:07.000Z"), (await Value(app, second, "crops"), await Value(app, second, "createdate")));
        Assert.Equal("Trade fair", await app.Scalar<string>("select g.label from property_groups g join properties p on p.account_id = g.account_id and p.group_name = g.name where p.account_id = 1 and p.name = 'crops'"));
        Assert.Equal("true", await Value(app, await Find(app, "news@example.test"), "hs_marketable_until_renewal"));
        Assert.Equal("MAILBOX_FULL", await Value(app, await Find(app, "dead@example.test"), "hs_email_hard_bounce_reason_enum"));
        Assert.Equal(("true", "true"), (await Value(app, await Find(app, "out@example.test"), "hs_email_optout"), await Value(app, await Find(app, "news@example.test"), "hs_email_optout")));
        Assert.Equal([("Filled in the form", ListKind.Manual, 2L), ("In Ede", ListKind.Dynamic, 0), ("Of both", ListKind.Dynamic, 0), ("Of the fair", ListKind.Manual, HubSpotAccount.People - 1)], await Lists(app));

        var report = await Report(app, done);
        foreach (var line in new[] { "Property,Where,", "Property,Our score,", "Property,Visited us,", "Property,Preferred language,", "#1002,\"Hectares must be a number", "#1001,\"City: Ede in HubSpot, Bennekom here\"", "#1005", "Lists,Filled in the form,", "Lists,Of the fair," }) Assert.Contains(line, report, StringComparison.Ordinal);
        Assert.DoesNotContain("Fax", report, StringComparison.Ordinal);

        // three things change in HubSpot, and two here
        await app.Get<EditContact>().Save(TestApp.Account, 1, second, await app.Scalar<long>("select version from contacts where account_id = 1 and id = @second", new { second }), new Dictionary<string, string> { ["firstname"] = "Pete" }, default);
        hubspot.Asked.Clear();
        hubspot.Contact(1006, "2026-07-01T00:00:00.000Z", "email=p6@example.test", "firstname=Peter", "hectares=99");
        hubspot.Contact(1007, "2026-07-01T00:00:00.000Z", "email=p7@example.test", "firstname=P7", "hs_email_optout=true");
        var gone = await Find(app, "p8@example.test");                                                                      // deleted here: it stays so, but its opt-out counts
        await app.Db.Write(tx => app.Get<ContactStore>().Delete(tx, TestApp.Account, 1, [gone]));
        hubspot.Contact(1008, "2026-07-01T00:00:00.000Z", "email=p8@example.test", "hs_email_optout=true");
        hubspot.Contact(9000, "2026-07-01T00:00:00.000Z", "email=new@example.test");
        hubspot.Members[11][9000] = "2026-07-01T00:00:00.000Z";
        app.Clock.Advance(TimeSpan.FromMinutes(10));
        var again = await Run(app, source, All);
        Assert.Equal((1, 2, 0, 2, 0, 1), (again.Created, again.Updated, again.Unchanged, again.OptedOut, again.ListsMade, again.Joined));
        Assert.DoesNotContain(hubspot.Asked, asked => asked.StartsWith("GET /crm/v3/objects", StringComparison.Ordinal));
        Assert.Equal(("Pete", "99"), (await Value(app, second, "firstname"), await Value(app, second, "hectares")));
        Assert.Contains("#1006,\"First Name: Peter in HubSpot, Pete here\"", await Report(app, again), StringComparison.Ordinal);
        Assert.Contains("#1008", await Report(app, again), StringComparison.Ordinal);
        Assert.Equal(1, await app.Scalar<long>("select count(*) from addresses where account_id = 1 and email_key = 'p8@example.test' and opted_out_at is not null"));
        Assert.Null(await Value(app, await Find(app, "p7@example.test"), "hectares"));                                    // emptied there, and nobody else wrote it here
        Assert.Equal(0, (await Run(app, source, All)).Created);
    }

    [Theory, Databases]
    public async Task A_run_that_loses_its_process_or_the_day_s_questions_goes_on_once(string database)
    {
        await using var hubspot = await HubSpotStandIn.Start();
        HubSpotAccount.Fill(hubspot);
        await using var app = await TestApp.On(database, hubspot.Settings);
        var (pages, limited) = (0, false);
        hubspot.Instead = async question =>
        {
            if (question.StartsWith("GET /crm/v3/objects", StringComparison.Ordinal) && ++pages == 2)                        // another process takes the job while this one waits for an answer
                await app.Execute("update jobs set lease_owner = null, lease_until = 0 where account_id = 1");
            if (!question.Contains("/lists/14/", StringComparison.Ordinal) || limited) return null;
            limited = true;
            return (429, """{"status":"error","message":"You have reached your daily limit.","policyName":"DAILY"}""", null);
        };
        var source = await Meet(app);
        var job = (await app.Get<MoveIns>().Start(TestApp.Account, source, All, 1, default)).JobId!.Value;
        Assert.Equal(job, (await app.Get<MoveIns>().Start(TestApp.Account, source, All, 1, default)).JobId);
        await app.RunJobs();
        for (var i = 0; i < 5 && !limited; i++) await Later(app, TimeSpan.FromSeconds(3));                               // active lists are filled in between
        var waiting = (await app.Get<JobQueue>().Find(TestApp.Account, job))!;
        Assert.True(waiting.IsOpen);
        Assert.Equal("HubSpot asks to wait: too many questions for now. It goes on by itself.", waiting.Error);
        await Later(app, TimeSpan.FromMinutes(31));
        var done = (await app.Get<JobQueue>().Find(TestApp.Account, job))!;
        Assert.Equal("done", done.Outcome);
        Assert.Equal(4, pages);                                                                                          // three, and the one that was lost
        Assert.Equal((HubSpotAccount.People - 1, HubSpotAccount.People - 1), (done.ResultAs<MoveInState>()!.Created, await app.Scalar<long>("select count(*) from contacts where account_id = 1")));
        Assert.Equal(0, await app.Scalar<long>("select count(*) from contacts where account_id = 2"));
    }

    [Theory]
    [InlineData(null, "a", Writer.Nobody, ValueDeed.Take)]
    [InlineData("a", "a", Writer.SomebodyElse, ValueDeed.Nothing)]
    [InlineData("a", "b", Writer.TheMove, ValueDeed.Take)]
    [InlineData("a", null, Writer.TheMove, ValueDeed.Take)]
    [InlineData("a", "b", Writer.SomebodyElse, ValueDeed.Keep)]
    [InlineData("a", null, Writer.SomebodyElse, ValueDeed.Nothing)]
    [InlineData(null, "b", Writer.SomebodyElse, ValueDeed.Keep)]
    public void What_somebody_wrote_here_is_never_overwritten(string? here, string? there, Writer writer, ValueDeed deed) => Assert.Equal(deed, ValueMove.Of(here, there, writer));

    [Fact]
    public void Bounces_and_opt_outs_are_only_ever_added()
    {
        var now = new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero);
        var (state, says) = (AddressState.Of("a@b.test", "a@b.test"), new AddressSays(true, "SPAM", false));
        Assert.Equal((now, "SPAM", now), ValueMove.Of(state, says, false, now).After is var after ? (after.OptedOutAt, after.HardBounceReason, after.HardBouncedAt) : default);
        var lifted = state with { HardBounceReason = "SPAM", HardBouncedAt = now.AddDays(-2), UnbouncedAt = now.AddDays(-1) };
        var (kept, why) = ValueMove.Of(lifted, says, resubscribed: true, now);
        Assert.Equal(lifted, kept);
        Assert.Equal(["opt-out-withdrawn", "bounce-lifted"], why);
        var known = lifted with { UnbouncedAt = null, OptedOutAt = now.AddDays(-9), OptOutSource = "link" };
        Assert.Equal(known, ValueMove.Of(known, default, false, now).After);                                             // HubSpot knows nothing of it: it stays
    }

    [Fact]
    public void A_token_goes_to_HubSpot_over_https_and_nowhere_else()
    {
        Assert.Equal("https://api.hubapi.com/", HubSpotSettings.Of(null).BaseUrl.AbsoluteUri);
        Assert.Throws<ArgumentException>(() => HubSpotSettings.Of("http://hubspot.example"));
    }

    private static async Task<long> Meet(TestApp app)
    {
        var moves = app.Get<MoveIns>();
        Assert.NotNull((await moves.Meet(TestApp.Account, "pat-wrong", 1, default)).Error);
        var id = (await moves.Meet(TestApp.Account, $" {HubSpotStandIn.Token}\n", 1, default)).Id!.Value;
        Assert.DoesNotContain("secret", await app.Scalar<string>("select token from move_ins where account_id = 1"), StringComparison.Ordinal);
        return id;
    }

    [Theory, Databases]
    public async Task Who_is_one_marketing_contact_too_many_for_the_day_moves_in_and_waits_for_an_approval(string database)
    {
        await using var hubspot = await HubSpotStandIn.Start();
        HubSpotAccount.Fill(hubspot);
        await using var app = await TestApp.On(database, hubspot.Settings);
        await app.Execute("insert into accounts (account_id, name, time_zone, language, secret, created_at) values (1, 'Fern', 'UTC', 'en', @secret, 0)", new { secret = new byte[32] });
        await app.Db.Write(tx => MarketingFuse.Save(tx, 1, new(true, 0, 0)));
        var done = await Run(app, await Meet(app), All);
        Assert.Equal((HubSpotAccount.People - 1, 0L), (done.Created, done.Marketing));
        var approvals = app.Get<Winnow.MarketingContacts.Approvals>();
        var waits = Assert.Single(await approvals.All(1, 9));
        Assert.Equal((1L, true), (waits.Asked, waits.Waits));                                     // the other is to leave again with the next update date
        Assert.NotNull((await approvals.Approve(1, waits.Id, 1, 1)).JobId);
        await app.RunJobs();
        Assert.Equal(1L, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and marketing and marketing_source = 'CONTACT_IMPORT'"));
    }

    private static async Task<MoveInState> Run(TestApp app, long source, MoveInOrder order)
    {
        var job = (await app.Get<MoveIns>().Start(TestApp.Account, source, order, 1, default)).JobId!.Value;
        await app.RunJobs();
        for (var i = 0; i < 5 && (await app.Get<JobQueue>().Find(TestApp.Account, job))!.IsOpen; i++) await Later(app, TimeSpan.FromSeconds(10));
        var done = (await app.Get<JobQueue>().Find(TestApp.Account, job))!;
        Assert.Equal(("done", null), (done.Outcome, done.Outcome == "done" ? null : done.Error));
        return done.ResultAs<MoveInState>()!;
    }

    private static async Task Later(TestApp app, TimeSpan by)
    {
        app.Clock.Advance(by);
        await app.RunJobs();
    }

    private static Task<List<(string Name, ListKind Kind, long Members)>> Lists(TestApp app) => app.Db.Read(async tx =>
        (await app.Get<ListStore>().All(tx, TestApp.Account)).Select(l => (l.List.Name, l.List.Kind, l.Members)).OrderBy(l => l.Name, StringComparer.Ordinal).ToList());

    private static Task<long> Find(TestApp app, string email) => app.Scalar<long>("select id from contacts where account_id = 1 and email_key = @email", new { email });

    private static Task<string?> Value(TestApp app, long id, string name) => app.Db.Read(async tx =>
    {
        var property = (await app.Get<Properties>().Catalog(tx, TestApp.Account)).Find(name)!;
        return PropertyValue.Text(property, (await app.Get<ContactStore>().Find(tx, TestApp.Account, id))![property]);
    });

    private static async Task<string> Report(TestApp app, MoveInState done)
    {
        await using var file = app.Get<Files>().Open((await app.Get<Files>().Find(TestApp.Account, done.ReportFileId!.Value))!);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
