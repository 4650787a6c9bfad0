namespace Winnow.Bench;

/// <summary>The figures of lists.</summary>
public static class ListFigures
{
    /// <summary>Name and measurement, in the order in which they run: later ones use the contacts and lists that earlier ones made.</summary>
    public static readonly IReadOnlyList<(string Name, Func<Place, int, Task<IReadOnlyList<Figure>>> Measure)> Figures =
    [
        ("build", ThousandLists.Build),
        ("change", OneChange.Measure),
        ("members", ListMany.Members),
        ("filters", ListMany.Filters),
        ("import", ImportWithLists.Measure),
        ("times", ListTimes.Measure),
        ("builder", FilterBuilding.Measure),
        ("bulk", BulkMany.Measure),
        ("flip", FlipMany.Measure),
        ("indexes", PropertyIndexTimes.Measure),
        ("pages", MarketingPages.Measure),
    ];
}
