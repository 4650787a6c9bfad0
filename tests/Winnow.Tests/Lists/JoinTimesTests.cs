using Winnow.Lists;
using static Winnow.Tests.ListParts;

namespace Winnow.Tests;

/// <summary>Since when a contact is in a list, and what a list went through.</summary>
public sealed class JoinTimesTests
{
    [Theory, Databases]
    public async Task Each_member_has_the_time_at_which_it_joined_last(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht", "Ede", "Utrecht", "Ede");
        await app.NextChunk();
        var far = (await app.In("Ede"))[0];
        var start = app.Clock.GetUtcNow();
        var list = await app.List("In Utrecht", ListKind.Dynamic, CityIs("Utrecht"));
        app.Clock.Advance(TimeSpan.FromHours(1));
        await app.Set([ids[1], far], "city", "Utrecht");
        Assert.Equal([(ids[0], 0), (ids[2], 0), (ids[1], 1), (far, 1)], await Hours());         // not folded yet
        await Fold(app);
        Assert.Equal([(ids[0], 0), (ids[2], 0), (ids[1], 1), (far, 1)], await Hours());
        app.Clock.Advance(TimeSpan.FromHours(1));
        await app.Set([ids[0], ids[1]], "city", "Delft");
        await Fold(app);
        app.Clock.Advance(TimeSpan.FromHours(1));
        await app.Set([ids[0]], "city", "Utrecht");
        await Fold(app);
        Assert.Equal([(ids[2], 0), (far, 1), (ids[0], 3)], await Hours());
        Assert.Empty(await app.Differences());

        // all of them at once: their chunks are rewritten in the transaction
        var guests = await app.List("Guests", ListKind.Manual);
        await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, guests.Id, new([ids[0], far])));
        app.Clock.Advance(TimeSpan.FromHours(1));
        await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, guests.Id, new([ids[0], ids[1]])));
        Assert.Equal([(ids[0], 3), (far, 3), (ids[1], 4)], await Hours(guests));

        Task<List<(long, int)>> Hours(ContactList? of = null) => app.Db.Read(async tx =>
        {
            var order = await app.Get<ListMembers>().InOrderOfJoining(tx, TestApp.Account, (of ?? list).Id);
            var times = await app.Get<ListMembers>().JoinTimes(tx, TestApp.Account, (of ?? list).Id, [.. ids, far]);
            Assert.Equal(order.Order(), times.Keys.Order());
            return order.Select(id => (id, (int)(times[id] - start).TotalHours)).ToList();
        });
    }

    [Theory, Databases]
    public async Task The_history_tells_who_joined_and_left_page_by_page_and_is_forgotten_in_time(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In([.. Enumerable.Repeat("Ede", 60)]);
        var list = await app.List("Guests", ListKind.Manual);
        await Move(true, ids);                                                                  // a row of its own
        for (var i = 0; i < 5; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            await app.Db.Write(tx => app.Get<ListMembers>().Change(tx, TestApp.Account, ids[i], [], [list.Id]));
            await Fold(app);                                                                    // all in one row
        }
        Assert.Equal(1, await app.Scalar<long>("select count(*) from list_history where account_id = 1"));
        await app.Db.Write(tx => app.Get<ListStore>().Freeze(tx, TestApp.Account, new(ids), 1));

        var first = await app.Db.Read(tx => ListHistory.Read(tx, TestApp.Account, list.Id, null));
        Assert.Equal(50, first.Changes.Count);
        Assert.Equal(ids.Take(5).Reverse(), first.Changes.TakeWhile(c => !c.Joined).Select(c => c.ContactId));
        Assert.Equal(app.Clock.GetUtcNow(), first.Changes[0].At);
        Assert.Equal(app.Clock.GetUtcNow().AddMinutes(-5), first.Changes[5].At);
        var rest = await app.Db.Read(tx => ListHistory.Read(tx, TestApp.Account, list.Id, first.Older));
        Assert.Equal((15, null), (rest.Changes.Count, rest.Older));
        Assert.Equal(ids.Order(), first.Changes.Concat(rest.Changes).Where(c => c.Joined).Select(c => c.ContactId).Order());
        Assert.Empty((await app.Db.Read(tx => ListHistory.Read(tx, TestApp.OtherAccount, list.Id, null))).Changes);

        app.Clock.Advance(TimeSpan.FromDays(ListHistory.KeptDays + 1));
        await Move(false, ids[5..7]);
        await app.Get<ListHistory>().Forget(default);
        Assert.Equal(ids[5..7].Length, (await app.Db.Read(tx => ListHistory.Read(tx, TestApp.Account, list.Id, null))).Changes.Count(c => !c.Joined && c.At == app.Clock.GetUtcNow()));

        Task Move(bool joins, long[] contacts) => app.Db.Write(tx => joins ? app.Get<ListStore>().AddMembers(tx, TestApp.Account, list.Id, new(contacts)) : app.Get<ListStore>().RemoveMembers(tx, TestApp.Account, list.Id, new(contacts)));
    }

    [Theory, Databases]
    public async Task Sizes_are_noted_once_a_day(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Execute("insert into accounts (account_id, name, time_zone, language, secret, created_at) values (1, 'Fern', 'UTC', 'en', @secret, 0)", new { secret = new byte[32] });
        var ids = await app.In("Ede", "Ede");
        var list = await app.List("In Ede", ListKind.Dynamic, CityIs("Ede"));
        await app.Get<ListHistory>().NoteSizes(default);
        await app.Set([ids[0]], "city", "Delft");
        await app.Get<ListHistory>().NoteSizes(default);
        app.Clock.Advance(TimeSpan.FromDays(1));
        await app.Set([ids[1]], "city", "Delft");
        await app.Get<ListHistory>().NoteSizes(default);
        var today = DateOnly.FromDateTime(app.Clock.GetUtcNow().UtcDateTime);
        Assert.Equal([(today.AddDays(-1), 1L), (today, 0L)], await app.Db.Read(tx => ListHistory.Sizes(tx, TestApp.Account, list.Id, today.AddDays(-30))));
        app.Clock.Advance(TimeSpan.FromDays(ListHistory.KeptDaysOfSizes));
        await app.Get<ListHistory>().Forget(default);
        Assert.Equal([today], (await app.Db.Read(tx => ListHistory.Sizes(tx, TestApp.Account, list.Id, today.AddDays(-30)))).Select(s => s.Day));
    }

    [Fact]
    public void Times_survive_any_changes_and_take_at_most_four_bytes_a_membership()
    {
        var random = new Random(15);
        var (truth, present, stored, now) = (new Dictionary<int, long>(), new MemberSet(), (byte[]?)null, 1_790_000_000L);
        for (var round = 0; round < 400; round++)
        {
            now += random.Next(1, 3_600);
            // mostly single joins and leaves, now and then very many at once
            var touched = Enumerable.Range(0, round % 100 == 0 ? 8_000 : random.Next(1, 60)).Select(_ => random.Next(65_536)).ToHashSet();
            var (joins, leaves) = (touched.Where(id => !present.Contains(id)).ToList(), touched.Where(id => present.Contains(id)).ToList());
            var at = joins.ToDictionary(id => id, _ => now + random.Next(10));
            if (joins.Count == 0 && present.Count == 0) continue;
            stored = JoinTimes.Change(stored, present.Count == 0, [.. joins.GroupBy(id => at[id]).OrderBy(g => g.Key).Select(g => (g.Key, g.Order().Select(id => (long)id).ToArray()))], leaves.Select(id => (long)id));
            foreach (var id in joins) { present.Add(id); truth[id] = at[id]; }
            foreach (var id in leaves) { present.Remove(id); truth.Remove(id); }
        }
        var read = JoinTimes.Read(stored);
        Assert.All(truth, one => Assert.Equal((one.Value, one.Value), (read[one.Key], JoinTimes.Of(stored, (ushort)one.Key))));
        var bytes = stored!.Length + present.Encode(0)!.Length;
        Assert.InRange((double)bytes / present.Count, 0, 4);
    }

    private static Task Fold(TestApp app) => app.Get<ListMembers>().FoldAll(default);
}
