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

    /// <summary>The places that have a contact.</summary>
    public ulong[] All() => [.. present];

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

    /// <summary>Whether a bit is set.</summary>
    public static bool Has(ulong[] bits, int place) => (bits[place / Bits] >> place & 1) != 0;

    /// <summary>Of a group the conditions on properties of few values go first: whoever fails them is not asked for the others.</summary>
    private Func<ulong[]> Prepare(Filter filter)
    {
        var groups = filter.Groups.Select(group => group.Filters.Select(Prepare).ToArray()).ToArray();
        return () =>
        {
            var any = new ulong[words];
            foreach (var group in groups)
            {
                ulong[]? every = null;
                foreach (var question in group.OrderBy(question => question.Cost)) every = question.Answer(every);
                for (var i = 0; i < words; i++) any[i] |= every![i];
            }
            return any;
        };
    }

    private Question Prepare(Condition condition)
    {
        if (condition is SubscriptionFilter subscription) return new(null, null, null, Prepare(subscription.AsProperties()));
        if (condition.At(now) is PropertyFilter property && FilterPredicate.OfValue(property) is { } holds)
        {
            ref var column = ref CollectionsMarshal.GetValueRefOrAddDefault(columns, property.Property.Id, out _);
            return new(column ??= new(property.Property, words * Bits), holds, FilterPredicate.OfFolded(property), null);
        }
        var places = new ulong[words];
        alone.Add((FilterPredicate.Compile(condition, now, facts), places));
        return new(null, null, null, () => [.. places]);
    }

    private static void Put(ulong[] bits, int place) => bits[place / Bits] |= 1UL << place;

    private static int Count(ulong[] bits)
    {
        var count = 0;
        foreach (var word in bits) count += System.Numerics.BitOperations.PopCount(word);
        return count;
    }

    private static ulong[] And(ulong[] bits, ulong[]? others)
    {
        if (others is not null) for (var i = 0; i < bits.Length; i++) bits[i] &= others[i];
        return bits;
    }

    /// <summary>A condition, asked of the values of a column, or of each contact as it came.</summary>
    private sealed record Question(Column? Column, Func<object?, bool>? Holds, Func<string?, bool>? OfFolded, Func<ulong[]>? Known)
    {
        public int Cost => Column?.Different ?? 0;

        /// <summary>The places, among these if they are given, whose contacts it takes.</summary>
        public ulong[] Answer(ulong[]? among) =>
            Column is null ? And(Known!(), among) : OfFolded is { } folded ? Column.WhereFolded(folded, among) : Column.Where(Holds!, among);
    }

    /// <summary>The values of one property: each different one once, and which one each contact has.</summary>
    private sealed class Column(Property property, int size)
    {
        private readonly int[] codes = new int[size];           // 0: no value
        private readonly Dictionary<object, int> known = [];
        private readonly List<object?> values = [null];
        private readonly List<string?> small = [];              // the texts among them without case, once somebody asks
        private readonly int[] places = new int[size];          // by their values, once somebody asks: those of a value begin at its start
        private int[]? starts;

        public void Add(int place, Contact contact)
        {
            if (contact[property] is not { } value) return;
            ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(known, value, out var there);
            if (!there)
            {
                code = values.Count;
                values.Add(value);
            }
            (codes[place], starts) = (code, null);
        }

        /// <summary>How many different values there are.</summary>
        public int Different => values.Count;

        public ulong[] Where(Func<object?, bool> holds, ulong[]? among) => Contacts(values, holds, among);

        public ulong[] WhereFolded(Func<string?, bool> holds, ulong[]? among)
        {
            while (small.Count < values.Count) small.Add(values[small.Count] is string text ? CaseFolding.Fold(text) : null);
            return Contacts(small, holds, among);
        }

        private ulong[] Contacts<T>(List<T?> asked, Func<T?, bool> holds, ulong[]? among)
        {
            if (among is null || Count(among) >= asked.Count) return And(Contacts(asked, holds), among);
            var bits = new ulong[size / Bits];
            foreach (var place in Places(among)) if (holds(asked[codes[place]])) Put(bits, place);
            return bits;
        }

        /// <summary>Those whose value is as asked, or all but those of the other values: whoever are fewer are gone through.</summary>
        private ulong[] Contacts<T>(List<T?> asked, Func<T?, bool> holds)
        {
            var (bits, first, yes, count) = (new ulong[size / Bits], starts ??= Sort(), new bool[asked.Count], 0);
            for (var code = 0; code < yes.Length; code++)
                if (yes[code] = holds(asked[code])) count += first[code + 1] - first[code];
            var many = count > size / 2;
            for (var code = 0; code < yes.Length; code++)
                if (yes[code] != many)
                    foreach (var place in places.AsSpan(first[code]..first[code + 1])) Put(bits, place);
            if (many) for (var word = 0; word < bits.Length; word++) bits[word] = ~bits[word];
            return bits;
        }

        private int[] Sort()
        {
            var first = new int[values.Count + 1];
            foreach (var code in codes) first[code + 1]++;
            for (var code = 0; code < values.Count; code++) first[code + 1] += first[code];
            var next = first.ToArray();
            for (var place = 0; place < size; place++) places[next[codes[place]]++] = place;
            return first;
        }
    }
}
