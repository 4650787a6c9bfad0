using System.CommandLine;
using System.Globalization;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Email;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Server.Transfer;
using Winnow.Transfer;

namespace Winnow.Server.Commands;

/// <summary><c>export contacts</c>, <c>opt-outs</c> and the reports: the files of the pages, written to the disk or a pipe.</summary>
internal static class ExportCommand
{
    private static readonly Option<string?> Database = CommonOptions.Database(), Account = CommonOptions.Account(), As = CommonOptions.As();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Option<string> Output = new("--output", "-o") { Description = "The file to write; - is the standard output.", DefaultValueFactory = _ => "-", HelpName = "FILE" };
    private static readonly Option<bool> Force = new("--force") { Description = "Write over a file that is there." };
    private static readonly Option<bool> Semicolon = new("--semicolon") { Description = "Separate columns by semicolons, with decimal commas, as Dutch Excel opens it." };
    private static readonly Option<string?> List = new("--list") { Description = "Members of this list: its name or number." };
    private static readonly Option<string?> Search = new("--search") { Description = "Those that the search box finds." };
    private static readonly Option<string?> Filter = new("--filter") { Description = "A file with a filter, as copied from the filter builder (HubSpot's filterBranch, JSON).", HelpName = "FILE" };
    private static readonly Option<string[]> Columns = new("--columns") { Description = "Internal names of properties; without, all of them. Record ID, email and names are always in it.", AllowMultipleArgumentsPerToken = true, HelpName = "NAME" };
    private static readonly Option<string[]> Kinds = new("--kinds") { Description = "Which addresses; without, the first three. bounced leaves out what was unbounced.", AllowMultipleArgumentsPerToken = true, HelpName = "unsubscribed bounced spam global" };

    private static readonly Argument<long> Email = new("EMAIL") { Description = "The number of the email, as in the address of its page." };

    public static DocumentedCommand Made { get; } = new(
        Command(),
        "winnow export contacts --list Customers --columns email city --output customers.csv",
        "winnow export contacts --filter dutch.json --semicolon | gzip > dutch.csv.gz",
        "winnow export recipients 12 --output recipients.xlsx",
        "winnow export opt-outs --kinds unsubscribed spam --output opt-outs.csv --json");

    private static Command Command()
    {
        Kinds.AcceptOnlyFromAmong("unsubscribed", "bounced", "spam", "global");
        var contacts = new Command("contacts", "Contacts: a list, what a filter or a search finds, or all.") { List, Filter, Search, Columns };
        contacts.SetAction(Contacts);
        var optOuts = new Command("opt-outs", "Unsubscribed, bounced and complaining addresses as CSV, those of deleted contacts and imported ones included.") { Kinds };
        optOuts.SetAction(OptOuts);
        var lists = new Command("lists", "The lists, with their kind and how many contacts each has.");
        lists.SetAction((parsed, stop) => Report(parsed, Reports.Lists, null, stop));
        var recipients = new Command("recipients", "The recipients of an email: what became of each, and why.") { Email };
        recipients.SetAction((parsed, stop) => Report(parsed, Reports.Recipients, parsed.GetValue(Email), stop));
        var record = new Command("audit-log", "The record of who did what.");
        record.SetAction((parsed, stop) => Report(parsed, Reports.AuditLog, null, stop));
        foreach (var command in (Command[])[contacts, optOuts, lists, recipients, record])
            foreach (var option in (Option[])[Account, As, Output, Semicolon, Force, Database, Json]) command.Add(option);
        return new("export", "Writes contacts, opt-outs or a report to a file: CSV, or (not opt-outs) an Excel workbook when FILE ends with .xlsx.") { contacts, optOuts, lists, recipients, record };
    }

