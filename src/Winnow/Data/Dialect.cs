using System.Text.RegularExpressions;

namespace Winnow.Data;

/// <summary>Everything that differs between the two databases. Nothing outside Data/ may ask which one it is.</summary>
/// <param name="Name">The word in <c>-- name: x (postgres)</c> that picks this spelling of a statement.</param>
/// <param name="Json">The column type of JSON: read with <c>-></c> and <c>->></c> in both.</param>
/// <param name="Bytes">The column type of bytes.</param>
/// <param name="Text">Text compared byte by byte, so that both databases sort and search alike.</param>
/// <param name="Binary">Compares a text byte by byte, whatever its column says; lower() of it then knows A to Z only, on both.</param>
/// <param name="Lock">Locks the rows that a select reads until the commit; SQLite has one writer and needs none.</param>
/// <param name="Position">The function that tells where in a text another begins, from 1; 0 when it is not in it.</param>
/// <param name="Share">Keeps others from locking or changing the rows until the commit, while they may share them.</param>
public sealed partial record Dialect(string Name, string Json, string Bytes, string Text, string Binary, string Position, string Lock, string Share)
{
    /// <summary>One file, one writer; embedded.</summary>
    public static readonly Dialect Sqlite = new("sqlite", "text", "blob", "text", "collate binary", "instr", "", "");

    /// <summary>PostgreSQL 15 or later.</summary>
    public static readonly Dialect Postgres = new("postgres", "jsonb", "bytea", "text collate \"C\"", "collate \"C\"", "strpos", "for update", "for share");

    /// <summary>The text that this database runs: the words <c>$json $bytes $text $binary $position $lock $share</c> replaced, and lists, written
    /// <c>in @ids</c>, read from one parameter: an array on PostgreSQL, a JSON array on SQLite. <c>$each(@rows)</c> is a table of the objects of a
    /// JSON array (<see cref="JsonRows"/>), in their order, with one column <c>value</c>.</summary>
    public string Spell(string sql)
    {
        var text = Word().Replace(sql, match => match.Value switch { "$json" => Json, "$bytes" => Bytes, "$text" => Text, "$binary" => Binary, "$position" => Position, "$share" => Share, _ => Lock });
        text = Each().Replace(text, this == Postgres ? "jsonb_array_elements(cast(@$1 as jsonb))" : "json_each(@$1)");
        return InList().Replace(text, this == Postgres ? "= any(@$1)" : "in (select value from json_each(@$1))");
    }

    [GeneratedRegex(@"\$(json|bytes|text|binary|position|lock|share)\b")]
    private static partial Regex Word();

    [GeneratedRegex(@"\$each\(@(\w+)\)")]
    private static partial Regex Each();

    [GeneratedRegex(@"\bin @(\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex InList();
}
