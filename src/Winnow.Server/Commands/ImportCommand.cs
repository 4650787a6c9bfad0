using System.CommandLine;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Jobs;
using Winnow.Transfer;

namespace Winnow.Server.Commands;

/// <summary><c>import FILE</c>: contacts from a file, as by Contacts &gt; Import.</summary>
internal static class ImportCommand
{
    private static readonly Argument<string> From = new("FILE") { Description = "The file; - reads the standard input." };
    private static readonly Option<string?> Database = CommonOptions.Database(), Account = CommonOptions.Account(), As = CommonOptions.As();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Option<string?> Sheet = CommonOptions.Sheet();
    private static readonly Option<string[]> Column = new("--column") { Description = "Where a column goes: HEADING=PROPERTY by internal name, HEADING= to leave it out. Columns that are not named go where their whole headings say; what is only likely is left out.", HelpName = "HEADING=PROPERTY" };
    private static readonly Option<string?> Name = new("--name") { Description = "The name of the import; without, that of the file." };
    private static readonly Option<string?> List = new("--list") { Description = "Make a static list of these contacts with this name." };
    private static readonly Option<bool> Marketing = new("--marketing") { Description = "Set all contacts as marketing contacts." };
    private static readonly Option<ImportDeeds> Only = new("--only") { Description = "Only make new contacts, or only change known ones.", HelpName = "create|update" };
    private static readonly Option<bool> ByEmail = new("--by-email") { Description = "Find contacts by address alone, also where a column holds record IDs." };
    private static readonly Option<bool> Clear = new("--clear") { Description = "An empty cell empties the property; without, it changes nothing." };
    private static readonly Option<string?> Dates = OneOf("--dates", "How dates such as 3/4/2026 are written where the file leaves it open; without, day first.", "dmy", "mdy");
    private static readonly Option<string?> Decimals = OneOf("--decimals", "What separates decimals where the file leaves it open (1.234); without, a point.", "point", "comma");
    private static readonly Option<string?> Rejected = new("--rejected") { Description = "Write rejected rows to this file, with the reason, to be mended and imported again.", HelpName = "FILE" };
    private static readonly Option<bool> Look = new("--look") { Description = "Show where the columns would go, and import nothing." };

    public static DocumentedCommand Made { get; } = new(
        Command(),
        "winnow import people.csv --account Fernhill --list \"Fair 2026\" --rejected rejected.csv",
        "winnow import people.xlsx --sheet Customers --look",
        "zcat people.csv.gz | winnow import - --column \"Mail=email\" --column \"Remarks=\" --as noor@fernhill.example --json");

    private static Command Command()
    {
        var command = new Command("import", "Imports contacts from a CSV file or an Excel workbook, up to 512 MB.") { From, Account, As, Sheet, Column, Name, List, Marketing, Only, ByEmail, Clear, Dates, Decimals, Rejected, Look, Database, Json };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken stop)
    {
        var terminal = parsed.Terminal(parsed.GetValue(Json));
        await using var content = Input(parsed.GetRequiredValue(From));
        await using var installation = await Installation.Open(parsed.GetValue(Database));
        var account = await installation.Account(parsed.GetValue(Account));
        var person = await installation.Person(account, parsed.GetValue(As), parsed.GetValue(Marketing) ? [Permission.Import, Permission.MarketingContacts] : [Permission.Import]);
        var imports = installation.Get<Imports>();

        await terminal.Say("Storing the file …");
        var (id, refused) = await imports.Upload(account.Id, FileName(parsed.GetRequiredValue(From)), content, person?.UserId, stop);
        var import = await OfSheet(imports, (await imports.Find(account.Id, id ?? throw new CommandException(refused!)))!, parsed.GetValue(Sheet), terminal, stop);
        var preview = await imports.Preview(import, stop);
        var columns = await Columns(installation, import, preview, parsed);
        if (preview.IdsAreForeign) await terminal.Say("  The record IDs are those of another system: contacts are found by address.");
        foreach (var column in columns) await terminal.Say($"  {column.Heading} -> {column.Property ?? "left out"}");
        if (parsed.GetValue(Look))
        {
            await imports.Forget(import);
            return await terminal.End(ExitCode.Done, "Nothing was imported.", new Dictionary<string, object?> { ["columns"] = columns });
        }

        var choices = new ImportChoices(parsed.GetValue(Only), parsed.GetValue(ByEmail) || preview.IdsAreForeign, parsed.GetValue(Clear));
        var order = new ImportOrder(parsed.GetValue(Name) ?? import.Name, columns, parsed.GetValue(Marketing), parsed.GetValue(List), choices, new Dictionary<int, PropertyWish>(), installation.Rejections(account, person));
        var (jobId, error) = ((long?)null, (string?)null);
        if (await imports.Begun(import, order, stop) is { } begun)
        {
            await terminal.Say("This import was begun before and has not ended: going on with it.");
            await imports.Forget(import);
            (import, jobId) = (begun, begun.JobId);
        }
        else (jobId, error) = await imports.Start(account.Id, import.Id, order, person?.UserId, stop);
        if (jobId is null) await imports.Forget(import);
        var job = await installation.Finish(account.Id, jobId ?? throw new CommandException(error!), terminal, "rows", stop);
        var result = job.ResultAs<ImportState>();
        if (result is null) return await terminal.End(ExitCode.Failed, $"The import failed: {job.Error}", new Dictionary<string, object?> { ["import"] = import.Id });
        await Save(installation, (await imports.Find(account.Id, import.Id))!, parsed.GetValue(Rejected), terminal, stop);
        if (await installation.Get<Winnow.MarketingContacts.Approvals>().OfImport(account.Id, import.Id, stop) is { Waits: true } waits)
            await terminal.Say(Terminal.Text($"{waits.Asked:N0} contacts wait for an approval to become marketing contacts, at /usage/approvals/{waits.Id}."));
        var code = job.Outcome == "cancelled" ? ExitCode.Stopped : result.Rejected > 0 ? ExitCode.Look : ExitCode.Done;
        return await terminal.End(code, Terminal.Text($"{(code == ExitCode.Stopped ? "Stopped: " : "")}{result.Created:N0} created, {result.Updated:N0} updated, {result.Unchanged:N0} unchanged, {result.Duplicates:N0} merged into earlier rows, {result.Rejected:N0} rejected."),
            new Dictionary<string, object?> { ["import"] = import.Id, ["created"] = result.Created, ["updated"] = result.Updated, ["unchanged"] = result.Unchanged, ["duplicates"] = result.Duplicates, ["rejected"] = result.Rejected });
    }

