using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Winnow.Mail.Smtp;

/// <summary>A server that does not speak SMTP, or stopped speaking: the client's session is over.</summary>
internal sealed class SmtpBrokenException(string message) : IOException(message);

/// <summary>
/// The client's end of the line: writes bytes, reads replies, both under a deadline. Whatever goes wrong out there is an
/// exception for which <see cref="IsFailure"/> holds; after one the wire is of no more use.
/// </summary>
internal sealed class SmtpWire : IDisposable
{
    // RFC 5321 §4.5.3.1.5 says 512 for a reply line; real servers put links and advice in theirs.
    private const int MaxLine = 4096;
    private const int MaxLines = 256;

    private readonly Socket socket;
    private readonly CancellationTokenSource deadline;
    private readonly byte[] input = new byte[MaxLine];
    private Stream stream = Stream.Null;
    private int start;
    private int end;
    private long mostTicks = long.MaxValue;

    public SmtpWire(TimeProvider clock)
    {
        deadline = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    }

    public bool IsEncrypted => stream is SslStream;

    /// <summary>Bytes from the server that nobody asked for yet.</summary>
    public bool HasUnread => end > start;

    /// <summary>A deadline passed or the caller cancelled: nothing can be written or read any more.</summary>
    public bool IsOver => deadline.IsCancellationRequested;

    /// <summary>
    /// Whether the server hung up or spoke out of turn, asked of the network without waiting. Under TLS only a hang-up can
    /// be told, because records that carry no words arrive too.
    /// </summary>
    public bool HasNews => HasUnread || (socket.Poll(0, SelectMode.SelectRead) && (!IsEncrypted || socket.Available == 0));

    public static bool IsFailure(Exception e) =>
        e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or AuthenticationException;

    /// <summary>While the registration lives, cancelling <paramref name="token"/> ends whatever the wire waits for.</summary>
    public CancellationTokenRegistration Obey(CancellationToken token) =>
        token.UnsafeRegister(static wire => ((SmtpWire)wire!).deadline.Cancel(), this);

    /// <summary>As <see cref="Obey"/>, but with some time left to hear a reply that may be on its way.</summary>
    public CancellationTokenRegistration ObeyAfter(TimeSpan grace, CancellationToken token)
    {
        return token.UnsafeRegister(_ => Hurry(grace.Ticks), null);
    }

    /// <summary>No deadline until the next write or read.</summary>
    public void Rest()
    {
        mostTicks = long.MaxValue;
        if (!IsOver) deadline.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    public async Task Connect(string host, int port, TimeSpan timeout)
    {
        Arm(timeout);
        await socket.ConnectAsync(host, port, deadline.Token);
        stream = new NetworkStream(socket, ownsSocket: true);
    }

    public async Task StartTls(string host, bool anyCertificate, TimeSpan timeout)
    {
        // What arrived in the clear must not be taken for a reply given under TLS (RFC 3207 §5; CVE-2011-0411).
        if (HasUnread) throw new SmtpBrokenException("the server sent more than its reply to STARTTLS before the handshake");
        Arm(timeout);
        var secured = new SslStream(stream);
        stream = secured;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            RemoteCertificateValidationCallback = (_, _, _, faults) => anyCertificate || faults == SslPolicyErrors.None,
        };
        await secured.AuthenticateAsClientAsync(options, deadline.Token);
    }

    public ValueTask Write(ReadOnlyMemory<byte> bytes, TimeSpan timeout)
    {
        Arm(timeout);
        return stream.WriteAsync(bytes, deadline.Token);
    }

    /// <summary>Reads one reply of one or more lines (RFC 5321 §4.2.1), all of it within <paramref name="timeout"/>.</summary>
    public async ValueTask<SmtpReply> ReadReply(TimeSpan timeout)
    {
        Arm(timeout);
        StringBuilder? earlier = null;
        for (var count = 1; count <= MaxLines; count++)
        {
            var length = await FillLine();
            var more = ParseLine(input.AsSpan(start, length), out var reply);
            start += length;
            if (earlier is not null) earlier.Append('\n').Append(reply.Text);
            else if (more) earlier = new StringBuilder(reply.Text);
            if (!more) return earlier is null ? reply : reply with { Text = earlier.ToString() };
        }
        throw new SmtpBrokenException($"the server's reply has more than {MaxLines} lines");
    }

    public void Dispose()
    {
        stream.Dispose();
        socket.Dispose();
        deadline.Dispose();
    }

    private void Arm(TimeSpan timeout)
    {
        deadline.CancelAfter(timeout);
        // A caller who cancelled meanwhile has set a shorter limit; it must not be lengthened again.
        if (Volatile.Read(ref mostTicks) is var most && most < timeout.Ticks) deadline.CancelAfter(TimeSpan.FromTicks(most));
    }

    private void Hurry(long ticks)
    {
        Volatile.Write(ref mostTicks, ticks);
        deadline.CancelAfter(TimeSpan.FromTicks(ticks));
    }

    /// <summary>Length of the next line, its LF included; reads until it is there.</summary>
    private async ValueTask<int> FillLine()
    {
        var looked = 0;
        while (true)
        {
            var found = input.AsSpan(start + looked, end - start - looked).IndexOf((byte)'\n');
            if (found >= 0) return looked + found + 1;
            looked = end - start;
            input.AsSpan(start, looked).CopyTo(input);
            (start, end) = (0, looked);
            if (end == input.Length) throw new SmtpBrokenException($"the server's reply line is longer than {MaxLine} bytes");
            var read = await stream.ReadAsync(input.AsMemory(end), deadline.Token);
            if (read == 0) throw new SmtpBrokenException("the server closed the connection");
            end += read;
        }
    }

    /// <summary>True when another line follows.</summary>
    private static bool ParseLine(ReadOnlySpan<byte> line, out SmtpReply reply)
    {
        line = line.TrimEnd("\r\n"u8);
        if (line.Length < 3 || line[..3].ContainsAnyExceptInRange((byte)'0', (byte)'9') || line[0] is < (byte)'2' or > (byte)'5'
            || (line.Length > 3 && line[3] is not ((byte)' ' or (byte)'-')))
        {
            throw new SmtpBrokenException("the server answered with something that is not an SMTP reply");
        }
        var code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
        var more = line.Length > 3 && line[3] == '-';
        line = line.Length > 4 ? line[4..] : [];
        var enhanced = SmtpReply.TakeEnhanced(code, ref line);
        reply = new SmtpReply(code, enhanced, Encoding.UTF8.GetString(line).Replace('\0', '\uFFFD'));       // no database keeps a NUL
        return more;
    }
}
