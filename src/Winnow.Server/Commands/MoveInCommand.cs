using System.CommandLine;
using Winnow.Accounts;
using Winnow.Jobs;
using Winnow.Transfer.HubSpot;

namespace Winnow.Server.Commands;

/// <summary><c>move-in</c>: contacts, properties, lists, opt-outs and bounces from an account of HubSpot, as by Contacts &gt; Import &gt; Move in from HubSpot. The token never stands on the command line, where others see it.</summary>
internal static class MoveInCommand
{
    private const string TokenVariable = "WINNOW_HUBSPOT_TOKEN";
    private static readonly string[] Parts = ["properties", "lists", "opt-outs", "bounces", "marketing"];
    private static readonly Option<string?> Database = CommonOptions.Database(), Account = CommonOptions.Account(), As = CommonOptions.As();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Option<bool> TokenFromInput = new("--token-stdin") { Description = $"Read the access token from the standard input; without, from the variable {TokenVariable}, or the one that is kept." };
    private static readonly Option<string[]> Bring = BringOption();
    private static readonly Option<bool> Look = new("--look") { Description = "Show what the token may read and how much of it there is, and bring nothing." };
    private static readonly Option<bool> Again = new("--again") { Description = "Compare everything again, also what did not change in HubSpot since the last run." };
    private static readonly Option<bool> Forget = new("--forget") { Description = "Forget the token afterwards." };
    private static readonly Option<string?> Report = new("--report") { Description = "Write what did not fit to this CSV file.", HelpName = "FILE" };

    public static DocumentedCommand Made { get; } = new(
        Command(),
        $"{TokenVariable}=pat-… winnow move-in --look",
        "winnow move-in --token-stdin --account Fernhill --report did-not-fit.csv < token.txt",
        "winnow move-in --bring properties lists opt-outs bounces marketing --as noor@fernhill.example --json");

    private static Command Command()
    {
        var command = new Command("move-in", "Moves in from HubSpot through its API. A second run brings only what changed there since.") { Account, As, TokenFromInput, Bring, Look, Again, Report, Forget, Database, Json };
        command.SetAction(Run);
        return command;
    }

    private static Option<string[]> BringOption()
    {
        var bring = new Option<string[]>("--bring") { Description = "What to bring beside contacts; without, everything but the marketing status.", HelpName = "PART", AllowMultipleArgumentsPerToken = true };
        bring.AcceptOnlyFromAmong(Parts);
        return bring;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken stop)
    {
        var terminal = parsed.Terminal(parsed.GetValue(Json));
        var bring = parsed.GetValue(Bring) is { Length: > 0 } said ? said : [.. Parts.Where(part => part != "marketing")];
        await using var installation = await Installation.Open(parsed.GetValue(Database));
        var account = await installation.Account(parsed.GetValue(Account));
        var person = await installation.Person(account, parsed.GetValue(As), [.. Needed(parsed.GetValue(Look) ? [] : bring)]);
        var moves = installation.Get<MoveIns>();
        var source = await Source(moves, account.Id, await Token(parsed, stop), person?.UserId, stop);
        var check = await Check(moves, source, stop);
        foreach (var part in check.Parts) await terminal.Say(Terminal.Text($"  {part.Key}: {(part.Count is { } count ? FormattableString.Invariant($"{count:N0}") : part.Why)}"));
        if (parsed.GetValue(Look)) return await terminal.End(check.Parts.All(p => p.Count is not null) ? ExitCode.Done : ExitCode.Look, "Nothing was brought.", check.Parts.ToDictionary(p => p.Key, p => (object?)(p.Count ?? (object?)p.Why)));
        if (!check.CanStart || bring.Any(part => check[part].Count is null)) throw new CommandException($"Nothing was brought. {string.Join(' ', check.Parts.Select(p => p.Why).OfType<string>().Distinct())}");

        var kinds = bring.Contains("opt-outs") ? check.Subscriptions.Where(s => !s.IsOneToOne).Select(s => s.Id).ToList() : [];
        var order = new MoveInOrder(bring.Contains("properties"), bring.Contains("lists"), bring.Contains("opt-outs"), bring.Contains("bounces"), bring.Contains("marketing"), kinds, parsed.GetValue(Again), account.TimeZone);
        var (jobId, error) = await moves.Start(account.Id, source.Id, order, person?.UserId, stop);
        var job = await installation.Finish(account.Id, jobId ?? throw new CommandException(error!), terminal, "contacts and members", stop);
        if (parsed.GetValue(Forget)) await moves.Forget(account.Id, source.Id, person?.UserId);
        return job.ResultAs<MoveInState>() is { } result ? await End(installation, parsed, terminal, job, result, stop) : await terminal.End(ExitCode.Failed, $"The move failed: {job.Error}");
    }

