using System.Text.Json;

namespace Winnow.Backup;

/// <summary>The first line of an archive.</summary>
/// <param name="Archive">Always <c>winnow</c>.</param>
/// <param name="Format">The version of the format; a higher one than <see cref="Present"/> is refused.</param>
/// <param name="AccountId">The account it holds; null for a whole installation.</param>
/// <param name="Name">The account's name.</param>
/// <param name="Made">When it was made (UTC).</param>
/// <param name="Schema">The migrations that the database had.</param>
/// <param name="Keys">The names of the keys with which the secrets in it are encrypted: an installation that has them can read those.</param>
/// <param name="HashKey">Tells, without giving it away, with which key erased addresses are hashed; null when none was.</param>
public sealed record ArchiveHead(string Archive, int Format, long? AccountId, string? Name, DateTimeOffset Made, IReadOnlyList<string> Schema, IReadOnlyList<string> Keys, string? HashKey)
{
    /// <summary>The format that this version writes.</summary>
    public const int Present = 1;
}

/// <summary>The line before the rows of a table.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Columns">In the order of the cells of each row.</param>
/// <param name="Kinds">What each holds: integer, boolean, real, text, json, bytes.</param>
public sealed record TableHead(string Table, IReadOnlyList<string> Columns, IReadOnlyList<string> Kinds);

/// <summary>The line behind the rows of a table: how many there are, and the SHA-256 of their lines with the line ends.</summary>
public sealed record TableEnd(long Rows, string Sha256);

/// <summary>The last line.</summary>
/// <param name="Rows">Of all tables.</param>
/// <param name="Contents">The SHA-256 of all lines between the first and this one: two archives of the same contents have the same.</param>
/// <param name="Head">The SHA-256 of the first line.</param>
public sealed record ArchiveEnd(long Tables, long Rows, string Contents, string Head);

/// <summary>A table in an archive, or in a database, by what it holds.</summary>
/// <param name="Sha256">As <see cref="TableEnd"/> says.</param>
public sealed record TableSum(string Table, long Rows, string Sha256);

/// <summary>What an archive held.</summary>
public sealed record ArchiveSum(ArchiveHead Head, ArchiveEnd End, IReadOnlyList<TableSum> Tables);

/// <summary>The archive cannot be taken; the sentence says why. It ends the transaction it is met in, so that nothing is half applied.</summary>
internal sealed class ArchiveException(string sentence, Exception? inner = null) : Exception(sentence, inner);

internal static class ArchiveJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
