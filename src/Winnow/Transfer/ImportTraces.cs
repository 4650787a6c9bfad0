using Winnow.Contacts;
using Winnow.Lists;

namespace Winnow.Transfer;

/// <summary>A row of a contact's history, from the first change by an import on.</summary>
internal sealed record ImportTrace(long ContactId, long Version, DateTimeOffset At, string Source, string? SourceId, long? UserId, string Changes, string Before)
{
    private SortedList<long, object?>? before;

    /// <summary>What the properties that it changed held before, by property id.</summary>
    public SortedList<long, object?> Held => before ??= CustomValues.Read(Before);

    /// <summary>As others know it that look at what came after a deed.</summary>
    public LaterChange AsLater => new(ContactId, At, Source, SourceId, UserId, Changes);
}

/// <summary>What an import left in the history of one contact it changed, and what the contact would be without it: a pure reading.</summary>
internal static class ImportTraces
{
    /// <summary>Whether an import made or changed a contact.</summary>
    internal static readonly Property Imported = BuiltInProperties.Of("hs_was_imported");

    /// <summary>The contact with every value that the import replaced and that nothing later touched, and the values that are kept.
    /// A later deed that was itself undone stands in nobody's way.</summary>
    /// <param name="traces">Its history from the first change by the import on, oldest first.</param>
    /// <param name="sourceId">The import's id, as history has it.</param>
    public static (Contact Back, List<(Property Property, LaterChange InTheWay)> Kept) TakenBack(Contact now, IReadOnlyList<ImportTrace> traces, string sourceId, PropertyCatalog catalog)
    {
        var (back, kept, standing) = (now.Copy(), new List<(Property, LaterChange)>(), Standing(traces));
        foreach (var unit in Units(traces.Where(Ours), catalog))
        {
            var touching = standing.Where(t => unit.Any(p => t.Held.ContainsKey(p.Id)) || unit[0] == Imported && t.Source == "IMPORT").ToList();
            if (touching.Count == 0) continue;
            if (!Ours(touching[^1])) { if (unit[0] != Imported) kept.Add((unit[0], touching[^1].AsLater)); continue; }
            var run = touching.AsEnumerable().Reverse().TakeWhile(Ours).Reverse().ToList();       // what the file's rows replaced, one after the other
            foreach (var p in unit)
                if (run.Find(t => t.Held.ContainsKey(p.Id)) is { } first) back[p] = PropertyHistory.Typed(p, first.Held[p.Id]);
        }
        return (back, kept);

        bool Ours(ImportTrace trace) => trace.Source == "IMPORT" && trace.SourceId == sourceId;
    }

    /// <summary>The changes that were neither undone nor are an undo.</summary>
    private static List<ImportTrace> Standing(IReadOnlyList<ImportTrace> traces)
    {
        var undone = traces.Select(t => LaterChange.UndoneBy(t.SourceId)).OfType<(string, string)>().ToHashSet();
        return [.. traces.Where(t => LaterChange.UndoneBy(t.SourceId) is null && (t.SourceId is null || !undone.Contains((t.Source, t.SourceId))))];
    }

    /// <summary>The properties that the import wrote, those of the marketing status together: they are given back all or none. What follows the address comes back with it.</summary>
    private static IEnumerable<IReadOnlyList<Property>> Units(IEnumerable<ImportTrace> ours, PropertyCatalog catalog)
    {
        var written = ours.SelectMany(t => t.Held.Keys).Distinct().Select(catalog.Find).OfType<Property>().ToList();
        foreach (var p in written) if (!p.ReadOnly || p == Imported) yield return [p];
        if (written.Any(MarketingStatus.Properties.Contains)) yield return MarketingStatus.Properties;
    }
}
