using System.Globalization;
using System.Text.Json;

namespace Winnow.Transfer.HubSpot;

/// <summary>A property as HubSpot defines it.</summary>
/// <param name="ReadOnly">HubSpot itself keeps the value.</param>
public sealed record HubSpotProperty(string Name, string Label, string Type, string FieldType, string Group, string Description, IReadOnlyList<Contacts.PropertyOption> Options, bool IsHubSpots, bool ReadOnly, bool Calculated, bool ExternalOptions, bool Hidden);

/// <summary>A contact as HubSpot has it: its record id and its values as texts.</summary>
public sealed record HubSpotContact(long Id, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>A value; null when it has none.</summary>
    public string? this[string name] => Values.TryGetValue(name, out var text) && text.Length > 0 ? text : null;
}

/// <summary>A list as HubSpot has it.</summary>
/// <param name="Kind">MANUAL, SNAPSHOT or DYNAMIC.</param>
/// <param name="Filter">Its filterBranch as JSON, where it was asked for.</param>
/// <param name="LastAdded">When somebody joined last; null: never or unknown. So for who left.</param>
public sealed record HubSpotList(long Id, string Name, string Kind, long Size, string? Filter, DateTimeOffset? LastAdded, DateTimeOffset? LastRemoved);

/// <summary>A kind of e-mail that people subscribe to there.</summary>
public sealed record HubSpotSubscription(long Id, string Name)
{
    /// <summary>Whether it is for mails that a person writes to a person, and so no marketing e-mail.</summary>
    public bool IsOneToOne => Name.Contains("one to one", StringComparison.OrdinalIgnoreCase);
}

/// <summary>One account of HubSpot, asked with a token. Each question may end in a <see cref="HubSpotException"/>.</summary>
public sealed class HubSpotPortal(HubSpotApi api, string token)
{
    private const int ListPage = 100, SearchPage = 200, MemberPage = 250, ListSearchPage = 250;
    private const string ContactType = "0-1";

    /// <summary>The number of the account.</summary>
    public async Task<long> Number(CancellationToken stop) => (await api.Get(token, "/account-info/v3/details", stop)).GetProperty("portalId").GetInt64();

    /// <summary>All properties of contacts, archived ones left out.</summary>
    public async Task<List<HubSpotProperty>> Properties(CancellationToken stop) =>
        [.. Items(await api.Get(token, "/crm/v3/properties/contacts", stop), "results").Where(p => !Flag(p, "archived")).Select(Property)];

    /// <summary>The labels of the groups of properties, by name.</summary>
    public async Task<Dictionary<string, string>> Groups(CancellationToken stop) =>
        Items(await api.Get(token, "/crm/v3/properties/contacts/groups", stop), "results").ToDictionary(g => Text(g, "name"), g => Text(g, "label"));

    /// <summary>How many contacts there are, or those that changed since a moment, or of whom this property says this (null: anything).</summary>
    public async Task<long> Count(CancellationToken stop, DateTimeOffset? since = null, string? property = null, string? value = null)
    {
        object[] filters = property is not null ? [value is null ? new { propertyName = property, @operator = "HAS_PROPERTY" } : new { propertyName = property, @operator = "EQ", value }] : Since(since);
        var answer = await api.Post(token, "/crm/v3/objects/contacts/search", new { filterGroups = filters.Length == 0 ? [] : new[] { new { filters } }, limit = 1, properties = Array.Empty<string>() }, stop);
        return answer.GetProperty("total").GetInt64();
    }

    /// <summary>A page of all contacts: their list, which is exact, and their values by number, as the names of many properties are too long for an address.</summary>
    /// <param name="after">Where the page before ended; null to begin.</param>
    public async Task<(List<HubSpotContact> Contacts, string? After)> All(IReadOnlyList<string> properties, string? after, CancellationToken stop)
    {
        var page = await api.Get(token, $"/crm/v3/objects/contacts?limit={ListPage}&properties=hs_object_id{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}", stop);
        var ids = Items(page, "results").Select(c => new { id = Text(c, "id") }).ToList();
        if (ids.Count == 0) return ([], null);
        var read = await api.Post(token, "/crm/v3/objects/contacts/batch/read", new { properties, inputs = ids }, stop);
        return ([.. Items(read, "results").Select(Contact)], Next(page));
    }

