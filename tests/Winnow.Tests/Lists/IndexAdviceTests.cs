using Winnow.Lists;

namespace Winnow.Tests;

public sealed class IndexAdviceTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly IndexRules Rules = IndexRules.Default;
    private static readonly IndexCandidate Busy = new(1, 1000, 500, 5, Now, 1_000_000, true, false, null, null);
    private static readonly IndexCandidate Made = Busy with { MadeAt = Now.AddDays(-20) };

    [Fact]
    public void What_is_asked_often_on_several_days_in_a_large_account_gets_an_index()
    {
        Assert.Equal("make 1000", Say(Busy));
        Assert.Equal("", Say(Busy with { Uses = Rules.MakeUses - 1 }));
        Assert.Equal("", Say(Busy with { DaysUsed = 1 }));
        Assert.Equal("", Say(Busy with { Contacts = Rules.FewestContacts - 1 }));
        Assert.Equal("", Say(Busy with { IsPresent = false }));
        Assert.Equal("", Say(Made));
    }

    [Fact]
    public void What_nobody_asks_any_more_goes_and_what_is_asked_a_little_stays()
    {
        Assert.Equal("drop 1000", Say(Made with { Uses = Rules.DropUses - 1 }));
        Assert.Equal("", Say(Made with { Uses = Rules.DropUses }));                          // far fewer than made it: none comes and goes
        Assert.Equal("", Say(Made with { Uses = 0, MadeAt = Now.AddDays(-13) }));
        Assert.Equal("drop 1000", Say(Made with { IsPresent = false, Pinned = true }));
    }

    [Fact]
    public void A_pinned_one_is_made_unasked_and_never_dropped()
    {
        Assert.Equal("make 1000", Say(Busy with { Pinned = true, Uses = 0, DaysUsed = 0, Contacts = 3 }));
        Assert.Equal("", Say(Made with { Pinned = true, Uses = 0 }));
    }

    [Fact]
    public void One_that_an_administrator_dropped_does_not_come_back_by_itself_for_two_weeks()
    {
        Assert.Equal("", Say(Busy with { DroppedAt = Now.AddDays(-13) }));
        Assert.Equal("make 1000", Say(Busy with { DroppedAt = Now.AddDays(-14) }));
        Assert.Equal("make 1000", Say(Busy with { DroppedAt = Now, Pinned = true }));
    }

    [Fact]
    public void An_account_and_an_installation_have_so_many_and_pinned_and_busier_ones_come_first()
    {
        var account = Enumerable.Range(0, 8).Select(i => Busy with { PropertyId = 1000 + i, Uses = 100 + i, Pinned = i == 0 });
        Assert.Equal("make 1000, make 1007, make 1006, make 1005, make 1004", Say([.. account]));
        Assert.Equal("drop 1099, make 1000, make 1007, make 1006, make 1005, make 1004", Say([.. account, Made with { PropertyId = 1099, Uses = 0 }]));
        var many = Enumerable.Range(1, 80).Select(i => Busy with { AccountId = i });
        Assert.Equal(Rules.PerInstallation, Say([.. many]).Split(", ").Length);
    }

    [Fact]
    public void Where_writers_wait_a_large_table_gets_none_unless_pinned()
    {
        Assert.Equal("", Say(true, Busy));
        Assert.Equal("make 1000", Say(true, Busy with { Pinned = true }));
        Assert.Equal("make 1000", Say(true, Busy with { Contacts = Rules.MostContactsWaiting }));
        Assert.Equal("", Say(true, Busy with { Contacts = 200_000 }, Busy with { AccountId = 2, Contacts = 200_000 }));        // together they are one table
    }

    private static string Say(params IndexCandidate[] candidates) => Say(false, candidates);

    private static string Say(bool writersWait, params IndexCandidate[] candidates)
    {
        var (drop, make) = IndexAdvice.Decide(candidates, Rules, writersWait, Now);
        return string.Join(", ", drop.Select(d => $"drop {d.PropertyId}").Concat(make.Select(m => $"make {m.PropertyId}")));
    }
}
