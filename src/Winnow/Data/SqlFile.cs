using System.Collections.Concurrent;

namespace Winnow.Data;

/// <summary>The named statements of the .sql file that lies beside a class and carries its name.</summary>
public sealed class SqlFile
{
    /// <summary>All statement files of the product; tests prepare every one of them on both databases.</summary>
    public static readonly IReadOnlyList<SqlFile> All = [.. Resources().Where(r => !IsSchema(r)).Select(r => new SqlFile(r, TextOf(r)))];

    private readonly Dictionary<string, Statement> statements;

    private SqlFile(string path, string text)
    {
        Path = path;
        var parts = text.Split("-- name: ", StringSplitOptions.TrimEntries)[1..]
            .Select(part => part.Split('\n', 2, StringSplitOptions.TrimEntries))
            .ToDictionary(part => part[0], part => part[1].TrimEnd(';'));
        statements = parts.Keys.Select(key => key.Split(' ')[0]).Distinct().ToDictionary(
            name => name,
            name => new Statement($"{path} [{name}]", dialect => parts.GetValueOrDefault($"{name} ({dialect.Name})") ?? parts[name]));
        Spellings = [.. parts.Keys];
    }

    /// <summary>The file's path below src/Winnow, with forward slashes.</summary>
    public string Path { get; }

    /// <summary>The names of the statements, each once.</summary>
    public IEnumerable<string> Names => statements.Keys;

    /// <summary>The names as written, with <c>(sqlite)</c> or <c>(postgres)</c> where a statement has two spellings.</summary>
    public IReadOnlyList<string> Spellings { get; }

    /// <summary>The statement of this name.</summary>
    /// <exception cref="KeyNotFoundException">The file has no such statement; the message names those it has.</exception>
    public Statement this[string name] => statements.TryGetValue(name, out var statement) ? statement
        : throw new KeyNotFoundException($"{Path} has no statement '{name}'; it has: {string.Join(", ", Names)}");

    /// <summary>The file that lies beside the class and carries its name.</summary>
    public static SqlFile Beside<T>() => All.Single(f => f.Path.EndsWith($"/{typeof(T).Name}.sql", StringComparison.Ordinal));

    /// <summary>The file at this path below src/Winnow, for static classes.</summary>
    public static SqlFile Of(string path) => All.Single(f => f.Path == path);

    /// <summary>The numbered migrations, in order: (name, text).</summary>
    public static IEnumerable<(string Version, string Text)> Migrations() =>
        Resources().Where(IsSchema).Order(StringComparer.Ordinal).Select(r => (System.IO.Path.GetFileNameWithoutExtension(r), TextOf(r)));

    private static bool IsSchema(string resource) => resource.StartsWith("Data/Schema/", StringComparison.Ordinal);

    private static IEnumerable<string> Resources() =>
        typeof(SqlFile).Assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql", StringComparison.Ordinal));

    private static string TextOf(string resource)
    {
        using var reader = new StreamReader(typeof(SqlFile).Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}

/// <summary>One SQL statement, spelled for either database.</summary>
public sealed class Statement(string name, Func<Dialect, string> text)
{
    private readonly ConcurrentDictionary<string, string> spelled = new();

    /// <summary>Where it comes from, for error texts.</summary>
    public string Name { get; } = name;

    /// <summary>A statement put together by code (filters, column lists). Values go in as parameters, never as text.</summary>
    public static Statement Built(string name, string sql) => new(name, _ => sql);

    /// <summary>The text for this database.</summary>
    public string For(Dialect dialect) => spelled.GetOrAdd(dialect.Name, _ => dialect.Spell(text(dialect)));
}
