using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>Who a filter would take, before there is a list: by SQL, as of now.</summary>
/// <param name="Sample">A few: the newest, or those who come next.</param>
/// <param name="Names">What the lists and e-mails that it names are called; null when it names none.</param>
public sealed record FilterPreview(long Count, long All, IReadOnlyList<Contact> Sample, FilterNames? Names);

/// <summary>About how many a filter would take: what a sample of the contacts says.</summary>
/// <param name="Count">With two figures that count; null when too few of the sample are taken to tell.</param>
public sealed record FilterEstimate(long? Count, long All);

/// <summary>Asks the database about filters that are being made.</summary>
public sealed class FilterPreviews(FilterFacts facts, ContactStore contacts, PropertyUses uses, TimeProvider clock)
{
    private const int SampleSize = 5, FewestHits = 20;

    /// <summary>Accounts with more contacts than this are estimated first: counting takes longer than people wait for an answer to a click.</summary>
    public const long CountedAtOnce = 100_000;

    private static readonly SqlFile Sql = SqlFile.Beside<FilterPreviews>();
    private static readonly ContactColumn CreatedAt = ContactColumn.Of("created_at");

    /// <summary>Lists that a filter can name, by name.</summary>
    /// <param name="part">Only those with this in their name; null: all.</param>
    public static Task<List<(long Id, string Name)>> Lists(Tx tx, long accountId, string? part, int take) => tx.Query<(long, string)>(Sql["lists"], new { accountId, like = LikePattern.Containing(part ?? ""), take });

    /// <summary>E-mails that a filter can name, the one sent last first.</summary>
    /// <param name="part">Only those with this in their name; null: all.</param>
    public static Task<List<(long Id, string Name)>> Emails(Tx tx, long accountId, string? part, int take) => tx.Query<(long, string)>(Sql["emails"], new { accountId, like = LikePattern.Containing(part ?? ""), take });

    /// <summary>What the lists and e-mails of a filter are called; null when it names none.</summary>
    public static async Task<FilterNames?> Names(Tx tx, long accountId, Filter? filter)
    {
        var (lists, emails) = (filter?.ListIds.ToArray() ?? [], filter?.All.OfType<EmailFilter>().Select(e => e.EmailId).OfType<long>().ToArray() ?? []);
        return lists.Length + emails.Length == 0 ? null : Names(await tx.Query<Named>(Sql["names"], new { accountId, lists, emails }));
    }

    /// <summary>Estimates by a sample of about two thousand contacts, in some milliseconds however many there are; null where counting is as quick.</summary>
    public async Task<FilterEstimate?> Estimate(Tx tx, long accountId, Filter filter)
    {
        var all = (await contacts.Counts(tx, accountId)).All;
        if (all <= CountedAtOnce || await facts.WithMembers(tx, accountId, filter) is not ({ } whole, _)) return null;
        var (condition, parameters) = FilterSql.Of(whole, clock.GetUtcNow());
        (parameters["accountId"], parameters["ids"]) = (accountId, await ContactSample.Ids(tx, accountId));
        var (seen, hits) = await tx.Single<(long Seen, long Hits)>(Statement.Built("estimate of a filter",
            $"select count(*), coalesce(sum(case when {condition} then 1 else 0 end), 0) from contacts where account_id = @accountId and id in @ids"), parameters);
        return new(hits < FewestHits ? null : Rounded((double)hits / seen * all), all);
    }

    private static long Rounded(double number)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(number)) - 1);
        return (long)(Math.Round(number / unit) * unit);
    }

    /// <summary>Counts and takes a sample.</summary>
    /// <param name="others">The last contact of the sample that was seen: now those who come after it, and behind the oldest the newest again; null: the newest.</param>
    /// <returns>What there is, or what is wrong with the filter, as a sentence.</returns>
    public async Task<(FilterPreview? Preview, string? Error)> Of(Tx tx, long accountId, Filter filter, long? others = null)
    {
        var (whole, error) = await facts.WithMembers(tx, accountId, filter);
        if (whole is null) return (null, error);
        uses.Asked(accountId, whole);
        var (condition, parameters) = FilterSql.Of(whole, clock.GetUtcNow());
        parameters["accountId"] = accountId;
        var count = await tx.Single<long>(Statement.Built("count of a filter", $"select count(*) from contacts where account_id = @accountId and {condition}"), parameters);
        var sample = others is { } last && await contacts.Find(tx, accountId, last) is { } seen ? await Sample(tx, condition, parameters, seen) : [];
        if (sample.Count == 0) sample = await Sample(tx, condition, parameters, null);
        return (new(count, (await contacts.Counts(tx, accountId)).All, sample, await Names(tx, accountId, filter)), null);
    }

    private static Task<List<Contact>> Sample(Tx tx, string condition, Dictionary<string, object?> parameters, Contact? seen)
    {
        if (seen is not null) (parameters["seenAt"], parameters["seen"]) = (seen[CreatedAt], seen.Id);
        var after = seen is null ? "" : " and (created_at, id) < (@seenAt, @seen)";
        return ContactStore.ReadAll(tx, Statement.Built("sample of a filter",
            $"select {ContactColumn.List()} from contacts where account_id = @accountId and {condition}{after} order by created_at desc, id desc limit {SampleSize}"), parameters);
    }

    private static FilterNames Names(List<Named> rows) =>
        new(rows.Where(r => r.IsList).ToDictionary(r => r.Id, r => r.Name), rows.Where(r => !r.IsList).ToDictionary(r => r.Id, r => r.Name));

    private sealed record Named(bool IsList, long Id, string Name);
}
