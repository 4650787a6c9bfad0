using System.CommandLine;
using System.IO.Pipelines;
using Winnow.Backup;
using Winnow.Data;
using Winnow.Email.Sending;

namespace Winnow.Server.Commands;

/// <summary><c>restore FILE</c>, and <c>move</c>: an archive, or another database, into an installation.</summary>
internal static class RestoreCommand
{
    private static readonly Statement Sending = Statement.Built("e-mails on their way", "select account_id, id from marketing_emails where account_id in @accounts and (state = 'sending' or resume_at is not null)");
    private static readonly Argument<string> From = new("FILE") { Description = "The archive; - reads the standard input." };
    private static readonly Option<string?> Database = CommonOptions.Database();
    private static readonly Option<string> Source = new("--from") { Description = "The database to move from.", HelpName = "CONNECTION", Required = true };
    private static readonly Option<string> Target = new("--to") { Description = "The empty database to move to.", HelpName = "CONNECTION", Required = true };
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Option<bool> Account = new("--account") { Description = "The archive holds one account; it comes beside the others, which stay as they are." };
    private static readonly Option<bool> Replace = new("--replace") { Description = "Delete what is there first: the whole database, or with --account that account." };
    private static readonly Option<bool> New = new("--new") { Description = "With --account: under a new number, beside the one it was made of." };
    private static readonly Option<bool> ForgetErased = new("--forget-erased") { Description = "With --account: also where erased addresses could not be recognised any more." };
    private static readonly Option<bool> SendOn = new("--send-on") { Description = "Send on what was being sent when the archive was made; without, it is stopped, as people may have got it since." };

    public static DocumentedCommand Made { get; } = new(Command(),
        "winnow restore winnow.archive --database \"Data Source=data/winnow.db\"", "winnow restore fernhill.archive --account --replace", "ssh backup@host cat winnow.archive | winnow restore -");

    public static DocumentedCommand Moved { get; } = new(MoveCommand(), "winnow move --from \"Data Source=data/winnow.db\" --to \"Host=db;Username=winnow;Password=…;Database=winnow\"");

    private static Command Command()
    {
        var command = new Command("restore", "Restores an archive into an empty installation, or an account into one that has others. Verified: rows, sums, then all lists.") { From, Account, Replace, New, ForgetErased, SendOn, Database, Json };
        command.SetAction(Run);
        return command;
    }

    private static Command MoveCommand()
    {
        var command = new Command("move", "Moves an installation to another database, SQLite or PostgreSQL, and back. Stop its server first.") { Source, Target, Json };
        command.SetAction(Move);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken stop)
    {
        var terminal = parsed.Terminal(parsed.GetValue(Json));
        if (!parsed.GetValue(Account) && (parsed.GetValue(New) || parsed.GetValue(ForgetErased))) throw new CommandException("--new and --forget-erased go with --account.");
        if (parsed.GetValue(New) && parsed.GetValue(Replace)) throw new CommandException("Either --new or --replace.");
        await using var archive = ImportCommand.Input(parsed.GetRequiredValue(From));
        await using var installation = await Installation.Open(parsed.GetValue(Database));
        Task Told(long rows) => archive.CanSeek ? terminal.Show(archive.Position, archive.Length, "bytes") : terminal.Show(rows, 0, "rows");
        var how = parsed.GetValue(New) ? RestoreAs.New : parsed.GetValue(Replace) ? RestoreAs.Replacement : RestoreAs.Itself;
        var outcome = parsed.GetValue(Account)
            ? await installation.Get<RestoreAccount>().Restore(archive, how, parsed.GetValue(ForgetErased), !parsed.GetValue(SendOn), Told, stop)
            : await installation.Get<RestoreArchive>().Restore(archive, parsed.GetValue(Replace), !parsed.GetValue(SendOn), Told, stop);
        return await End(installation, outcome, !parsed.GetValue(SendOn), terminal, stop);
    }

    private static async Task<int> Move(ParseResult parsed, CancellationToken stop)
    {
        var (terminal, pipe) = (parsed.Terminal(parsed.GetValue(Json)), new Pipe());
        if (parsed.GetRequiredValue(Source).StartsWith("Data Source=", StringComparison.OrdinalIgnoreCase) && !File.Exists(parsed.GetRequiredValue(Source)["Data Source=".Length..].Split(';')[0]))
            throw new CommandException($"There is no database {parsed.GetRequiredValue(Source)}.");
        await using var from = await Installation.Open(parsed.GetRequiredValue(Source));
        await using var to = await Installation.Open(parsed.GetRequiredValue(Target));
        using var together = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var writing = from.Get<WriteArchive>().WriteTo(pipe.Writer, together.Token);
        var outcome = await to.Get<RestoreArchive>().Restore(pipe.Reader.AsStream(), false, false, rows => terminal.Show(rows, 0, "rows"), stop);
        await together.CancelAsync();
        await pipe.Reader.CompleteAsync();
        await writing;
        return await End(to, outcome, false, terminal, stop);
    }

    private static async Task<int> End(Installation installation, RestoreOutcome outcome, bool holdMail, Terminal terminal, CancellationToken stop)
    {
        if (outcome.Archive is not { } archive) return await terminal.End(ExitCode.Failed, outcome.Error!);
        var accounts = (await installation.All()).FindAll(a => outcome.AccountId is null || a.Id == outcome.AccountId);
        if (holdMail)
            foreach (var (accountId, emailId) in await installation.Db.Read(tx => tx.Query<(long, long)>(Sending, new { accounts = accounts.Select(a => a.Id).ToArray() }), stop))
                await installation.Get<OrderEmail>().Stop(accountId, emailId, null, stop);
        await terminal.Say("The rows and sums are right. Looking through the lists …");
        var differences = await CheckCommand.Differences(installation, accounts, terminal, stop);
        var lost = outcome.SecretsAreLost ? " Passwords of relays and mailboxes, webhook secrets and signing keys in it cannot be read here: enter them anew under Settings." : "";
        return await terminal.End(differences.Count == 0 && lost.Length == 0 ? ExitCode.Done : ExitCode.Look,
            Terminal.Text($"Restored: {archive.End.Tables} tables, {archive.End.Rows:N0} rows, as of {archive.Head.Made:yyyy-MM-dd HH:mm:ss} UTC; rows and sums are right, {(differences.Count == 0 ? "and so are all lists" : $"but lists differ in {differences.Count} places")}.{lost}"),
            new Dictionary<string, object?> { ["account"] = outcome.AccountId, ["tables"] = archive.End.Tables, ["rows"] = archive.End.Rows, ["differences"] = differences, ["secretsAreLost"] = outcome.SecretsAreLost });
    }
}
