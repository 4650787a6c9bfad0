using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
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
    public async Task Every_answer_carries_the_security_headers_and_no_page_has_inline_code()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();

        foreach (var path in new[] { "/settings", "/settings/sending", "/sign-in", "/nope", "/winnow.css" })
        {
            var answer = await app.Http.GetAsync(path);
            var policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'self'", policy);
            Assert.DoesNotContain("unsafe", policy);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            var page = await WebApp.Read(answer);
            Assert.Empty(page.QuerySelectorAll("[style], style, script:not([src]), [onclick], [onsubmit], [onchange]"));
        }
    }

    // The files of wwwroot, which are for all, and a route of the framework that we don't use and that is refused.
    private static readonly string[] NotPages = ["/{**path:file}", "/_framework/opaque-redirect"];

    private static IEnumerable<string> Routes(WebApp app) => app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
        .Select(endpoint => "/" + endpoint.RoutePattern.RawText?.Trim('/'));
}
