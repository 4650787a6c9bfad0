namespace Winnow.Mail.Retrieval;

/// <summary>The two ways to read a mailbox on a server.</summary>
public enum RetrievalProtocol
{
    /// <summary>RFC 3501, RFC 9051.</summary>
    Imap,
    /// <summary>RFC 1939.</summary>
    Pop3,
}

/// <summary>How a session is protected. With encryption the certificate must hold for the host name, or nothing is sent.</summary>
public enum RetrievalTls
{
    /// <summary>From the first byte: ports 993 and 995 (RFC 8314 §3.2, §3.3).</summary>
    Implicit,
    /// <summary>By STARTTLS or STLS before anything secret is said: ports 143 and 110 (RFC 2595).</summary>
    StartTls,
    /// <summary>Not at all: the password goes in the clear. For servers on the same machine.</summary>
    None,
}

/// <summary>A mailbox and how to get at it.</summary>
/// <param name="Folder">IMAP only: the folder that is read. Printable ASCII.</param>
public sealed record RetrievalServer(RetrievalProtocol Protocol, string Host, int Port, RetrievalTls Tls, string User, string Password, string Folder = "INBOX")
{
    /// <summary>Takes any certificate. For tests with self-made certificates only.</summary>
    public bool AcceptAnyCertificate { get; init; }

    /// <summary>How long the connection, and each answer, may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Without the password: that has no place in a log.</summary>
    public override string ToString() => $"{Protocol} {Host}:{Port} {User}";
}

/// <summary>What keeps a mailbox from being read.</summary>
public enum RetrievalFault
{
    /// <summary>No connection, no answer in time, or a connection that broke.</summary>
    Unreachable,
    /// <summary>The server's certificate does not hold for its name.</summary>
    Certificate,
    /// <summary>The server offers no encryption, which the settings ask for.</summary>
    NoEncryption,
    /// <summary>User or password are refused.</summary>
    SignInRefused,
    /// <summary>There is no such folder.</summary>
    NoFolder,
    /// <summary>Mails may be read and not removed.</summary>
    ReadOnly,
    /// <summary>The server said something that is not of the protocol, or lacks what is needed.</summary>
    Misunderstood,
}

/// <summary>A mail that lies in a mailbox.</summary>
/// <param name="Key">The same as long as the mail lies there, and never another mail's: UIDVALIDITY.UID (RFC 9051 §2.3.1.1) or the UIDL (RFC 1939 §7).</param>
/// <param name="Number">What the session calls it.</param>
public readonly record struct WaitingMail(string Key, long Number);

/// <summary>What a look into a mailbox found, oldest first.</summary>
/// <param name="Known">Those that the caller knows already.</param>
/// <param name="More">Whether others lie there beside these.</param>
public sealed record WaitingMails(IReadOnlyList<WaitingMail> Known, IReadOnlyList<WaitingMail> New, bool More);

/// <summary>What came of opening a mailbox.</summary>
/// <param name="Drop">Null when it could not be opened.</param>
/// <param name="Said">The server's words, or what happened.</param>
public sealed record OpenedMailbox(IMailDrop? Drop, RetrievalFault Fault, string Said);

/// <summary>An open mailbox. What goes wrong out there is a <see cref="RetrievalException"/>; after one the session is of no more use.</summary>
public interface IMailDrop : IAsyncDisposable
{
    /// <summary>Looks what lies there.</summary>
    /// <param name="known">Keys of mails that were taken before.</param>
    /// <param name="most">How many new ones to name at most.</param>
    Task<WaitingMails> List(IReadOnlySet<string> known, int most);

    /// <summary>The mail's first bytes, at most so many; null when it is gone. Marks nothing as read.</summary>
    Task<byte[]?> Fetch(WaitingMail mail, int mostBytes);

    /// <summary>Removes mails for good, or moves them, and ends the session. When this returns, the server has done it.</summary>
    /// <param name="moveTo">IMAP: the folder they go to, made when it is not there; null deletes them.</param>
    Task Remove(IReadOnlyCollection<WaitingMail> mails, string? moveTo);
}

/// <summary>A session that broke or a server that refuses.</summary>
public sealed class RetrievalException(RetrievalFault fault, string said, Exception? inner = null) : IOException(said, inner)
{
    /// <summary>What it comes down to.</summary>
    public RetrievalFault Fault { get; } = fault;
}

/// <summary>Opens mailboxes.</summary>
public static class Retrieval
{
    /// <summary>Connects, encrypts, signs in and opens the folder. What goes wrong is a value.</summary>
    /// <param name="cancel">Ends whatever the session waits for, also later.</param>
    public static async Task<OpenedMailbox> Open(RetrievalServer server, CancellationToken cancel)
    {
        var wire = new RetrievalWire(server, cancel);
        try
        {
            await wire.Connect();
            return new(server.Protocol == RetrievalProtocol.Imap ? await ImapDrop.Open(wire, server) : await Pop3Drop.Open(wire, server), default, "");
        }
        catch (RetrievalException e) when (!cancel.IsCancellationRequested)
        {
            wire.Dispose();
            return new(null, e.Fault, e.Message);
        }
        catch
        {
            wire.Dispose();
            throw;
        }
    }
}
