using System.Buffers;
using System.Data.Common;
using System.Text.Json;
using Winnow.Data;

namespace Winnow.Contacts;

/// <summary>One contact as it was read or as it will be written. Values are typed as <see cref="PropertyType"/> says; absent is null.</summary>
public sealed class Contact
{
    private readonly object?[] columns;
    private readonly SortedList<long, object?> custom;

    private Contact(long accountId, long id, object?[] columns, SortedList<long, object?> custom) =>
        (AccountId, Id, this.columns, this.custom) = (accountId, id, columns, custom);

    /// <summary>A contact that is not stored yet.</summary>
    public static Contact New(long accountId, long id) => new(accountId, id, (object?[])Empty.Clone(), []);

    private static readonly object True = true, False = false;
    private static readonly ColumnKind[] Kinds = [.. ContactColumn.All.Select(c => c.Kind)];
    private static readonly object?[] Empty = [.. ContactColumn.All.Select(c => c.Kind == ColumnKind.Flag ? False
        : c.Kind == ColumnKind.Long && (c.Name.StartsWith("emails_", StringComparison.Ordinal) || c.Name is "sends_since_engaged" or "version") ? (object?)0L : null)];
    internal static readonly long RecordId = BuiltInProperties.Of("hs_object_id").Id;

    /// <summary>The account it belongs to.</summary>
    public long AccountId { get; }

    /// <summary>Dense in its account, from 1; HubSpot's record id.</summary>
    public long Id { get; private set; }

    /// <summary>Gives a new contact its id, where it was filled in before it had one.</summary>
    internal void Number(long id) => Id = Id == 0 ? id : throw new InvalidOperationException($"Contact {Id} has its id already.");

    /// <summary>One higher with every change.</summary>
    public long Version { get => (long)this[VersionColumn]!; set => this[VersionColumn] = value; }

    /// <summary>The primary address as typed.</summary>
    public string? Email => (string?)this[EmailColumn];

    /// <summary>The primary address normalised; unique in the account.</summary>
    public string? EmailKey => (string?)this[EmailKeyColumn];

    /// <summary>First and last name, or what is known of them; the address when there is none.</summary>
    public string DisplayName => string.Join(' ', new[] { this[FirstNameColumn], this[LastNameColumn] }.OfType<string>()) is { Length: > 0 } name ? name : Email ?? $"#{Id}";

    /// <summary>Whether it has neither an address nor a name: nothing to know it by.</summary>
    public bool IsNameless => Email is null && this[FirstNameColumn] is null && this[LastNameColumn] is null;

    /// <summary>Whether it counts toward the contact tier.</summary>
    public bool IsMarketing => (bool)this[MarketingColumn]!;

    /// <summary>A column's raw value: string, long or bool.</summary>
    public object? this[ContactColumn column] { get => columns[column.Ordinal]; set => columns[column.Ordinal] = value; }

    /// <summary>A property's value, typed as the property says.</summary>
    public object? this[Property property]
    {
        get => property.Id == RecordId ? (double)Id : Typed(property, property.Column is { } column ? columns[column.Ordinal] : custom.GetValueOrDefault(property.Id));
        set
        {
            if (property.Column is { } column)
                columns[column.Ordinal] = value switch
                {
                    string text when column.Kind == ColumnKind.Flag => text == "true" ? True : False,
                    null when column.Kind == ColumnKind.Flag => False,
                    double number => (long)number,
                    _ => value,
                };
            else if (value is null) custom.Remove(property.Id);
            else custom[property.Id] = value;
        }
    }

    /// <summary>A value as it is stored, typed as the property says.</summary>
    internal static object? Typed(Property property, object? stored) => stored switch
    {
        double instant when property.Type is PropertyType.Date or PropertyType.DateTime => (long)instant,
        bool flag when property.Type == PropertyType.Enumeration => flag ? "true" : "false",
        long number when property.Type == PropertyType.Number => (double)number,
        _ => stored,
    };

    /// <summary>A column's raw value, which is not null.</summary>
    internal static object Raw(DbDataReader row, int at, ColumnKind kind) => kind switch
    {
        ColumnKind.Long => row.GetInt64(at),
        ColumnKind.Flag => row.GetBoolean(at) ? True : False,
        _ => row.GetString(at),
    };

    /// <summary>A copy that can be changed without changing this one.</summary>
    public Contact Copy() => new(AccountId, Id, (object?[])columns.Clone(), new(custom));

