using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Server.Accounts;

namespace Winnow.Tests;

/// <summary>The table of who may use which route is whole, and it is what happens.</summary>
public class PermissionsTests
{
    [Fact]
    public async Task Every_route_is_in_the_table_and_every_row_has_its_route()
    {
        await using var app = await WebApp.On("sqlite");
        var routes = Routes(app).ToHashSet();
        var rows = Permissions.Table.Select(row => row.Pattern).ToHashSet();

        Assert.Empty(routes.Except(rows).Except(NotPages));
        Assert.Empty(rows.Except(routes));
    }

    [Fact]
    public async Task A_stranger_gets_only_what_the_table_gives_to_anyone()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        var stranger = app.NewBrowser();
        var plain = Permissions.Table.Where(row => row.Who == Who.Member && !row.Pattern.Contains('{')).ToList();

        Assert.NotEmpty(plain);
        foreach (var row in plain)
        {
            var answer = await stranger.GetAsync(row.Pattern);
            Assert.True(answer.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.MethodNotAllowed or HttpStatusCode.Unauthorized, $"{row.Pattern}: {answer.StatusCode}");
            if (answer.Headers.Location is { } location) Assert.StartsWith("/sign-in", location.PathAndQuery);
        }
    }

    [Theory, Databases]
    public async Task Whoever_lacks_a_permission_is_told_which_and_whoever_has_it_gets_there(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await OneOfEachKind.Make(app);
        using var reader = await app.Colleague("rita@fernhill.example", PermissionSet.ReadOnly);
        var token = (await WebApp.Page(reader, "/settings/profile")).QuerySelector("main input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var rules = Permissions.Table.Where(row => row.Needs is not null).ToList();
        Assert.True(rules.Count > 20);
        foreach (var rule in rules)
        {
            var path = OneOfEachKind.Path(rule.Pattern);
            var (get, post) = (await reader.GetAsync(path), await reader.PostAsync(path, new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("id", "1")])));
            Assert.True(post.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed, $"POST {path}: {post.StatusCode}");
            Assert.True(get.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed, $"GET {path}: {get.StatusCode}");
            var sentence = (await WebApp.Read(get.StatusCode == HttpStatusCode.Forbidden ? get : post)).QuerySelector(".error-page")!.TextContent;
            Assert.True(sentence.Contains($"“{PermissionWords.Of(rule.Needs!.Value).Label}”", StringComparison.Ordinal), $"{path}: {sentence}");
        }
        using var marketer = await app.Colleague("mo@fernhill.example", PermissionSet.Of(Enum.GetValues<Permission>()));
        foreach (var row in Permissions.Table.Where(row => row.Who == Who.Member))
            Assert.NotEqual(HttpStatusCode.Forbidden, (await marketer.GetAsync(OneOfEachKind.Path(row.Pattern))).StatusCode);
    }

    [Theory, Databases]
    public async Task Pages_show_no_way_to_what_would_be_refused(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await OneOfEachKind.Make(app);
        using var reader = await app.Colleague("rita@fernhill.example", PermissionSet.ReadOnly);
        var dead = new List<string>();
        foreach (var row in Permissions.Table.Where(row => row is { Who: Who.Member, Needs: null }))
        {
            var path = OneOfEachKind.Path(row.Pattern);
            if (await reader.GetAsync(path) is not { IsSuccessStatusCode: true, Content.Headers.ContentType.MediaType: "text/html" } answer) continue;
            var page = await WebApp.Read(answer);
            var ways = page.QuerySelectorAll("a[href], [formaction], form[action]").Select(e => e.GetAttribute("href") ?? e.GetAttribute("formaction") ?? e.GetAttribute("action")!).Where(way => way.StartsWith('/'));
            dead.AddRange(ways.Where(way => !Permissions.Lets(PermissionSet.ReadOnly, way)).Select(way => $"{path} leads to {way}"));
        }
        Assert.Empty(dead);
    }

    [Fact]
    public async Task Nobody_posts_without_a_token_but_where_the_table_says_so()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();

        foreach (var row in Permissions.Table.Where(row => row.Token && !row.Pattern.Contains('{')))
        {
            var answer = await app.Http.PostAsync(row.Pattern, new FormUrlEncodedContent([new("id", "1")]));
            Assert.True(answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotFound or HttpStatusCode.TooManyRequests, $"{row.Pattern}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Every_document_carries_the_security_headers_its_parts_only_what_they_obey_and_no_page_has_inline_code()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();

        foreach (var path in new[] { "/settings", "/settings/sending", "/sign-in", "/nope", "/mark.svg" })
        {
            var answer = await app.Http.GetAsync(path);
            var policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'self'", policy);
            Assert.DoesNotContain("unsafe", policy);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            var page = await WebApp.Read(answer);
            Assert.Empty(page.QuerySelectorAll("[style], style, script:not([src]), [onclick], [onsubmit], [onchange]"));
        }
        foreach (var part in new[] { "/winnow.css", "/winnow.js" })
        {
            var answer = await app.Http.GetAsync(part);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.False(answer.Headers.Contains("Content-Security-Policy"), part);
        }
    }

    // The files of wwwroot, which are for all, and a route of the framework that we don't use and that is refused.
    private static readonly string[] NotPages = ["/{**path:file}", "/_framework/opaque-redirect"];

    private static IEnumerable<string> Routes(WebApp app) => app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
        .Select(endpoint => "/" + endpoint.RoutePattern.RawText?.Trim('/'));
}
