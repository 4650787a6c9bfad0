using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Winnow.Mail.Retrieval;

/// <summary>A folder of an IMAP server (RFC 9051, and RFC 3501 for older servers).</summary>
internal sealed partial class ImapDrop(RetrievalWire wire) : IMailDrop
{
    private const int AtOnce = 500, MostUntagged = 10_000;
    private int commands;
    private long mails;
    private string validity = "0", capabilities = "";

    public static async Task<ImapDrop> Open(RetrievalWire wire, RetrievalServer server)
    {
        var drop = new ImapDrop(wire);
        var greeting = await wire.ReadLine();
        if (!greeting.StartsWith("* OK", StringComparison.OrdinalIgnoreCase)) throw new RetrievalException(RetrievalFault.Misunderstood, $"The server greeted with: {Cut(greeting)}");
        await drop.AskCapabilities();
        if (server.Tls == RetrievalTls.StartTls)
        {
            if (!drop.Can("STARTTLS")) throw new RetrievalException(RetrievalFault.NoEncryption, "The server does not offer STARTTLS.");
            await drop.Must("STARTTLS", RetrievalFault.NoEncryption);
            await wire.Encrypt();
            await drop.AskCapabilities();                       // what was said in the clear counts for nothing
        }
        await drop.SignIn(server);
        await drop.Select(server.Folder);
        return drop;
    }

    public async Task<WaitingMails> List(IReadOnlySet<string> known, int most)
    {
        var (old, fresh) = (new List<WaitingMail>(), new List<WaitingMail>());
        for (var from = 1L; from <= mails; from += AtOnce)
        {
            var answer = await Must($"FETCH {from}:{Math.Min(mails, from + AtOnce - 1)} (UID)", RetrievalFault.Misunderstood);
            foreach (var uid in answer.Select(u => Uid().Match(u.Line)).Where(m => m.Success).Select(m => long.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).Order())
            {
                var mail = new WaitingMail($"{validity}.{uid}", uid);
                if (known.Contains(mail.Key)) old.Add(mail);
                else if (fresh.Count < most) fresh.Add(mail);
                else return new(old, fresh, More: true);
            }
        }
        return new(old, fresh, More: false);
    }

    public async Task<byte[]?> Fetch(WaitingMail mail, int mostBytes) =>
        (await Must($"UID FETCH {mail.Number} (UID BODY.PEEK[]<0.{mostBytes}>)", RetrievalFault.Misunderstood, mostBytes))
            .Where(u => Uid().Match(u.Line) is { Success: true } uid && uid.Groups[1].Value == mail.Number.ToString(CultureInfo.InvariantCulture))
            .Select(u => u.Literal ?? Quoted(u.Line)).FirstOrDefault(b => b is not null);

    public async Task Remove(IReadOnlyCollection<WaitingMail> mails, string? moveTo)
    {
        var set = string.Join(',', mails.Select(m => m.Number).Order());
        if (mails.Count == 0) { }
        else if (moveTo is not null && Can("MOVE")) await IntoFolder($"UID MOVE {set} ", moveTo);
        else
        {
            if (moveTo is not null) await IntoFolder($"UID COPY {set} ", moveTo);
            await Must($"UID STORE {set} +FLAGS.SILENT (\\Deleted)", RetrievalFault.ReadOnly);
            await Must(Can("UIDPLUS") ? $"UID EXPUNGE {set}" : "EXPUNGE", RetrievalFault.ReadOnly);
        }
        await Ask("LOGOUT");
    }

