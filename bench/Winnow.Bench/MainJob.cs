namespace Winnow.Bench;

/// <summary>The figures of the main job: import, count, delete, send, contacts page.</summary>
public static class MainJob
{
    /// <summary>Name and measurement, in the order in which they run: later ones use the contacts that earlier ones made.</summary>
    public static readonly IReadOnlyList<(string Name, Func<Place, int, Task<IReadOnlyList<Figure>>> Measure)> Figures =
    [
        ("import", ImportBench.Measure),
        ("count", ListCount.Measure),
        ("page", ContactsPage.Measure),
        ("send", SendMail.Measure),
        ("delete", DeleteMany.Measure),
        ("export", ExportBench.Measure),
        ("undo", UndoMany.Measure),
        ("archive", ArchiveMany.Measure),
    ];
}
