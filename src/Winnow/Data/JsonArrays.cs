using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;

namespace Winnow.Data;

/// <summary>SQLite has no array parameters: an array among the arguments goes in as JSON text, which <c>json_each</c> reads.
/// One parameter instead of thousands, and one statement text whatever the length.</summary>
internal static class JsonArrays
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]?> WithArrays = new();

    /// <summary>The arguments, arrays (but bytes) replaced.</summary>
    public static object? In(object? args)
    {
        if (args is null) return null;
        if (args is IDictionary<string, object?> named) return named.Any(n => IsList(n.Value?.GetType())) ? named.ToDictionary(n => n.Key, n => Plain(n.Value)) : args;
        var properties = WithArrays.GetOrAdd(args.GetType(), type => type.GetProperties() is var all && all.Any(p => IsList(p.PropertyType)) ? all : null);
        return properties is null ? args : properties.ToDictionary(p => p.Name, p => Plain(p.GetValue(args)));
    }

    private static bool IsList(Type? type) => type is { IsArray: true } && type != typeof(byte[]);

    private static object? Plain(object? value) => IsList(value?.GetType()) ? JsonSerializer.Serialize(value) : value;
}

/// <summary>Many rows as one parameter, for statements that write or lock a set: <c>$each(@rows)</c> reads them on both databases.</summary>
internal static class JsonRows
{
    /// <summary>The rows as a JSON array of objects named like the properties. Instants go in as numbers: Unix milliseconds. Rows that are joined to a
    /// table say their account themselves: given as a parameter of its own, SQLite goes through the account's table and asks all rows for each of its.</summary>
    public static string Of<T>(IEnumerable<T> rows) => JsonSerializer.Serialize(rows);
}
