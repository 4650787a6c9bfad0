using System.CommandLine;
using Winnow.Accounts;
using Winnow.Transfer.Passports;

namespace Winnow.Server.Commands;

/// <summary><c>passport export</c> and <c>import</c>: the suppressed addresses of an account, as hashes and signed, from one installation to another.</summary>
internal static class PassportCommand
{
    private static readonly Argument<string> To = new("FILE") { Description = "The passport to write." }, From = new("FILE") { Description = "The passport; - reads the standard input." };
    private static readonly Option<string?> Database = CommonOptions.Database(), Account = CommonOptions.Account(), As = CommonOptions.As();
    private static readonly Option<bool> Json = CommonOptions.Json(), Force = new("--force") { Description = "Write over a file that is there." };
    private static readonly Option<string?> Signer = new("--signer") { Description = "The fingerprint of who signed it, as they told you, not as the file says. Without, the passport is only looked at.", HelpName = "FINGERPRINT" };

    public static DocumentedCommand Made { get; } = new(Command(), "winnow passport export fernhill.passport --account Fernhill", "winnow passport import fernhill.passport --signer 1f0c-…");

    private static Command Command()
    {
        var export = new Command("export", "Writes all suppressed addresses of an account, as hashes, with reason and date, signed by this installation.") { To, Account, As, Force, Database, Json };
        export.SetAction(Export);
        var import = new Command("import", "Suppresses the addresses of a passport here, those that are known now and those that come later. This cannot be undone here.") { From, Account, As, Signer, Database, Json };
        import.SetAction(Import);
        return new("passport", "Takes suppressed addresses from one installation to another, as hashes and signed.") { export, import };
    }

    private static async Task<int> Export(ParseResult parsed, CancellationToken stop)
    {
        var (to, terminal) = (parsed.GetRequiredValue(To), parsed.Terminal(parsed.GetValue(Json)));
        if (to == "-") throw new CommandException("Name a file for the passport.");
        ExportCommand.MustBeFree(to, parsed.GetValue(Force));
        await using var installation = await Installation.Open(parsed.GetValue(Database));
        var account = await installation.Account(parsed.GetValue(Account));
        var person = await installation.Person(account, parsed.GetValue(As), Permission.Export, Permission.Settings);
        var (count, signer) = (0L, "");
        await ExportCommand.Write(to, parsed.GetValue(Force), async file => (count, signer) = await installation.Get<ExportPassport>().Write(file, account.Id, account.Name, person?.UserId, stop), stop);
        return await terminal.End(ExitCode.Done, Terminal.Text($"{count:N0} addresses are in {to}. Tell who imports it, by another way than the file: signer {signer}"),
            new Dictionary<string, object?> { ["file"] = Path.GetFullPath(to), ["addresses"] = count, ["signer"] = signer });
    }

    private static async Task<int> Import(ParseResult parsed, CancellationToken stop)
    {
        var terminal = parsed.Terminal(parsed.GetValue(Json));
        await using var passport = await Copy(parsed.GetRequiredValue(From), stop);
        var (head, count, error) = await Passport.Check(passport, stop);
        if (head is null) throw new CommandException(error!);
        if (parsed.GetValue(Signer)?.Trim().ToLowerInvariant() is not { } told) throw new CommandException(Terminal.Text($"Nothing was imported. The passport holds {count:N0} addresses, calls itself {head.From} and was signed by {head.Signer}. Ask there for the fingerprint; is it the same, give it with --signer."));
        if (told != head.Signer) throw new CommandException($"Nothing was imported: the passport was signed by {head.Signer}, not by {told}. Ask for it anew.");
        await using var installation = await Installation.Open(parsed.GetValue(Database));
        var account = await installation.Account(parsed.GetValue(Account));
        var person = await installation.Person(account, parsed.GetValue(As), Permission.Import, Permission.Settings);
        passport.Position = 0;
        var changed = await installation.Get<ImportPassport>().Run(account.Id, passport, head, person?.UserId, done => terminal.Show(done, count, "addresses"), stop);
        return await terminal.End(ExitCode.Done, Terminal.Text($"{count:N0} addresses of {head.From} taken in, {changed:N0} of them known here and suppressed now; the others will be when they come."),
            new Dictionary<string, object?> { ["addresses"] = count, ["suppressed"] = changed, ["from"] = head.From, ["signer"] = head.Signer });
    }

    /// <summary>What was checked is what is imported: a copy that nobody else can write to, and that is gone afterwards.</summary>
    private static async Task<FileStream> Copy(string from, CancellationToken stop)
    {
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 1 << 16, Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var copy = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), how);
        await using var input = ImportCommand.Input(from);
        await input.CopyToAsync(copy, stop);
        copy.Position = 0;
        return copy;
    }
}
