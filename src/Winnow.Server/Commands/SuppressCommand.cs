using System.CommandLine;
using System.Globalization;
using Winnow.Accounts;
using Winnow.Transfer;

namespace Winnow.Server.Commands;

/// <summary><c>suppress FILE</c>: an opt-out list, or the suppression file of another system. Its addresses get no marketing e-mail any more; no contacts are made.</summary>
internal static class SuppressCommand
{
    private static readonly Argument<string> From = new("FILE") { Description = "The file; - reads the standard input." };
    private static readonly Option<string?> Database = CommonOptions.Database(), Account = CommonOptions.Account(), As = CommonOptions.As();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Option<string?> Sheet = CommonOptions.Sheet();
    private static readonly Option<string?> Column = new("--column") { Description = "The heading of the column with the addresses, where it does not show.", HelpName = "HEADING" };
    private static readonly Option<string?> Kind = Kinds();
    private static readonly Option<long?> Rows = new("--rows") { Description = "The number of rows below the heading, as a check: it cannot be undone. Without, it is asked for at a terminal.", HelpName = "N" };
    private static readonly Option<string?> Rejected = new("--rejected") { Description = "Write rejected rows to this file, with the reason.", HelpName = "FILE" };

    public static DocumentedCommand Made { get; } = new(Command(), "winnow suppress unsubscribed.csv --account Fernhill --rows 1204");

    private static Command Command()
    {
        var command = new Command("suppress", "Imports an opt-out list, or the suppression file of another system: its addresses get no marketing email from now on. This cannot be undone here.") { From, Account, As, Sheet, Kind, Column, Rows, Rejected, Database, Json };
        command.SetAction(Run);
        return command;
    }

    private static Option<string?> Kinds()
    {
        var kind = new Option<string?>("--kind") { Description = "What the file is, where its headings do not show it: for example opt-outs, bounces or spam-reports.", HelpName = "KIND" };
        kind.AcceptOnlyFromAmong([.. SuppressionFormat.All.Select(format => format.Key)]);
        return kind;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken stop)
    {
        var terminal = parsed.Terminal(parsed.GetValue(Json));
        await using var content = ImportCommand.Input(parsed.GetRequiredValue(From));
        await using var installation = await Installation.Open(parsed.GetValue(Database));
        var account = await installation.Account(parsed.GetValue(Account));
        var person = await installation.Person(account, parsed.GetValue(As), Permission.Import);
        var (imports, optOuts) = (installation.Get<Imports>(), installation.Get<ImportOptOuts>());

        var (id, refused) = await imports.Upload(account.Id, ImportCommand.FileName(parsed.GetRequiredValue(From)), content, person?.UserId, stop);
        var import = await ImportCommand.OfSheet(imports, (await imports.Find(account.Id, id ?? throw new CommandException(refused!)))!, parsed.GetValue(Sheet), terminal, stop);
        var preview = await optOuts.Preview(import, stop);
        var format = SuppressionFormat.Find(parsed.GetValue(Kind)) ?? preview.Format;
        var column = ColumnOf(preview, parsed.GetValue(Column));
        if (column < 0) await imports.Forget(import);
        if (column < 0) throw new CommandException($"Say with --column which one holds the addresses: {string.Join(", ", preview.Headings)}.");
        var typed = parsed.GetValue(Rows) ?? await Ask(preview.Rows, account.Name, terminal, stop);
        var order = await optOuts.Start(account.Id, import.Id, column, typed, $"Import opt-out list {import.FileName}", person?.UserId, stop, format?.Key, installation.Rejections(account, person));
        if (order.JobId is null) await imports.Forget(import);
        if (order.WrongNumber) throw new CommandException(Terminal.Text($"Nothing was imported: the file has {preview.Rows} rows, not {typed}. Give --rows {preview.Rows} to opt out these addresses."));
        var job = await installation.Finish(account.Id, order.JobId ?? throw new CommandException(order.Error!), terminal, "rows", stop);
        if (job.ResultAs<OptOutImportState>() is not { } result) return await terminal.End(ExitCode.Failed, $"The import failed: {job.Error}");
        await ImportCommand.Save(installation, (await imports.Find(account.Id, import.Id))!, parsed.GetValue(Rejected), terminal, stop);
        var code = job.Outcome == "cancelled" ? ExitCode.Stopped : result.Rejected > 0 ? ExitCode.Look : ExitCode.Done;
        return await terminal.End(code, Terminal.Text($"{(code == ExitCode.Stopped ? "Stopped: " : "")}{result.OptedOut:N0} addresses opted out, {result.Bounced:N0} bounced, {result.Complained:N0} marked as spam, {result.Already:N0} rows known before, {result.Silent:N0} without a reason, {result.Rejected:N0} rejected."),
            new Dictionary<string, object?> { ["import"] = import.Id, ["optedOut"] = result.OptedOut, ["bounced"] = result.Bounced, ["complained"] = result.Complained, ["already"] = result.Already, ["silent"] = result.Silent, ["rejected"] = result.Rejected });
    }

    private static int ColumnOf(OptOutPreview preview, string? said) =>
        said is null ? preview.Column ?? -1 : preview.Headings.ToList().FindIndex(h => string.Equals(h, said.Trim(), StringComparison.OrdinalIgnoreCase));

    private static async Task<long?> Ask(long rows, string account, Terminal terminal, CancellationToken stop)
    {
        if (Console.IsInputRedirected || Console.IsErrorRedirected) return null;
        await terminal.Say(Terminal.Text($"{rows} addresses of {account} will get no marketing email any more. This cannot be undone. Type {rows} to go on:"));
        return long.TryParse(await Console.In.ReadLineAsync(stop), NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var typed) ? typed : 0;
    }
}
