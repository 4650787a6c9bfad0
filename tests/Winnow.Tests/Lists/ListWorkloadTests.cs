using Winnow.Lists;
using static Winnow.Tests.ListParts;

namespace Winnow.Tests;

/// <summary>A hundred thousand random operations by two at once, on lists of every kind: in the end every list is what its filter says.</summary>
public sealed class ListWorkloadTests
{
    private const int Operations = 100_000, AtOnce = 50;
    private static readonly string[] Cities = ["Utrecht", "Ede", "Delft", "Gouda"];
    private static readonly string[] Companies = ["Acme", "Fernhill", "Acme Fernhill"];
    private static readonly string[] Events = ["SENT", "OPEN", "BOUNCE", "CLICK"];

    [Theory, Databases]
    public async Task After_a_hundred_thousand_operations_every_list_is_what_its_filter_says(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In([.. Enumerable.Range(0, 400).Select(i => Cities[i % 4])]);
        await app.NextChunk();
        ids = [.. ids, .. await app.In([.. Enumerable.Range(0, 400).Select(i => Cities[i % 4])])];
        var hand = await app.List("By hand", ListKind.Manual);
        var utrecht = await app.List("Utrecht", ListKind.Dynamic, CityIs("Utrecht"));
        foreach (var (name, conditions) in Lists(hand.Id, utrecht.Id)) await app.List(name, ListKind.Dynamic, AskingListsTests.Json(conditions));
        var asked = await app.List("Asks for one that asks", ListKind.Dynamic, AskingListsTests.Json(AskingListsTests.InList(4, not: true), City("IS_EQUAL_TO", "Ede")));

        var done = await Task.WhenAll(Task.Run(() => Work(app, 1, ids, hand, utrecht)), Task.Run(() => Work(app, 2, ids, hand, asked)));
        Assert.True(done.Sum() >= Operations);
        await app.RunJobs();
        await app.Get<SweepLists>().Run(CancellationToken.None);
        Assert.Equal(0, await app.Scalar<long>("select count(*) from lists where account_id = 1 and state <> 'COMPLETE'"));
        Assert.Equal(0, await app.Scalar<long>("select count(*) from jobs where account_id = 1 and (outcome is null or outcome = 'failed')"));
        Assert.Empty(await app.Differences());
        await app.Get<ListMembers>().FoldAll(CancellationToken.None);
        Assert.Empty(await app.Differences());
        foreach (var list in await app.Db.Read(tx => app.Get<ListStore>().All(tx, TestApp.Account)))
            Assert.Equal((await app.Members(list.List)).Count(), list.Members);
    }

    private static IEnumerable<(string Name, string[] Conditions)> Lists(long hand, long utrecht)
    {
        yield return ("Company contains acme", [Property("company", "STRING", "CONTAINS", "\"value\":\"acme\"")]);
        yield return ("In both", [AskingListsTests.InList(hand), AskingListsTests.InList(utrecht)]);
        yield return ("No company, not Delft", [Property("company", "ALL_PROPERTY", "IS_UNKNOWN"), City("IS_NOT_EQUAL_TO", "Delft")]);
        yield return ("Once in Gouda", [City("HAS_EVER_BEEN_EQUAL_TO", "Gouda")]);
        yield return ("Never at Fernhill", [Property("company", "STRING", "HAS_NEVER_CONTAINED", "\"value\":\"fern\",\"includeObjectsWithNoValueSet\":true")]);
        yield return ("New today", [Property("createdate", "ROLLING_DATE_RANGE", "IS_LESS_THAN_X_DAYS_AGO", "\"numberOfDays\":1")]);
        yield return ("Moved lately", [Property("city", "ROLLING_PROPERTY_UPDATED", "UPDATED_IN_LAST_X_DAYS", "\"numberOfDays\":2")]);
        yield return ("Received, not opened", ["""{"filterType":"EMAIL_EVENT","operator":"RECEIVED_BUT_NOT_OPENED"}"""]);
        yield return ("Clicked lately", ["""{"filterType":"EMAIL_EVENT","operator":"LINK_CLICKED","pruningRefineBy":{"type":"RELATIVE_COMPARATIVE","comparison":"AFTER","timeOffset":{"amount":1,"offsetDirection":"PAST","timeUnit":"DAYS"}}}"""]);
        yield return ("Not by hand", [AskingListsTests.InList(hand, not: true)]);
    }