    /// <summary>Reads a row selected as <see cref="ContactColumn.List"/>, from column <paramref name="at"/> of the reader.</summary>
    public static Contact Read(DbDataReader row, int at = 0)
    {
        var columns = new object?[ContactColumn.All.Count];
        for (var ordinal = 0; ordinal < columns.Length; ordinal++)
        {
            var i = at + 2 + ordinal;
            columns[ordinal] = row.IsDBNull(i) ? null : Raw(row, i, Kinds[ordinal]);
        }
        return new(row.GetInt64(at), row.GetInt64(at + 1), columns, CustomValues.Read(row.GetFieldValue<byte[]>(at + 2 + columns.Length)));
    }

    /// <summary>Writes the row for <see cref="ContactColumn.Bulk"/>.</summary>
    public static void Write(BulkRow row, Contact contact)
    {
        row.Long(contact.AccountId);
        row.Long(contact.Id);
        for (var i = 0; i < Kinds.Length; i++) contact.Write(row, i);
        contact.WriteCustom(row);
    }

    /// <summary>Writes the value of one column.</summary>
    internal void Write(BulkRow row, int ordinal)
    {
        switch (Kinds[ordinal])
        {
            case ColumnKind.Long: row.Long((long?)columns[ordinal]); break;
            case ColumnKind.Flag: row.Bool((bool)columns[ordinal]!); break;
            default: row.Text((string?)columns[ordinal]); break;
        }
    }

    /// <summary>Writes the values that have no column of their own.</summary>
    internal void WriteCustom(BulkRow row)
    {
        using var json = CustomValues.Write(custom);
        row.Json(json.Utf8);
    }

    /// <summary>Marks the columns that differ from another state of the contact; the last mark is for the JSON of custom values.</summary>
    internal void MarkDiffering(Contact other, bool[] marks)
    {
        for (var i = 0; i < columns.Length; i++)
            if (!marks[i] && !ReferenceEquals(columns[i], other.columns[i]) && !Equals(columns[i], other.columns[i])) marks[i] = true;
        if (!marks[^1]) marks[^1] = !SameCustom(other);
    }

    private bool SameCustom(Contact other)
    {
        if (custom.Count != other.custom.Count) return false;
        for (var i = 0; i < custom.Count; i++)
            if (custom.GetKeyAtIndex(i) != other.custom.GetKeyAtIndex(i) || !Equals(custom.GetValueAtIndex(i), other.custom.GetValueAtIndex(i))) return false;
        return true;
    }

    /// <summary>Adds the ids of the properties whose values differ between this contact and another.</summary>
    internal void Differences(Contact other, PropertyCatalog properties, List<long> ids)
    {
        for (var i = 0; i < columns.Length; i++)
            if (!ReferenceEquals(columns[i], other.columns[i]) && !Equals(columns[i], other.columns[i])) ids.AddRange(properties.InColumn(i));
        for (var i = 0; i < custom.Count; i++)
            if (!other.custom.TryGetValue(custom.GetKeyAtIndex(i), out var theirs) || !Equals(custom.GetValueAtIndex(i), theirs)) AddKnown(custom.GetKeyAtIndex(i));
        for (var i = 0; i < other.custom.Count; i++)
            if (!custom.ContainsKey(other.custom.GetKeyAtIndex(i))) AddKnown(other.custom.GetKeyAtIndex(i));

        void AddKnown(long id) { if (properties.Find(id) is not null) ids.Add(id); }
    }

    /// <summary>The row as parameters named like the columns.</summary>
    public Dictionary<string, object?> Parameters()
    {
        var parameters = ContactColumn.All.ToDictionary(c => c.Name, c => columns[c.Ordinal]);
        (parameters["account_id"], parameters["id"], parameters["custom"]) = (AccountId, Id, CustomValues.Json(custom));
        return parameters;
    }

    /// <summary>The columns that differ from another state of the contact, as parameters named like them.</summary>
    internal Dictionary<string, object?> Differing(Contact other)
    {
        var parameters = new Dictionary<string, object?>();
        foreach (var column in ContactColumn.All)
            if (!Equals(columns[column.Ordinal], other.columns[column.Ordinal])) parameters[column.Name] = columns[column.Ordinal];
        if (!SameCustom(other)) parameters["custom"] = CustomValues.Json(custom);
        return parameters;
    }

