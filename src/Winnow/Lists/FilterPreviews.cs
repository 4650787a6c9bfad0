using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>Who a filter would take, before there is a list: by SQL, as of now.</summary>
/// <param name="Sample">The newest few.</param>
/// <param name="Names">What the lists and e-mails that it names are called; null when it names none.</param>
public sealed record FilterPreview(long Count, long All, IReadOnlyList<Contact> Sample, FilterNames? Names);

/// <summary>Asks the database about filters that are being made.</summary>
public sealed class FilterPreviews(FilterFacts facts, TimeProvider clock)
{
    private const int SampleSize = 5;
    private static readonly SqlFile Sql = SqlFile.Beside<FilterPreviews>();

    /// <summary>What lists and e-mails a filter can name, by name; the latest few hundred.</summary>
    public static async Task<FilterNames> Choices(Tx tx, long accountId) => Names(await tx.Query<Named>(Sql["choices"], new { accountId }));

    /// <summary>What the lists and e-mails of a filter are called; null when it names none.</summary>
    public static async Task<FilterNames?> Names(Tx tx, long accountId, Filter? filter)
    {
        var (lists, emails) = (filter?.ListIds.ToArray() ?? [], filter?.All.OfType<EmailFilter>().Select(e => e.EmailId).OfType<long>().ToArray() ?? []);
        return lists.Length + emails.Length == 0 ? null : Names(await tx.Query<Named>(Sql["names"], new { accountId, lists, emails }));
    }

    /// <summary>Counts and takes a sample.</summary>
    /// <returns>What there is, or what is wrong with the filter, as a sentence.</returns>
    public async Task<(FilterPreview? Preview, string? Error)> Of(Tx tx, long accountId, Filter filter)
    {
        var (whole, error) = await facts.WithMembers(tx, accountId, filter);
        if (whole is null) return (null, error);
        var (condition, parameters) = FilterSql.Of(whole, clock.GetUtcNow());
        parameters["accountId"] = accountId;
        var count = await tx.Single<long>(Statement.Built("count of a filter", $"select count(*) from contacts where account_id = @accountId and {condition}"), parameters);
        var sample = await ContactStore.ReadAll(tx, Statement.Built("sample of a filter",
            $"select {ContactColumn.List()} from contacts where account_id = @accountId and {condition} order by created_at desc, id desc limit {SampleSize}"), parameters);
        return (new(count, await tx.Single<long>(Everyone, parameters), sample, await Names(tx, accountId, filter)), null);
    }

    private static readonly Statement Everyone = Statement.Built("count of contacts", "select count(*) from contacts where account_id = @accountId");

    private static FilterNames Names(List<Named> rows) =>
        new(rows.Where(r => r.IsList).ToDictionary(r => r.Id, r => r.Name), rows.Where(r => !r.IsList).ToDictionary(r => r.Id, r => r.Name));

    private sealed record Named(bool IsList, long Id, string Name);
}
