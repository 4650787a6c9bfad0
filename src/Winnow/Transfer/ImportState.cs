namespace Winnow.Transfer;

/// <summary>How far an import has come; at its end, or where it was cancelled, what came of it. Rows in the file that hold
/// anything = created + updated + unchanged + duplicates + rejected.</summary>
/// <param name="Position">Where in the file the next row begins, in bytes.</param>
/// <param name="Row">The number of the last row read; the header is row 1.</param>
/// <param name="Created">Contacts made.</param>
/// <param name="Updated">Contacts that were there and got another value.</param>
/// <param name="Unchanged">Contacts that were there and had these values.</param>
/// <param name="Duplicates">Rows about a contact that an earlier row of the file was about: merged into it.</param>
/// <param name="Rejected">Rows that were not imported; the file of rejected rows says why.</param>
public sealed record ImportState(long ImportId, long Position, long Row, long Created, long Updated, long Unchanged, long Duplicates, long Rejected);
