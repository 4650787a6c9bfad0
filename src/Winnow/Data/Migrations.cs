using System.Text.RegularExpressions;

namespace Winnow.Data;

/// <summary>The numbered migrations: which there are, which a database has, and how it gets the others.</summary>
public static partial class Migrations
{
    private static readonly Statement Alone = new("migrate alone", d => d == Dialect.Postgres ? "select pg_advisory_xact_lock(87105110111)" : "select 1");
    private static readonly Statement CreateVersions = Statement.Built("versions", "create table if not exists schema_versions (version text primary key)");
    private static readonly Statement Versions = Statement.Built("versions", "select version from schema_versions");
    private static readonly Statement Applied = Statement.Built("applied", "insert into schema_versions (version) values (@version)");
    private static readonly Statement Objects = new("tables and views", d => d == Dialect.Postgres
        ? "select cast(relname as text), relkind = 'v' from pg_class c where relkind in ('r', 'v') and relnamespace = current_schema()::regnamespace and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')"
        : """select name, type = 'view' from sqlite_master where type in ('table', 'view') and name not like 'sqlite\_%' escape '\'""");

    /// <summary>The migrations of this version of Winnow, in order.</summary>
    public static IReadOnlyList<string> Known { get; } = [.. SqlFile.Migrations().Select(m => m.Version)];

    /// <summary>Those that this database has, in order.</summary>
    public static async Task<List<string>> Of(Tx tx) => [.. (await tx.Query<string>(Versions)).Order(StringComparer.Ordinal)];

    /// <summary>Applies what is missing, until the commit alone: even the table of versions may not be there yet.</summary>
    /// <param name="only">Just these; null for all.</param>
    internal static async Task Apply(Tx tx, IReadOnlyCollection<string>? only = null)
    {
        await tx.Execute(Alone);
        await tx.Execute(CreateVersions);
        var applied = (await tx.Query<string>(Versions)).ToHashSet();
        foreach (var (version, text) in SqlFile.Migrations().Where(m => !applied.Contains(m.Version) && only?.Contains(m.Version) != false))
        {
            var parts = text.Split("-- (postgres)");                                             // what follows is only for that one
            await tx.Execute(new(version, d => d == Dialect.Postgres ? text : parts[0]));
            await tx.Execute(Applied, new { version });
        }
    }

    /// <summary>Drops every table and view that migrations made.</summary>
    /// <returns>The name of a table that they did not make; then nothing is dropped.</returns>
    internal static async Task<string?> Drop(Tx tx)
    {
        await tx.Execute(Alone);
        var ours = SqlFile.Migrations().SelectMany(m => Made().Matches(m.Text)).Select(m => m.Groups[1].Value).Append("schema_versions").ToHashSet();
        var there = (await tx.Query<(string Name, bool IsView)>(Objects)).OrderByDescending(o => o.IsView).ToList();
        if (there.Find(o => !ours.Contains(o.Name)) is { Name: { } foreign }) return foreign;
        foreach (var (name, isView) in there) await tx.Execute(Statement.Built($"drop {name}", $"drop {(isView ? "view" : "table")} {name}"));
        return null;
    }

    [GeneratedRegex(@"^create (?:table|view) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Made();
}