    private static Task<int> Contacts(ParseResult parsed, CancellationToken stop) => Run(parsed, "contacts", async (installation, account, person) =>
    {
        var list = parsed.GetValue(List) is { } wish ? await ListOf(installation, account, wish) : null;
        var filter = parsed.GetValue(Filter) is { } file ? await File.ReadAllTextAsync(file, stop) : null;
        var query = new SelectionQuery(null, parsed.GetValue(Search), filter, list?.Id);
        var words = string.Join(", ", new[] { list is null ? null : $"list {list.Name}", query.Search is null ? null : $"search {query.Search}", filter is null ? null : "filter" }.OfType<string>().DefaultIfEmpty("all contacts"));
        var (export, zone) = (installation.Get<ExportContacts>(), Winnow.Accounts.Account.Zone(account.TimeZone));
        var (receipt, error) = await export.Freeze(account.Id, query, zone, person?.UserId, stop);
        if (receipt is null) throw new CommandException(error!);
        var wished = (parsed.GetValue(Columns) ?? []).SelectMany(names => names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
        await MustBeThere(installation, account, wished);
        var isWorkbook = IsWorkbook(parsed);
        var outcome = await export.Confirm(account.Id, receipt.SelectionId, new(wished, Separator(parsed), isWorkbook), query, zone, words, Terminal.Text($"Export {receipt.Count:N0} contacts"), isWorkbook ? "contacts.xlsx" : "contacts.csv", person?.UserId, stop);
        return outcome.JobId ?? throw new CommandException(outcome.Error ?? "The contacts changed while they were being chosen. Run the command again.", ExitCode.Failed);
    }, stop);

    private static Task<int> OptOuts(ParseResult parsed, CancellationToken stop) => Run(parsed, "addresses", async (installation, account, person) =>
    {
        if (IsWorkbook(parsed)) throw new CommandException("Opt-outs are written as CSV: give the file a name that ends with .csv.");
        var kinds = parsed.GetValue(Kinds) is { Length: > 0 } said ? said : ["unsubscribed", "bounced", "spam"];
        var wish = new OptOutWish(kinds.Contains("unsubscribed"), kinds.Contains("bounced"), kinds.Contains("spam"), kinds.Contains("global"), Separator(parsed));
        var (jobId, error) = await installation.Get<ExportOptOuts>().Order(account.Id, wish, null, "Export unsubscribes and bounces", "unsubscribes and bounces.csv", person?.UserId, stop);
        return jobId ?? throw new CommandException(error!);
    }, stop);

    private static Task<int> Report(ParseResult parsed, string report, long? emailId, CancellationToken stop) => Run(parsed, "lines", async (installation, account, person) =>
    {
        if (report == Reports.AuditLog) await installation.Person(account, person?.Email, Permission.Users);
        var email = emailId is { } id ? await installation.Get<EmailStore>().Find(account.Id, id, stop) ?? throw new CommandException($"{account.Name} has no email {id}.") : null;
        var title = email is null ? $"Export {report}" : $"Export the recipients of {email.Name}";
        var wish = new ReportWish(report, emailId, null, null, report == Reports.AuditLog ? new() : null, Separator(parsed), IsWorkbook(parsed));
        var (jobId, error) = await installation.Get<ExportReport>().Order(account.Id, wish, email?.Name ?? title, null, title, report, person?.UserId, stop);
        return jobId ?? throw new CommandException(error!);
    }, stop);

    private static async Task<int> Run(ParseResult parsed, string things, Func<Installation, Account, SignedInPerson?, Task<long>> order, CancellationToken stop)
    {
        var (json, to) = (parsed.GetValue(Json), parsed.GetRequiredValue(Output));
        if (json && to == "-") throw new CommandException("--json needs --output FILE: the standard output holds either the contacts or the result.");
        MustBeFree(to, parsed.GetValue(Force));
        var terminal = parsed.Terminal(json);
        await using var installation = await Installation.Open(parsed.GetValue(Database));
        var account = await installation.Account(parsed.GetValue(Account));
        var person = await installation.Person(account, parsed.GetValue(As), Permission.Export);
        CultureInfo.CurrentUICulture = new(person?.Language ?? account.Language);                    // the words of reports
        var jobId = await order(installation, account, person);
        var job = await installation.Finish(account.Id, jobId, terminal, things, stop);
        if (job.Outcome != "done") return await terminal.End(job.Outcome == "cancelled" ? ExitCode.Stopped : ExitCode.Failed, $"Nothing was written. {job.Error}");
        var file = await installation.Get<ExportFiles>().Download(account.Id, jobId, person?.UserId, stop) ?? throw new CommandException("The file of the export is gone.", ExitCode.Failed);
        await Write(to, parsed.GetValue(Force), output => installation.Get<Files>().Open(file).CopyToAsync(output, stop), stop);
        var rows = job.ResultAs<ExportedFile>()!.Rows;
        if (to != "-") return await terminal.End(ExitCode.Done, Terminal.Text($"{rows:N0} {things} written to {to}."), new Dictionary<string, object?> { ["file"] = Path.GetFullPath(to), ["rows"] = rows, ["bytes"] = file.Size });
        await terminal.Say(Terminal.Text($"{rows:N0} {things} written."));
        return (int)ExitCode.Done;
    }

    /// <summary>Refuses to write over a file that is there.</summary>
    internal static void MustBeFree(string to, bool force)
    {
        if (to != "-" && !force && File.Exists(to)) throw new CommandException($"{to} is there already. Add --force to write over it.");
    }

    /// <summary>Writes a file whole or not at all: beside its place first.</summary>
    internal static async Task Write(string to, bool force, Func<Stream, Task> write, CancellationToken stop)
    {
        if (to == "-")
        {
            await using var pipe = Console.OpenStandardOutput();
            await write(pipe);
            return;
        }
        var part = $"{to}.part";                                        // what a killed run left there is written over; a run that goes on keeps it for itself
        var how = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 1 << 16, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;      // people's data, and an archive holds keys
        var file = new FileStream(part, how);
        try
        {
            await using (file)
            {
                await write(file);
                await file.FlushAsync(stop);
                file.Flush(flushToDisk: true);
            }
            File.Move(part, to, force);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    private static bool IsWorkbook(ParseResult parsed) => parsed.GetRequiredValue(Output).EndsWith(".xlsx", StringComparison.OrdinalIgnoreCase);

    private static char Separator(ParseResult parsed) => parsed.GetValue(Semicolon) ? ';' : ',';

    private static async Task<ContactList> ListOf(Installation installation, Account account, string wish)
    {
        var lists = installation.Get<ListStore>();
        return await installation.Db.Read(async tx => long.TryParse(wish, out var id) && await lists.Find(tx, account.Id, id) is { } found ? found : await lists.FindByName(tx, account.Id, wish))
            ?? throw new CommandException($"{account.Name} has no list '{wish}'.");
    }

    private static async Task MustBeThere(Installation installation, Account account, List<string> names)
    {
        var catalog = await installation.Db.Read(tx => installation.Get<Winnow.Contacts.Properties>().Catalog(tx, account.Id));
        if (names.Find(name => catalog.Find(name) is null) is { } unknown) throw new CommandException($"{account.Name} has no property '{unknown}'. Settings > Properties shows the internal names.");
    }
}
