using System.Text;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>A move into a static list or out of it taken back: exactly those who moved, since when they had been in it, and nothing that came later is lost.</summary>
public sealed class UndoMoveTests
{
    [Theory, Databases]
    public async Task Those_who_were_put_in_leave_again_unless_something_later_decided_otherwise(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In([.. Enumerable.Repeat("Ede", 100)]);
        var list = await app.List("By hand", ListKind.Manual);
        await Move(app, list, ids[..5], true);                                       // were in it before
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        var move = await Ordered(app, await app.OrderMove(list, ids[..90], joins: true));
        Assert.Equal(85L, move.Left);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await Move(app, list, ids[5..7], false);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await Move(app, list, [ids[5]], true);                                       // left and joined again
        var again = await app.OrderMove(list, ids[7..9], joins: true);               // were in it; somebody wants them there
        var taken = await Ordered(app, await app.OrderMove(list, ids[9..11], joins: true));
        await app.RunJobs();
        Assert.Equal(2L, (await app.MoveOf(again)).Same);
        Assert.False(taken.CanBeUndone(app.Clock.GetUtcNow()));                      // moved nobody
        await app.Delete(99, ids[11..13]);

        var state = await Undo(app, move);

        Assert.Equal((77L, 1L, 5L, 2L), (state.Undone, state.Already, state.Kept, state.Deleted));
        Assert.Equal([.. ids[..6], .. ids[7..11]], await app.Members(list));
        using var text = new StreamReader(app.Get<Files>().Open((await app.Get<Files>().Find(TestApp.Account, state.FileId!.Value))!), Encoding.UTF8);
        var lines = (await text.ReadToEndAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([ids[5], .. ids[7..13]], lines[1..].Select(line => long.Parse(line.Split(',')[0], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(2, lines.Count(line => line.EndsWith("The contact was deleted.", StringComparison.Ordinal)));
        Assert.Equal(1L, await app.Scalar<long>("select count(*) from audit_log where account_id = 1 and action = 'ListMoveUndone'"));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task Those_who_were_taken_out_come_back_with_the_time_since_when_they_had_been_in(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In([.. Enumerable.Repeat("Ede", 60)]);
        await app.NextChunk();
        ids = [.. ids, .. await app.In([.. Enumerable.Repeat("Ede", 60)])];
        var list = await app.List("By hand", ListKind.Manual);
        foreach (var part in ids.Chunk(20))
        {
            await Move(app, list, part, true);
            app.Clock.Advance(TimeSpan.FromHours(1));
        }
        var since = await Times(app, list, ids);
        Assert.Equal(6, since.Values.Distinct().Count());
        var move = await Ordered(app, await app.OrderMove(list, ids[10..110], joins: false));
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await Move(app, list, ids[10..12], true);                                    // both came back,
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await Move(app, list, [ids[11]], false);                                     // and one left again: somebody wants it out
        await app.Delete(99, ids[12]);
        var state = await Undo(app, move);
        Assert.Equal((97L, 1L, 1L, 1L), (state.Undone, state.Already, state.Kept, state.Deleted));
        Assert.Equal([.. ids[..11], .. ids[13..]], await app.Members(list));
        var now = await Times(app, list, ids);
        Assert.All(ids[13..], id => Assert.Equal(since[id], now[id]));
        Assert.Equal(app.Clock.GetUtcNow(), (await app.Db.Read(tx => ListHistory.Read(tx, TestApp.Account, list.Id, null))).Changes[0].At);      // and the history tells when that was

        // out and back once more
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        move = await Ordered(app, await app.OrderMove(list, ids[20..30], joins: false));
        Assert.Equal(10L, (await Undo(app, move)).Undone);
        Assert.Equal(now, await Times(app, list, ids));
    }

    [Theory, Databases]
    public async Task It_happens_once_within_ninety_days_in_its_own_account_and_not_when_the_list_is_gone(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Ede", "Ede", "Ede");
        var list = await app.List("By hand", ListKind.Manual);
        var move = await Ordered(app, await app.OrderMove(list, ids, joins: true));
        Assert.Null(await app.Get<UndoMove>().Find(TestApp.OtherAccount, move.Id));
        Assert.Contains("no such change", (await app.Get<UndoMove>().Confirm(TestApp.OtherAccount, move.Id, "Undo", 1)).Error, StringComparison.Ordinal);
        app.Clock.Advance(TimeSpan.FromDays(BulkEdit.UndoableDays));
        Assert.Contains("any more", (await app.Get<UndoMove>().Confirm(TestApp.Account, move.Id, "Undo", 1)).Error, StringComparison.Ordinal);
        app.Clock.Advance(TimeSpan.FromMinutes(-1));
        await app.Db.Write(tx => app.Get<ListStore>().Delete(tx, TestApp.Account, list.Id, 1));
        Assert.Contains("any more", (await app.Get<UndoMove>().Confirm(TestApp.Account, move.Id, "Undo", 1)).Error, StringComparison.Ordinal);
        await app.Db.Write(tx => app.Get<DeletedLists>().Restore(tx, TestApp.Account, list.Id, "restored", 1));
        var first = await app.Get<UndoMove>().Confirm(TestApp.Account, move.Id, "Undo", 1);
        Assert.NotNull(first.JobId);
        Assert.Equal(first, await app.Get<UndoMove>().Confirm(TestApp.Account, move.Id, "Undo", 1));
        await app.RunJobs();
        Assert.Equal(first, await app.Get<UndoMove>().Confirm(TestApp.Account, move.Id, "Undo", 1));
        Assert.Empty(await app.Members(list));
    }

    [Theory, Databases]
    public async Task A_move_and_an_undo_that_are_stopped_and_killed_leave_nobody_half_moved(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In([.. Enumerable.Repeat("Ede", 6_000)]);
        var list = await app.List("By hand", ListKind.Manual);
        var job = await app.OrderMove(list, ids, joins: true);
        await app.KillAfterOneStep(job);
        await app.Get<JobQueue>().Cancel(TestApp.Account, job);
        await app.RunJobs();
        var move = (await app.Get<UndoMove>().OfJobs(TestApp.Account, [job]))[job];
        Assert.InRange(move.Left, 1, 6_000);                                         // all, where the machine was faster than the kill
        Assert.Equal(move.Left, await app.Size(list));

        var undo = (await app.Get<UndoMove>().Confirm(TestApp.Account, move.Id, "Undo", 1)).JobId!.Value;
        await app.Get<JobQueue>().Cancel(TestApp.Account, undo);
        await app.RunJobs();
        Assert.Equal(move.Left, await app.Size(list));
        undo = (await app.Get<UndoMove>().Confirm(TestApp.Account, move.Id, "Undo", 1)).JobId!.Value;
        await app.KillAfterOneStep(undo);
        await app.RunJobs();
        Assert.Equal(move.Left, (await app.Get<JobQueue>().Find(TestApp.Account, undo))!.ResultAs<UndoMoveState>()!.Undone);
        Assert.Equal(0, await app.Size(list));
        Assert.False((await app.Get<UndoMove>().Find(TestApp.Account, move.Id))!.CanBeUndone(app.Clock.GetUtcNow()));
    }

    [Theory, Databases]
    public async Task Random_moves_undone_from_the_last_to_the_first_leave_the_list_as_it_was_to_the_second(string database)
    {
        await using var app = await TestApp.On(database);
        var random = new Random(5);
        var ids = await app.In([.. Enumerable.Repeat("Ede", 100)]);
        await app.NextChunk();
        ids = [.. ids, .. await app.In([.. Enumerable.Repeat("Ede", 100)])];
        var list = await app.List("By hand", ListKind.Manual);
        await app.List("Not by hand", ListKind.Dynamic, AskingListsTests.Json(AskingListsTests.InList(list.Id, not: true)));
        foreach (var part in ids.Chunk(40))
        {
            await Move(app, list, [.. part.Where(_ => random.Next(2) == 0)], true);
            app.Clock.Advance(TimeSpan.FromSeconds(random.Next(1, 100)));
        }
        var (before, moves) = (await Times(app, list, ids), new Stack<ListMove>());
        for (var i = 0; i < 25; i++)
        {
            moves.Push(await Ordered(app, await app.OrderMove(list, [.. random.GetItems(ids, random.Next(1, 120)).Distinct().Order()], random.Next(2) == 0)));
            app.Clock.Advance(TimeSpan.FromSeconds(random.Next(1, 100)));
            if (random.Next(3) > 0) continue;
            if (moves.Pop() is { Left: > 0 } last) await Undo(app, last);
            app.Clock.Advance(TimeSpan.FromSeconds(random.Next(1, 100)));
        }
        Assert.NotEqual(before, await Times(app, list, ids));
        while (moves.TryPop(out var move))
        {
            Assert.Equal((move.Left, 0L, 0L), move.Left > 0 && await Undo(app, move) is var state ? (state.Undone, state.Already, state.Kept) : (0, 0, 0));
            app.Clock.Advance(TimeSpan.FromSeconds(random.Next(1, 100)));
        }
        Assert.Equal(before, await Times(app, list, ids));
        Assert.Empty(await app.Differences());
    }

    private static async Task Move(TestApp app, ContactList list, long[] ids, bool joins)
    {
        await app.Db.Write(tx => joins ? app.Get<ListStore>().AddMembers(tx, TestApp.Account, list.Id, new(ids)) : app.Get<ListStore>().RemoveMembers(tx, TestApp.Account, list.Id, new(ids)));
    }

    private static async Task<ListMove> Ordered(TestApp app, long job)
    {
        await app.RunJobs();
        return (await app.Get<UndoMove>().OfJobs(TestApp.Account, [job]))[job];
    }

    private static async Task<UndoMoveState> Undo(TestApp app, ListMove move)
    {
        var job = (await app.Get<UndoMove>().Confirm(TestApp.Account, move.Id, "Undo", 1)).JobId!.Value;
        await app.RunJobs();
        var ended = (await app.Get<JobQueue>().Find(TestApp.Account, job))!;
        Assert.Equal("done", ended.Outcome);
        return ended.ResultAs<UndoMoveState>()!;
    }

    private static Task<Dictionary<long, DateTimeOffset>> Times(TestApp app, ContactList list, long[] ids) => app.Db.Read(tx => app.Get<ListMembers>().JoinTimes(tx, TestApp.Account, list.Id, ids));
}