    /// <summary>Opens a file to be read, or the standard input.</summary>
    internal static Stream Input(string file) => file == "-" ? Console.OpenStandardInput()
        : File.Exists(file) ? new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan) : throw new CommandException($"There is no file {file}.");

    internal static string FileName(string file) => file == "-" ? "standard input.csv" : Path.GetFileName(file);

    /// <summary>Writes the rejected rows of an import to a file.</summary>
    internal static async Task Save(Installation installation, Import import, string? to, Terminal terminal, CancellationToken stop)
    {
        if (import.RejectedFileId is not { } fileId || await installation.Get<Files>().Find(import.AccountId, fileId) is not { } file) return;
        if (to is null) await terminal.Say("Rows were rejected: --rejected FILE would have written them; they wait on the page of the import.");
        else await ExportCommand.Write(to, force: true, output => installation.Get<Files>().Open(file).CopyToAsync(output, stop), stop);
    }

    /// <summary>The upload with the sheet that is meant; where there are several and none was named, says which one is read.</summary>
    internal static async Task<Import> OfSheet(Imports imports, Import import, string? wish, Terminal terminal, CancellationToken stop)
    {
        var sheets = import.Sheets.Count > 0 ? import.Sheets : [.. new[] { import.Sheet }.OfType<string>()];
        if (wish is null && sheets.Count > 1) await terminal.Say($"Reading the sheet '{import.Sheet}'; the workbook also has {string.Join(", ", sheets.Where(s => s != import.Sheet))} (--sheet).");
        if (wish is null || string.Equals(wish.Trim(), import.Sheet, StringComparison.OrdinalIgnoreCase)) return import;
        var error = sheets.Contains(wish.Trim(), StringComparer.OrdinalIgnoreCase) ? await imports.ChooseSheet(import, wish, stop)
            : sheets.Count == 0 ? "Only workbooks have sheets: leave --sheet out." : $"The workbook has no sheet '{wish}'. It has: {string.Join(", ", sheets)}.";
        if (error is null) return (await imports.Find(import.AccountId, import.Id))!;
        await imports.Forget(import);
        throw new CommandException(error);
    }

    /// <summary>Where the columns go: nobody looks at what is only likely, so that is left out unless it is said.</summary>
    private static async Task<List<ImportColumn>> Columns(Installation installation, Import import, ImportPreview preview, ParseResult parsed)
    {
        var (dates, decimals) = (parsed.GetValue(Dates), parsed.GetValue(Decimals) switch { "comma" => ",", "point" => ".", _ => null });
        var columns = preview.Columns.Select((column, i) => column with
        {
            Property = preview.Matches[i].Certainty == Certainty.Certain ? column.Property : null,
            Dates = preview.DatesAreOpen(i) ? dates ?? column.Dates : column.Dates, Decimals = preview.DecimalsAreOpen(i) ? decimals ?? column.Decimals : column.Decimals,
        }).ToList();
        foreach (var wish in parsed.GetValue(Column) ?? [])
        {
            var parts = wish.Split('=', 2);
            var at = columns.FindIndex(column => string.Equals(column.Heading, parts[0].Trim(), StringComparison.OrdinalIgnoreCase));
            if (at < 0 || parts.Length < 2) await installation.Get<Imports>().Forget(import);
            if (at < 0 || parts.Length < 2) throw new CommandException($"--column {wish}: the file has no column '{parts[0]}'. It has: {string.Join(", ", columns.Select(c => c.Heading))}.");
            columns[at] = columns[at] with { Property = parts[1].Trim() is { Length: > 0 } property ? property : null };
        }
        return columns;
    }

    private static Option<string?> OneOf(string name, string description, params string[] values)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = string.Join('|', values) };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