    public ValueTask DisposeAsync()
    {
        wire.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AskCapabilities() =>
        capabilities = string.Join(' ', (await Must("CAPABILITY", RetrievalFault.Misunderstood)).Select(u => u.Line).Where(l => l.StartsWith("* CAPABILITY ", StringComparison.OrdinalIgnoreCase))) + " ";

    private bool Can(string capability) => capabilities.Contains($" {capability} ", StringComparison.OrdinalIgnoreCase);

    private async Task SignIn(RetrievalServer server)
    {
        if (Can("LOGINDISABLED")) throw new RetrievalException(RetrievalFault.NoEncryption, "The server lets nobody sign in without encryption.");
        if (Can("AUTH=PLAIN"))
        {
            var tag = await Send("AUTHENTICATE PLAIN");
            if (await ReadUntil(tag, 0, stopAtPlus: true) is not { } refused)
            {
                await wire.Write(Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{server.User}\0{server.Password}")));
                refused = (await ReadUntil(tag, 0))!;
            }
            Check(refused, RetrievalFault.SignInRefused);
        }
        else Check(await Ask($"LOGIN {Quote(server.User)} {Quote(server.Password)}"), RetrievalFault.SignInRefused);
        await AskCapabilities();
    }

    private async Task Select(string folder)
    {
        var answer = await Ask($"SELECT {Quote(folder)}");
        Check(answer, RetrievalFault.NoFolder);
        if (answer.Text.Contains("[READ-ONLY]", StringComparison.OrdinalIgnoreCase)) throw new RetrievalException(RetrievalFault.ReadOnly, Cut(answer.Text));
        foreach (var line in answer.Untagged.Select(u => u.Line))
        {
            if (Exists().Match(line) is { Success: true } exists) mails = long.Parse(exists.Groups[1].Value, CultureInfo.InvariantCulture);
            if (UidValidity().Match(line) is { Success: true } valid) validity = valid.Groups[1].Value;
        }
    }

    private async Task IntoFolder(string command, string folder)
    {
        var answer = await Ask(command + Quote(folder));
        if (!answer.IsOk && answer.Text.Contains("TRYCREATE", StringComparison.OrdinalIgnoreCase))
        {
            await Must($"CREATE {Quote(folder)}", RetrievalFault.NoFolder);
            answer = await Ask(command + Quote(folder));
        }
        Check(answer, RetrievalFault.NoFolder);
    }

    private async Task<List<Untagged>> Must(string command, RetrievalFault otherwise, int mostLiteral = 0)
    {
        var answer = (await ReadUntil(await Send(command), mostLiteral))!;
        Check(answer, otherwise);
        return answer.Untagged;
    }

    private async Task<Answer> Ask(string command) => (await ReadUntil(await Send(command), 0))!;

    private async Task<string> Send(string command)
    {
        var tag = $"w{++commands}";
        await wire.Write($"{tag} {command}");
        return tag;
    }

    private async Task<Answer?> ReadUntil(string tag, int mostLiteral, bool stopAtPlus = false)
    {
        var untagged = new List<Untagged>();
        while (true)
        {
            var (line, literal) = await ReadResponse(mostLiteral);
            if (line.StartsWith("* BYE", StringComparison.OrdinalIgnoreCase) && commands > 0) untagged.Add(new(line, null));
            else if (line.StartsWith('+')) { if (stopAtPlus) return null; }
            else if (line.StartsWith(tag + " ", StringComparison.Ordinal)) return new(line[(tag.Length + 1)..], untagged);
            else if (untagged.Count < MostUntagged) untagged.Add(new(line, literal));
            else throw new RetrievalException(RetrievalFault.Misunderstood, "The server's answer does not end.");
        }
    }

    /// <summary>One response, whose literals (RFC 9051 §4.3) may hold line ends; the first one is kept.</summary>
    private async Task<(string Line, byte[]? Literal)> ReadResponse(int mostLiteral)
    {
        var (line, literal) = (await wire.ReadLine(), (byte[]?)null);
        while (Literal().Match(line) is { Success: true } announced)
        {
            var bytes = await wire.ReadBytes(long.Parse(announced.Groups[1].Value, CultureInfo.InvariantCulture), mostLiteral);
            literal ??= bytes;
            line = line[..announced.Index] + await wire.ReadLine();
        }
        return (line, literal);
    }

    private static void Check(Answer answer, RetrievalFault otherwise)
    {
        if (!answer.IsOk) throw new RetrievalException(otherwise, Cut(answer.Text));
    }

    private static byte[]? Quoted(string line) => QuotedBody().Match(line) is { Success: true } body ? Encoding.Latin1.GetBytes(body.Groups[1].Value.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)) : null;

    private static string Quote(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    private static string Cut(string text) => text.Length <= 300 ? text : text[..300];

    private sealed record Untagged(string Line, byte[]? Literal);

    private sealed record Answer(string Text, List<Untagged> Untagged)
    {
        public bool IsOk => Text.StartsWith("OK", StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex(@"^\* \d+ FETCH \(.*?\bUID (\d{1,10})\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Uid();

    [GeneratedRegex(@"^\* (\d{1,10}) EXISTS", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Exists();

    [GeneratedRegex(@"\[UIDVALIDITY (\d{1,10})\]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UidValidity();

    [GeneratedRegex(@"\{(\d{1,10})\+?\}$", RegexOptions.CultureInvariant)]
    private static partial Regex Literal();

    [GeneratedRegex("""BODY\[\](?:<0>)? "((?:[^"\\]|\\.)*)"\)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex QuotedBody();
}
