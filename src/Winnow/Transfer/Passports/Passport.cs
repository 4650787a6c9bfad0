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

/// <summary>A passport that was read to its end and found whole and signed.</summary>
/// <param name="Addresses">How many are in it; then how many of them for which reason, some for several.</param>
public sealed record PassportContents(PassportHead Head, long Addresses, long OptedOut, long Complained, long Bounced)
{
    internal PassportContents With(PassportLine line) => this with
    {
        Addresses = Addresses + 1, OptedOut = OptedOut + One(line.OptedOut), Complained = Complained + One(line.Complained), Bounced = Bounced + One(line.Bounced),
    };

    private static int One(DateTimeOffset? since) => since is null ? 0 : 1;
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
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef"), Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

    /// <summary>All that is said against a passport, for translation.</summary>
    internal static readonly IReadOnlyList<string> Refusals = [NoPassport, Damaged, Changed];

    /// <summary>The beginning.</summary>
    /// <param name="key">The public key of who is going to sign it.</param>
    public static byte[] Start(string from, DateTimeOffset made, byte[] key) => Encoding.UTF8.GetBytes($"{Title}\n{JsonSerializer.Serialize(new PassportHead(from, made, key), JobQueue.Json)}\n");

    /// <summary>The lines of some addresses.</summary>
    public static byte[] Lines(IEnumerable<PassportLine> lines) => Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => string.Create(
        CultureInfo.InvariantCulture, $"{line.Hash},{line.OptedOut?.ToUnixTimeMilliseconds()},{line.Complained?.ToUnixTimeMilliseconds()},{line.Bounced?.ToUnixTimeMilliseconds()},{line.Reason}\n"))));

    /// <summary>The end, with the signature.</summary>
    /// <param name="before">All that stands before it.</param>
    /// <param name="count">How many addresses that are.</param>
    public static async Task<byte[]> End(Stream before, long count, ECDsa key, CancellationToken stop)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        for (int read; (read = await before.ReadAsync(buffer, stop)) > 0;) digest.AppendData(buffer, 0, read);
        var end = string.Create(CultureInfo.InvariantCulture, $"end {count}\n");
        digest.AppendData(Encoding.ASCII.GetBytes(end));
        return Encoding.ASCII.GetBytes($"{end}signature {Convert.ToBase64String(key.SignHash(digest.GetHashAndReset()))}\n");
    }

    /// <summary>Reads a passport to its end: whether it is whole, and unchanged since it was signed.</summary>
    /// <returns>What is in it; or what is wrong, as a sentence.</returns>
    public static async Task<(PassportContents? Contents, string? Error)> Check(Stream passport, CancellationToken stop)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (contents, row, end) = ((PassportContents?)null, 0L, false);
        await foreach (var line in Lines(passport, stop))
        {
            row++;
            if (row == 1 && line != Title) return (null, NoPassport);
            if (row == 2 && (contents = HeadOf(line)) is null) return (null, Damaged);
            if (end) return IsSigned(contents!.Head, digest.GetHashAndReset(), line) ? (contents, null) : (null, Changed);
            digest.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
            if (row < 3) continue;
            if (line == string.Create(CultureInfo.InvariantCulture, $"end {contents!.Addresses}")) end = true;
            else if (LineOf(line) is { } address) contents = contents.With(address);
            else return (null, Damaged);
        }
        return (null, row == 0 ? NoPassport : Damaged);
    }

    /// <summary>The addresses of a passport that was checked, each with the place in bytes behind it.</summary>
    /// <param name="position">Where <paramref name="passport"/> begins: behind an address, or 0.</param>
    public static async IAsyncEnumerable<(PassportLine Line, long Behind)> Read(Stream passport, long position, [EnumeratorCancellation] CancellationToken stop)
    {
        var row = position > 0 ? 2L : 0;
        await foreach (var text in Lines(passport, stop))
        {
            position += Encoding.UTF8.GetByteCount(text) + 1;
            if (++row > 2 && LineOf(text) is { } line) yield return (line, position);
            else if (row > 2) yield break;
        }
    }

    private const string NoPassport = "This is not a suppression passport that this version of Winnow knows.";
    private const string Damaged = "The passport is damaged or not complete. Ask for it anew.";
    private const string Changed = "The signature of the passport is broken: it was changed after it was signed. Nothing of it was imported. Ask for it anew, and find out who changed it.";

    private static PassportContents? HeadOf(string line)
    {
        try { return JsonSerializer.Deserialize<PassportHead>(line, JobQueue.Json) is { Key: not null, From: not null } head ? new(head, 0, 0, 0, 0) : null; }
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
        if (text.Split(',') is not [{ Length: 64 } hash, var optedOut, var complained, var bounced, var reason] || hash.AsSpan().ContainsAnyExcept(Digits) || reason.AsSpan().ContainsAnyExcept(Letters)) return null;
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
