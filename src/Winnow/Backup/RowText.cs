using System.Buffers;
using System.Data.Common;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Winnow.Data;

namespace Winnow.Backup;

/// <summary>Writes a row as one line: a JSON array whose bytes are the same for the same values, whichever database they come from. Bytes are base64. JSON columns
/// are embedded with their keys sorted and numbers in one spelling; one that is just a string or null is written as a string of its JSON.</summary>
internal sealed class RowText : IDisposable
{
    private static readonly JsonWriterOptions Style = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private readonly ArrayBufferWriter<byte> line = new(4096), json = new(1024);
    private readonly Utf8JsonWriter writer, inner;

    public RowText() => (writer, inner) = (new(line, Style), new(json, Style));

    /// <summary>The present row of a reader, with its line end; good until the next call.</summary>
    public ReadOnlyMemory<byte> Of(DbDataReader row, IReadOnlyList<TableColumn> columns)
    {
        line.ResetWrittenCount();
        writer.Reset();
        writer.WriteStartArray();
        for (var i = 0; i < columns.Count; i++)
            if (row.IsDBNull(i)) writer.WriteNullValue();
            else Write(row, i, columns[i].Kind);
        writer.WriteEndArray();
        writer.Flush();
        line.Write("\n"u8);
        return line.WrittenMemory;
    }

    public void Dispose()
    {
        writer.Dispose();
        inner.Dispose();
    }

    private void Write(DbDataReader row, int column, CellKind kind)
    {
        switch (kind)
        {
            case CellKind.Integer or CellKind.Short: writer.WriteNumberValue(row.GetInt64(column)); break;
            case CellKind.Boolean: writer.WriteBooleanValue(row.GetBoolean(column)); break;
            case CellKind.Real: writer.WriteRawValue(row.GetDouble(column).ToString("R", CultureInfo.InvariantCulture), skipInputValidation: true); break;
            case CellKind.Bytes: writer.WriteBase64StringValue(row.GetFieldValue<byte[]>(column)); break;
            case CellKind.Json: Json(row.GetString(column)); break;
            default: writer.WriteStringValue(row.GetString(column)); break;
        }
    }

    private void Json(string text)
    {
        if (text == "{}") { writer.WriteRawValue("{}", skipInputValidation: true); return; }
        json.ResetWrittenCount();
        inner.Reset();
        using (var document = JsonDocument.Parse(text)) Sorted(document.RootElement);
        inner.Flush();
        if (json.WrittenSpan[0] is (byte)'"' or (byte)'n') writer.WriteStringValue(json.WrittenSpan);
        else writer.WriteRawValue(json.WrittenSpan, skipInputValidation: true);
    }

    private void Sorted(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                inner.WriteStartObject();
                foreach (var property in value.EnumerateObject().GroupBy(p => p.Name).Select(g => g.Last()).OrderBy(p => p.Name, StringComparer.Ordinal))      // of a key twice the last one counts, as in jsonb
                {
                    inner.WritePropertyName(property.Name);
                    Sorted(property.Value);
                }
                inner.WriteEndObject();
                break;
            case JsonValueKind.Array:
                inner.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Sorted(item);
                inner.WriteEndArray();
                break;
            case JsonValueKind.Number when value.TryGetInt64(out var whole): inner.WriteNumberValue(whole); break;
            case JsonValueKind.Number: inner.WriteRawValue(Number(value), skipInputValidation: true); break;
            case JsonValueKind.String: inner.WriteStringValue(value.GetString()); break;
            default: value.WriteTo(inner); break;
        }
    }

    // PostgreSQL writes 1e3 as 1000 and 12.0 as it is: whole numbers of 64 bits are spelled as such, others as the double that programs read.
    private static string Number(JsonElement value)
    {
        if (value.TryGetDecimal(out var exact) && exact == Math.Truncate(exact) && Math.Abs(exact) <= long.MaxValue) return ((long)exact).ToString(CultureInfo.InvariantCulture);
        var number = value.GetDouble();
        return double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : value.GetRawText();
    }
}

/// <summary>Reads a line that <see cref="RowText"/> wrote into a bulk insert.</summary>
/// <param name="kinds">Of the target's columns, in the order of the cells.</param>
/// <param name="change">What becomes of a whole number on its way, by column; null leaves it.</param>
internal sealed class RowValues(IReadOnlyList<CellKind> kinds, Func<int, long, long>? change = null)
{
    /// <summary>Writes the cells of a line.</summary>
    public void Write(BulkRow row, ReadOnlyMemory<byte> line)
    {
        var reader = new Utf8JsonReader(line.Span, new JsonReaderOptions { MaxDepth = 256 });
        reader.Read();
        for (var i = 0; i < kinds.Count; i++)
        {
            reader.Read();
            switch (kinds[i])
            {
                case CellKind.Integer: row.Long(Whole(ref reader, i)); break;
                case CellKind.Short: row.Int(checked((int?)Whole(ref reader, i))); break;
                case CellKind.Boolean: row.Bool(IsNull(ref reader) ? null : reader.GetBoolean()); break;
                case CellKind.Real: row.Double(IsNull(ref reader) ? null : reader.GetDouble()); break;
                case CellKind.Bytes: row.Bytes(IsNull(ref reader) ? null : reader.GetBytesFromBase64()); break;
                case CellKind.Json: Json(row, ref reader, line.Span); break;
                default: row.Text(IsNull(ref reader) ? null : reader.GetString()); break;
            }
        }
        reader.Read();
        if (reader.TokenType != JsonTokenType.EndArray) throw new JsonException("The row has more cells than its table has columns.");
    }

    private static bool IsNull(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Null;

    private long? Whole(ref Utf8JsonReader reader, int column) => IsNull(ref reader) ? null : change is null ? reader.GetInt64() : change(column, reader.GetInt64());

    private static void Json(BulkRow row, ref Utf8JsonReader reader, ReadOnlySpan<byte> line)
    {
        if (IsNull(ref reader)) { row.Json((string?)null); return; }
        if (reader.TokenType == JsonTokenType.String) { row.Json(reader.GetString()); return; }
        var from = (int)reader.TokenStartIndex;
        reader.Skip();
        row.Json(line[from..(int)reader.BytesConsumed]);
    }
}
