using Winnow.Lists;

namespace Winnow.Tests;

public sealed class MemberSetTests
{
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void It_does_what_a_plain_set_does_sparse_and_dense(int seed)
    {
        var random = new Random(seed);
        var (set, plain) = (new MemberSet(), new SortedSet<long>());
        for (var i = 0; i < 30_000; i++)
        {
            var id = random.Next(seed % 2 == 0 ? 300_000 : 9_000);
            if (random.Next(4) == 0) Assert.Equal(plain.Remove(id), set.Remove(id));
            else Assert.Equal(plain.Add(id), set.Add(id));
        }
        Assert.Equal((plain.Count, true), (set.Count, set.Ids.SequenceEqual(plain)));
        Assert.All(Enumerable.Range(0, 400).Select(i => (long)i * 25), id => Assert.Equal(plain.Contains(id), set.Contains(id)));
        Assert.All(new long[] { 0, 1, 65_534, 65_535, 65_536, 150_000 }, after => Assert.Equal(plain.Where(p => p > after), set.After(after)));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(4094), InlineData(4095), InlineData(4096), InlineData(4097), InlineData(65_536)]
    public void A_stored_chunk_is_read_back_the_same(int count)
    {
        var set = new MemberSet(Enumerable.Range(65_536, count).Select(i => (long)i));
        var bytes = set.Encode(1);
        Assert.Equal(count == 0 ? null : count < 4096 ? count * 2 : 8192, bytes?.Length);
        var back = new MemberSet();
        back.Decode(1, bytes ?? []);
        Assert.True(back.SameAs(set));
        Assert.Equal(count, back.CountOf(1));
    }

    [Fact]
    public void Sets_are_joined_cut_and_subtracted()
    {
        var (even, low) = (new MemberSet(Enumerable.Range(0, 100_000).Select(i => i * 2L)), new MemberSet(Enumerable.Range(0, 70_000).Select(i => (long)i)));
        Assert.Equal(Enumerable.Range(0, 70_000).Select(i => (long)i).Union(even.Ids).Order(), even.Union(low).Ids);
        Assert.Equal(Enumerable.Range(0, 35_000).Select(i => i * 2L), even.Intersect(low).Ids);
        Assert.Equal(Enumerable.Range(35_000, 65_000).Select(i => i * 2L), even.Except(low).Ids);
        Assert.Equal(0, low.Except(low).Count);
        Assert.Equal(70_000, low.Count);
        Assert.True(even.Only(1).SameAs(even.Intersect(new(Enumerable.Range(65_536, 65_536).Select(i => (long)i)))));
    }

    [Fact]
    public void Bytes_that_are_no_chunk_are_refused()
    {
        Assert.Throws<FormatException>(() => new MemberSet().Decode(0, [1]));
        Assert.Throws<FormatException>(() => new MemberSet().Decode(0, [2, 0, 1, 0]));
        Assert.Throws<FormatException>(() => new MemberSet().Decode(0, new byte[8194]));
    }
}
