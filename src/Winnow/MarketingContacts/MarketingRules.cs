using System.Globalization;
using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.MarketingContacts;

/// <summary>Keeps the marketing contacts low by rules, all off at first. A rule that looks freezes whom it schedules, and orders the same job as a person would: all in one
/// transaction, so that nobody is scheduled twice whatever crashes or doubles, and its undo is that of every such job.</summary>
public sealed class MarketingRules(Db db, StoppingContacts stopping, ListStore lists, ContactStore contacts, MarketingPlans plans, SetMarketing set, TimeProvider clock) : IUseLists
{
    private const int SampleSize = 5;
    private static readonly SqlFile Sql = SqlFile.Beside<MarketingRules>();

    /// <summary>All rules of the account that were ever switched on.</summary>
    public Task<List<MarketingRule>> All(long accountId, CancellationToken stop = default) => db.Read(tx => tx.Query<MarketingRule>(Sql["all"], new { accountId }), stop);

    /// <summary>What the rules did, the latest first.</summary>
    public Task<List<RuleRun>> Runs(long accountId, int take, CancellationToken stop = default) => db.Read(tx => tx.Query<RuleRun>(Sql["runs"], new { accountId, take }), stop);

    /// <summary>What each rule did for an update date: since the one before, without what was undone.</summary>
    public static Task<List<RuleDeed>> DeedsFor(Tx tx, long accountId, DateOnly day) => tx.Query<RuleDeed>(Sql["deeds"], new { accountId, day = MarketingPlans.Text(day) });

    /// <summary>The rule that is about the list, while it is switched on.</summary>
    public async Task<IReadOnlyList<ListUse>> UsesOf(Tx tx, long accountId, long listId) =>
        [.. (await tx.Query<MarketingRule>(Sql["all"], new { accountId })).Where(rule => rule is { OnSince: not null, Group.Kind: StoppingKind.List } && rule.Number == listId).Select(rule => new ListUse(ListUser.Rule, rule.Id, rule.ListName ?? ""))];

    /// <summary>What a rule would do if it looked now; or what is wrong with it, as a sentence.</summary>
    public Task<(RulePreview? Preview, string? Error)> Preview(long accountId, StoppingGroup group, CancellationToken stop = default) => db.Read<(RulePreview?, string?)>(async tx =>
    {
        var rule = await tx.SingleOrNone<Held>(Sql["of-kind"], new { accountId, kind = group.Kind.ToString(), group.Number });
        var (set, error) = await stopping.Of(tx, accountId, group, await MarketingPlans.Zone(tx, accountId));
        if (set is null) return (null, error);
        var changing = set.Except(rule is null ? new() : await Handled(tx, accountId, rule.Id)).Intersect(await StoppingContacts.Staying(tx, accountId));
        var bill = await Bill.Of(tx, accountId, plans, contacts) with { Leaving = changing.Count };
        return (new(changing.Count, set.Count, bill, await contacts.Read(tx, accountId, [.. changing.Ids.Take(SampleSize)])), null);
    }, stop);

