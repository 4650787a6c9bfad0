using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Winnow.Jobs;

namespace Winnow.Transfer.Passports;

/// <summary>What a passport says of itself.</summary>
/// <param name="From">The account that it is from, as it calls itself.</param>
/// <param name="Made">UTC.</param>
/// <param name="Key">The public key of who signed it: X.509 SubjectPublicKeyInfo.</param>
public sealed record PassportHead(string From, DateTimeOffset Made, byte[] Key)
{
    /// <summary>The fingerprint of the signer.</summary>
    public string Signer => PassportKey.Fingerprint(Key);
}

/// <summary>One address under its hash, and since when mail is kept from it for which reason; null: not for that one.</summary>
/// <param name="Hash">SHA-256 of the normalised address, 64 digits.</param>
/// <param name="Reason">One of the six values of Email hard bounce reason.</param>
public sealed record PassportLine(string Hash, DateTimeOffset? OptedOut, DateTimeOffset? Complained, DateTimeOffset? Bounced, string? Reason);

/// <summary>A suppression passport: a text of a title, the head as JSON, a line an address, the number of them, and a signature over everything before it.
/// Lines end with a line feed. Addresses stand in it as hashes only.</summary>
public static class Passport
{
    private const string Title = "winnow suppression passport 1";
    private const int MaxLine = 4_096;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Writes a passport while its lines stream in.</summary>
    /// <returns>How many addresses are in it.</returns>
    public static async Task<long> Write(Stream to, string from, DateTimeOffset made, ECDsa key, IAsyncEnumerable<PassportLine> lines, CancellationToken stop)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (count, text) = (0L, new StringBuilder());
        text.Append(Title).Append('\n').Append(JsonSerializer.Serialize(new PassportHead(from, made, key.ExportSubjectPublicKeyInfo()), JobQueue.Json)).Append('\n');
        await foreach (var line in lines.WithCancellation(stop))
        {
            text.Append(CultureInfo.InvariantCulture, $"{line.Hash},{line.OptedOut?.ToUnixTimeMilliseconds()},{line.Complained?.ToUnixTimeMilliseconds()},{line.Bounced?.ToUnixTimeMilliseconds()},{line.Reason}\n");
            count++;
            if (text.Length > 1 << 16) await Flush();
        }
        text.Append(CultureInfo.InvariantCulture, $"end {count}\n");
        await Flush();
        await to.WriteAsync(Encoding.ASCII.GetBytes($"signature {Convert.ToBase64String(key.SignHash(digest.GetHashAndReset()))}\n"), stop);
        return count;

        async Task Flush()
        {
            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            text.Clear();
            digest.AppendData(bytes);
            await to.WriteAsync(bytes, stop);
        }
    }

    /// <summary>Reads a passport to its end: whether it is whole, and unchanged since it was signed.</summary>
    /// <returns>Its head and how many addresses are in it; or what is wrong, as a sentence.</returns>
    public static async Task<(PassportHead? Head, long Count, string? Error)> Check(Stream passport, CancellationToken stop)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (head, row, count, end) = ((PassportHead?)null, 0L, 0L, false);
        await foreach (var line in Lines(passport, stop))
        {
            row++;
            if (row == 1 && line != Title) return (null, 0, "This is not a suppression passport that this version of Winnow knows.");
            if (row == 2 && (head = HeadOf(line)) is null) return (null, 0, Damaged);
            if (end) return head is not null && IsSigned(head, digest.GetHashAndReset(), line) ? (head, count, null) : (null, 0, Changed);
            digest.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
            if (line == string.Create(CultureInfo.InvariantCulture, $"end {count}")) end = true;
            else if (row > 2 && LineOf(line) is null) return (null, 0, Damaged);
            else if (row > 2) count++;
        }
        return (null, 0, Damaged);
    }

    /// <summary>The addresses of a passport that was checked.</summary>
    public static async IAsyncEnumerable<PassportLine> Read(Stream passport, [EnumeratorCancellation] CancellationToken stop)
    {
        var row = 0L;
        await foreach (var text in Lines(passport, stop))
            if (++row > 2 && LineOf(text) is { } line) yield return line;
            else if (row > 2) yield break;
    }

    private const string Damaged = "The passport is damaged or not complete. Ask for it anew.";
    private const string Changed = "The passport was changed after it was signed, and nothing of it was imported. Ask for it anew, and find out who changed it.";

    private static PassportHead? HeadOf(string line)
    {
        try { return JsonSerializer.Deserialize<PassportHead>(line, JobQueue.Json) is { Key: not null, From: not null } head ? head : null; }
        catch (JsonException) { return null; }
    }

    private static bool IsSigned(PassportHead head, byte[] digest, string line)
    {
        using var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(head.Key, out _);
            return key.KeySize == 256 && line.StartsWith("signature ", StringComparison.Ordinal) && key.VerifyHash(digest, Convert.FromBase64String(line["signature ".Length..]));
        }
        catch (Exception e) when (e is CryptographicException or FormatException or PlatformNotSupportedException) { return false; }
    }

    private static PassportLine? LineOf(string text)
    {
        if (text.Split(',') is not [{ Length: 64 } hash, var optedOut, var complained, var bounced, var reason] || hash.AsSpan().ContainsAnyExcept(Digits)) return null;
        return Instant(optedOut, out var o) && Instant(complained, out var c) && Instant(bounced, out var b) && (b is null) == (reason.Length == 0) ? new(hash, o, c, b, reason.Length > 0 ? reason : null) : null;
    }

    private static bool Instant(string text, out DateTimeOffset? at)
    {
        at = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
        return at is not null || text.Length == 0;
    }

    /// <summary>The lines of a text that a stranger may have made: a longer one ends it.</summary>
    private static async IAsyncEnumerable<string> Lines(Stream from, [EnumeratorCancellation] CancellationToken stop)
    {
        var (buffer, held) = (new byte[1 << 16], 0);
        while (await from.ReadAsync(buffer.AsMemory(held), stop) is > 0 and var read)
        {
            held += read;
            var start = 0;
            for (int length; (length = Array.IndexOf(buffer, (byte)'\n', start, held - start) - start) >= 0; start += length + 1) yield return Encoding.UTF8.GetString(buffer, start, length);
            held -= start;
            if (held > MaxLine) yield break;
            buffer.AsSpan(start, held).CopyTo(buffer);
        }
    }
}
