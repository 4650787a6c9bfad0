using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Data.Common;
using Winnow.Audit;

namespace Winnow.Server.Commands;

/// <summary>The commands beside the server: what a person or a script does with an installation from a terminal. They use the domain classes of the pages.</summary>
public static class CommandLine
{
    /// <summary>Every command, in the order of the help.</summary>
    internal static readonly IReadOnlyList<DocumentedCommand> All =
        [ImportCommand.Made, MoveInCommand.Made, SuppressCommand.Made, PassportCommand.Made, ExportCommand.Made, CheckCommand.Made, BackupCommand.Made, RestoreCommand.Made, RestoreCommand.Moved, DemoCommand];

    private static DocumentedCommand DemoCommand => new(
        new Command("demo", "Starts Winnow with a sample account and a practice relay. Options: --fresh, --data FOLDER, --urls URL.") { TreatUnmatchedTokensAsErrors = false }, "winnow demo --fresh");

    /// <summary>Whether these arguments are for a command and not for the server.</summary>
    public static bool Takes(string[] args) => args is [var first, ..] && (first != "demo" || args.Contains("--help")) && (!first.StartsWith('-') || first is "-h" or "-?" or "--help" or "--version");

    /// <summary>Runs a command.</summary>
    /// <returns>What the process ends with: an <see cref="ExitCode"/>.</returns>
    public static async Task<int> Run(string[] args, TextWriter output, TextWriter error, CancellationToken stop = default)
    {
        var root = Root();
        var parsed = root.Parse(args);
        var settings = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(1) };
        var terminal = new Terminal(output, error, args.Contains("--json"), false, TimeProvider.System);
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
            return await terminal.End(ExitCode.WrongUse, $"{string.Join(' ', parsed.Errors.Select(e => e.Message))}\n{Path(parsed.CommandResult.Command)} --help shows how it is used.");
        AuditLog.ComesFrom($"command line, {Environment.UserName}");
        try { return await parsed.InvokeAsync(settings, stop); }
        catch (CommandException e) { return await terminal.End(e.Code, e.Message); }
        catch (OperationCanceledException) { return await terminal.End(ExitCode.Stopped, "Stopped."); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return await terminal.End(ExitCode.Failed, e.Message); }
        catch (DbException e) { return await terminal.End(ExitCode.Failed, $"The database did not do it: {e.Message}"); }
    }

    private static string Path(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : command.Name;

    private static Command Root()
    {
        var root = new Command("winnow", "Winnow, a CRM for marketing contacts. Without a command it starts the server: --database, --urls, --roles (docs/guide/operate.md).") { new HelpOption(), new VersionOption() };
        foreach (var documented in All) root.Add(documented.Command);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((SynchronousCommandLineAction)help.Action!);
        return root;
    }

    /// <summary>The library's help, and below it how the command is used.</summary>
    private sealed class HelpWithExamples(SynchronousCommandLineAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            help.Invoke(parseResult);
            var (output, command) = (parseResult.InvocationConfiguration.Output, parseResult.CommandResult.Command);
            output.WriteLine("Examples:");
            foreach (var example in All.Where(d => !command.Parents.Any() || d.Command == command || d.Command.Subcommands.Contains(command)).SelectMany(d => d.Examples)) output.WriteLine($"  {example}");
            output.WriteLine();
            output.WriteLine("Exit codes: 0 done, 1 done but something needs a look, 2 wrong use, 3 failed, 4 stopped.");
            return 0;
        }
    }
}

/// <summary>A command with lines that show how it is used.</summary>
internal sealed record DocumentedCommand(Command Command, params IReadOnlyList<string> Examples);

/// <summary>Options that many commands have.</summary>
internal static class CommonOptions
{
    public static Option<string?> Database() => new("--database") { Description = "Data Source=FILE for SQLite, or a PostgreSQL connection string that begins with Host=; as for the server.", HelpName = "CONNECTION" };
    public static Option<string?> Account() => new("--account") { Description = "Name or number of the account; not needed where there is only one.", HelpName = "ACCOUNT" };
    public static Option<string?> As() => new("--as") { Description = "Act as this member of the account, with that member's permissions; without, as the installation's operator.", HelpName = "EMAIL" };
    public static Option<string?> Sheet() => new("--sheet") { Description = "The sheet of a workbook to read; without, the first that has rows.", HelpName = "NAME" };
    public static Option<bool> Json() => new("--json") { Description = "The result as one JSON object on the standard output, for programs." };

    /// <summary>The terminal of a run: a line of progress where a person sits at one.</summary>
    public static Terminal Terminal(this ParseResult parsed, bool json) =>
        new(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, json, ReferenceEquals(parsed.InvocationConfiguration.Error, Console.Error) && !Console.IsErrorRedirected, TimeProvider.System);
}
