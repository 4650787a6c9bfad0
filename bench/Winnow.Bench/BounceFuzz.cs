using System.Diagnostics;
using System.Text;
using Winnow.Mail.Reports;

namespace Winnow.Bench;

/// <summary>Hostile mail: every file cut at every byte, then mutated mails. No exception, and each within a time and a memory.</summary>
public static class BounceFuzz
{
    private const double MostMilliseconds = 50;
    private const double MostBytes = 16 * 1024 * 1024;
    private const int MostLength = 1024 * 1024;

    // what steers the readers, put where it does not belong
    private static readonly byte[][] Spikes = [.. new[]
    {
        "\n\n", "\r", "\r\n", "\n--", "Content-Type: multipart/report; boundary=", "\nContent-Type: message/rfc822\n\n", "\nContent-Type: message/delivery-status\n\n",
        "\nContent-Type: message/feedback-report\n\n", "\nContent-Transfer-Encoding: base64\n", "\nFinal-Recipient: rfc822; ", "\nDiagnostic-Code: smtp; 550 5.1.1 ", "\nAction: delayed\n",
        "<a@b.example>:", "@", "@@@@", "<<<<<<<<", ">>> RCPT To:<", "=?utf-8?B?", "=?", "?=", "\"", "(((((", "user unknown", "5.1.1", "550-", "\0", "\u3042", "{\"notificationType\":\"Bounce\"",
        "<!--", "<script>", "&lt;", "=3D=", "---- Original message ----\n", "\t", "                                        ", "undeliverable", "X-Failed-Recipients: ",
    }.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Runs so many mutations on every core there is.</summary>
    public static List<Figure> Run(string folder, long count)
    {
        var mails = Bounces.Files(folder).ConvertAll(File.ReadAllBytes);
        foreach (var mail in mails.Concat(mails).Concat(mails)) MailReport.Read(mail);
        var seen = new Worst();
        var cuts = mails.AsParallel().Sum(mail => Cut(mail, seen));
        var lanes = Environment.ProcessorCount;
        Parallel.For(0, lanes, lane => Mutate(mails, new Random(20261122 + lane), count / lanes, seen));
        foreach (var fault in seen.Faults.Take(10)) Console.Error.WriteLine(fault);
        return
        [
            Figure.Within($"bounces {cuts} cuts and {count / lanes * lanes} mutations: exceptions", seen.Faults.Count, double.Epsilon, "mails"),
            Figure.Within("bounces slowest hostile mail", seen.Milliseconds, MostMilliseconds, "ms"),
            Figure.Within("bounces most memory for a hostile mail", seen.Bytes / 1024 / 1024, MostBytes / 1024 / 1024, "MiB"),
        ];
    }

    private static long Cut(byte[] mail, Worst seen)
    {
        for (var length = 0; length < mail.Length; length++) seen.Read(mail.AsMemory(0, length));
        return mail.Length;
    }

    private static void Mutate(List<byte[]> mails, Random random, long count, Worst seen)
    {
        for (long i = 0; i < count; i++)
        {
            var mail = mails[random.Next(mails.Count)].ToList();
            for (var steps = 1 << random.Next(5); steps > 0 && mail.Count > 0; steps--) Step(mail, mails, random);
            seen.Read(mail.Count > MostLength ? mail.GetRange(0, MostLength).ToArray() : mail.ToArray());
        }
    }

    private static void Step(List<byte> mail, List<byte[]> mails, Random random)
    {
        var at = random.Next(mail.Count);
        var length = Math.Min(random.Next(1, 200), mail.Count - at);
        switch (random.Next(8))
        {
            case 0: mail[at] = (byte)random.Next(256); break;
            case 1: mail.RemoveRange(at, length); break;
            case 2: mail.InsertRange(at, Spikes[random.Next(Spikes.Length)]); break;
            case 3: mail.InsertRange(at, Enumerable.Repeat(Spikes[random.Next(Spikes.Length)], random.Next(1, 50)).SelectMany(b => b)); break;
            case 4: mail.InsertRange(random.Next(mail.Count), mail.GetRange(at, length)); break;
            case 5: mail.InsertRange(at, Piece(mails[random.Next(mails.Count)], random)); break;
            case 6: mail.RemoveRange(at, mail.Count - at); break;
            // one in some hundreds grows large: a piece many thousand times
            default:
                var piece = mail.GetRange(at, Math.Min(length, 40));
                var times = random.Next(100) == 0 ? Math.Min(MostLength / piece.Count, 1 << random.Next(16)) : random.Next(1, 20);
                mail.InsertRange(at, Enumerable.Repeat(piece, times).SelectMany(b => b));
                break;
        }
    }

    private static ArraySegment<byte> Piece(byte[] mail, Random random)
    {
        var at = random.Next(mail.Length);
        return new ArraySegment<byte>(mail, at, Math.Min(random.Next(1, 2000), mail.Length - at));
    }

    private sealed class Worst
    {
        private readonly Lock gate = new();

        public List<string> Faults { get; } = [];

        public double Milliseconds { get; private set; }

        public double Bytes { get; private set; }

        public void Read(ReadOnlyMemory<byte> mail)
        {
            try
            {
                var (milliseconds, bytes) = Cost(mail);
                // the machine may have done something else meanwhile: what is slow once only was not slow
                for (var again = 0; again < 4 && milliseconds > MostMilliseconds / 5; again++) milliseconds = Math.Min(milliseconds, Cost(mail).Milliseconds);
                if (milliseconds > Milliseconds || bytes > Bytes) Note(mail, milliseconds, bytes);
            }
            catch (Exception e)
            {
                Keep(mail, "exception");
                lock (gate) Faults.Add(e.ToString());
            }
        }

        private static (double Milliseconds, double Bytes) Cost(ReadOnlyMemory<byte> mail)
        {
            var (memory, start) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            MailReport.Read(mail);
            return (Stopwatch.GetElapsedTime(start).TotalMilliseconds, GC.GetAllocatedBytesForCurrentThread() - memory);
        }

        private void Note(ReadOnlyMemory<byte> mail, double milliseconds, double bytes)
        {
            if (milliseconds > MostMilliseconds) Keep(mail, "slow");
            if (bytes > MostBytes) Keep(mail, "large");
            lock (gate) (Milliseconds, Bytes) = (Math.Max(Milliseconds, milliseconds), Math.Max(Bytes, bytes));
        }

        // so that the fault can be looked at
        private static void Keep(ReadOnlyMemory<byte> mail, string why) =>
            File.WriteAllBytes(Path.Combine(Path.GetTempPath(), $"winnow-fuzz-{why}-{mail.Length}.eml"), mail.Span);
    }
}
