using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Winnow.Server.Lists;

/// <summary>The states of a filter that is being made, for undo and redo. They travel in the form with all else of the builder, packed: no row is
/// written for what nobody has saved, two windows do not disturb each other, and it works without script.</summary>
/// <param name="shown">The state to begin with: no condition.</param>
public sealed class FilterSteps(string shown = "[]")
{
    private const int MostSteps = 50, MostCharacters = 1 << 19, MostBytes = 1 << 22;
    private const string Unknown = "";
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private List<string> past = [], next = [];

    /// <summary>Whether there is an earlier state.</summary>
    public bool CanUndo => past.Count > 0;

    /// <summary>Whether there is a state that was undone.</summary>
    public bool CanRedo => next.Count > 0;

    /// <summary>The state as it was last shown.</summary>
    public string Now { get; private set; } = shown;

    /// <summary>Notes how it is: a step when it differs from how it was.</summary>
    public void Note(string state)
    {
        if (Now == state) return;
        if (Now != Unknown) (past, next) = ([.. past.TakeLast(MostSteps - 1), Now], []);
        Now = state;
    }

    /// <summary>Goes back; null when there is nothing to go back to.</summary>
    public string? Undo() => Move(past, next);

    /// <summary>Goes forth again.</summary>
    public string? Redo() => Move(next, past);

    private string? Move(List<string> from, List<string> to)
    {
        if (from.Count == 0) return null;
        to.Add(Now);
        Now = from[^1];
        from.RemoveAt(from.Count - 1);
        return Now;
    }

    /// <summary>All of it as the value of a hidden field: states are alike, so that they take little room when packed together.</summary>
    public string Write()
    {
        while (past.Concat(next).Sum(state => state.Length) > MostCharacters) (past.Count > next.Count ? past : next).RemoveAt(0);
        using var bytes = new MemoryStream();
        using (var packed = new BrotliStream(bytes, CompressionLevel.Fastest)) JsonSerializer.Serialize(packed, new Packed(past, Now, next), Plain);
        return Convert.ToBase64String(bytes.ToArray());
    }

    /// <summary>What <see cref="Write"/> gave; no steps when it is something else, or more than it would give.</summary>
    public static FilterSteps Read(string? text)
    {
        try
        {
            using var unpacked = new BrotliStream(new MemoryStream(Convert.FromBase64String(text ?? "")), CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            var part = new byte[16_384];
            for (int read; bytes.Length <= MostBytes && (read = unpacked.Read(part)) > 0;) bytes.Write(part, 0, read);
            if (bytes.Length > MostBytes || JsonSerializer.Deserialize<Packed>(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)) is not { Past: not null, Now: not null, Next: not null } steps) return new(Unknown);
            return new(steps.Now) { past = [.. steps.Past.TakeLast(MostSteps)], next = [.. steps.Next.TakeLast(MostSteps)] };
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or InvalidOperationException or JsonException)
        {
            return new(Unknown);
        }
    }

    private sealed record Packed(List<string> Past, string Now, List<string> Next);
}
