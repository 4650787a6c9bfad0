using System.Runtime.InteropServices;
using Winnow.Contacts;

namespace Winnow.Filters;

/// <summary>Asks many filters about many contacts at once. Contacts are turned on their side: of each property every different value is kept once,
/// so a condition is asked of a value and not of each contact that has it, and groups are joined 64 contacts at a time. The answers are those of
/// <see cref="FilterPredicate"/>, whose functions of a value it asks; a thousand lists cost a tenth of asking contact by contact.</summary>
public sealed class FilterBatch
{
    private const int Bits = 64;
    private readonly DateTimeOffset now;
    private readonly Func<Condition, Func<long, bool>>? facts;
    private readonly int words;
    private readonly ulong[] present;
    private readonly Dictionary<long, Column> columns = [];
    private readonly List<(Func<Contact, bool> Takes, ulong[] Places)> alone = [];
    private readonly Dictionary<Filter, Func<ulong[]>> answers = new(ReferenceEqualityComparer.Instance);

    /// <summary>Gets ready to ask these filters of up to <paramref name="size"/> contacts.</summary>
    /// <param name="now">The instant they are asked at.</param>
    /// <param name="facts">As for <see cref="FilterPredicate.Compile(Filter, DateTimeOffset, Func{Condition, Func{long, bool}})"/>.</param>
    public FilterBatch(int size, IEnumerable<Filter> filters, DateTimeOffset now, Func<Condition, Func<long, bool>>? facts = null)
    {
        (this.now, this.facts, words) = (now, facts, (size + Bits - 1) / Bits);
        present = new ulong[words];
        foreach (var filter in filters) if (!answers.ContainsKey(filter)) answers[filter] = Prepare(filter);
    }

    /// <summary>Puts a contact in a place, from 0, which was empty.</summary>
    public void Add(int place, Contact contact)
    {
        Put(present, place);
        foreach (var column in columns.Values) column.Add(place, contact);
        foreach (var (takes, places) in alone) if (takes(contact)) Put(places, place);
    }

    /// <summary>The places of the contacts that one of the filters takes: bit by bit, the lowest first.</summary>
    public ulong[] Answer(Filter filter)
    {
        var taken = answers[filter]();
        for (var i = 0; i < words; i++) taken[i] &= present[i];
        return taken;
    }

    /// <summary>The numbers of the bits that are set.</summary>
    public static IEnumerable<int> Places(ulong[] bits)
    {
        for (var word = 0; word < bits.Length; word++)
            for (var rest = bits[word]; rest != 0; rest &= rest - 1) yield return word * Bits + System.Numerics.BitOperations.TrailingZeroCount(rest);
    }

    private Func<ulong[]> Prepare(Filter filter)
    {
        var groups = filter.Groups.Select(group => group.Filters.Select(Prepare).ToArray()).ToArray();
        return () =>
        {
            var any = new ulong[words];
            foreach (var group in groups)
            {
                var every = group[0]();
                foreach (var condition in group.AsSpan(1))
                {
                    var next = condition();
                    for (var i = 0; i < words; i++) every[i] &= next[i];
                }
                for (var i = 0; i < words; i++) any[i] |= every[i];
            }
            return any;
        };
    }

    private Func<ulong[]> Prepare(Condition condition)
    {
        if (condition is SubscriptionFilter subscription) return Prepare(subscription.AsProperties());
        if (condition.At(now) is PropertyFilter property && FilterPredicate.OfValue(property) is { } holds)
        {
            ref var column = ref CollectionsMarshal.GetValueRefOrAddDefault(columns, property.Property.Id, out _);
            var values = column ??= new(property.Property, words * Bits);
            return FilterPredicate.OfFolded(property) is { } folded ? () => values.WhereFolded(folded) : () => values.Where(holds);
        }
        var places = new ulong[words];
        alone.Add((FilterPredicate.Compile(condition, now, facts), places));
        return () => [.. places];
    }

    private static void Put(ulong[] bits, int place) => bits[place / Bits] |= 1UL << place;

    /// <summary>The values of one property: each different one once, and which one each contact has.</summary>
    private sealed class Column(Property property, int size)
    {
        private readonly int[] codes = new int[size];           // 0: no value
        private readonly Dictionary<object, int> known = [];
        private readonly List<object?> values = [null];
        private readonly List<string?> small = [];              // the texts among them without case, once somebody asks

        public void Add(int place, Contact contact)
        {
            if (contact[property] is not { } value) return;
            ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(known, value, out var there);
            if (!there)
            {
                code = values.Count;
                values.Add(value);
            }
            codes[place] = code;
        }

        public ulong[] Where(Func<object?, bool> holds) => Contacts([.. values.Select(value => holds(value) ? (byte)1 : (byte)0)]);

        public ulong[] WhereFolded(Func<string?, bool> holds)
        {
            while (small.Count < values.Count) small.Add(values[small.Count] is string text ? CaseFolding.Fold(text) : null);
            return Contacts([.. small.Select(text => holds(text) ? (byte)1 : (byte)0)]);
        }

        private ulong[] Contacts(byte[] yes)
        {
            var bits = new ulong[codes.Length / Bits];
            for (var word = 0; word < bits.Length; word++)
            {
                var part = codes.AsSpan(word * Bits, Bits);
                var taken = 0UL;
                for (var i = 0; i < part.Length; i++) taken |= (ulong)yes[part[i]] << i;
                bits[word] = taken;
            }
            return bits;
        }
    }
}
