using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;
using Winnow.Lists;
using static Winnow.Tests.ListParts;

namespace Winnow.Tests;

/// <summary>Lists whose filters look beyond the contact: at the clock, its past, its e-mails, other lists.</summary>
public sealed class AskingListsTests
{
    [Theory, Databases]
    public async Task The_clock_moves_contacts_into_a_list_and_othersof_it_withothersany_change(string database)
    {
        await using var app = await TestApp.On(database);
        var fresh = await app.List("New this week", ListKind.Dynamic, Json("""{"filterType":"PROPERTY","property":"createdate","operation":{"operationType":"ROLLING_DATE_RANGE","operator":"IS_LESS_THAN_X_DAYS_AGO","numberOfDays":7}}"""));
        var old = await app.List("Older", ListKind.Dynamic, Json("""{"filterType":"PROPERTY","property":"createdate","operation":{"operationType":"ROLLING_DATE_RANGE","operator":"IS_MORE_THAN_X_DAYS_AGO","numberOfDays":7}}"""));
        var first = await app.In("Utrecht");
        app.Clock.Advance(TimeSpan.FromDays(3));
        var second = await app.In("Ede");
        Assert.Equal([.. first, .. second], await app.Members(fresh));

        app.Clock.Advance(TimeSpan.FromDays(5));
        Assert.Equal([.. first, .. second], await app.Members(fresh));                  // nobody has looked yet
        await app.Get<SweepLists>().Run(CancellationToken.None);
        Assert.Equal(second, await app.Members(fresh));
        Assert.Equal(first, await app.Members(old));
        Assert.Empty(await app.Differences());

        app.Clock.Advance(TimeSpan.FromDays(40));
        await app.Set(second, "city", "Delft");                                         // any change finds the right answer before the sweep does
        await app.Get<SweepLists>().Run(CancellationToken.None);
        await app.Get<SweepLists>().Run(CancellationToken.None);
        Assert.Empty(await app.Members(fresh));
        Assert.Equal([.. first, .. second], await app.Members(old));
        Assert.Equal(2, await app.Size(old));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task At_midnight_in_the_account_s_time_zone_a_day_ends(string database)
    {
        await using var app = await TestApp.On(database);                               // it is 23:00 in Amsterdam on 30 June
        var catalog = await app.Db.Read(tx => app.Get<Properties>().Catalog(tx, TestApp.Account));
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Amsterdam");
        var today = FilterJson.ReadOne("""{"filterType":"PROPERTY","property":"createdate","operation":{"operationType":"CALENDAR_DATE","operator":"IN_THIS_TIME_UNIT","timeUnit":"MONTH"}}""", catalog, zone)!;
        var list = (await app.Db.Write(tx => app.Get<ListStore>().Create(tx, TestApp.Account, "This month", ListKind.Dynamic, new([new([today])]), zone, 1))).Made!;
        await app.RunJobs();
        var ids = await app.In("Utrecht");
        app.Clock.Advance(TimeSpan.FromMinutes(59));
        await app.Get<SweepLists>().Run(CancellationToken.None);
        Assert.Equal(ids, await app.Members(list));
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.Get<SweepLists>().Run(CancellationToken.None);
        Assert.Empty(await app.Members(list));
    }

    [Theory, Databases]
    public async Task What_a_property_once_was_counts_although_it_is_something_else_now(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht", "Ede", "Delft");
        await app.Set([ids[0]], "city", "Gouda");
        await app.Set([ids[1]], "city", null);
        var ever = await app.List("Ever in Utrecht or Ede", ListKind.Dynamic, Json("""{"filterType":"PROPERTY","property":"city","operation":{"operationType":"STRING","operator":"HAS_EVER_CONTAINED","value":"e"}}"""));
        var never = await app.List("Never in Utrecht", ListKind.Dynamic, Json("""{"filterType":"PROPERTY","property":"city","operation":{"operationType":"STRING","operator":"HAS_NEVER_BEEN_EQUAL_TO","value":"utrecht"}}"""));
        Assert.Equal(ids, await app.Members(ever));                                     // Utrecht, Ede and Delft all have an e
        Assert.Equal([ids[2]], await app.Members(never));                               // the second has no value now
        await app.Set([ids[2]], "city", "Utrecht");
        await app.Set([ids[2]], "city", "Oss");
        Assert.Empty(await app.Members(never));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task A_property_that_was_not_touched_for_days_is_noticed_when_the_days_are_over(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht", "Ede");
        var touched = await app.List("City changed lately", ListKind.Dynamic, Json("""{"filterType":"PROPERTY","property":"city","operation":{"operationType":"ROLLING_PROPERTY_UPDATED","operator":"UPDATED_IN_LAST_X_DAYS","numberOfDays":10}}"""));
        Assert.Equal(ids, await app.Members(touched));
        app.Clock.Advance(TimeSpan.FromDays(8));
        await app.Set([ids[0]], "city", "Delft");
        app.Clock.Advance(TimeSpan.FromDays(8));
        await app.Get<SweepLists>().Run(CancellationToken.None);
        Assert.Equal([ids[0]], await app.Members(touched));
        app.Clock.Advance(TimeSpan.FromDays(8));
        await app.Get<SweepLists>().Run(CancellationToken.None);
        Assert.Empty(await app.Members(touched));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task Who_joins_a_list_joins_those_that_ask_for_it_in_the_same_breath(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht", "Utrecht", "Ede");
        var hand = await app.List("By hand", ListKind.Manual);
        var city = await app.List("In Utrecht", ListKind.Dynamic, CityIs("Utrecht"));
        var both = await app.List("In Utrecht, and by hand", ListKind.Dynamic, Json(InList(city.Id), InList(hand.Id)));
        var rest = await app.List("Not those", ListKind.Dynamic, Json(InList(both.Id, not: true)));
        Assert.Equal(ids, await app.Members(rest));

        await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, hand.Id, new(ids)));
        Assert.Equal(ids[..2], await app.Members(both));
        Assert.Equal([ids[2]], await app.Members(rest));
        await app.Set(ids, "city", "Ede");
        Assert.Empty(await app.Members(both));
        await app.Set([ids[2]], "city", "Utrecht");
        Assert.Equal([ids[2]], await app.Members(both));
        await app.Db.Write(tx => app.Get<ListStore>().RemoveMembers(tx, TestApp.Account, hand.Id, new(ids)));
        Assert.Empty(await app.Members(both));
        Assert.Equal(ids, await app.Members(rest));

        await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, hand.Id, new(ids)));
        await app.Delete(1, ids[2]);
        await app.Restore(1, ids[2]);
        Assert.Equal([ids[2]], await app.Members(both));
        Assert.Empty(await app.Differences());

