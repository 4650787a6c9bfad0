using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace Winnow.Transfer;

/// <summary>Amazon SES hands its suppression list out as JSON: objects with EmailAddress, Reason and LastUpdateTime, in whatever they are wrapped. Rewritten as CSV while
/// it streams; several lists one behind the other are read, too.</summary>
internal sealed class SuppressionJson
{
    private const int MaxToken = 1 << 20;
    private static readonly string[] Names = ["EmailAddress", "Reason", "LastUpdateTime"];
    private readonly string?[] values = new string?[Names.Length];
    private int name = -1, depth = -1;

    /// <summary>Line ends written.</summary>
    public long Lines { get; private set; }

    /// <summary>Whether a file that begins so is such a list.</summary>
    public static bool Begins(ReadOnlySpan<byte> head) => head.TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'{' or (byte)'[', ..] && head.IndexOf("\"EmailAddress\""u8) >= 0;

    /// <summary>Rewrites the list. A list that breaks off or is none ends the reading with a <see cref="JsonException"/>.</summary>
    public async Task Write(Stream json, PipeWriter csv, CancellationToken stop)
    {
        try
        {
            Line(csv, Names);
            var (buffer, held, state) = (new byte[1 << 16], 0, new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true }));
            for (var last = false; !last;)
            {
                if (held == buffer.Length) Array.Resize(ref buffer, held < MaxToken ? held * 2 : throw new JsonException());
                var read = await json.ReadAsync(buffer.AsMemory(held), stop);
                (held, last) = (held + read, read == 0);
                var used = Read(buffer.AsSpan(0, held), last, ref state, csv);
                buffer.AsSpan(used, held - used).CopyTo(buffer);
                held -= used;
                if ((await csv.FlushAsync(stop)).IsCompleted) break;
            }
            await csv.CompleteAsync();
        }
        catch (Exception e) { await csv.CompleteAsync(e); }
    }

    private int Read(ReadOnlySpan<byte> bytes, bool last, ref JsonReaderState state, PipeWriter csv)
    {
        var reader = new Utf8JsonReader(bytes, last, state);
        while (reader.Read())
            if (reader.TokenType == JsonTokenType.PropertyName) name = Array.IndexOf(Names, reader.GetString());
            else if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number && name >= 0)
            {
                values[name] = reader.TokenType == JsonTokenType.String ? reader.GetString() : Encoding.UTF8.GetString(reader.ValueSpan);
                if (name == 0) depth = reader.CurrentDepth;
            }
            else if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == depth - 1)
            {
                Line(csv, values);
                values.AsSpan().Clear();
                depth = -1;
            }
        state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    private void Line(PipeWriter csv, string?[] cells)
    {
        csv.Write(Encoding.UTF8.GetBytes(string.Join(',', cells.Select(cell => $"\"{cell?.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")) + "\r\n"));
        Lines++;
    }
}
