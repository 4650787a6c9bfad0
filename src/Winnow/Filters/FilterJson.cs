using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Winnow.Contacts;

namespace Winnow.Filters;

/// <summary>HubSpot's filterBranch JSON. Reads what its clients send: both spellings of operationType, optional parts absent.
/// Writes the full form with upper-case names. What is not supported is refused, never silently true.</summary>
public static class FilterJson
{
    /// <summary>Longest JSON read, in characters.</summary>
    public const int MaxLength = 262_144;

    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 16 };

    /// <summary>Reads a filter.</summary>
    /// <param name="zone">The account's time zone, for days of date-time properties.</param>
    /// <returns>The filter; or what is wrong, with its place in the tree and what to do: "filterBranches[0].filters[1].property: …".</returns>
    public static (Filter? Filter, string? Error) Read(string json, PropertyCatalog properties, TimeZoneInfo zone)
    {
        if (json.Length > MaxLength) return (null, $"The filter is longer than {MaxLength:N0} characters. Split it over several lists.");
        try
        {
            using var document = JsonDocument.Parse(json, Limits);
            var tree = new FilterTree(properties, zone);
            var filter = tree.Root(document.RootElement);
            return tree.Error is { } error ? (null, error) : (filter, null);
        }
        catch (JsonException e)
        {
            return (null, $"The filter is not JSON: {e.Message}");
        }
    }

    /// <summary>Reads one condition; null when it is none.</summary>
    public static Condition? ReadOne(string json, PropertyCatalog properties, TimeZoneInfo zone) =>
        Read($$"""{"filterBranchType":"OR","filterBranches":[{"filterBranchType":"AND","filters":[{{json}}]}]}""", properties, zone).Filter?.All.FirstOrDefault();

    /// <summary>Writes a filter in HubSpot's full form.</summary>
    public static string Write(Filter filter) => Branch("OR", [], filter.Groups.Select(g => Branch("AND", g.Filters.Select(Write), []))).ToJsonString();

    private static JsonObject Branch(string type, IEnumerable<JsonNode?> filters, IEnumerable<JsonNode?> branches) => new()
    {
        ["filterBranchType"] = type, ["filterBranchOperator"] = type, ["filters"] = new JsonArray([.. filters]), ["filterBranches"] = new JsonArray([.. branches]),
    };

    /// <summary>Writes one condition.</summary>
    public static JsonObject Write(Condition condition) => condition switch
    {
        PropertyFilter property => Write(property),
        ListFilter list => new() { ["filterType"] = "IN_LIST", ["listId"] = list.ListId.ToString(CultureInfo.InvariantCulture), ["operator"] = list.Negated ? "NOT_IN_LIST" : "IN_LIST" },
        EmailFilter email => JsonNode.Parse(email.Source)!.AsObject(),
        SubscriptionFilter subscription => JsonNode.Parse(subscription.Source)!.AsObject(),
        ConstantFilter constant => new() { ["filterType"] = "CONSTANT", ["shouldAccept"] = constant.Accepts },
        var other => throw new ArgumentException($"{other} cannot be written", nameof(condition)),
    };

    private static JsonObject Write(PropertyFilter filter)
    {
        var operation = new JsonObject { ["operationType"] = filter.Operator.Type, ["operator"] = filter.Operator.Name, ["includeObjectsWithNoValueSet"] = filter.IncludeNoValue };
        foreach (var (name, value) in Fields(filter)) operation[name] = value;
        return new() { ["filterType"] = "PROPERTY", ["property"] = filter.Property.Name, ["operation"] = operation };
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Fields(PropertyFilter filter) => filter.Operand switch
    {
        Texts { Values: [var one] } when filter.Operator.Type == "STRING" => [new("value", one)],
        Texts texts => [new("values", new JsonArray([.. texts.Values.Select(v => JsonValue.Create(v))]))],
        Numeric number => [new("value", number.Value)],
        Interval interval when filter.Operator.IsBetween => [new("lowerBound", interval.From), new("upperBound", interval.To)],
        Interval interval => [new("value", double.IsInfinity(interval.From) ? interval.To : interval.From)],
        Other other => [new("comparisonPropertyName", other.Property.Name)],
        Flag flag => [new("value", flag.Value)],
        Span { Source: var source } => Parsed(source),
        MovingSpan { Source: var source } => Parsed(source),
        _ => [],
    };

    private static List<KeyValuePair<string, JsonNode?>> Parsed(string source) => [.. JsonNode.Parse(source)!.AsObject().Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone()))];
}

