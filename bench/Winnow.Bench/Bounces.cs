using System.Globalization;
using System.Text;
using Winnow.Mail.Reports;

namespace Winnow.Bench;

/// <summary>Reads every .eml file under a folder as a returned mail: writes what each says to predictions.tsv there, and measures how fast it is read.</summary>
public static class Bounces
{
    private const string Corpus = "tests/Winnow.Tests/Corpus/bounces";
    private const int LeastMails = 20_000;
    private const string Columns = "file\tevent\trecipient\thard\treason\tstatus\thubspot\trule";

    /// <summary>Runs <c>bounces FOLDER</c> or <c>bounces fuzz [FOLDER] [--count N]</c>; returns the exit code.</summary>
    public static int Run(string[] args)
    {
        var count = Array.IndexOf(args, "--count") is >= 0 and var i && i + 1 < args.Length ? long.Parse(args[i + 1], CultureInfo.InvariantCulture) : 100_000;
        IReadOnlyList<Figure> figures = args switch
        {
            ["fuzz", var folder, ..] when folder != "--count" => BounceFuzz.Run(folder, count),
            ["fuzz", ..] => BounceFuzz.Run(Corpus, count),
            [var folder] => Run(folder),
            _ => [],
        };
        if (figures.Count == 0)
        {
            Console.Error.WriteLine("usage: bounces FOLDER | bounces fuzz [FOLDER] [--count N]");
            return 2;
        }
        Console.WriteLine("name\tvalue\tlimit\tratio\treach\t");
        foreach (var figure in figures) Console.WriteLine(figure);
        return figures.All(f => f.Held) ? 0 : 1;
    }

    /// <summary>Every mail under a folder.</summary>
    internal static List<string> Files(string folder)
    {
        var files = Directory.GetFiles(folder, "*.eml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files : throw new ArgumentException($"No .eml file lies under {folder}; name a folder that holds some.");
    }

    /// <summary>Returns the figures: mails a second on one core, and memory a mail.</summary>
    private static List<Figure> Run(string folder)
    {
        var files = Files(folder);
        var mails = files.ConvertAll(File.ReadAllBytes);
        File.WriteAllLines(Path.Combine(folder, "predictions.tsv"), mails.Zip(files).SelectMany(m => Answers(Path.GetFileName(m.Second), m.First)).Prepend(Columns), new UTF8Encoding(false));
        return Measure(mails);
    }

    private static List<Figure> Measure(List<byte[]> mails)
    {
        var rounds = LeastMails / mails.Count + 1;
        for (var round = 0; round < rounds; round++) ReadAll(mails); // until the compiler has done its best
        // processor time, collection of garbage included: what a core gives, whatever else the machine does
        var (memory, start) = (GC.GetAllocatedBytesForCurrentThread(), Environment.CpuUsage.TotalTime);
        for (var round = 0; round < rounds; round++) ReadAll(mails);
        var seconds = (Environment.CpuUsage.TotalTime - start).TotalSeconds;
        var (count, allocated) = ((double)rounds * mails.Count, GC.GetAllocatedBytesForCurrentThread() - memory);
        return
        [
            Figure.Rate("bounces read on one core", count / seconds, 10_000, "mails/s", 1),
            Figure.Within("bounces memory a mail", allocated / count / 1024, 16, "KiB"),
        ];
    }

    private static void ReadAll(List<byte[]> mails)
    {
        foreach (var mail in mails) MailReport.Read(mail);
    }

    private static IEnumerable<string> Answers(string file, byte[] mail) => MailReport.Read(mail) switch
    {
        DeliveryReport report => report.Recipients.Select(r => Line(file, Event(r.Action), r.Recipient, r.Cause.IsHard ? "yes" : "no",
            Word(r.Cause.Reason), r.Status ?? "", r.Cause.Reason.Facts().HardBounce.HubSpotValue(), r.Cause.Rule)),
        ComplaintReport report => report.Recipients.DefaultIfEmpty("").Select(a => Line(file, "complaint", a, "no", "feedback", "", "", report.Rule)),
        AutoReply reply => [Line(file, "autoreply", reply.From, "no", "vacation", "", "", reply.Rule)],
        _ => [Line(file, "none", "", "no", "", "", "", "")],
    };

    // the corpus has no word for greylisting
    private static string Word(BounceReason reason) => reason == BounceReason.Greylisted ? BounceReason.SystemError.Code() : reason.Code();

    private static string Event(DeliveryAction action) => action switch { DeliveryAction.Failed => "bounce", DeliveryAction.Delayed => "delayed", _ => "delivered" };

    private static string Line(params string[] fields) => string.Join('\t', fields.Select(f => f.Replace('\t', ' ').ReplaceLineEndings(" ")));
}
