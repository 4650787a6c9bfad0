using System.CommandLine;
using Winnow.Accounts;
using Winnow.Backup;
using Winnow.Lists;

namespace Winnow.Server.Commands;

/// <summary><c>check lists</c>: asks every filter about every contact again and compares with who is in each list. For an operator in doubt; while
/// contacts change meanwhile it may report a change in flight. <c>check archive</c>: whether an archive is whole.</summary>
internal static class CheckCommand
{
    private static readonly Option<string?> Database = CommonOptions.Database(), Account = CommonOptions.Account();
    private static readonly Option<bool> Json = CommonOptions.Json();

    private static readonly Argument<string> Archive = new("FILE") { Description = "The archive; - reads the standard input." };

    public static DocumentedCommand Made { get; } = new(Command(), "winnow check lists", "winnow check lists --account Fernhill --json", "winnow check archive winnow.archive");

    private static Command Command()
    {
        var lists = new Command("lists", "Asks every filter about every contact again and prints what differs from the lists.") { Account, Database, Json };
        lists.SetAction(Lists);
        var archive = new Command("archive", "Reads an archive to its end and compares its sums, without restoring it.") { Archive, Json };
        archive.SetAction(Archived);
        return new("check", "Looks whether what is stored is right.") { lists, archive };
    }

    private static async Task<int> Archived(ParseResult parsed, CancellationToken stop)
    {
        var terminal = parsed.Terminal(parsed.GetValue(Json));
        await using var file = ImportCommand.Input(parsed.GetRequiredValue(Archive));
        var outcome = await RestoreArchive.Check(file, rows => file.CanSeek ? terminal.Show(file.Position, file.Length, "bytes") : terminal.Show(rows, 0, "rows"), stop);
        if (outcome.Archive is not { } sum) return await terminal.End(ExitCode.Look, outcome.Error!);
        return await terminal.End(ExitCode.Done, Terminal.Text($"The archive is whole: {(sum.Head.AccountId is null ? "the installation" : sum.Head.Name)} as of {sum.Head.Made:yyyy-MM-dd HH:mm:ss} UTC, {sum.End.Tables} tables, {sum.End.Rows:N0} rows."),
            new Dictionary<string, object?> { ["account"] = sum.Head.AccountId, ["made"] = sum.Head.Made, ["rows"] = sum.End.Rows, ["tables"] = sum.Tables.Where(t => t.Rows > 0).ToDictionary(t => t.Table, t => t.Rows) });
    }

    private static async Task<int> Lists(ParseResult parsed, CancellationToken stop)
    {
        var terminal = parsed.Terminal(parsed.GetValue(Json));
        await using var installation = await Installation.Open(parsed.GetValue(Database));
        List<Account> accounts = parsed.GetValue(Account) is { } wish ? [await installation.Account(wish)] : await installation.All();
        var differences = await Differences(installation, accounts, terminal, stop);
        return await terminal.End(differences.Count == 0 ? ExitCode.Done : ExitCode.Look, Said(accounts.Count, differences), new Dictionary<string, object?> { ["accounts"] = accounts.Count, ["differences"] = differences });
    }

    /// <summary>What differs, a line each; also said at once.</summary>
    internal static async Task<List<string>> Differences(Installation installation, IReadOnlyList<Account> accounts, Terminal terminal, CancellationToken stop)
    {
        var all = new List<string>();
        foreach (var account in accounts)
        {
            await installation.Get<SweepLists>().Run(account.Id, stop);
            foreach (var difference in await installation.Db.Read(tx => installation.Get<CheckLists>().Differences(tx, account.Id), stop)) all.Add($"{account.Name}: {difference}");
            await terminal.Show(accounts.ToList().IndexOf(account) + 1, accounts.Count, "accounts");
        }
        foreach (var difference in all) await terminal.Say(difference);
        return all;
    }

    private static string Said(int accounts, List<string> differences) => differences.Count == 0 ? $"All lists of {accounts} accounts are right."
        : $"{differences.Count} differences in the lists of {accounts} accounts. Open each list and change or save its filter to fill it anew.";
}