    /// <summary>Switches a rule on; it looks at once.</summary>
    /// <returns>What is wrong with it, as a sentence; or null.</returns>
    public Task<string?> SwitchOn(long accountId, StoppingGroup group, long userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        var zone = await MarketingPlans.Zone(tx, accountId);
        if ((await stopping.Of(tx, accountId, group, zone)).Error is { } wrong) return wrong;
        var (kind, now) = (group.Kind.ToString(), clock.GetUtcNow());
        var id = await Ids.Next(tx, accountId, "marketing_rule");
        await tx.Execute(Sql["switch-on"], new { accountId, id, kind, group.Number, now, userId });
        var rule = (await tx.SingleOrNone<Held>(Sql["of-kind"], new { accountId, kind, group.Number }))!;
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.MarketingRuleChanged, Say(rule), after: "on");
        await Look(tx, accountId, rule.Id, zone, _ => true);
        return null;
    }, stop);

    /// <summary>Switches a rule off. Whom it scheduled stays so; the job that did it can be undone.</summary>
    /// <returns>Whether this account has it, switched on.</returns>
    public Task<bool> SwitchOff(long accountId, long id, long userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        if (await tx.SingleOrNone<Held>(Sql["hold"], new { accountId, id }) is not { OnSince: not null } rule) return false;
        await tx.Execute(Sql["switch-off"], new { accountId, id });
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.MarketingRuleChanged, Say(rule), after: "off");
        return true;
    }, stop);

    /// <summary>Lets every rule look whose time has come, a transaction each. Safe to run twice and on several processes at once.</summary>
    public async Task RunDue(CancellationToken stop)
    {
        foreach (var rules in (await db.Read(tx => tx.Query<On>(Sql["on"]), stop)).GroupBy(rule => (rule.AccountId, rule.TimeZone)))
        {
            var (accountId, zone) = (rules.Key.AccountId, Account.Zone(rules.Key.TimeZone));
            var next = (await plans.Of(accountId, stop)).NextUpdate;
            bool Due(DateTimeOffset? ranAt) => MarketingRule.IsDue(ranAt, clock.GetUtcNow(), zone, next);
            foreach (var rule in rules.Where(rule => Due(rule.RanAt))) await db.Write(tx => Look(tx, accountId, rule.Id, zone, Due), stop);
        }
    }

    /// <summary>Schedules who fits and was not scheduled by this rule since they began to fit. Whoever fits no more is forgotten, and scheduled if they fit again.</summary>
    private async Task Look(Tx tx, long accountId, long id, TimeZoneInfo zone, Func<DateTimeOffset?, bool> due)
    {
        if (await tx.SingleOrNone<Held>(Sql["hold"], new { accountId, id }) is not { OnSince: not null } rule || !due(rule.RanAt)) return;
        var now = clock.GetUtcNow();
        await tx.Execute(Sql["ran"], new { accountId, id, now });
        var (fitting, _) = await stopping.Of(tx, accountId, new(Enum.Parse<StoppingKind>(rule.Kind), rule.Number), zone);
        if (fitting is null) return;                                                 // its list is gone, or being filled: tomorrow again
        var handled = (await Handled(tx, accountId, id)).Intersect(fitting);
        var changing = fitting.Except(handled).Intersect(await StoppingContacts.Staying(tx, accountId));
        if (changing.Count > 0) await Order(tx, accountId, rule, changing, now);
        var after = handled.Union(changing);
        await tx.Execute(Sql["forget-handled"], new { accountId, id });
        foreach (var chunk in after.ChunkNumbers.ToList()) await tx.Execute(Sql["handled-chunk"], new { accountId, id, chunk, members = after.Encode(chunk) });
    }

    private async Task Order(Tx tx, long accountId, Held rule, MemberSet changing, DateTimeOffset now)
    {
        var selectionId = await lists.Freeze(tx, accountId, changing, null);
        var name = rule.Kind == nameof(StoppingKind.List) ? (await lists.Find(tx, accountId, rule.Number))?.Name : null;
        var ask = new MarketingAsk(MarketingAsk.OfSelection(selectionId), Say(rule, name), $"Rule: {Say(rule, name)}", "", null, null);
        var (operationId, jobId) = await set.Begin(tx, accountId, selectionId, changing.Count, changing.Count, toMarketing: false, ask);
        await tx.Execute(Sql["run"], new { accountId, operationId, rule.Id, contacts = changing.Count, jobId, now });
    }

    private static async Task<MemberSet> Handled(Tx tx, long accountId, long id)
    {
        var set = new MemberSet();
        foreach (var chunk in await tx.Query<Chunk>(Sql["handled"], new { accountId, id })) set.Decode(chunk.Number, chunk.Members);
        return set;
    }

    /// <summary>The rule in English, for titles and records, as nobody knows yet who will read them.</summary>
    private static string Say(Held rule, string? listName = null) => string.Format(CultureInfo.InvariantCulture, StoppingGroup.Words[Enum.Parse<StoppingKind>(rule.Kind)], listName ?? (object)rule.Number);

    private sealed record Held(long Id, string Kind, long Number, DateTimeOffset? OnSince, DateTimeOffset? RanAt);
    private sealed record On(long AccountId, long Id, string TimeZone, DateTimeOffset? RanAt);
    private sealed record Chunk(long Number, byte[] Members);
}
