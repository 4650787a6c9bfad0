using System.Data;
using System.Reflection;
using Dapper;

namespace Winnow.Data;

/// <summary>Makes rows come back alike from both databases: instants are stored as Unix milliseconds (UTC),
/// and records are built through their constructor, columns matched by name (snake_case or not).</summary>
internal static class Mapping
{
    public static void Register()
    {
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.AddTypeHandler(new Instants());
        SqlMapper.TypeMapProvider = type => new Records(type);
    }

    private sealed class Instants : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value.ToUnixTimeMilliseconds();
        public override DateTimeOffset Parse(object value) => DateTimeOffset.FromUnixTimeMilliseconds((long)value);
    }

    private sealed class Records(Type type) : SqlMapper.ITypeMap
    {
        private readonly DefaultTypeMap inner = new(type);
        private readonly ConstructorInfo? constructor =
            type.GetConstructors(BindingFlags.Instance | BindingFlags.Public).MaxBy(c => c.GetParameters().Length) is { } widest && widest.GetParameters().Length > 0 ? widest : null;

        public ConstructorInfo? FindConstructor(string[] names, Type[] types) => constructor ?? inner.FindConstructor(names, types);
        public ConstructorInfo? FindExplicitConstructor() => constructor;
        public SqlMapper.IMemberMap? GetMember(string columnName) => inner.GetMember(Plain(columnName));

        public SqlMapper.IMemberMap? GetConstructorParameter(ConstructorInfo constructor, string columnName) =>
            Array.Find(constructor.GetParameters(), p => string.Equals(p.Name, Plain(columnName), StringComparison.OrdinalIgnoreCase)) is { } found
                ? new Argument(columnName, found) : null;

        private static string Plain(string columnName) => columnName.Replace("_", "", StringComparison.Ordinal);
    }

    private sealed record Argument(string ColumnName, ParameterInfo Parameter) : SqlMapper.IMemberMap
    {
        public Type MemberType => Parameter.ParameterType;
        public PropertyInfo? Property => null;
        public FieldInfo? Field => null;
    }
}
