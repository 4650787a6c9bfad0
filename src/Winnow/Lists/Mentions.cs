using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Mail.Mime;

namespace Winnow.Lists;

/// <summary>Texts and files that name addresses of people who were deleted permanently. The addresses are gone by then: each address in a text is
/// hashed and looked up (<see cref="AddressHashes"/>). What people wrote for themselves (names and filters of lists and views, e-mails) is theirs
/// and left alone.</summary>
public sealed partial class Mentions(Db db, ContactStore contacts, Files files, TimeProvider clock)
{
    /// <summary>A table whose texts may name somebody; its key is account and id.</summary>
    /// <param name="When">Which of its rows; others are still written.</param>
    private sealed record Place(string Table, string[] Texts, string[] Json, string When = "true");

    private static readonly Place[] Places =
    [
        new("audit_log", ["subject", "before", "after"], []),
        new("jobs", ["title", "error"], ["state", "result"], "outcome is not null"),
        new("bulk_operations", ["source"], []),
        new("incidents", ["sample"], []),
        new("imports", ["name", "file_name"], []),
        new("passports", ["file_name"], []),
        new("files", ["name"], []),
    ];
    private const string Erased = "(erased)";
    private const int Rows = 500, Reports = 50, AtOnce = 1_000, Overlap = 1_024;
    private static readonly SqlFile Sql = SqlFile.Beside<Mentions>();

    /// <summary>How many tables <see cref="InTexts"/> knows.</summary>
    public static int Tables => Places.Length;

    /// <summary>Takes erased addresses out of the next rows of a table.</summary>
    /// <param name="after">The id of the last row done; 0 to begin.</param>
    /// <returns>The last row looked at, null at the end, and how many were changed.</returns>
    public async Task<(long? Last, long Changed)> InTexts(Tx tx, long accountId, int table, long after)
    {
        var place = Places[table];
        string[] columns = [.. place.Texts, .. place.Json];
        var rows = new List<(long Id, string?[] Texts)>();
        await using (var reader = await tx.Reader(Read(place), new { accountId, after, limit = (long)Rows }))
            while (await reader.ReadAsync(tx.Stop)) rows.Add((reader.GetInt64(0), [.. columns.Select((_, i) => reader.IsDBNull(i + 1) ? null : reader.GetString(i + 1))]));
        var known = await Known(tx, accountId, rows.SelectMany(r => r.Texts).OfType<string>().SelectMany(Addresses));
        var changed = 0L;
        foreach (var (id, texts) in known.Count == 0 ? [] : rows)
        {
            var clean = texts.Select(t => t is null ? null : Without(t, known)).ToArray();
            if (clean.SequenceEqual(texts)) continue;
            var args = new Dictionary<string, object?> { ["accountId"] = accountId, ["id"] = id };
            for (var i = 0; i < columns.Length; i++) args["t" + i] = clean[i];
            await tx.Execute(Write(place), args);
            changed++;
        }
        return (rows.Count == 0 ? null : rows[^1].Id, changed);
    }

    /// <summary>Removes the raw bytes of the next reports that are about nobody, or about somebody else, and name an erased address.</summary>
    /// <returns>The last report looked at, null at the end, and how many were redacted.</returns>
    public async Task<(long? Last, long Redacted)> InReports(Tx tx, long accountId, long after)
    {
        var reports = await tx.Query<Report>(Sql["reports"], new { accountId, after, limit = (long)Reports });
        var named = reports.ConvertAll(r => Addresses(r.Text).ToHashSet());
        var known = await Known(tx, accountId, named.SelectMany(n => n));
        var ids = reports.Where((_, i) => named[i].Overlaps(known)).Select(r => r.Id).ToArray();
        if (ids.Length > 0) await tx.Execute(Sql["redact"], new { accountId, ids, nothing = Array.Empty<byte>(), now = clock.GetUtcNow() });
        return (reports.Count == 0 ? null : reports[^1].Id, ids.Length);
    }