    private static readonly ContactColumn VersionColumn = ContactColumn.Of("version"), EmailColumn = ContactColumn.Of("email"),
        EmailKeyColumn = ContactColumn.Of("email_key"), FirstNameColumn = ContactColumn.Of("firstname"), LastNameColumn = ContactColumn.Of("lastname"),
        MarketingColumn = ContactColumn.Of("marketing");
}

/// <summary>Values keyed by property id, as JSON: {"1001":"x","1002":12.5,"1003":true}. Numbers and instants both come back as
/// doubles, exact to the millisecond; the property's type tells them apart (<see cref="Contact.this[Property]"/>).</summary>
public static class CustomValues
{
    /// <summary>The values of JSON text.</summary>
    public static SortedList<long, object?> Read(string json) => json.Length <= 2 ? [] : Read(System.Text.Encoding.UTF8.GetBytes(json));

    /// <summary>The values of JSON in UTF-8.</summary>
    internal static SortedList<long, object?> Read(byte[] utf8)
    {
        var values = new SortedList<long, object?>();
        var json = new Utf8JsonReader(utf8);
        while (Next(ref json, out var id)) values[id] = Value(ref json);
        return values;
    }

    /// <summary>Puts the values of some properties in their places.</summary>
    /// <param name="places">Places in <paramref name="values"/> by property id.</param>
    internal static void Read(byte[] utf8, Dictionary<long, int> places, object?[] values)
    {
        var json = new Utf8JsonReader(utf8);
        while (Next(ref json, out var id))
            if (places.TryGetValue(id, out var place)) values[place] = Value(ref json);
            else json.Skip();
    }

    /// <summary>Goes to the next value and tells whose it is.</summary>
    private static bool Next(ref Utf8JsonReader json, out long id)
    {
        id = 0;
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName) continue;
            if (!System.Buffers.Text.Utf8Parser.TryParse(json.ValueSpan, out id, out _)) throw new FormatException($"\"{json.GetString()}\" among the values of a contact is no property id.");
            return json.Read();
        }
        return false;
    }

    /// <summary>The JSON text of values.</summary>
    public static string Json(IEnumerable<KeyValuePair<long, object?>> values)
    {
        using var json = Write(values);
        return System.Text.Encoding.UTF8.GetString(json.Utf8);
    }

    /// <summary>The JSON of values in UTF-8, in a buffer of this thread: dispose it before the next one is written.</summary>
    internal static JsonBuffer Write(IEnumerable<KeyValuePair<long, object?>> values)
    {
        var json = JsonBuffer.Rent();
        if (values is SortedList<long, object?> sorted)
            for (var i = 0; i < sorted.Count; i++) json.Add(sorted.GetKeyAtIndex(i), sorted.GetValueAtIndex(i));
        else
            foreach (var (id, value) in values) json.Add(id, value);
        return json;
    }

    private static object? Value(ref Utf8JsonReader json)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.String: return json.GetString();
            case JsonTokenType.Number: return json.GetDouble();
            case JsonTokenType.True or JsonTokenType.False: return json.GetBoolean();
            default: json.Skip(); return null;
        }
    }
}

/// <summary>Puts {"property id": value, …} together. One buffer a thread: bulk writes make hundreds of thousands of them.</summary>
internal sealed class JsonBuffer : IDisposable
{
    [ThreadStatic] private static JsonBuffer? free;
    private readonly ArrayBufferWriter<byte> buffer = new(512);
    private readonly Utf8JsonWriter writer;

    private JsonBuffer() => writer = new(buffer, new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    /// <summary>The finished text.</summary>
    public ReadOnlySpan<byte> Utf8
    {
        get
        {
            if (writer.CurrentDepth > 0) { writer.WriteEndObject(); writer.Flush(); }
            return buffer.WrittenSpan;
        }
    }

    /// <summary>An empty one.</summary>
    public static JsonBuffer Rent()
    {
        var json = free ?? new();
        free = null;
        json.buffer.ResetWrittenCount();
        json.writer.Reset(json.buffer);
        json.writer.WriteStartObject();
        return json;
    }

    /// <summary>Adds a value: text, flag, number or instant.</summary>
    public void Add(long id, object? value)
    {
        Span<byte> name = stackalloc byte[20];
        _ = System.Buffers.Text.Utf8Formatter.TryFormat(id, name, out var length);
        writer.WritePropertyName(name[..length]);
        switch (value)
        {
            case string text: writer.WriteStringValue(text); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case long number: writer.WriteNumberValue(number); break;
            case double number: writer.WriteNumberValue(number); break;
            default: writer.WriteNullValue(); break;
        }
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => free = this;
}