        Assert.Null(await app.Db.Write(tx => app.Get<ListStore>().ChangeFilter(tx, TestApp.Account, city.Id, CityIs("Ede"), TimeZoneInfo.Utc, 1)));
        Assert.False((await app.Find(both.Id))!.IsReady);                               // it asks for a list that is being filled
        await app.RunJobs();
        Assert.Equal(ids[..2], await app.Members(both));
        Assert.Equal([ids[2]], await app.Members(rest));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task A_list_that_asks_for_itself_however_far_round_is_refused_by_name(string database)
    {
        await using var app = await TestApp.On(database);
        var a = await app.List("Apples", ListKind.Dynamic, CityIs("Utrecht"));
        var b = await app.List("Pears", ListKind.Dynamic, Json(InList(a.Id)));
        var c = await app.List("Plums", ListKind.Dynamic, Json(InList(b.Id, not: true)));
        Assert.Equal("The list cannot ask for itself: Apples asks for Plums asks for Pears asks for Apples. Change one of these filters.",
            await app.Db.Write(tx => app.Get<ListStore>().ChangeFilter(tx, TestApp.Account, a.Id, Json(InList(c.Id)), TimeZoneInfo.Utc, 1)));
        Assert.StartsWith("The list cannot ask for itself: Apples asks for Apples.", await app.Db.Write(tx => app.Get<ListStore>().ChangeFilter(tx, TestApp.Account, a.Id, Json(InList(a.Id)), TimeZoneInfo.Utc, 1)));
        Assert.Equal("There is no list with the number 99. Choose another list.", (await app.Db.Write(tx => app.Get<ListStore>().Create(tx, TestApp.Account, "No", ListKind.Dynamic, Json(InList(99)), TimeZoneInfo.Utc, 1))).Error);
        Assert.Equal("The filter of the list Pears asks who is in Apples. Change that filter first.", await app.Db.Write(tx => app.Get<ListStore>().Delete(tx, TestApp.Account, a.Id)));
        Assert.Null(await app.Db.Write(tx => app.Get<ListStore>().Delete(tx, TestApp.Account, c.Id)));
    }

