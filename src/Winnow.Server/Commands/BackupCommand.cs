using System.CommandLine;
using Winnow.Accounts;
using Winnow.Backup;

namespace Winnow.Server.Commands;

/// <summary><c>backup FILE</c>: an archive of the installation or of one account, while Winnow runs.</summary>
internal static class BackupCommand
{
    private static readonly Argument<string> To = new("FILE") { Description = "The archive to write; - is the standard output." };
    private static readonly Option<string?> Database = CommonOptions.Database(), As = CommonOptions.As();
    private static readonly Option<string?> Account = new("--account") { Description = "Only this account, by name or number; without, the whole installation.", HelpName = "ACCOUNT" };
    private static readonly Option<bool> Json = CommonOptions.Json(), Force = new("--force") { Description = "Write over a file that is there." };

    public static DocumentedCommand Made { get; } = new(Command(), "winnow backup winnow.archive", "winnow backup fernhill.archive --account Fernhill", "winnow backup - | ssh backup@host 'cat > winnow.archive'");

    private static Command Command()
    {
        var command = new Command("backup", "Writes everything of the installation, or of one account, to an archive: as of one moment, while Winnow runs.") { To, Account, As, Force, Database, Json };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken stop)
    {
        var (to, json) = (parsed.GetRequiredValue(To), parsed.GetValue(Json));
        if (json && to == "-") throw new CommandException("--json needs a file: the standard output holds either the archive or the result.");
        ExportCommand.MustBeFree(to, parsed.GetValue(Force));
        if (parsed.GetValue(As) is not null && parsed.GetValue(Account) is null) throw new CommandException("Only the operator makes an archive of all accounts: leave --as out, or name one account with --account.");
        var terminal = parsed.Terminal(json);
        await using var installation = await Installation.Open(parsed.GetValue(Database));
        var account = parsed.GetValue(Account) is { } wish ? await installation.Account(wish) : null;
        var person = account is null ? null : await installation.Person(account, parsed.GetValue(As), Permission.Export, Permission.Settings);
        var (backup, made) = (installation.Get<WriteArchive>(), (ArchiveSum?)null);
        await ExportCommand.Write(to, parsed.GetValue(Force), async file => made = await backup.Write(file, account?.Id, rows => terminal.Show(rows, 0, "rows"), stop), stop);
        await backup.Record(made!, to == "-" ? "standard output" : Path.GetFileName(to), person?.UserId, stop);
        var sentence = Terminal.Text($"{(account is null ? "The installation" : account.Name)} is in {(to == "-" ? "the archive" : to)}: {made!.End.Tables} tables, {made.End.Rows:N0} rows, contents {made.End.Contents[..16]}.");
        if (to != "-") return await terminal.End(ExitCode.Done, sentence, Figures(made, to));
        await terminal.Say(sentence);
        return (int)ExitCode.Done;
    }

    private static Dictionary<string, object?> Figures(ArchiveSum made, string to) => new()
    {
        ["file"] = Path.GetFullPath(to), ["bytes"] = new FileInfo(to).Length, ["account"] = made.Head.AccountId, ["rows"] = made.End.Rows, ["contents"] = made.End.Contents,
        ["tables"] = made.Tables.Where(t => t.Rows > 0).ToDictionary(t => t.Table, t => t.Rows),
    };
}
