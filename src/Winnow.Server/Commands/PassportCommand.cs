using System.CommandLine;
using Winnow.Accounts;
using Winnow.Jobs;
using Winnow.Transfer;
using Winnow.Transfer.Passports;

namespace Winnow.Server.Commands;

/// <summary><c>passport export</c> and <c>import</c>: the suppressed addresses of an account, as hashes and signed, from one installation to another.</summary>
internal static class PassportCommand
{
    private static readonly Argument<string> To = new("FILE") { Description = "The passport to write." }, From = new("FILE") { Description = "The passport; - reads the standard input." };
    private static readonly Option<string?> Database = CommonOptions.Database(), Account = CommonOptions.Account(), As = CommonOptions.As();
    private static readonly Option<bool> Json = CommonOptions.Json(), Force = new("--force") { Description = "Write over a file that is there." };
    private static readonly Option<string?> Trust = new("--trust") { Description = "Trust this signer from now on: the fingerprint as they told you, not as the file says. Without, only signers that the account trusts already are imported.", HelpName = "FINGERPRINT" };
    private static readonly Option<string?> Name = new("--name") { Description = "With --trust: what to call the signer; without, as the passport calls itself." };

    public static DocumentedCommand Made { get; } = new(Command(), "winnow passport export fernhill.passport --account Fernhill", "winnow passport import fernhill.passport --trust 1f0c-… --name \"Head office\"", "winnow passport signers");

    private static Command Command()
    {
        var export = new Command("export", "Writes all suppressed addresses of an account, as hashes, with reason and date, signed by this installation.") { To, Account, As, Force, Database, Json };
        export.SetAction(Export);
        var import = new Command("import", "Suppresses the addresses of a passport here, those that are known now and those that come later. This cannot be undone here.") { From, Account, As, Trust, Name, Database, Json };
        import.SetAction(Import);
        var signers = new Command("signers", "Lists the signers whose passports an account takes in, and the fingerprint of this installation.") { Account, Database, Json };
        signers.SetAction(Signers);
        return new("passport", "Takes suppressed addresses from one installation to another, as hashes and signed.") { export, import, signers };
    }

    private static async Task<int> Export(ParseResult parsed, CancellationToken stop)
    {
        var (to, terminal) = (parsed.GetRequiredValue(To), parsed.Terminal(parsed.GetValue(Json)));
        if (to == "-") throw new CommandException("Name a file for the passport.");
        ExportCommand.MustBeFree(to, parsed.GetValue(Force));
        await using var installation = await Installation.Open(parsed.GetValue(Database));
        var account = await installation.Account(parsed.GetValue(Account));
        var person = await installation.Person(account, parsed.GetValue(As), Permission.Export);
        var (jobId, error) = await installation.Get<ExportPassport>().Order(account.Id, account.Name, null, "Export a suppression passport", Path.GetFileName(to), person?.UserId, stop);
        var job = await installation.Finish(account.Id, jobId ?? throw new CommandException(error!), terminal, "addresses", stop);
        if (job.Outcome != "done" || job.ResultAs<PassportExportState>() is not { } result) return await terminal.End(job.Outcome == "cancelled" ? ExitCode.Stopped : ExitCode.Failed, $"Nothing was written. {job.Error}");
        var file = await installation.Get<ExportFiles>().Download(account.Id, job.Id, person?.UserId, stop) ?? throw new CommandException("The file of the export is gone.", ExitCode.Failed);
        await ExportCommand.Write(to, parsed.GetValue(Force), output => installation.Get<Files>().Open(file).CopyToAsync(output, stop), stop);
        return await terminal.End(ExitCode.Done, Terminal.Text($"{result.Rows:N0} addresses are in {to}. Tell who imports it, by another way than the file: signer {result.Signer}"),
            new Dictionary<string, object?> { ["file"] = Path.GetFullPath(to), ["addresses"] = result.Rows, ["signer"] = result.Signer });
    }