    [Theory, Databases]
    public async Task What_happens_to_an_e_mail_moves_the_contact_when_it_is_told(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht", "Ede");
        var got = await app.List("Received", ListKind.Dynamic, Json("""{"filterType":"EMAIL_EVENT","operator":"RECEIVED","emailId":"5"}"""));
        var lost = await app.List("Not received", ListKind.Dynamic, Json("""{"filterType":"EMAIL_EVENT","operator":"SENT_BUT_NOT_RECEIVED","emailId":"5"}"""));
        var lately = await app.List("Sent lately", ListKind.Dynamic, Json("""{"filterType":"EMAIL_EVENT","operator":"SENT","pruningRefineBy":{"type":"RELATIVE_COMPARATIVE","comparison":"AFTER","timeOffset":{"amount":30,"offsetDirection":"PAST","timeUnit":"DAYS"}}}"""));
        await Happens(app, "SENT", 5, ids);
        Assert.Equal(ids, await app.Members(got));
        await Happens(app, "BOUNCE", 5, ids[1]);
        await Happens(app, "BOUNCE", 6, ids[0]);                                        // of another e-mail
        Assert.Equal([ids[0]], await app.Members(got));
        Assert.Equal([ids[1]], await app.Members(lost));
        Assert.Equal(ids, await app.Members(lately));
        Assert.Empty(await app.Differences());
        app.Clock.Advance(TimeSpan.FromDays(31));
        await app.Get<SweepLists>().Run(CancellationToken.None);
        Assert.Empty(await app.Members(lately));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task What_a_list_was_told_while_one_that_it_asks_for_was_not_filled_yet_is_forgotten(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht", "Utrecht", "Ede");
        var (hand, city) = (await app.List("By hand", ListKind.Manual), await app.List("City", ListKind.Dynamic, CityIs("Utrecht")));
        var both = await app.List("In both", ListKind.Dynamic, Json(InList(hand.Id), InList(city.Id)));
        await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, hand.Id, new([ids[0]])));
        await app.Db.Write(tx => app.Get<ListStore>().ChangeFilter(tx, TestApp.Account, city.Id, CityIs("Utrecht", "Ede"), TimeZoneInfo.Utc, 1));
        await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, hand.Id, new([ids[1], ids[2]])));     // in no city yet, as far as the list knows
        await app.RunJobs();
        Assert.Equal(ids, await app.Members(both));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task Nobody_is_selected_by_a_list_that_is_still_being_filled(string database)
    {
        await using var app = await TestApp.On(database);
        await app.In("Utrecht", "Ede");
        var city = await app.List("In Utrecht", ListKind.Dynamic, CityIs("Utrecht"), build: false);
        var query = new SelectionQuery(null, Filter: FilterJson.Write(Json(InList(city.Id, not: true))));
        var (view, error) = await View(app, query);
        Assert.Null(view);
        Assert.Equal("The list In Utrecht, which this filter asks for, is still being filled. Try again when it is ready.", error);
        await app.RunJobs();
        (view, error) = await View(app, query);
        Assert.Null(error);
        Assert.Equal(1, await app.Db.Read(tx => app.Get<ContactIndex>().Count(tx, view!)));
        Assert.Equal("There is no list with the number 99. Choose another list.", (await View(app, query with { Filter = FilterJson.Write(Json(InList(99))) })).Error);
    }

    private static Task<(ContactView? View, string? Error)> View(TestApp app, SelectionQuery query) => app.Db.Read(async tx =>
        await app.Get<ContactIndex>().View(tx, TestApp.Account, query, await app.Get<Properties>().Catalog(tx, TestApp.Account), TimeZoneInfo.Utc));

    [Theory, Databases]
    public async Task Events_of_many_contacts_at_once_are_noted_and_folded_later(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In([.. Enumerable.Repeat("Utrecht", 120)]);
        var got = await app.List("Received", ListKind.Dynamic, Json("""{"filterType":"EMAIL_EVENT","operator":"RECEIVED"}"""));
        var others = await app.List("Not both", ListKind.Dynamic, Json(InList(got.Id, not: true)));
        await Happens(app, "SENT", 5, ids);                                             // as many as a send writes at once
        Assert.Equal(ids, await app.Members(got));
        Assert.Empty(await app.Members(others));
        await Happens(app, "BOUNCE", 5, ids[..60]);
        Assert.Equal(ids[60..], await app.Members(got));
        Assert.Equal(60, await app.Size(others));
        await app.Get<ListMembers>().FoldAll(CancellationToken.None);
        Assert.Equal(ids[..60], await app.Members(others));
        Assert.Empty(await app.Differences());
    }

    internal static Task Happens(TestApp app, string type, long email, params long[] contacts) => app.Db.Write(async tx =>
    {
        foreach (var contact in contacts)
            await tx.Execute(Statement.Built("test", "insert into email_events (account_id, id, at, type, contact_id, email_id) values (@account, @id, @now, @type, @contact, @email)"), new
            {
                account = TestApp.Account, id = await Ids.Next(tx, TestApp.Account, "email_event"), now = app.Clock.GetUtcNow(), type, contact, email,
            });
        await app.Get<ListKeeper>().Happened(tx, TestApp.Account, contacts);
    });

    internal static string InList(long id, bool not = false) => $$"""{"filterType":"IN_LIST","listId":"{{id}}","operator":"{{(not ? "NOT_IN_LIST" : "IN_LIST")}}"}""";

    internal static Filter Json(params string[] conditions)
    {
        var (filter, error) = FilterJson.Read($$"""{"filterBranchType":"OR","filterBranches":[{"filterBranchType":"AND","filters":[{{string.Join(',', conditions)}}]}]}""", new([]), TimeZoneInfo.Utc);
        Assert.Null(error);
        return filter!;
    }
}
