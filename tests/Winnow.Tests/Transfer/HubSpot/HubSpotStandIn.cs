using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Winnow.Transfer.HubSpot;

namespace Winnow.Tests;

/// <summary>An account of HubSpot on loopback: the paths, JSON, pages, scopes and refusals of its API, as far as moving in asks for them.</summary>
internal sealed class HubSpotStandIn : IAsyncDisposable
{
    public const string Token = "pat-na1-0f3c5a1e-secret";
    private const long Portal = 4711;
    private readonly WebApplication server;

    private HubSpotStandIn(WebApplication server) => this.server = server;

    public HubSpotSettings Settings => new(new Uri(server.Urls.First()));
    public SortedDictionary<long, Dictionary<string, string?>> Contacts { get; } = [];
    public List<JsonObject> Properties { get; } = [];
    public SortedDictionary<long, JsonObject> Lists { get; } = [];
    public Dictionary<long, SortedDictionary<long, string>> Members { get; } = [];
    public JsonArray Subscriptions { get; } = [];

    /// <summary>Scopes that the token lacks.</summary>
    public HashSet<string> Lacks { get; } = [];

    /// <summary>What was asked, "GET /path".</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Answers instead, where it gives anything.</summary>
    public Func<string, Task<(int Status, string Body, int? RetryAfter)?>> Instead { get; set; } = _ => Task.FromResult<(int, string, int?)?>(null);

