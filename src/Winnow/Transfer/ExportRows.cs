using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Transfer;

/// <summary>Reads of contacts what a file shows of them and no more: the columns that its properties lie in, and the JSON of the others only when one of these is asked for.
/// Neighbours come by the range of their ids, which is the order in which the table lies.</summary>
internal sealed class ExportRows
{
    private const int Record = 0, InJson = -1;
    private readonly IReadOnlyList<Property> columns;
    private readonly int[] places;                              // where in the row a column's value is
    private readonly List<ContactColumn> stored = [];
    private readonly Dictionary<long, int> inJson = [];         // property ids that the JSON is asked for, and their columns
    private readonly object?[] values;
    private readonly Statement range, some;

    public ExportRows(IReadOnlyList<Property> columns)
    {
        (this.columns, places, values) = (columns, new int[columns.Count], new object?[columns.Count]);
        for (var i = 0; i < columns.Count; i++) places[i] = Place(columns[i], i);
        var select = $"select {string.Join(", ", stored.Select(c => c.Name).Prepend("id"))}{(inJson.Count > 0 ? ", custom" : "")} from contacts where account_id = @accountId and";
        range = Statement.Built("exported contacts, neighbours", $"{select} id >= @first and id <= @last order by id");
        some = Statement.Built("exported contacts", $"{select} id in @ids order by id");
    }

    /// <summary>Hands out the values of each of these contacts that is there, one for each column, typed as its property says. The array is used again.</summary>
    /// <param name="ids">Ascending, at least one.</param>
    /// <returns>How many there were.</returns>
    public async Task<int> Read(Tx tx, long accountId, List<long> ids, Action<object?[]> take)
    {
        var (first, last, at, count) = (ids[0], ids[^1], 0, 0);
        var dense = last - first < 2L * ids.Count;
        await using var rows = await tx.Reader(dense ? range : some, dense ? new { accountId, first, last } : new { accountId, ids = ids.ToArray() });
        while (await rows.ReadAsync(tx.Stop))
        {
            var id = rows.GetInt64(0);
            while (ids[at] < id) at++;
            if (ids[at] != id) continue;
            Fill(rows, id);
            take(values);
            count++;
        }
        return count;
    }

    private int Place(Property property, int column)
    {
        if (property.Id == Contact.RecordId) return Record;
        if (property.Column is not { } kept)
        {
            inJson[property.Id] = column;
            return InJson;
        }
        if (!stored.Contains(kept)) stored.Add(kept);
        return 1 + stored.IndexOf(kept);
    }

    private void Fill(System.Data.Common.DbDataReader row, long id)
    {
        Array.Clear(values);
        if (inJson.Count > 0) CustomValues.Read(row.GetFieldValue<byte[]>(1 + stored.Count), inJson, values);
        for (var i = 0; i < places.Length; i++)
            values[i] = places[i] switch
            {
                Record => (double)id,
                InJson => Contact.Typed(columns[i], values[i]),
                var place => row.IsDBNull(place) ? null : Contact.Typed(columns[i], Contact.Raw(row, place, columns[i].Column!.Kind)),
            };
    }
}
