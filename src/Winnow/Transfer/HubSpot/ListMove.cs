using System.Globalization;
using System.Text.Json.Nodes;
using Winnow.Contacts;
using Winnow.Filters;

namespace Winnow.Transfer.HubSpot;

/// <summary>Reads the filter of an active list of HubSpot as one of ours. Pure.</summary>
public static class ListMove
{
    /// <summary>The lists, by their numbers in HubSpot, that a filter asks for.</summary>
    public static HashSet<long> AsksFor(string filter) => [.. Nodes(JsonNode.Parse(filter)).Where(IsList).Select(ListId)];

    /// <summary>The filter as it is said here.</summary>
    /// <param name="here">The numbers here of lists that were brought, by those in HubSpot.</param>
    /// <returns>The filter, or why it cannot be said.</returns>
    public static (Filter? Filter, string? Error) Read(string filter, IReadOnlyDictionary<long, long> here, PropertyCatalog catalog, TimeZoneInfo zone)
    {
        var root = JsonNode.Parse(filter)!;
        foreach (var node in Nodes(root).ToList())
        {
            if (node["property"] is JsonValue name && node["filterType"]?.GetValue<string>() == "PROPERTY" && catalog.Find(name.GetValue<string>()) is null) node["property"] = PropertyWish.NameOf(name.GetValue<string>());
            if (node["filterType"]?.ToString() == "EMAIL_EVENT" && node["emailId"] is not null) return (null, "It asks for an email of HubSpot, which is none here.");
            if (!IsList(node)) continue;
            if (!here.TryGetValue(ListId(node), out var ours)) return (null, string.Create(CultureInfo.InvariantCulture, $"It asks for the list {ListId(node)} of HubSpot, which is none here."));
            node["listId"] = ours.ToString(CultureInfo.InvariantCulture);
        }
        return FilterJson.Read(root.ToJsonString(), catalog, zone);
    }

    private static bool IsList(JsonObject node) => node["filterType"]?.ToString() == "IN_LIST";
    private static long ListId(JsonObject node) => long.TryParse(node["listId"]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;

    private static IEnumerable<JsonObject> Nodes(JsonNode? node) => node switch
    {
        JsonObject one => one.Select(f => f.Value).SelectMany(Nodes).Prepend(one),
        JsonArray many => many.SelectMany(Nodes),
        _ => [],
    };
}
