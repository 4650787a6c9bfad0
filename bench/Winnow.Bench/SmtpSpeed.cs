using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Winnow.Mail.Smtp;

namespace Winnow.Bench;

/// <summary>
/// Our SMTP client against Postfix's smtp-source, both sending 5 kB messages to Postfix's smtp-sink over the same number of
/// connections, in turns; and our listener under the same load. <c>-- smtp [messages]</c>
/// </summary>
internal static class SmtpSpeed
{
    private const string Sink = "/usr/sbin/smtp-sink";
    private const string Source = "/usr/sbin/smtp-source";
    private const int MessageBytes = 5000;

    private static readonly byte[] Content = Encoding.ASCII.GetBytes(
        "From: <a@x.test>\r\nSubject: speed\r\n\r\n" + string.Concat(Enumerable.Repeat(new string('x', 76) + "\r\n", MessageBytes / 78)));

    public static async Task Run(int messages)
    {
        var port = Place.FreePort();
        using var sink = Start(Sink, [.. AsNobody, $"127.0.0.1:{port}", "1000"]);
        await using var listener = SmtpListener.Start(new IPEndPoint(IPAddress.Loopback, 0), new SmtpHost
        {
            Name = "bench.test",
            AcceptRecipient = (_, _, _) => new(SmtpReplies.RecipientOk),
            Store = (_, _, _) => new(SmtpReplies.Stored),
        });
        await Task.Delay(500);
        try
        {
            Console.WriteLine("connections\tto\tsmtp-source/s\tours/s\tratio\tours, durable note/s\tratio");
            foreach (var connections in new[] { 1, 8, 16 })
            {
                await Line("smtp-sink", port, connections, messages);
                await Line("our listener", listener.Endpoint.Port, connections, messages);
            }
        }
        finally
        {
            sink.Kill();
        }
    }

    private static string[] AsNobody => Environment.IsPrivilegedProcess ? ["-u", "nobody"] : [];

    private static async Task Line(string name, int port, int connections, int messages)
    {
        double[] source = new double[3], ours = new double[3], noted = new double[3];
        await Ours(port, connections, messages, null); // warm
        for (var round = 0; round < 3; round++)
        {
            source[round] = await Theirs(port, connections, messages);
            ours[round] = await Ours(port, connections, messages, null);
            await using var log = new NoteLog();
            noted[round] = await Ours(port, connections, messages, log);
        }
        var (s, o, n) = (source.Order().ElementAt(1), ours.Order().ElementAt(1), noted.Order().ElementAt(1));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{connections}\t{name}\t{s:f0}\t{o:f0}\t{o / s:f2}\t{n:f0}\t{n / s:f2}"));
    }

    private static async Task<double> Theirs(int port, int connections, int messages)
    {
        var watch = Stopwatch.StartNew();
        // -d: keep the session for the next message, as we do.
        using var source = Start(Source, ["-d", "-s", $"{connections}", "-m", $"{messages}", "-l", $"{MessageBytes}", "-f", "a@x.test", "-t", "b@x.test", $"127.0.0.1:{port}"]);
        await source.WaitForExitAsync();
        if (source.ExitCode != 0) throw new InvalidOperationException($"smtp-source ended with {source.ExitCode}");
        return messages / watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> Ours(int port, int connections, int messages, NoteLog? log)
    {
        await using var pool = new SmtpPool(new SmtpRelay("127.0.0.1", port) { Tls = SmtpTls.None, LocalName = "bench.test" }, connections);
        var next = 0;
        var outcomes = new ConcurrentBag<Task>();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i <= messages)
            {
                var outcome = await pool.SendAsync(new SmtpMessage("a@x.test", "b@x.test", Content), log is null ? null : token => log.Note(i, token), default);
                if (outcome is not SmtpOutcome.Accepted) throw new InvalidOperationException(outcome.ToString());
                // The outcome is recorded too, but the next message need not wait for that.
                if (log is not null) outcomes.Add(log.Note(-i, default).AsTask());
            }
        })));
        await Task.WhenAll(outcomes);
        return messages / watch.Elapsed.TotalSeconds;
    }

    private static Process Start(string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>The least a durable record can cost: a line in a file, many callers to one fsync.</summary>
    private sealed class NoteLog : IAsyncDisposable
    {
        private readonly string path = Path.GetTempFileName();
        private readonly Channel<(long Id, TaskCompletionSource Done)> notes = Channel.CreateUnbounded<(long, TaskCompletionSource)>();
        private readonly Task writing;

        public NoteLog() => writing = Task.Run(Write);

        public async ValueTask Note(long id, CancellationToken cancel)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await notes.Writer.WriteAsync((id, done), cancel);
            await done.Task;
        }

        public async ValueTask DisposeAsync()
        {
            notes.Writer.Complete();
            await writing;
            File.Delete(path);
        }

        private async Task Write()
        {
            await using var file = new FileStream(path, FileMode.Append);
            var batch = new List<TaskCompletionSource>();
            while (await notes.Reader.WaitToReadAsync())
            {
                while (notes.Reader.TryRead(out var note))
                {
                    await file.WriteAsync(Encoding.ASCII.GetBytes(note.Id.ToString(CultureInfo.InvariantCulture) + "\n"));
                    batch.Add(note.Done);
                }
                file.Flush(flushToDisk: true);
                batch.ForEach(done => done.SetResult());
                batch.Clear();
            }
        }
    }
}
