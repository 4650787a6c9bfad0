using System.Data.Common;
using System.Text.Json;
using Winnow.Data;

namespace Winnow.Contacts;

/// <summary>One contact as it was read or as it will be written. Values are typed as <see cref="PropertyType"/> says; absent is null.</summary>
public sealed class Contact
{
    private readonly object?[] columns;
    private readonly SortedDictionary<long, object?> custom;

    private Contact(long accountId, long id, object?[] columns, SortedDictionary<long, object?> custom) =>
        (AccountId, Id, this.columns, this.custom) = (accountId, id, columns, custom);

    /// <summary>A contact that is not stored yet.</summary>
    public static Contact New(long accountId, long id)
    {
        var columns = new object?[ContactColumn.All.Count];
        foreach (var column in ContactColumn.All)
            columns[column.Ordinal] = column.Kind switch
            {
                ColumnKind.Flag => False,
                ColumnKind.Long when column.Name.StartsWith("emails_", StringComparison.Ordinal) || column.Name is "sends_since_engaged" or "version" => 0L,
                _ => null,
            };
        return new(accountId, id, columns, []);
    }

    private static readonly object True = true, False = false;
    internal static readonly long RecordId = BuiltInProperties.Of("hs_object_id").Id;

    /// <summary>The account it belongs to.</summary>
    public long AccountId { get; }

    /// <summary>Dense in its account, from 1; HubSpot's record id.</summary>
    public long Id { get; }

    /// <summary>One higher with every change.</summary>
    public long Version { get => (long)this[VersionColumn]!; set => this[VersionColumn] = value; }

    /// <summary>The primary address as typed.</summary>
    public string? Email => (string?)this[EmailColumn];

    /// <summary>The primary address normalised; unique in the account.</summary>
    public string? EmailKey => (string?)this[EmailKeyColumn];

    /// <summary>First and last name, or what is known of them; the address when there is none.</summary>
    public string DisplayName => string.Join(' ', new[] { this[FirstNameColumn], this[LastNameColumn] }.OfType<string>()) is { Length: > 0 } name ? name : Email ?? $"#{Id}";

    /// <summary>Whether it counts toward the contact tier.</summary>
    public bool IsMarketing => (bool)this[MarketingColumn]!;

    /// <summary>A column's raw value: string, long or bool.</summary>
    public object? this[ContactColumn column] { get => columns[column.Ordinal]; set => columns[column.Ordinal] = value; }

    /// <summary>A property's value, typed as the property says.</summary>
    public object? this[Property property]
    {
        get => property.Id == RecordId ? (double)Id : (property.Column is { } column ? columns[column.Ordinal] : custom.GetValueOrDefault(property.Id)) switch
            {
                double instant when property.Type is PropertyType.Date or PropertyType.DateTime => (long)instant,
                bool flag when property.Type == PropertyType.Enumeration => flag ? "true" : "false",
                long number when property.Type == PropertyType.Number => (double)number,
                var value => value,
            };
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

    /// <summary>A copy that can be changed without changing this one.</summary>
    public Contact Copy() => new(AccountId, Id, (object?[])columns.Clone(), new(custom));

    /// <summary>Reads a row selected as <see cref="ContactColumn.List"/>, from column <paramref name="at"/> of the reader.</summary>
    public static Contact Read(DbDataReader row, int at = 0)
    {
        var columns = new object?[ContactColumn.All.Count];
        foreach (var column in ContactColumn.All)
        {
            var i = at + 2 + column.Ordinal;
            columns[column.Ordinal] = row.IsDBNull(i) ? null : column.Kind switch
            {
                ColumnKind.Long => row.GetInt64(i),
                ColumnKind.Flag => row.GetBoolean(i) ? True : False,
                _ => row.GetString(i),
            };
        }
        return new(row.GetInt64(at), row.GetInt64(at + 1), columns, CustomValues.Read(row.GetString(at + 2 + columns.Length)));
    }

    /// <summary>Writes the row for <see cref="ContactColumn.Bulk"/>.</summary>
    public static void Write(BulkRow row, Contact contact)
    {
        row.Long(contact.AccountId);
        row.Long(contact.Id);
        foreach (var column in ContactColumn.All)
            switch (column.Kind)
            {
                case ColumnKind.Long: row.Long((long?)contact.columns[column.Ordinal]); break;
                case ColumnKind.Flag: row.Bool((bool)contact.columns[column.Ordinal]!); break;
                default: row.Text((string?)contact.columns[column.Ordinal]); break;
            }
        row.Json(CustomValues.Json(contact.custom));
    }

    /// <summary>The row as parameters named like the columns.</summary>
    public Dictionary<string, object?> Parameters()
    {
        var parameters = ContactColumn.All.ToDictionary(c => c.Name, c => columns[c.Ordinal]);
        (parameters["account_id"], parameters["id"], parameters["custom"]) = (AccountId, Id, CustomValues.Json(custom));
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
    public static SortedDictionary<long, object?> Read(string json)
    {
        var values = new SortedDictionary<long, object?>();
        if (json.Length <= 2) return values;
        using var document = JsonDocument.Parse(json);
        foreach (var entry in document.RootElement.EnumerateObject())
            values[long.Parse(entry.Name, System.Globalization.CultureInfo.InvariantCulture)] = Value(entry.Value);
        return values;
    }

    /// <summary>The JSON text of values.</summary>
    public static string Json(IEnumerable<KeyValuePair<long, object?>> values)
    {
        if (values is ICollection<KeyValuePair<long, object?>> { Count: 0 }) return "{}";
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (id, value) in values)
            {
                writer.WritePropertyName(id.ToString(System.Globalization.CultureInfo.InvariantCulture));
                Write(writer, value);
            }
            writer.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static object? Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.GetDouble(),
        _ => null,
    };

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case string text: writer.WriteStringValue(text); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case long number: writer.WriteNumberValue(number); break;
            case double number: writer.WriteNumberValue(number); break;
            default: writer.WriteNullValue(); break;
        }
    }
}
