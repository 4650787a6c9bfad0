using System.Globalization;
using System.Text.Json;

namespace Winnow.Server.Commands;

/// <summary>Where a command speaks: its result on the output, everything else on the error stream, so that the result can be piped.</summary>
/// <param name="json">One JSON object as the result, for programs.</param>
/// <param name="progress">A line that shows how far it is, overwritten as it goes; for people at a terminal.</param>
public sealed class Terminal(TextWriter output, TextWriter error, bool json, bool progress, TimeProvider clock)
{
    private const int BarWidth = 30;
    private static readonly JsonSerializerOptions Plain = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly long began = clock.GetTimestamp();
    private long shown;
    private int width;

    /// <summary>A line for people while it works.</summary>
    public async Task Say(string line)
    {
        if (json) return;
        await Wipe();
        await error.WriteLineAsync(line);
    }

    /// <summary>How far it is: a bar, the share, the rate and the time left. Written at most five times a second.</summary>
    /// <param name="total">0 when nobody knows.</param>
    public async Task Show(long done, long total, string things)
    {
        if (!progress || json || shown != 0 && clock.GetElapsedTime(shown) < TimeSpan.FromMilliseconds(200)) return;
        shown = clock.GetTimestamp();
        var line = Bar(done, total, things, clock.GetElapsedTime(began));
        await error.WriteAsync($"\r{line.PadRight(width)}");
        width = line.Length;
    }

    /// <summary>The result: a sentence for people, the figures for programs.</summary>
    public async Task<int> End(ExitCode code, string sentence, IReadOnlyDictionary<string, object?>? figures = null)
    {
        await Wipe();
        if (json) await output.WriteLineAsync(JsonSerializer.Serialize(new Dictionary<string, object?> { ["outcome"] = Word(code), ["says"] = sentence }.Concat(figures ?? new Dictionary<string, object?>()).ToDictionary(), Plain));
        else await (code is ExitCode.Done or ExitCode.Look ? output : error).WriteLineAsync(sentence);
        return (int)code;
    }

    /// <summary>The line of progress.</summary>
    public static string Bar(long done, long total, string things, TimeSpan taken)
    {
        var rate = taken.TotalSeconds < 1 ? 0 : done / taken.TotalSeconds;
        var pace = rate < 1 ? "" : Text($"  {rate:N0}/s");
        if (total <= 0 || done > total) return Text($"{done:N0} {things}{pace}");
        var filled = (int)(BarWidth * done / total);
        var left = rate < 1 ? "" : Text($"  {TimeSpan.FromSeconds((total - done) / rate):h\\:mm\\:ss} left");
        return Text($"[{new string('#', filled)}{new string('.', BarWidth - filled)}] {100 * done / total,3} %  {done:N0} of {total:N0} {things}{pace}{left}");
    }

    /// <summary>Text with numbers grouped alike wherever it runs.</summary>
    internal static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Word(ExitCode code) => code switch { ExitCode.Done => "done", ExitCode.Look => "look", ExitCode.WrongUse => "wrong-use", ExitCode.Stopped => "stopped", _ => "failed" };

    private async Task Wipe()
    {
        if (width == 0) return;
        await error.WriteAsync($"\r{new string(' ', width)}\r");
        width = 0;
    }
}
