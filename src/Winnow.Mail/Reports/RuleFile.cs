namespace Winnow.Mail.Reports;

/// <summary>The rule tables in Rules/*.tsv, compiled into the library: tab separated, one rule a line, <c>#</c> begins a comment line, <c>-</c> is an empty field.</summary>
internal static class RuleFile
{
    /// <summary>Every row, each with exactly so many fields.</summary>
    /// <exception cref="InvalidOperationException">The table is missing or a line has another number of fields: a fault of the build.</exception>
    public static List<string[]> Rows(string name, int fields)
    {
        using var stream = typeof(RuleFile).Assembly.GetManifestResourceStream($"Winnow.Mail.Reports.{name}.tsv")
            ?? throw new InvalidOperationException($"The rule table {name}.tsv is not in the assembly; see EmbeddedResource in the project file.");
        using var reader = new StreamReader(stream);
        var rows = new List<string[]>();
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var row = line.Split('\t');
            if (row.Length != fields) throw new InvalidOperationException($"{name}.tsv line {number} has {row.Length} fields instead of {fields}.");
            rows.Add([.. row.Select(field => field == "-" ? "" : field)]);
        }
        return rows;
    }
}
