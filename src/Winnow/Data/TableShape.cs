using System.Text.RegularExpressions;

namespace Winnow.Data;

/// <summary>What a column holds, alike on both databases.</summary>
public enum CellKind
{
    /// <summary>A whole number of 64 bits; instants are Unix milliseconds.</summary>
    Integer,
    /// <summary>A whole number of 32 bits.</summary>
    Short,
    /// <summary>True or false.</summary>
    Boolean,
    /// <summary>A floating-point number.</summary>
    Real,
    /// <summary>Text.</summary>
    Text,
    /// <summary>JSON.</summary>
    Json,
    /// <summary>Bytes.</summary>
    Bytes,
}

/// <summary>A column of a table.</summary>
public sealed record TableColumn(string Name, CellKind Kind);

/// <summary>A table as the database itself describes it, so that none can be forgotten.</summary>
/// <param name="Columns">The key's columns first, then the others by name: the same on both databases, whenever they were added.</param>
/// <param name="Key">The names of the columns by which a row is the only one.</param>
public sealed partial record TableShape(string Name, IReadOnlyList<TableColumn> Columns, IReadOnlyList<string> Key)
{
    /// <summary>Whether its rows belong to accounts.</summary>
    public bool IsOfAccounts => Key[0] == "account_id";

    /// <summary>All rows in the order of the key, compared byte by byte.</summary>
    /// <param name="where">A condition, or nothing.</param>
    public Statement Rows(string where = "") => Statement.Built($"rows of {Name}",
        $"select {string.Join(", ", Columns.Select(c => c.Name))} from {Name} {where} order by {string.Join(", ", Key.Select(k => Columns.First(c => c.Name == k).Kind == CellKind.Text ? $"{k} $binary" : k))}");

    /// <summary>The table as the target of bulk inserts.</summary>
    public BulkTable Target => new(Name, [.. Columns.Select(c => c.Name)]);

    /// <summary>All tables of the database by name, the one of versions left out.</summary>
    public static async Task<List<TableShape>> All(Tx tx)
    {
        var rows = await tx.Query<Row>(Columns_);
        var types = rows.ToDictionary(r => (r.Table, r.Column), r => r.Type);
        var unnamed = (await tx.Query<Row>(UniqueIndexes)).ToLookup(r => r.Table);
        return [.. rows.GroupBy(r => r.Table).Where(t => t.Key != "schema_versions").OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => Of(t.Key, [.. t], [.. unnamed[t.Key]], types))];
    }

    private static TableShape Of(string table, List<Row> rows, List<Row> unique, Dictionary<(string, string), string> types)
    {
        var origin = CopyOf.GetValueOrDefault(table, table);             // "create table … as select": SQLite forgets what kind of number a column had
        var inKey = rows.FindAll(r => r.Place > 0);
        if (inKey.Count == 0 && unique.Count > 0) inKey = unique.FindAll(r => r.Type == unique[0].Type);          // of several the first by name
        if (inKey.Count == 0) throw new InvalidOperationException($"The table {table} has no key; give it one in its migration.");
        List<string> key = [.. inKey.OrderBy(r => r.Place).Select(r => r.Column)];
        var columns = rows.Select(r => types.TryGetValue((origin, r.Column), out var type) ? new TableColumn(r.Column, KindOf(origin, r.Column, type)) : new(r.Column, KindOf(table, r.Column, r.Type == "INT" ? "bigint" : r.Type)));
        return new(table, [.. columns.OrderBy(c => key.IndexOf(c.Name) is var at && at >= 0 ? at : int.MaxValue).ThenBy(c => c.Name, StringComparer.Ordinal)], key);
    }

    private static CellKind KindOf(string table, string column, string type) => type.ToLowerInvariant() switch
    {
        "bigint" => CellKind.Integer,
        "int" or "integer" or "smallint" => CellKind.Short,
        "boolean" => CellKind.Boolean,
        "real" or "double precision" => CellKind.Real,
        "jsonb" => CellKind.Json,
        "text" => JsonColumns.Contains((table, column)) ? CellKind.Json : CellKind.Text,
        "blob" or "bytea" => CellKind.Bytes,
        var other => throw new InvalidOperationException($"{table}.{column} is of the type {other}, which no archive can hold yet: add it to {nameof(CellKind)}."),
    };

    /// <summary>SQLite keeps JSON as text: which columns are meant stands in the migrations.</summary>
    private static readonly HashSet<(string Table, string Column)> JsonColumns =
    [
        .. SqlFile.Migrations().SelectMany(m => CreateTable().Matches(m.Text)).SelectMany(t => JsonColumn().Matches(t.Groups[2].Value).Select(c => (t.Groups[1].Value, c.Groups[1].Value))),
        .. SqlFile.Migrations().SelectMany(m => AddJsonColumn().Matches(m.Text)).Select(c => (c.Groups[1].Value, c.Groups[2].Value)),
    ];

    /// <summary>Tables made as copies of others.</summary>
    private static readonly Dictionary<string, string> CopyOf = SqlFile.Migrations().SelectMany(m => CreateAs().Matches(m.Text)).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);

    private static readonly Statement Columns_ = new("columns of all tables", d => d == Dialect.Postgres
        ? """
          select c.relname as "table", a.attname as "column", format_type(a.atttypid, null) as type, coalesce(k.place, 0) as place
          from pg_class c
          join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          left join pg_index i on i.indrelid = c.oid and i.indisprimary
          left join lateral unnest(i.indkey) with ordinality k (attnum, place) on k.attnum = a.attnum
          where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
          order by c.relname, a.attnum
          """
        : """
          select m.name as "table", p.name as "column", p.type, cast(p.pk as bigint) as place
          from sqlite_master m join pragma_table_info(m.name) p
          where m.type = 'table' and m.name not like 'sqlite\_%' escape '\'
          order by m.name, p.cid
          """);

    /// <summary>Columns of unique indexes that hold for all rows; type is the index's name.</summary>
    private static readonly Statement UniqueIndexes = new("unique indexes of all tables", d => d == Dialect.Postgres
        ? """
          select c.relname as "table", a.attname as "column", cast(x.relname as text) as type, k.place
          from pg_class c
          join pg_index i on i.indrelid = c.oid and i.indisunique and i.indpred is null and i.indexprs is null
          join pg_class x on x.oid = i.indexrelid
          cross join lateral unnest(i.indkey) with ordinality k (attnum, place)
          join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
          where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
          order by x.relname, k.place
          """
        : """
          select m.name as "table", c.name as "column", i.name as type, cast(c.seqno + 1 as bigint) as place
          from sqlite_master m join pragma_index_list(m.name) i join pragma_index_info(i.name) c
          where m.type = 'table' and i."unique" = 1 and i.partial = 0
          order by i.name, c.seqno
          """);

    private sealed record Row(string Table, string Column, string Type, long Place);

    [GeneratedRegex(@"^create table (\w+) \((.*?)^\);", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CreateTable();

    [GeneratedRegex(@"^\s*(\w+)\s+\$json\b", RegexOptions.Multiline)]
    private static partial Regex JsonColumn();

    [GeneratedRegex(@"^alter table (\w+) add column (\w+)\s+\$json\b", RegexOptions.Multiline)]
    private static partial Regex AddJsonColumn();

    [GeneratedRegex(@"^create table (\w+) as\b.*?\bfrom (\w+)", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CreateAs();
}
