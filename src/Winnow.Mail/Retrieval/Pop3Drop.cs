using System.Globalization;

namespace Winnow.Mail.Retrieval;

/// <summary>A mailbox of a POP3 server (RFC 1939, RFC 2449, RFC 2595). What is deleted goes when the session ends with QUIT, all or nothing.</summary>
internal sealed class Pop3Drop(RetrievalWire wire) : IMailDrop
{
    public static async Task<Pop3Drop> Open(RetrievalWire wire, RetrievalServer server)
    {
        var drop = new Pop3Drop(wire);
        await drop.Check(RetrievalFault.Misunderstood);
        if (server.Tls == RetrievalTls.StartTls)
        {
            await drop.Must("STLS", RetrievalFault.NoEncryption);
            await wire.Encrypt();
        }
        await drop.Must($"USER {server.User}", RetrievalFault.SignInRefused);
        await drop.Must($"PASS {server.Password}", RetrievalFault.SignInRefused);
        return drop;
    }

    public async Task<WaitingMails> List(IReadOnlySet<string> known, int most)
    {
        await Must("UIDL", RetrievalFault.Misunderstood);
        var (old, fresh, more) = (new List<WaitingMail>(), new List<WaitingMail>(), false);
        for (string line; (line = await wire.ReadLine()) != ".";)
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var number, var key] || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n)) continue;
            if (known.Contains(key)) old.Add(new(key, n));
            else if (fresh.Count < most) fresh.Add(new(key, n));
            else more = true;
        }
        return new(old, fresh, more);
    }

    public async Task<byte[]?> Fetch(WaitingMail mail, int mostBytes)
    {
        await Must(string.Create(CultureInfo.InvariantCulture, $"RETR {mail.Number}"), RetrievalFault.Misunderstood);
        using var kept = new MemoryStream();
        for (byte[] line; (line = await wire.ReadLineBytes()) is not [(byte)'.'];)
        {
            ReadOnlySpan<byte> text = line is [(byte)'.', ..] ? line.AsSpan(1) : line;
            if (kept.Length + text.Length + 2 > mostBytes) continue;                    // read to its end, so that the session stays in step
            kept.Write(text);
            kept.Write("\r\n"u8);
        }
        return kept.ToArray();
    }

    public async Task Remove(IReadOnlyCollection<WaitingMail> mails, string? moveTo)
    {
        foreach (var mail in mails) await Must(string.Create(CultureInfo.InvariantCulture, $"DELE {mail.Number}"), RetrievalFault.ReadOnly);
        await Must("QUIT", RetrievalFault.ReadOnly);
    }

    public ValueTask DisposeAsync()
    {
        wire.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task Must(string command, RetrievalFault otherwise)
    {
        await wire.Write(command);
        await Check(otherwise);
    }

    private async Task Check(RetrievalFault otherwise)
    {
        var answer = await wire.ReadLine();
        if (!answer.StartsWith("+OK", StringComparison.OrdinalIgnoreCase)) throw new RetrievalException(otherwise, answer.Length <= 300 ? answer : answer[..300]);
    }
}