    private static async Task<int> End(Installation installation, ParseResult parsed, Terminal terminal, Job job, MoveInState result, CancellationToken stop)
    {
        if (result.ReportFileId is { } fileId && await installation.Get<Files>().Find(job.AccountId, fileId) is { } file)
            if (parsed.GetValue(Report) is { } to) await ExportCommand.Write(to, force: true, output => installation.Get<Files>().Open(file).CopyToAsync(output, stop), stop);
            else foreach (var sum in result.Misfits ?? []) await terminal.Say(Terminal.Text($"  did not fit: {Misfit.Of(sum.Key).What}, {sum.Count:N0}: {Misfit.Of(sum.Key).Why}"));
        var code = job.Outcome == "cancelled" ? ExitCode.Stopped : result.MisfitCount > 0 ? ExitCode.Look : ExitCode.Done;
        return await terminal.End(code, Terminal.Text($"{(code == ExitCode.Stopped ? "Stopped: " : "")}{result.Created:N0} contacts created, {result.Updated:N0} updated, {result.Unchanged:N0} unchanged, {result.PropertiesMade:N0} properties and {result.ListsMade:N0} lists made, {result.OptedOut:N0} addresses opted out, {result.Bounced:N0} bounced, {result.MisfitCount:N0} things did not fit."),
            new Dictionary<string, object?>
            {
                ["created"] = result.Created, ["updated"] = result.Updated, ["unchanged"] = result.Unchanged, ["properties"] = result.PropertiesMade, ["lists"] = result.ListsMade, ["joined"] = result.Joined,
                ["optedOut"] = result.OptedOut, ["bounced"] = result.Bounced, ["marketing"] = result.Marketing, ["didNotFit"] = result.MisfitCount,
            });
    }

    private static IEnumerable<Permission> Needed(string[] bring)
    {
        yield return Permission.Import;
        if (bring.Contains("properties")) yield return Permission.EditProperties;
        if (bring.Contains("lists")) yield return Permission.EditLists;
        if (bring.Contains("marketing")) yield return Permission.MarketingContacts;
    }

    private static async Task<string?> Token(ParseResult parsed, CancellationToken stop) =>
        parsed.GetValue(TokenFromInput) ? await Console.In.ReadLineAsync(stop) ?? "" : Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } token ? token : null;

    /// <summary>The account of HubSpot: that of the token, or the only one of which a token is kept.</summary>
    private static async Task<MoveInSource> Source(MoveIns moves, long accountId, string? token, long? userId, CancellationToken stop)
    {
        if (token is null)
            return (await moves.All(accountId)).Where(s => s.HasToken).ToList() is [var kept] ? kept : throw new CommandException($"Give the access token of a private app of HubSpot in the variable {TokenVariable}, or with --token-stdin.");
        var (id, error) = await moves.Meet(accountId, token, userId, stop);
        return (await moves.Find(accountId, id ?? throw new CommandException(error!)))!;
    }

    private static async Task<MoveInCheck> Check(MoveIns moves, MoveInSource source, CancellationToken stop)
    {
        try { return await MoveInCheck.Of(await moves.Portal(source.AccountId, source.Id) ?? throw new CommandException(MoveInWords.Forgotten), stop); }
        catch (HubSpotException e) { throw new CommandException(e.Message); }
    }
}