/// <summary>Walks the JSON once; the first thing that is wrong is kept with its place.</summary>
internal sealed class FilterTree(PropertyCatalog properties, TimeZoneInfo zone)
{
    private const int MaxValues = 1000;
    private int count;

    public string? Error { get; private set; }

    public Filter? Root(JsonElement root)
    {
        if (Word(root, "filterBranchType") != "OR") return Refuse<Filter>("filterBranchType", "the root must be an OR branch that holds AND branches");
        if (Items(root, "filters").Any()) return Refuse<Filter>("filters", "the root holds only branches: put its filters into an AND branch");
        var groups = Items(root, "filterBranches").Select((branch, i) => Group(branch, $"filterBranches[{i}]")).ToList();
        return groups.Count == 0 ? Refuse<Filter>("filterBranches", "give at least one AND branch") : new(groups);
    }

    private FilterGroup Group(JsonElement branch, string path)
    {
        if (Word(branch, "filterBranchType") != "AND") Refuse<FilterGroup>($"{path}.filterBranchType", "below the root only AND branches are allowed");
        if (Items(branch, "filterBranches").Any()) Refuse<FilterGroup>($"{path}.filterBranches", "branches inside an AND branch (events, associations) are not supported yet");
        var filters = Items(branch, "filters").Select((filter, i) => Filter(filter, $"{path}.filters[{i}]")).ToList();
        if (filters.Count == 0) Refuse<FilterGroup>($"{path}.filters", "give at least one filter: an empty branch would take everyone");
        if ((count += filters.Count) > Winnow.Filters.Filter.MaxFilters) Refuse<FilterGroup>(path, $"a list has at most {Winnow.Filters.Filter.MaxFilters} filters");
        return new([.. filters.OfType<Condition>()]);
    }

    private Condition? Filter(JsonElement filter, string path) => Word(filter, "filterType") switch
    {
        "PROPERTY" => OnProperty(filter, path),
        "IN_LIST" => Taken(OtherConditions.InList(filter), path),
        "EMAIL_EVENT" => Taken(OtherConditions.EmailEvent(filter, zone), path),
        "EMAIL_SUBSCRIPTION" => Taken(OtherConditions.EmailSubscription(filter), path),
        "COMMUNICATION_SUBSCRIPTION" => Taken(OtherConditions.CommunicationSubscription(filter), path),
        "CONSTANT" => Taken(OtherConditions.Constant(filter), path),
        var type => Refuse<Condition>($"{path}.filterType", $"{type ?? "nothing"} is not supported; use PROPERTY, IN_LIST, EMAIL_EVENT, EMAIL_SUBSCRIPTION, COMMUNICATION_SUBSCRIPTION or CONSTANT"),
    };

    private Condition? Taken((Condition? Condition, string? Error) read, string path) => read.Condition ?? Refuse<Condition>(path, read.Error!);

    private PropertyFilter? OnProperty(JsonElement filter, string path)
    {
        if (Text(filter, "property") is not { } name || properties.Find(name) is not { } property)
            return Refuse<PropertyFilter>($"{path}.property", $"there is no contact property \"{Text(filter, "property")}\": give the internal name of one");
        if (!filter.TryGetProperty("operation", out var operation) || operation.ValueKind != JsonValueKind.Object) return Refuse<PropertyFilter>($"{path}.operation", "give an operation");
        var (typeName, operatorName) = (Text(operation, "operationType") ?? "", Text(operation, "operator") ?? "");
        if (FilterOperator.Find(typeName, operatorName) is not { } op || !op.Fits(property))
            return Refuse<PropertyFilter>($"{path}.operation", $"{typeName} {operatorName} is not supported for {property.Name} ({property.Type}); use one of {Choices(property)}");
        var none = operation.TryGetProperty("includeObjectsWithNoValueSet", out var flag) && flag.ValueKind == JsonValueKind.True && op.Relation != Relation.Known;
        return Operand(operation, op, property, $"{path}.operation") is { } operand ? new(property, op, operand, none) : null;
    }

