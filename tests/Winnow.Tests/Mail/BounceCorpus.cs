using Winnow.Mail.Reports;

namespace Winnow.Tests;

/// <summary>The real bounces under Corpus/bounces and what they should say.</summary>
public static class BounceCorpus
{
    public sealed record Expected(
        string File, string Event, string Format, HashSet<string> Recipients, string? Status, HashSet<string> Reasons, bool Hard, bool HardDisputed);

    /// <summary>One answer, in the words of the corpus.</summary>
    public sealed record Answer(string Event, string Recipient, string? Status, string Reason, bool Hard);

    public static string Folder { get; } = Root.At("tests", "Winnow.Tests", "Corpus", "bounces");

    public static IEnumerable<string> Files =>
        Directory.GetFiles(Path.Combine(Folder, "eml")).Concat(Negatives).Order(StringComparer.Ordinal);

    public static IEnumerable<string> Negatives => Directory.GetFiles(Path.Combine(Folder, "negative"));

    public static byte[] Mail(Expected row) => File.ReadAllBytes(Path.Combine(Folder, "eml", row.File));

    public static IEnumerable<Expected> Rows => Table("expected.tsv").Select(r => new Expected(
        r["file"], r["event"], r["format"], Set(r["recipient"] + "|" + r["recipient_also"]),
        r["status"].Length > 0 && r["status_pseudo"] == "no" ? r["status"] : null,
        [.. Set(r["reason"] + "|" + r["reason_also"]).Select(Modern)], r["hard"] == "yes", r["hard_disputed"] == "yes"));

    /// <summary>Reply text, reason, hard.</summary>
    public static IEnumerable<(string Text, string Reason, bool Hard)> Replies =>
        Table("responses.tsv").Select(r => (r["response"], Modern(r["reason"]), r["hard"] == "yes"));

    public static List<Answer> Answers(byte[] mail) => MailReport.Read(mail) switch
    {
        DeliveryReport report => [.. report.Recipients.Select(r => new Answer(
            r.Action switch { DeliveryAction.Failed => "bounce", DeliveryAction.Delayed => "delayed", _ => "delivered" },
            r.Recipient.ToLowerInvariant(), r.Status, r.Cause.Reason.Code(), r.Cause.IsHard))],
        ComplaintReport report => [.. report.Recipients.DefaultIfEmpty("").Select(a => new Answer("complaint", a.ToLowerInvariant(), null, "feedback", false))],
        AutoReply reply => [new Answer("autoreply", reply.From.ToLowerInvariant(), null, "vacation", false)],
        _ => [],
    };

    // names that the corpus used before its current ones
    private static string Modern(string reason) => reason switch
    {
        "speeding" or "toomanyconn" => "ratelimited",
        "exceedlimit" or "mesgtoobig" => "emailtoolarge",
        _ => reason,
    };

    private static HashSet<string> Set(string piped) =>
        [.. piped.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(a => a.ToLowerInvariant())];

    private static IEnumerable<Dictionary<string, string>> Table(string name)
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, name));
        var columns = lines[0].Split('\t');
        return lines.Skip(1).Select(line => columns.Zip(line.Split('\t')).ToDictionary(p => p.First, p => p.Second));
    }
}
