using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Server.Accounts;
using Winnow.Server.Api;

namespace Winnow.Tests;

/// <summary>The API over HTTP: who is let in, what a refusal looks like, and HubSpot's own client.</summary>
public sealed class ApiTests
{
    private const string TokenInfo = "/oauth/v2/private-apps/get/access-token-info";

    [Theory, Databases]
    public async Task Every_route_of_the_api_wants_a_token_with_its_scope_and_no_cookie(string database)
    {
        await using var app = await Start(database);
        using var all = Program(app, await Token(app, "All", [.. Scope.All.Select(scope => scope.Name)]));
        using var none = Program(app, await Token(app, "None"));
        using var nobody = app.NewBrowser();
        using var stranger = Program(app, await Token(app, "Theirs", 2, [.. Scope.All.Select(scope => scope.Name)]));
        var rows = Permissions.Table.Where(row => row.Who == Who.App).ToList();
        Assert.NotEmpty(rows);
        foreach (var row in rows)
        {
            var path = row.Pattern.Replace("{ownerId:long}", "1", StringComparison.Ordinal);
            Assert.True(ApiPaths.Holds(path), $"{path} lies outside of the API's paths");
            Assert.Equal("INVALID_AUTHENTICATION", await Refused(nobody.GetAsync(path), HttpStatusCode.Unauthorized));
            Assert.Equal("INVALID_AUTHENTICATION", await Refused(app.Http.GetAsync(path), HttpStatusCode.Unauthorized));         // a signed-in super admin's cookie
            Assert.Equal(HttpStatusCode.OK, (await all.GetAsync(path)).StatusCode);
            var without = await none.GetAsync(path);
            Assert.Equal(row.Scope is null ? HttpStatusCode.OK : HttpStatusCode.Forbidden, without.StatusCode);
            if (row.Scope is not null) Assert.Contains($"\"requiredGranularScopes\":[\"{row.Scope}\"]", await without.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            if (row.Pattern.Contains('{')) Assert.Equal("OBJECT_NOT_FOUND", await Refused(stranger.GetAsync(path), HttpStatusCode.NotFound));
        }
        Assert.Contains(rows, row => row.Scope is not null);
        foreach (var rule in Permissions.Table.Where(row => row.Who != Who.App && row.Pattern != TokenInfo)) Assert.False(ApiPaths.Holds(rule.Pattern), $"{rule.Pattern} is a page among the API's paths");
        Assert.StartsWith("/sign-in", (await all.GetAsync("/contacts")).Headers.Location?.PathAndQuery, StringComparison.Ordinal);      // a token opens no page
        Assert.Equal(HttpStatusCode.Redirect, (await all.GetAsync("/settings/private-apps")).StatusCode);
    }

    [Theory, Databases]
    public async Task A_token_that_was_revoked_or_stands_in_the_url_is_refused_and_one_whose_maker_left_goes_on(string database)
    {
        await using var app = await Start(database);
        var token = await Token(app, "Sync", [Scope.ReadOwners]);
        using var program = Program(app, token);
        foreach (var path in new[] { $"/account-info/v3/details?hapikey={token}", $"/account-info/v3/details?access_token={token}" })
        {
            var answer = await program.GetAsync(path);
            Assert.Contains("not taken from the URL", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal("INVALID_AUTHENTICATION", await Refused(Task.FromResult(answer), HttpStatusCode.Unauthorized));
        }
        using (await app.Colleague("eve@fernhill.example", PermissionSet.Presets[0].Set))
            Assert.Null(await app.Services.GetRequiredService<People>().Activate(1, (2, PermissionSet.Presets[0].Set), 1, active: false));
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/account-info/v3/details")).StatusCode);
        Assert.Equal("OBJECT_NOT_FOUND", await Refused(program.GetAsync("/crm/v3/owners/1"), HttpStatusCode.NotFound));
        Assert.True((await program.GetFromJsonAsync<JsonElement>("/crm/v3/owners/1?archived=true")).GetProperty("archived").GetBoolean());

        await app.Services.GetRequiredService<PrivateApps>().Revoke(1, 2, 1);
        var refused = await program.GetAsync("/account-info/v3/details");
        Assert.Contains("invalid_token", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal("INVALID_AUTHENTICATION", await Refused(Task.FromResult(refused), HttpStatusCode.Unauthorized));
        Assert.Equal("INVALID_AUTHENTICATION", await Refused(program.PostAsJsonAsync(TokenInfo, new { tokenKey = token }), HttpStatusCode.Unauthorized));
    }

    [Theory, Databases]
    public async Task Whatever_a_program_asks_the_answer_is_json_with_hubspots_words(string database)
    {
        await using var app = await Start(database);
        using var program = Program(app, await Token(app, "Sync", [Scope.ReadOwners]));
        Assert.Equal("OBJECT_NOT_FOUND", await Refused(program.GetAsync("/crm/v3/no/such/thing"), HttpStatusCode.NotFound));
        Assert.Equal("INVALID_AUTHENTICATION", await Refused(app.NewBrowser().GetAsync("/crm/v3/no/such/thing"), HttpStatusCode.Unauthorized));
        Assert.Equal("METHOD_NOT_ALLOWED", await Refused(program.PostAsJsonAsync("/crm/v3/owners", new { }), HttpStatusCode.MethodNotAllowed));
        foreach (var question in new[] { "limit=0", "limit=501", "limit=x", "after=x", "after=-1", "archived=maybe", "limit=%00", "after=99999999999999999999" })
            Assert.Equal("VALIDATION_ERROR", await Refused(program.GetAsync($"/crm/v3/owners/?{question}"), HttpStatusCode.BadRequest));
        Assert.Equal("OBJECT_NOT_FOUND", await Refused(program.GetAsync("/crm/v3/owners/99999999999999999999"), HttpStatusCode.NotFound));
        Assert.Equal("PAYLOAD_TOO_LARGE", await Refused(program.PostAsJsonAsync(TokenInfo, new { tokenKey = new string('x', 1_100_000) }), HttpStatusCode.RequestEntityTooLarge));
        foreach (var body in new[] { "{", "[]", "\"a\"", "{\"tokenKey\":7}", "{}", "" })
            Assert.Equal("INVALID_AUTHENTICATION", await Refused(program.PostAsync(TokenInfo, new StringContent(body, Encoding.UTF8, "application/json")), HttpStatusCode.Unauthorized));
        Assert.Equal("INVALID_AUTHENTICATION", await Refused(program.PostAsync(TokenInfo, new FormUrlEncodedContent([new("tokenKey", "x")])), HttpStatusCode.Unauthorized));
    }

    [Theory, Databases]
    public async Task HubSpots_own_client_works_with_winnow(string database)
    {
        await using var app = await Start(database);
        using var colleague = await app.Colleague("bob@fernhill.example", PermissionSet.ReadOnly);
        using var node = Process.Start(new ProcessStartInfo("node", ["hubspot-client.mjs", app.Http.BaseAddress!.ToString().TrimEnd('/')])
        {
            WorkingDirectory = Root.At("tests", "Winnow.Tests", "Api"), RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["WINNOW_TOKEN"] = await Token(app, "Sync", [Scope.ReadOwners]) },
        })!;
        var (said, complained) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, await complained);
        using var json = JsonDocument.Parse(await said);
        var got = json.RootElement;

        Assert.Equal((1, "STANDARD", "Europe/Amsterdam", "EUR"), (got.GetProperty("details").GetProperty("portalId").GetInt32(), Text(got, "details", "accountType"), Text(got, "details", "timeZone"), Text(got, "details", "companyCurrency")));
        Assert.Equal(TimeZoneInfo.FindSystemTimeZoneById("Europe/Amsterdam").GetUtcOffset(TimeProvider.System.GetUtcNow()).TotalMilliseconds, got.GetProperty("details").GetProperty("utcOffsetMilliseconds").GetDouble());
        Assert.Equal("{\"userId\":1,\"hubId\":1,\"appId\":1,\"scopes\":[\"crm.objects.owners.read\"]}", got.GetProperty("info").GetRawText());
        Assert.Equal(["noor@fernhill.example", "bob@fernhill.example"], got.GetProperty("owners").EnumerateArray().Select(owner => Text(owner, "email")));
        Assert.Equal(("Noor", "Jansen", "PERSON"), (Text(got, "one", "firstName"), Text(got, "one", "lastName"), Text(got, "one", "type")));
        Assert.Equal(JsonValueKind.Null, got.GetProperty("more").ValueKind);
        Assert.Equal((404, "OBJECT_NOT_FOUND"), (got.GetProperty("noOwner").GetProperty("code").GetInt32(), Text(got, "noOwner", "category")));
        Assert.Equal((401, "INVALID_AUTHENTICATION"), (got.GetProperty("noToken").GetProperty("code").GetInt32(), Text(got, "noToken", "category")));
    }

    internal static async Task<WebApp> Start(string database, params string[] settings)
    {
        var app = await WebApp.On(database, "web", settings);
        await app.SetUp();
        await app.Services.GetRequiredService<AccountStore>().CreateAnother(new("Elsewhere", "UTC", "en"), (await Stranger(app)).Id);
        return app;
    }

    internal static async Task<string> Token(WebApp app, string name, params string[] scopes) => await Token(app, name, 1, scopes);

    internal static HttpClient Program(WebApp app, string token, string? from = null)
    {
        var program = app.NewBrowser();
        program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (from is not null) program.DefaultRequestHeaders.Add("X-Forwarded-For", from);
        return program;
    }

    private static async Task<string> Token(WebApp app, string name, long account, string[] scopes) =>
        (await app.Services.GetRequiredService<PrivateApps>().Create(account, (1, PermissionSet.Presets[0].Set), new(name, "", scopes))).Token!.Text;

    // The second account's only member: in the first account this id is nobody.
    private static async Task<User> Stranger(WebApp app)
    {
        var user = new User { Name = "Eve", Email = "eve@elsewhere.example", EmailKey = "eve@elsewhere.example", SecurityStamp = "1" };
        await app.Services.GetRequiredService<Winnow.Data.Db>().Write(tx => UserStore.Add(tx, user));
        return user;
    }

    /// <summary>The category of a refusal, once it is seen to be one in HubSpot's form.</summary>
    private static async Task<string> Refused(Task<HttpResponseMessage> asking, HttpStatusCode status)
    {
        var answer = await asking;
        Assert.Equal(status, answer.StatusCode);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("error", Text(body, "status"));
        Assert.NotEmpty(Text(body, "message"));
        Assert.Equal(answer.Headers.GetValues("X-HubSpot-Correlation-Id").Single(), Text(body, "correlationId"));
        return Text(body, "category");
    }

    private static string Text(JsonElement json, params string[] path) => path.Aggregate(json, (at, name) => at.GetProperty(name)).GetString() ?? "";
}