    private Operand? Operand(JsonElement operation, FilterOperator op, Property property, string path) => op.Relation switch
    {
        Relation.Known => Winnow.Filters.Operand.None,
        Relation.AnyOf or Relation.AllOf or Relation.Exactly => Values(operation, path),
        Relation.TextEqual or Relation.Contains or Relation.ContainsExactly or Relation.StartsWith or Relation.EndsWith =>
            op.Type == "STRING" ? Value(operation, path) : Values(operation, path),
        Relation.NumberEqual => Number(operation, "value", path) is { } number ? new Numeric(number) : null,
        Relation.NumberWithin => Interval(operation, op, path),
        Relation.EarlierThan or Relation.LaterThan or Relation.SameText => Other(operation, op, path),
        Relation.FlagEqual => Flag(operation, path),
        _ => When(operation, op, property, path),
    };

    private Operand? Value(JsonElement operation, string path) =>
        Text(operation, "value") is { Length: > 0 and <= PropertyValue.MaxLength } text ? new Texts([text]) : Refuse<Operand>($"{path}.value", "give a text");

    private Operand? Values(JsonElement operation, string path)
    {
        var values = Items(operation, "values").Select(v => v.ValueKind == JsonValueKind.String ? v.GetString()! : "").Distinct().ToList();
        return values.Count is 0 or > MaxValues || values.Any(v => v.Length is 0 or > PropertyValue.MaxLength)
            ? Refuse<Operand>($"{path}.values", $"give 1 to {MaxValues} texts, none of them empty") : new Texts(values);
    }

    private double? Number(JsonElement operation, string name, string path)
    {
        if (operation.TryGetProperty(name, out var field)
            && (field.ValueKind == JsonValueKind.Number ? field.TryGetDouble(out var number) : double.TryParse(Text(operation, name), NumberStyles.Float, CultureInfo.InvariantCulture, out number))
            && double.IsFinite(number)) return number;
        Refuse<Operand>($"{path}.{name}", "give a number");
        return null;
    }

    private Interval? Interval(JsonElement operation, FilterOperator op, string path)
    {
        if (!op.IsBetween) return Number(operation, "value", path) is { } bound ? Winnow.Filters.Interval.Of(op, bound, null) : null;
        if (Number(operation, "lowerBound", path) is not { } from || Number(operation, "upperBound", path) is not { } to) return null;
        return from <= to ? Winnow.Filters.Interval.Of(op, from, to) : Refuse<Interval>($"{path}.lowerBound", "must not be above upperBound");
    }

    private Other? Other(JsonElement operation, FilterOperator op, string path)
    {
        if (operation.TryGetProperty("defaultComparisonValue", out var otherwise) && otherwise.ValueKind != JsonValueKind.Null)
            return Refuse<Other>($"{path}.defaultComparisonValue", "is not supported; leave it out");
        return properties.Find(Text(operation, "comparisonPropertyName") ?? "") is { } other && op.Fits(other.Type) ? new(other)
            : Refuse<Other>($"{path}.comparisonPropertyName", "give the internal name of a property of the same kind");
    }

    private Operand? Flag(JsonElement operation, string path) =>
        operation.TryGetProperty("value", out var field) && field.ValueKind is JsonValueKind.True or JsonValueKind.False ? new Flag(field.GetBoolean())
        : Text(operation, "value")?.ToUpperInvariant() is "TRUE" or "FALSE" ? new Flag(Text(operation, "value")!.Length == 4)
        : Refuse<Operand>($"{path}.value", "give true or false");

    private Operand? When(JsonElement operation, FilterOperator op, Property property, string path)
    {
        var (stretch, error) = op.Type switch
        {
            "TIME_POINT" => TimePoints.Point(operation, op.Name, property),
            "TIME_RANGED" => TimePoints.Ranged(operation, property),
            "RANGED_DATE" => FilterTime.RangedDate(operation, property, zone),
            "ROLLING_DATE_RANGE" or "ROLLING_PROPERTY_UPDATED" => FilterTime.Rolling(operation, op, property, zone),
            "CALENDAR_DATE" => FilterTime.Calendar(operation, op, property, zone),
            _ => FilterTime.DateTime(operation, op.Name, property, zone),
        };
        return error is null ? stretch : Refuse<Operand>(path, error);
    }

    private static string Choices(Property property) => string.Join(", ", FilterOperator.All.Where(o => o.Fits(property)).Select(o => $"{o.Type} {o.Name}"));

    private static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : [];

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var field) && field.ValueKind == JsonValueKind.String ? field.GetString() : null;

    private static string? Word(JsonElement parent, string name) => Text(parent, name)?.ToUpperInvariant();

    private T? Refuse<T>(string path, string message) where T : class
    {
        Error ??= $"{path}: {message}.";
        return null;
    }
}
