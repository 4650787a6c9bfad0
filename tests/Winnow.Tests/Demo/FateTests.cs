using Winnow.Contacts;
using Winnow.Server.Demo;

namespace Winnow.Tests;

public sealed class FateTests
{
    [Fact]
    public void Addresses_meet_their_fates_in_the_shares_of_the_table()
    {
        var people = Enumerable.Range(1, 10_000).Select(i => Contact.New(1, i)).ToList();
        SamplePeople.Fill(people, TimeProvider.System.GetUtcNow());
        var met = people.GroupBy(p => Fate.Of(p.Email!)).ToDictionary(g => g.Key, g => g.Count());
        foreach (var fate in Fate.All) Assert.InRange(met.GetValueOrDefault(fate), fate.Share * 0.4, fate.Share * 1.6 + 5);
        Assert.InRange(met.Where(m => m.Key.Deed == Deed.Deliver).Sum(m => m.Value), 8900, 9500);
    }

    [Fact]
    public void Sample_people_are_the_same_each_time_have_valid_addresses_of_their_own_and_live_where_nobody_can()
    {
        var (one, other) = (People(), People());
        Assert.Equal(one.Select(p => p.Email), other.Select(p => p.Email));
        Assert.Equal(one.Count, one.Select(p => Winnow.Mail.Mime.EmailAddress.Normalize(p.Email)).Where(key => key is not null).Distinct().Count());
        Assert.All(one, p => Assert.True(p.Email!.EndsWith(".example", StringComparison.Ordinal) || p.Email.EndsWith(".test", StringComparison.Ordinal), p.Email));
    }

    private static List<Contact> People()
    {
        var people = Enumerable.Range(1, 3000).Select(i => Contact.New(1, i)).ToList();
        SamplePeople.Fill(people, new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
        return people;
    }
}