    private static async Task<int> Work(TestApp app, int worker, long[] ids, ContactList hand, ContactList changing)
    {
        var random = new Random(worker);
        var done = 0;
        for (var i = 0; done < Operations / 2; i++)
        {
            var some = random.GetItems(ids, random.Next(5) == 0 ? 3 : AtOnce).Distinct().Order().ToArray();
            var dice = random.Next(100);
            if (dice < 45) await app.Set(some, "city", random.Next(6) == 0 ? null : random.GetItems(Cities, 1)[0]);
            else if (dice < 65) await app.Set(some, "company", random.Next(4) == 0 ? null : random.GetItems(Companies, 1)[0]);
            else if (dice < 67) await MoveByJob(app, hand, some, joins: random.Next(2) == 0, undo: random.Next(2) == 0);
            else if (dice < 72) await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, hand.Id, new(some)));
            else if (dice < 79) await app.Db.Write(tx => app.Get<ListStore>().RemoveMembers(tx, TestApp.Account, hand.Id, new(some)));
            else if (dice < 90) await AskingListsTests.Happens(app, random.GetItems(Events, 1)[0], random.Next(1, 4), [.. some.Where(id => id % 2 == 0)]);
            else if (dice < 95)
            {
                var odd = some.Where(id => id % 2 == 1).ToArray();       // what is told of a contact in the very moment in which it comes back is seen when it next changes (decision 79)
                await app.Delete((worker * 100_000) + i, odd);
                await app.Restore((worker * 100_000) + i, odd);
            }
            else if (dice < 97) await app.In(random.GetItems(Cities, AtOnce));
            else if (dice < 98) await app.Get<ListMembers>().FoldAll(CancellationToken.None);
            else if (dice < 99 && worker == 1)
            {
                app.Clock.Advance(TimeSpan.FromHours(random.Next(1, 20)));
                await app.Get<SweepLists>().Run(CancellationToken.None);
            }
            else if (random.Next(10) == 0)
            {
                await app.Db.Write(tx => app.Get<ListStore>().ChangeFilter(tx, TestApp.Account, changing.Id, CityIs(random.GetItems(Cities, 2)), TimeZoneInfo.Utc, 1));
                await app.RunJobs();
            }
            done += some.Length;
        }
        return done;
    }

    /// <summary>By the deed of many contacts, and perhaps back; another set by the time it is confirmed is refused.</summary>
    private static async Task MoveByJob(TestApp app, ContactList list, long[] ids, bool joins, bool undo)
    {
        var (move, query) = (app.Get<MoveMembers>(), new Winnow.Contacts.SelectionQuery(ids));
        if ((await move.Freeze(TestApp.Account, query, list.Id, TimeZoneInfo.Utc, 1)).Receipt is not { } receipt) return;
        if ((await move.Confirm(TestApp.Account, receipt.SelectionId, list.Id, joins, query, TimeZoneInfo.Utc, "Some", "Move", 1)).JobId is not { } job) return;
        await app.RunJobs();
        if (!undo || !(await app.Get<UndoMove>().OfJobs(TestApp.Account, [job])).TryGetValue(job, out var moved)) return;
        await app.Get<UndoMove>().Confirm(TestApp.Account, moved.Id, "Undo", 1);
        await app.RunJobs();
    }

    private static string City(string op, string city) => Property("city", "STRING", op, $"\"value\":\"{city}\"");

    private static string Property(string name, string type, string op, string operand = "\"x\":0") =>
        "{\"filterType\":\"PROPERTY\",\"property\":\"" + name + "\",\"operation\":{\"operationType\":\"" + type + "\",\"operator\":\"" + op + "\"," + operand + "}}";
}
