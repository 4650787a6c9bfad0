using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Winnow.Mail.Smtp;

/// <summary>
/// Receives mail (RFC 5321) for a <see cref="SmtpHost"/>: one session per connection, within the host's limits. Started by
/// <see cref="Start"/>, ended by <see cref="StopAsync"/>.
/// </summary>
public sealed class SmtpListener : IAsyncDisposable
{
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);
    private static readonly byte[] TooMany = Encoding.ASCII.GetBytes("421 4.7.0 Too many connections, please try again later\r\n");

    private readonly SmtpHost host;
    private readonly Socket socket;
    private readonly SmtpMemory memory;
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource aborting = new();
    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, int> sessionsOf = [];
    private readonly TaskCompletionSource allGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task accepting;
    private int sessions;

    private SmtpListener(SmtpHost host, Socket socket)
    {
        this.host = host;
        this.socket = socket;
        memory = new SmtpMemory(host.Limits.MemoryBytes);
        Endpoint = (IPEndPoint)socket.LocalEndPoint!;
        accepting = Accept();
    }

    /// <summary>Where it listens; the port is the real one when 0 was asked for.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Sessions open now.</summary>
    public int Sessions
    {
        get { lock (gate) return sessions; }
    }

    /// <summary>Binds and begins to accept. Throws <see cref="SocketException"/> when the port is taken or not allowed.</summary>
    public static SmtpListener Start(IPEndPoint endpoint, SmtpHost host)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endpoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            // On Unix this only lets a restart bind while old connections linger; it does not share the port.
            if (!OperatingSystem.IsWindows()) socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(endpoint);
            socket.Listen();
            return new SmtpListener(host, socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Takes no new connections, tells clients at rest to come back later (421), lets messages under way be finished and
    /// stored, and ends what is still open after <paramref name="grace"/>.
    /// </summary>
    public async Task StopAsync(TimeSpan grace)
    {
        socket.Dispose();
        await stopping.CancelAsync();
        await accepting;
        lock (gate)
        {
            if (sessions == 0) allGone.TrySetResult();
        }
        await Task.WhenAny(allGone.Task, Task.Delay(grace, host.Clock));
        await aborting.CancelAsync();
        await allGone.Task;
    }

    /// <summary>Stops with five seconds' grace.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(5));
        stopping.Dispose();
        aborting.Dispose();
    }

    private async Task Accept()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                Admit(await socket.AcceptAsync(stopping.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException || stopping.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of file handles, or the client was gone before we looked: neither ends the listener.
                host.Failed?.Invoke(e);
                await Task.Delay(AcceptPause, host.Clock);
            }
        }
    }

    private void Admit(Socket client)
    {
        if (client.RemoteEndPoint is not IPEndPoint { Address: var address })
        {
            client.Dispose();
            return;
        }
        var remote = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (TryEnter(remote)) _ = Serve(client, remote);
        else TurnAway(client);
    }

    private async Task Serve(Socket client, IPAddress remote)
    {
        try
        {
            // Off the accepting loop, whatever the session does first.
            await Task.Yield();
            client.NoDelay = true;
            using var wire = new SmtpServerWire(client, host.Limits, host.Clock, stopping.Token);
            using var abort = aborting.Token.UnsafeRegister(static wire => ((SmtpServerWire)wire!).Abort(), wire);
            await new SmtpSession(host, wire, memory, remote, aborting.Token).Run();
        }
        catch (Exception e) when (SmtpServerWire.IsGone(e))
        {
            // The client was gone before the first word.
        }
#pragma warning disable CA1031 // a fault in one session is told and ends that session only
        catch (Exception e)
#pragma warning restore CA1031
        {
            host.Failed?.Invoke(e);
        }
        finally
        {
            client.Dispose();
            Leave(remote);
        }
    }

    private bool TryEnter(IPAddress remote)
    {
        lock (gate)
        {
            var source = SourceOf(remote);
            var have = sessionsOf.GetValueOrDefault(source);
            if (sessions >= host.Limits.Sessions || have >= host.Limits.SessionsPerAddress) return false;
            sessionsOf[source] = have + 1;
            sessions++;
            return true;
        }
    }

    private void Leave(IPAddress remote)
    {
        lock (gate)
        {
            var source = SourceOf(remote);
            if (--sessionsOf[source] == 0) sessionsOf.Remove(source);
            if (--sessions == 0 && stopping.IsCancellationRequested) allGone.TrySetResult();
        }
    }

    private static void TurnAway(Socket client)
    {
        using (client)
        {
            try
            {
                // Into the empty buffer of a new connection: this does not wait.
                client.Send(TooMany);
            }
            catch (SocketException)
            {
                // It did not stay to hear it.
            }
        }
    }

    /// <summary>Who counts as one client: an IPv4 address, or the /64 an IPv6 customer has all to himself.</summary>
    private static IPAddress SourceOf(IPAddress remote)
    {
        if (remote.AddressFamily != AddressFamily.InterNetworkV6) return remote;
        var bytes = remote.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