    /// <summary>A page of the contacts that changed since a moment, by number: a search tells no more than 10,000, so each page is a search of its own behind the number that the page before ended with.</summary>
    public async Task<(List<HubSpotContact> Contacts, string? After)> Changed(IReadOnlyList<string> properties, DateTimeOffset since, string? after, CancellationToken stop)
    {
        object[] filters = after is null ? Since(since) : [.. Since(since), new { propertyName = "hs_object_id", @operator = "GT", value = after }];
        var page = await api.Post(token, "/crm/v3/objects/contacts/search", new { filterGroups = new[] { new { filters } }, sorts = new[] { new { propertyName = "hs_object_id", direction = "ASCENDING" } }, properties, limit = SearchPage }, stop);
        var contacts = Items(page, "results").Select(Contact).ToList();
        return (contacts, contacts.Count < SearchPage && Next(page) is null ? null : contacts.Count == 0 ? null : contacts.Max(c => c.Id).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>How many lists of contacts there are.</summary>
    public async Task<long> CountLists(CancellationToken stop) => (await ListsFrom(0, 1, stop)).GetProperty("total").GetInt64();

    /// <summary>All lists of contacts, without their filters.</summary>
    public async Task<List<HubSpotList>> Lists(CancellationToken stop)
    {
        var lists = new List<HubSpotList>();
        for (long offset = 0; ;)
        {
            var page = await ListsFrom(offset, ListSearchPage, stop);
            lists.AddRange(Items(page, "lists").Where(l => Text(l, "objectTypeId") is ContactType or "").Select(List));
            if (!Flag(page, "hasMore") || page.GetProperty("offset").GetInt64() is var next && next <= offset) return [.. lists.DistinctBy(l => l.Id)];
            offset = next;
        }
    }

    /// <summary>One list with its filter.</summary>
    public async Task<HubSpotList> List(long id, CancellationToken stop) => List((await api.Get(token, $"/crm/v3/lists/{id}?includeFilters=true", stop)).GetProperty("list"));

    /// <summary>A page of the members of a list, and since when each is in it.</summary>
    public async Task<(List<(long Id, DateTimeOffset? Since)> Members, string? After)> Members(long list, string? after, CancellationToken stop)
    {
        var page = await api.Get(token, $"/crm/v3/lists/{list}/memberships?limit={MemberPage}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}", stop);
        return ([.. Items(page, "results").Select(m => (Number(m, "recordId"), Moment(Text(m, "membershipTimestamp"))))], Next(page));
    }

    /// <summary>The kinds of e-mail that people subscribe to there.</summary>
    public async Task<List<HubSpotSubscription>> Subscriptions(CancellationToken stop) =>
        [.. Items(await api.Get(token, "/communication-preferences/v3/definitions", stop), "subscriptionDefinitions").Select(s => new HubSpotSubscription(Number(s, "id"), Text(s, "name")))];

    private Task<JsonElement> ListsFrom(long offset, int count, CancellationToken stop) => api.Post(token, "/crm/v3/lists/search", new
    {
        count, offset, objectTypeId = ContactType, processingTypes = new[] { "MANUAL", "SNAPSHOT", "DYNAMIC" }, additionalProperties = new[] { "hs_list_size", "hs_last_record_added_at", "hs_last_record_removed_at" },
    }, stop);

    private static object[] Since(DateTimeOffset? since) => since is { } from ? [new { propertyName = "lastmodifieddate", @operator = "GTE", value = from.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) }] : [];

    private static HubSpotProperty Property(JsonElement p) => new(
        Text(p, "name"), Text(p, "label"), Text(p, "type"), Text(p, "fieldType"), Text(p, "groupName"), Text(p, "description"),
        [.. Items(p, "options").Select(o => new Contacts.PropertyOption(Text(o, "value"), Text(o, "label"), Flag(o, "hidden")))],
        Flag(p, "hubspotDefined"), p.TryGetProperty("modificationMetadata", out var m) && Flag(m, "readOnlyValue"), Flag(p, "calculated"), Flag(p, "externalOptions"), Flag(p, "hidden"));

    private static HubSpotContact Contact(JsonElement c) => new(Number(c, "id"),
        c.GetProperty("properties").EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String).ToDictionary(p => p.Name, p => p.Value.GetString()!));

    private static HubSpotList List(JsonElement l)
    {
        var more = l.TryGetProperty("additionalProperties", out var additional) ? additional : default;
        return new(Number(l, "listId"), Text(l, "name"), Text(l, "processingType"), Number(more, "hs_list_size"), l.TryGetProperty("filterBranch", out var filter) && filter.ValueKind == JsonValueKind.Object ? filter.GetRawText() : null,
            Moment(Text(more, "hs_last_record_added_at")), Moment(Text(more, "hs_last_record_removed_at")));
    }

    private static string? Next(JsonElement page) => page.TryGetProperty("paging", out var paging) && paging.ValueKind == JsonValueKind.Object && paging.TryGetProperty("next", out var next) && next.ValueKind == JsonValueKind.Object
        && Text(next, "after") is { Length: > 0 } after ? after : null;

    private static IEnumerable<JsonElement> Items(JsonElement of, string name) => of.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : [];
    private static bool Flag(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var flag) && flag.ValueKind == JsonValueKind.True;
    private static long Number(JsonElement of, string name) => long.TryParse(Text(of, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>A text, or a number as HubSpot writes it in some places.</summary>
    private static string Text(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var text)
        ? text.ValueKind switch { JsonValueKind.String => text.GetString()!, JsonValueKind.Number => text.GetRawText(), _ => "" } : "";

    /// <summary>ISO 8601, or Unix milliseconds as text.</summary>
    private static DateTimeOffset? Moment(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
