using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Winnow.Server.Lists;

/// <summary>The states of a filter that is being made, for undo and redo. They travel in the form with all else of the builder, packed: no row is
/// written for what nobody has saved, two windows do not disturb each other, and it works without script.</summary>
/// <param name="shown">The state to begin with: no condition.</param>
public sealed class FilterSteps(string shown = "[]")
{
    private const int MostSteps = 50, MostBytes = 1 << 20;

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
        (past, next, Now) = ([.. past.TakeLast(MostSteps - 1), Now], [], state);
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
        while (past.Sum(s => s.Length) > MostBytes / 4) past.RemoveAt(0);
        using var bytes = new MemoryStream();
        using (var packed = new BrotliStream(bytes, CompressionLevel.Fastest)) JsonSerializer.Serialize(packed, new Packed(past, Now, next));
        return Convert.ToBase64String(bytes.ToArray());
    }

    /// <summary>What <see cref="Write"/> gave; none when it is something else, or more than it would give.</summary>
    public static FilterSteps Read(string? text)
    {
        try
        {
            using var unpacked = new BrotliStream(new MemoryStream(Convert.FromBase64String(text ?? "")), CompressionMode.Decompress);
            var bytes = new byte[MostBytes + 1];
            var length = unpacked.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length == 0 || length > MostBytes || JsonSerializer.Deserialize<Packed>(bytes.AsSpan(0, length)) is not { Past: not null, Now: not null, Next: not null } steps) return new();
            return new(steps.Now) { past = [.. steps.Past.TakeLast(MostSteps)], next = [.. steps.Next.TakeLast(MostSteps)] };
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or InvalidOperationException or JsonException or DecoderFallbackException)
        {
            return new();
        }
    }

    private sealed record Packed(List<string> Past, string Now, List<string> Next);
}