    public static async Task<HubSpotStandIn> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        var standIn = new HubSpotStandIn(server);
        server.Run(standIn.Answer);
        await server.StartAsync();
        return standIn;
    }

    public void Contact(long id, string changed, params string[] values)
    {
        var contact = new Dictionary<string, string?> { ["hs_object_id"] = $"{id}", ["createdate"] = "2021-03-04T05:06:07.000Z", ["lastmodifieddate"] = changed };
        foreach (var value in values) contact[value.Split('=', 2)[0]] = value.Split('=', 2)[1];
        Contacts[id] = contact;
    }

    public void Property(string name, string label, string type, string fieldType, string group = "fair", bool own = true, bool calculated = false, params string[] options) => Properties.Add(new()
    {
        ["name"] = name, ["label"] = label, ["type"] = type, ["fieldType"] = fieldType, ["groupName"] = group, ["description"] = "", ["hubspotDefined"] = !own, ["calculated"] = calculated, ["archived"] = false, ["hidden"] = false,
        ["options"] = new JsonArray([.. options.Select(o => new JsonObject { ["label"] = o.Split('=')[1], ["value"] = o.Split('=')[0], ["hidden"] = false })]),
        ["modificationMetadata"] = new JsonObject { ["readOnlyValue"] = name.StartsWith("hs_email_", StringComparison.Ordinal) },
    });

    public void List(long id, string name, string kind, string? filter = null, params long[] members)
    {
        Members[id] = new(members.ToDictionary(m => m, _ => "2025-05-05T00:00:00.000Z"));
        Lists[id] = new() { ["listId"] = $"{id}", ["name"] = name, ["processingType"] = kind, ["objectTypeId"] = "0-1", ["filterBranch"] = filter is null ? null : JsonNode.Parse(filter) };
    }

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    private async Task Answer(HttpContext http)
    {
        var (path, question) = (http.Request.Path.Value!, $"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}");
        lock (Asked) Asked.Add(question);
        http.Response.ContentType = "application/json;charset=utf-8";
        (http.Response.Headers["X-HubSpot-RateLimit-Max"], http.Response.Headers["X-HubSpot-RateLimit-Interval-Milliseconds"]) = ("100000", "10000");
        if (http.Request.Headers.Authorization != $"Bearer {Token}")
            await Say(http, 401, """{"status":"error","message":"Authentication credentials not found.","category":"INVALID_AUTHENTICATION"}""");
        else if (await Instead(question) is { } instead)
        {
            if (instead.RetryAfter is { } seconds) http.Response.Headers.RetryAfter = $"{seconds}";
            await Say(http, instead.Status, instead.Body);
        }
        else if (ScopeOf(path) is { } scope && Lacks.Contains(scope))
            await Say(http, 403, $$$"""{"status":"error","message":"This app hasn't been granted all required scopes to make this call.","errors":[{"message":"One or more of the following scopes are required.","context":{"requiredGranularScopes":["{{{scope}}}"]}}],"category":"MISSING_SCOPES"}""");
        else if (Json(http, path, http.Request.Method == "POST" ? await JsonNode.ParseAsync(http.Request.Body) : null) is { } body) await Say(http, 200, body.ToJsonString());
        else await Say(http, 404, """{"status":"error","message":"resource not found","category":"OBJECT_NOT_FOUND"}""");
    }

    private static Task Say(HttpContext http, int status, string body)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync(body);
    }

    private static string? ScopeOf(string path) => path.StartsWith("/crm/v3/objects/contacts", StringComparison.Ordinal) ? "crm.objects.contacts.read" : path.StartsWith("/crm/v3/properties", StringComparison.Ordinal) ? "crm.schemas.contacts.read"
        : path.StartsWith("/crm/v3/lists", StringComparison.Ordinal) ? "crm.lists.read" : path.StartsWith("/communication-preferences", StringComparison.Ordinal) ? "communication_preferences.read" : null;

    private JsonObject? Json(HttpContext http, string path, JsonNode? body) => (http.Request.Method, path.Split('/')) switch
    {
        ("GET", [_, "account-info", "v3", "details"]) => new() { ["portalId"] = Portal, ["timeZone"] = "Europe/Amsterdam" },
        ("GET", [_, "crm", "v3", "properties", "contacts"]) => new() { ["results"] = new JsonArray([.. Properties.Select(p => p.DeepClone())]) },
        ("GET", [_, "crm", "v3", "properties", "contacts", "groups"]) => new() { ["results"] = new JsonArray(new JsonObject { ["name"] = "fair", ["label"] = "Trade fair" }) },
        ("GET", [_, "crm", "v3", "objects", "contacts"]) => Page(http.Request),
        ("POST", [_, "crm", "v3", "objects", "contacts", "batch", "read"]) => new() { ["status"] = "COMPLETE", ["results"] = Objects(body!["inputs"]!.AsArray().Select(i => long.Parse(i!["id"]!.ToString(), CultureInfo.InvariantCulture)), body) },
        ("POST", [_, "crm", "v3", "objects", "contacts", "search"]) => Search(body!),
        ("POST", [_, "crm", "v3", "lists", "search"]) => SearchLists(body!),
        ("GET", [_, "crm", "v3", "lists", var id]) when Lists.TryGetValue(long.Parse(id, CultureInfo.InvariantCulture), out var list) => new() { ["list"] = list.DeepClone() },
        ("GET", [_, "crm", "v3", "lists", var id, "memberships"]) => MemberPage(long.Parse(id, CultureInfo.InvariantCulture), http.Request),
        ("GET", [_, "communication-preferences", "v3", "definitions"]) => new() { ["subscriptionDefinitions"] = Subscriptions.DeepClone() },
        _ => null,
    };

    private JsonObject Page(HttpRequest request)
    {
        var (limit, after) = (int.Parse(request.Query["limit"].ToString(), CultureInfo.InvariantCulture), long.TryParse(request.Query["after"], out var from) ? from : 0);
        Assert.InRange(limit, 1, 100);
        var ids = Contacts.Keys.Where(id => id >= after).Take(limit + 1).ToList();
        return Paged("results", new JsonArray([.. ids.Take(limit).Select(id => new JsonObject { ["id"] = $"{id}", ["properties"] = new JsonObject { ["hs_object_id"] = $"{id}" } })]), ids.Count > limit ? $"{ids[limit]}" : null);
    }

    private JsonArray Objects(IEnumerable<long> ids, JsonNode question)
    {
        var names = question["properties"]!.AsArray().Select(p => p!.ToString()).ToList();
        return new([.. ids.Where(Contacts.ContainsKey).Select(id => new JsonObject { ["id"] = $"{id}", ["properties"] = new JsonObject(names.Select(n => KeyValuePair.Create(n, (JsonNode?)Contacts[id].GetValueOrDefault(n)))) })]);
    }

    private JsonObject Search(JsonNode question)
    {
        var limit = (int)question["limit"]!;
        Assert.InRange(limit, 1, 200);
        var filters = question["filterGroups"]!.AsArray().SelectMany(g => g!["filters"]!.AsArray()).ToList();
        var found = Contacts.Where(c => filters.TrueForAll(f => Takes(c.Value.GetValueOrDefault(f!["propertyName"]!.ToString()), f["operator"]!.ToString(), f["value"]?.ToString()))).Select(c => c.Key).ToList();
        var page = Paged("results", Objects(found.Take(limit), question), found.Count > limit ? $"{limit}" : null);
        page["total"] = found.Count;
        return page;
    }

    private static bool Takes(string? value, string @operator, string? asked) => value is { Length: > 0 } && @operator switch
    {
        "HAS_PROPERTY" => true,
        "EQ" => value == asked,
        "GT" => long.Parse(value, CultureInfo.InvariantCulture) > long.Parse(asked!, CultureInfo.InvariantCulture),
        "GTE" => DateTimeOffset.Parse(value, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds() >= long.Parse(asked!, CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException(@operator),
    };

    private JsonObject SearchLists(JsonNode question)
    {
        var (count, offset) = ((int)question["count"]!, (int)question["offset"]!);
        Assert.InRange(count, 1, 500);
        var page = Lists.Values.Skip(offset).Take(count).Select(l => new JsonObject
        {
            ["listId"] = l["listId"]!.ToString(), ["name"] = l["name"]!.ToString(), ["processingType"] = l["processingType"]!.ToString(), ["objectTypeId"] = "0-1",
            ["additionalProperties"] = new JsonObject { ["hs_list_size"] = $"{Members[long.Parse(l["listId"]!.ToString(), CultureInfo.InvariantCulture)].Count}" },
        });
        return new() { ["lists"] = new JsonArray([.. page]), ["total"] = Lists.Count, ["offset"] = Math.Min(Lists.Count, offset + count), ["hasMore"] = offset + count < Lists.Count };
    }

    private JsonObject MemberPage(long list, HttpRequest request)
    {
        var (limit, after) = (int.Parse(request.Query["limit"].ToString(), CultureInfo.InvariantCulture), long.TryParse(request.Query["after"], out var from) ? from : 0);
        Assert.InRange(limit, 1, 250);
        var members = Members[list].Where(m => m.Key > after).Take(limit).ToList();
        return Paged("results", new JsonArray([.. members.Select(m => new JsonObject { ["recordId"] = $"{m.Key}", ["membershipTimestamp"] = m.Value })]), members.Count > 0 && Members[list].Keys.Last() > members[^1].Key ? $"{members[^1].Key}" : null);
    }

    private static JsonObject Paged(string name, JsonArray items, string? after)
    {
        var page = new JsonObject { [name] = items };
        if (after is not null) page["paging"] = new JsonObject { ["next"] = new JsonObject { ["after"] = after } };
        return page;
    }
}
