using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Winnow.Mail.Retrieval;

/// <summary>The client's end of the line: lines and bytes, each under a deadline and a limit.</summary>
internal sealed class RetrievalWire(RetrievalServer server, CancellationToken cancel) : IDisposable
{
    private const int MostLine = 1024 * 1024;

    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] input = new byte[16 * 1024];
    private Stream stream = Stream.Null;
    private int start, end;

    public async Task Connect()
    {
        await Guarded(async token => await socket.ConnectAsync(server.Host, server.Port, token));
        stream = new NetworkStream(socket, ownsSocket: true);
        if (server.Tls == RetrievalTls.Implicit) await Encrypt();
    }

    public async Task Encrypt()
    {
        // What arrived in the clear must not be taken for a reply given under TLS (RFC 3501 §6.2.1; CVE-2011-0411).
        if (end > start) throw new RetrievalException(RetrievalFault.Misunderstood, "The server said more before the encryption than it was asked.");
        var secured = new SslStream(stream);
        stream = secured;
        await Guarded(token => secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = server.Host, RemoteCertificateValidationCallback = (_, _, _, faults) => server.AcceptAnyCertificate || faults == SslPolicyErrors.None,
        }, token));
    }

    public Task Write(string line) => Guarded(token => stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), token).AsTask());

    /// <summary>The next line without its end, byte for char.</summary>
    public async Task<string> ReadLine() => Encoding.Latin1.GetString(await ReadLineBytes());

    /// <inheritdoc cref="ReadLine"/>
    public async Task<byte[]> ReadLineBytes()
    {
        using var line = new MemoryStream();
        while (true)
        {
            var found = Array.IndexOf(input, (byte)'\n', start, end - start);
            var until = found < 0 ? end : found;
            line.Write(input, start, until - start);
            start = found < 0 ? end : found + 1;
            if (found >= 0) break;
            if (line.Length > MostLine) throw new RetrievalException(RetrievalFault.Misunderstood, "The server sent a line without end.");
            await Fill();
        }
        var bytes = line.ToArray();
        return bytes is [.., (byte)'\r'] ? bytes[..^1] : bytes;
    }

    /// <summary>So many bytes, of which the first are kept.</summary>
    public async Task<byte[]> ReadBytes(long count, int most)
    {
        using var kept = new MemoryStream();
        for (var left = count; left > 0;)
        {
            if (start == end) await Fill();
            var piece = (int)Math.Min(left, end - start);
            kept.Write(input, start, (int)Math.Min(piece, Math.Max(0, most - kept.Length)));
            (start, left) = (start + piece, left - piece);
        }
        return kept.ToArray();
    }

    public void Dispose()
    {
        stream.Dispose();
        socket.Dispose();
    }

    private async Task Fill()
    {
        (start, end) = (0, 0);
        await Guarded(async token => end = await stream.ReadAsync(input, token));
        if (end == 0) throw new RetrievalException(RetrievalFault.Unreachable, "The server closed the connection.");
    }

    private async Task Guarded(Func<CancellationToken, Task> work)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(server.Patience);
        try { await work(patience.Token); }
        catch (AuthenticationException e) { throw new RetrievalException(RetrievalFault.Certificate, $"The certificate of {server.Host} does not hold: {e.Message}", e); }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested) { throw new RetrievalException(RetrievalFault.Unreachable, $"{server.Host}:{server.Port} did not answer in time.", e); }
        catch (Exception e) when (e is SocketException or IOException and not RetrievalException or ObjectDisposedException) { throw new RetrievalException(RetrievalFault.Unreachable, e.Message, e); }
    }
}