    private static async Task<int> Import(ParseResult parsed, CancellationToken stop)
    {
        var (terminal, from, told) = (parsed.Terminal(parsed.GetValue(Json)), parsed.GetRequiredValue(From), parsed.GetValue(Trust)?.Trim().ToLowerInvariant());
        await using var content = ImportCommand.Input(from);
        await using var installation = await Installation.Open(parsed.GetValue(Database));
        var account = await installation.Account(parsed.GetValue(Account));
        var person = await installation.Person(account, parsed.GetValue(As), told is null ? [Permission.Import] : [Permission.Import, Permission.Settings]);
        var passports = installation.Get<UploadedPassports>();

        var (id, refused) = await passports.Upload(account.Id, ImportCommand.FileName(from), content, person?.UserId, stop);
        var passport = (await passports.Find(account.Id, id ?? throw new CommandException(refused!)))!;
        if (await Distrust(installation.Get<PassportSigners>(), passport, told, parsed.GetValue(Name), person?.UserId, stop) is { } distrust)
        {
            await passports.Forget(passport);
            throw new CommandException(distrust);
        }
        var order = await passports.Start(account.Id, passport.Id, passport.Addresses, $"Import the passport of {passport.FromName}", person?.UserId, stop);
        var job = await installation.Finish(account.Id, order.JobId ?? throw new CommandException(order.Error!), terminal, "addresses", stop);
        if (job.ResultAs<ImportPassportState>() is not { } result || job.Outcome == "failed") return await terminal.End(ExitCode.Failed, $"The import failed: {job.Error}");
        var code = job.Outcome == "cancelled" ? ExitCode.Stopped : ExitCode.Done;
        return await terminal.End(code, Terminal.Text($"{(code == ExitCode.Stopped ? "Stopped: " : "")}{job.Done:N0} addresses of {passport.FromName} taken in, {result.Suppressed:N0} of them known here and suppressed now; the others will be when they come."),
            new Dictionary<string, object?> { ["passport"] = passport.Id, ["addresses"] = job.Done, ["suppressed"] = result.Suppressed, ["from"] = passport.FromName, ["signer"] = passport.Signer });
    }

    /// <summary>Why the signer of a passport is not trusted; null when it is, from now on or before.</summary>
    private static async Task<string?> Distrust(PassportSigners signers, UploadedPassport passport, string? told, string? name, long? userId, CancellationToken stop)
    {
        if (told is null && await signers.Find(passport.AccountId, passport.Signer) is not null) return null;
        if (told is null)
            return Terminal.Text($"Nothing was imported: this signer is not trusted yet. The passport calls itself {passport.FromName}, was made on {passport.MadeAt:yyyy-MM-dd} and holds {passport.Addresses:N0} addresses ({passport.OptedOut:N0} unsubscribed, {passport.Complained:N0} marked as spam, {passport.Bounced:N0} bounced). It was signed by {passport.Signer}. Ask there for the fingerprint; is it the same, give it with --trust.");
        if (told != passport.Signer) return $"Nothing was imported: the passport was signed by {passport.Signer}, not by {told}. Ask for it anew.";
        return await signers.Trust(passport.AccountId, passport.Signer, name ?? (passport.FromName.Length <= PassportSigners.MaxName ? passport.FromName : passport.FromName[..PassportSigners.MaxName]), userId, stop);
    }

    private static async Task<int> Signers(ParseResult parsed, CancellationToken stop)
    {
        var terminal = parsed.Terminal(parsed.GetValue(Json));
        await using var installation = await Installation.Open(parsed.GetValue(Database));
        var account = await installation.Account(parsed.GetValue(Account));
        var (signers, own) = (await installation.Get<PassportSigners>().All(account.Id), await installation.Get<PassportKey>().Own(stop));
        foreach (var signer in signers) await terminal.Say(Terminal.Text($"  {signer.Fingerprint}  {signer.Name}, since {signer.AddedAt:yyyy-MM-dd}"));
        return await terminal.End(ExitCode.Done, $"{account.Name} trusts {signers.Count} signers. {(own is null ? "This installation has made no passport yet." : $"This installation signs with {own}.")}",
            new Dictionary<string, object?> { ["signers"] = signers.Select(s => new { fingerprint = s.Fingerprint, name = s.Name, addedAt = s.AddedAt }), ["own"] = own });
    }
}
