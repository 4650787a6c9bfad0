using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Winnow.Bench;

/// <summary>What the table of permissions costs a request: a row of it that asks for a permission, against the same answer without a row. Both by a person who
/// is signed in, in turns.</summary>
public static class PermissionCost
{
    private const int Requests = 4_000, First = 200;

    // A row of the table, asked by a method that no page has; and a path that is in no table, and let through.
    private const string With = "/contacts/delete", Without = "/bench";

    /// <summary>The time of a request with the check, against one without.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await using var server = await FormBrowser.Serve(place, app =>
        {
            app.MapMethods(With, [HttpMethods.Head], () => TypedResults.Ok());
            app.MapMethods(Without, [HttpMethods.Head], () => TypedResults.Ok()).AllowAnonymous();
        });
        using var browser = FormBrowser.New(server);
        await FormBrowser.SetUp(browser);
        using var nobody = FormBrowser.New(server);
        if ((await Ask(nobody, With)).IsSuccessStatusCode || !(await Ask(nobody, Without)).IsSuccessStatusCode) throw new InvalidOperationException("The one must be refused to strangers and the other not: else nothing is compared.");
        List<double> with = [], without = [];
        for (var request = 0; request < First + Requests; request++)
        {
            var (checkedFor, let) = (await Took(browser, With), await Took(browser, Without));
            if (request >= First) { with.Add(checkedFor); without.Add(let); }    // the first ones compile
        }
        return [Figure.Time("request with a permission to check, against one without", Figure.Median(with), Figure.Median(without), "ms", 1.1)];
    }

    private static async Task<double> Took(HttpClient browser, string path) => await Figure.Seconds(async () => (await Ask(browser, path)).EnsureSuccessStatusCode()) * 1000;

    private static async Task<HttpResponseMessage> Ask(HttpClient browser, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        return await browser.SendAsync(request);
    }
}
