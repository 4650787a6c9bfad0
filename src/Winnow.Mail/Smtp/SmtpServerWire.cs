using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Winnow.Mail.Smtp;

/// <summary>The session is to end now, with this reply as its last.</summary>
internal sealed class SmtpHangUpException(SmtpReply reply) : Exception(reply.ToString())
{
    public SmtpReply Reply { get; } = reply;
}

/// <summary>
/// The listener's end of the line: reads lines and blocks, gathers replies and sends them when the client has nothing more
/// in flight (RFC 2920 §3.2), and watches the clock over both.
/// </summary>
internal sealed class SmtpServerWire : IDisposable
{
    private static readonly TimeSpan FarewellWait = TimeSpan.FromSeconds(2);
    private static readonly SmtpReply Closing = new(421, "4.3.2", "Closing down, please try again later");
    private static readonly SmtpReply TooSlow = new(421, "4.4.2", "Too slow, closing");
    private static readonly SmtpReply LineTooLong = new(500, "5.5.2", "Line too long");

    private readonly SmtpLimits limits;
    private readonly TimeProvider clock;
    private readonly long started;
    private readonly CancellationTokenSource deadline;
    private readonly CancellationToken stopping;
    private readonly byte[] input;
    private readonly ByteBuffer output = new(1024);
    private Stream stream;
    private int start;
    private int end;

    public SmtpServerWire(Socket socket, SmtpLimits limits, TimeProvider clock, CancellationToken stopping)
    {
        this.limits = limits;
        this.clock = clock;
        this.stopping = stopping;
        started = clock.GetTimestamp();
        deadline = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        input = new byte[Math.Max(8 * 1024, limits.CommandBytes)];
        stream = new NetworkStream(socket, ownsSocket: true);
    }

    public bool IsEncrypted => stream is SslStream;

    /// <summary>Whether the client sent more than was read: pipelined commands, mostly.</summary>
    public bool HasUnread => end > start;

    public static bool IsGone(Exception e) => SmtpWire.IsFailure(e);

    public void Say(SmtpReply reply) => reply.WriteTo(output);

    /// <summary>The next command line without its CRLF; null when the client closed.</summary>
    public async ValueTask<string?> ReadLine()
    {
        var looked = 0;
        while (true)
        {
            var found = input.AsSpan(start + looked, end - start - looked).IndexOf((byte)'\n');
            var length = found < 0 ? end - start : looked + found + 1;
            if (length > limits.CommandBytes || (found < 0 && length == input.Length)) throw new SmtpHangUpException(LineTooLong);
            if (found >= 0)
            {
                var line = Encoding.Latin1.GetString(input, start, length);
                start += length;
                return line;
            }
            looked = length;
            await Flush();
            // A client at rest is woken when we stop; one in the middle of a message is not.
            using var wake = stopping.UnsafeRegister(static wire => ((SmtpServerWire)wire!).deadline.Cancel(), this);
            if (!await Fill()) return null;
        }
    }

    /// <summary>Whatever arrived next; empty when the client closed. Give back what was not used.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadBlock()
    {
        if (!HasUnread && !await Fill()) return default;
        var block = input.AsMemory(start, end - start);
        start = end;
        return block;
    }

    public void GiveBack(int bytes) => start -= bytes;

    public async ValueTask Flush()
    {
        if (output.Length == 0) return;
        Arm();
        try
        {
            await stream.WriteAsync(output.Written, deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            // A client that does not read its replies will not read a farewell.
            throw new IOException("the client takes no replies");
        }
        output.Clear();
    }

    public async Task Encrypt(X509Certificate2 certificate)
    {
        await Flush();
        var secured = new SslStream(stream);
        stream = secured;
        Arm();
        await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, deadline.Token);
    }

    /// <summary>The last reply, and as long as it takes a willing client to hear it.</summary>
    public async Task Farewell(SmtpReply reply)
    {
        Say(reply);
        using var wait = new CancellationTokenSource(FarewellWait, clock);
        try
        {
            await stream.WriteAsync(output.Written, wait.Token);
        }
        catch (Exception e) when (IsGone(e))
        {
            // It hung up first.
        }
    }

    /// <summary>Ends every wait at once.</summary>
    public void Abort() => deadline.Cancel();

    public void Dispose()
    {
        stream.Dispose();
        deadline.Dispose();
    }

    /// <summary>False when the client closed. Sends the replies gathered so far before it waits.</summary>
    private async ValueTask<bool> Fill()
    {
        await Flush();
        input.AsSpan(start, end - start).CopyTo(input);
        (start, end) = (0, end - start);
        Arm();
        try
        {
            var read = await stream.ReadAsync(input.AsMemory(end), deadline.Token);
            end += read;
            return read > 0;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new SmtpHangUpException(stopping.IsCancellationRequested ? Closing : TooSlow);
        }
    }

    private void Arm()
    {
        var left = limits.Session - clock.GetElapsedTime(started);
        var wait = left < limits.Idle ? left : limits.Idle;
        deadline.CancelAfter(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
    }
}
