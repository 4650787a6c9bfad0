using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>Who a filter would take, before there is a list: by SQL, as of now.</summary>
/// <param name="Sample">The newest few.</param>
public sealed record FilterPreview(long Count, long All, IReadOnlyList<Contact> Sample)
{
    private const int SampleSize = 5;

    /// <summary>Counts and takes a sample.</summary>
    public static async Task<FilterPreview> Of(Tx tx, long accountId, Filter filter)
    {
        var (condition, parameters) = FilterSql.Of(filter);
        parameters["accountId"] = accountId;
        var count = await tx.Single<long>(Statement.Built("count of a filter", $"select count(*) from contacts where account_id = @accountId and {condition}"), parameters);
        var sample = await ContactStore.ReadAll(tx, Statement.Built("sample of a filter",
            $"select {ContactColumn.List()} from contacts where account_id = @accountId and {condition} order by created_at desc, id desc limit {SampleSize}"), parameters);
        return new(count, await tx.Single<long>(Everyone, parameters), sample);
    }

    private static readonly Statement Everyone = Statement.Built("count of contacts", "select count(*) from contacts where account_id = @accountId");
}
