using System.Collections.Concurrent;
using Winnow.Data;

namespace Winnow.Contacts;

/// <content>How rows of contacts are written.</content>
public sealed partial class ContactStore
{
    private static readonly ConcurrentDictionary<string, Statement> Sets = new(), Puts = new();
    private static readonly Dictionary<string, string> Needed = new() { ["version"] = "0", ["created_at"] = "0", ["updated_at"] = "0", ["source"] = "''", ["custom"] = "cast('{}' as $json)" };

    private static async Task WriteRows(Tx tx, long accountId, List<ContactChange> changes)
    {
        var (created, updated) = (changes.Where(c => c.Before is null).ToList(), changes.Where(c => c.Before is not null).ToList());
        if (created.Count >= BulkFrom) await tx.Bulk(Contacts, created, (row, c) => Contact.Write(row, c.After));
        else updated = changes;
        if (updated.Count < BulkFrom)
        {
            foreach (var change in updated)
                if (change.Before is null) await tx.Execute(Put, change.After.Parameters());
                else await Set(tx, change.Before, change.After);
            return;
        }
        await WriteStaged(tx, accountId, updated);
    }

    /// <summary>Writes the columns in which any of them differs, of rows that are there.</summary>
    private static async Task WriteStaged(Tx tx, long accountId, List<ContactChange> changes)
    {
        var marks = new bool[ContactColumn.All.Count + 1];
        foreach (var change in changes) change.After.MarkDiffering(change.Before!, marks);
        int[] written = [.. Enumerable.Range(0, marks.Length - 1).Where(i => marks[i])];
        string[] names = [.. written.Select(i => ContactColumn.All[i].Name), .. marks[^1] ? new[] { "custom" } : []];
        await MakeStage(tx, accountId);
        await tx.Bulk(new("changed_contacts", ["account_id", "id", .. names]), changes, (row, change) =>
        {
            row.Long(change.After.AccountId);
            row.Long(change.Id);
            foreach (var ordinal in written) change.After.Write(row, ordinal);
            if (marks[^1]) change.After.WriteCustom(row);
        });
        await tx.Execute(Puts.GetOrAdd(string.Join(", ", names), _ => PutStaged(names)));
    }

    /// <summary>The row to insert, which is there already, has only what a row must have.</summary>
    private static Statement PutStaged(string[] names) => Statement.Built("put staged contacts", $"""
        insert into contacts ({string.Join(", ", names.Concat(Needed.Keys).Distinct().Prepend("id").Prepend("account_id"))})
        select account_id, id, {string.Join(", ", names.Concat(Needed.Where(n => !names.Contains(n.Key)).Select(n => n.Value)))} from changed_contacts where true
        on conflict (account_id, id) do update set {string.Join(", ", names.Select(n => $"{n} = excluded.{n}"))}
        """);

    /// <summary>Writes the columns that differ, of a row that is there.</summary>
    private static Task Set(Tx tx, Contact before, Contact after)
    {
        var parameters = after.Differing(before);
        var statement = Sets.GetOrAdd(string.Join(", ", parameters.Keys.Select(name => name == "custom" ? "custom = cast(@custom as $json)" : $"{name} = @{name}")),
            columns => Statement.Built("set columns of a contact", $"update contacts set {columns} where account_id = @account_id and id = @id"));
        (parameters["account_id"], parameters["id"]) = (after.AccountId, after.Id);
        return tx.Execute(statement, parameters);
    }
}