    /// <summary>Whether a stored file names an erased address.</summary>
    public async Task<bool> In(StoredFile file, CancellationToken stop)
    {
        try { return await db.Read(tx => tx.Single<bool>(Sql["is-uploaded-workbook"], new { file.AccountId, file.Id }), stop) || await Names(file, stop); }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException) { return true; }       // what cannot be searched is not kept
    }

    private async Task<bool> Names(StoredFile file, CancellationToken stop)
    {
        await using var content = await Text(file, stop);
        var (buffer, kept) = (new byte[Files.PieceSize + Overlap], 0);
        for (int read; (read = await content.ReadAtLeastAsync(buffer.AsMemory(kept), buffer.Length - kept, throwOnEndOfStream: false, stop)) > 0;)
        {
            var text = Encoding.UTF8.GetString([.. buffer.AsSpan(0, kept + read).ToArray().Where(b => b != 0)]);      // UTF-16 reads as the same letters
            foreach (var some in Addresses(text).Distinct().Chunk(AtOnce))
                if ((await db.Read(tx => contacts.Blocked(tx, file.AccountId, some), stop)).Count > 0) return true;
            var all = kept + read;
            kept = Math.Min(Overlap, all);
            buffer.AsSpan(all - kept, kept).CopyTo(buffer);                     // an address may lie across the border
        }
        return false;
    }

    /// <summary>The file's text; of a workbook its sheet, which stands first in those that we write.</summary>
    private async Task<Stream> Text(StoredFile file, CancellationToken stop)
    {
        var content = files.Open(file);
        if (!file.Name.EndsWith(".xlsx", StringComparison.OrdinalIgnoreCase)) return content;
        var head = new byte[30];                                // before the name of the part
        await content.ReadExactlyAsync(head, stop);
        await content.ReadExactlyAsync(new byte[head[26] | head[27] << 8], stop);
        return new DeflateStream(content, CompressionMode.Decompress);
    }

    private async Task<HashSet<string>> Known(Tx tx, long accountId, IEnumerable<string> addresses)
    {
        var known = new HashSet<string>();
        foreach (var some in addresses.Distinct().Chunk(AtOnce)) known.UnionWith(await contacts.Blocked(tx, accountId, some));
        return known;
    }

    private static IEnumerable<string> Addresses(string text) => Address().Matches(Plain(text)).SelectMany(m => Readings(m.Value)).Select(EmailAddress.Normalize).OfType<string>();

    private static string Without(string text, HashSet<string> known) =>
        Address().Replace(Plain(text), m => Readings(m.Value).FirstOrDefault(r => EmailAddress.Normalize(r) is { } key && known.Contains(key)) is { } found ? Erased + m.Value[found.Length..] : m.Value) is var clean && clean == Plain(text) ? text : clean;

    /// <summary>ann@example.test.csv may be the address and the end of a file's name.</summary>
    private static IEnumerable<string> Readings(string found)
    {
        for (var end = found.Length; end > found.IndexOf('@', StringComparison.Ordinal); end = found.LastIndexOf('.', end - 1)) yield return found[..end];
    }

    /// <summary>JSON writes a plus sign in its own way, and a quote between letters.</summary>
    private static string Plain(string text) => text.Replace("\\u002B", "+", StringComparison.OrdinalIgnoreCase).Replace("\\u0027", "'", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);

    private static Statement Read(Place place) => new($"texts of {place.Table}", _ =>
    {
        string[] texts = [.. place.Texts, .. place.Json.Select(c => $"cast({c} as text)")];
        return $"""
            select id, {string.Join(", ", texts)} from {place.Table}
            where account_id = @accountId and id > @after and {place.When} and ({string.Join(" or ", texts.Select(t => $"{t} like '%@%'"))})
            order by id limit @limit $lock
            """;
    });

    private static Statement Write(Place place) => Statement.Built($"texts of {place.Table} without",
        $"update {place.Table} set {string.Join(", ", place.Texts.Concat(place.Json).Select((c, i) => $"{c} = {(i < place.Texts.Length ? "@t" + i : $"cast(@t{i} as $json)")}"))} where account_id = @accountId and id = @id");

    [GeneratedRegex("""[^\s<>()\[\]"',;:=\\/|]+@[^\s<>()\[\]"',;:=\\/|]*[^\s<>()\[\]"',;:=\\/|.]""")]
    private static partial Regex Address();

    private sealed record Report(long Id, byte[] Raw, string Recipient, string? Named, string? Decisive)
    {
        /// <summary>Everything readable of it, with and without transfer encodings.</summary>
        public string Text
        {
            get
            {
                var text = new StringBuilder($"{Recipient} {Named} {Decisive} ").Append(Encoding.UTF8.GetString(Raw)).Append('\n');
                Add(MimeReader.Read(Raw), text);
                return text.ToString();
            }
        }

        private static void Add(MimePart part, StringBuilder text)
        {
            foreach (var field in part.Headers) text.Append(field.Text).Append('\n');
            if (part.Parts.Count == 0 && (part.ContentType.IsAny("text") || part.ContentType.IsAny("message") || part.ContentType.Is("application/json"))) text.Append(part.Text()).Append('\n');
            foreach (var below in part.Parts) Add(below, text);
        }
    }
}
