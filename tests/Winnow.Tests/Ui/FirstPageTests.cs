using System.IO.Compression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Data;

namespace Winnow.Tests;

/// <summary>What a first visit costs, what is said after a deed, and what comes out of the printer.</summary>
public sealed class FirstPageTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_first_page_of_the_app_weighs_under_100_KiB_on_the_wire()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await OneOfEachKind.Make(app);
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app);
        await Chromium.SignIn(page);
        var asked = new List<string>();
        page.Context.Request += (_, request) => { lock (asked) asked.Add(request.Url); };
        await page.GotoAsync("/contacts", new() { WaitUntil = WaitUntilState.NetworkIdle });

        var sizes = new Dictionary<string, long>();
        foreach (var url in asked.Where(url => url.StartsWith("http", StringComparison.Ordinal)).Select(url => new Uri(url).PathAndQuery).Distinct()) sizes[url] = await Compressed(app, url);
        foreach (var (url, size) in sizes) output.WriteLine($"{size,8} {url}");
        output.WriteLine($"{sizes.Values.Sum(),8} in all");
        Assert.True(sizes.Count >= 7, $"only {string.Join(" ", sizes.Keys)}");      // page, icon, three style sheets, two scripts, symbols, font
        Assert.InRange(sizes.Values.Sum(), 50_000, 100 * 1024);
    }

    [Fact]
    public async Task What_was_saved_is_said_once_in_the_corner_and_goes_by_itself()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app);
        await page.Clock.InstallAsync();
        await Chromium.SignIn(page);
        await page.GotoAsync("/settings");
        await page.FillAsync("[name=Company]", "Fernhill & Sons");
        await page.ClickAsync("main button[type=submit]");
        await Assertions.Expect(page.Locator("#toasts .toast-note")).ToContainTextAsync("Saved.");
        await Chromium.Check(page, "saved-1280-light");
        Assert.DoesNotContain("saved", page.Url, StringComparison.Ordinal);
        await page.Clock.FastForwardAsync(9_000);
        await Assertions.Expect(page.Locator("#toasts .toast-note")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_record_and_a_report_are_printed_without_what_is_only_for_the_screen()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await OneOfEachKind.Make(app);
        await using var chromium = await Chromium.Start();
        await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("sent", "update marketing_emails set state = 'sent', subject = 'News', sent_at = 1728000000000 where account_id = 1 and id = 1")));
        var page = await chromium.Page(app, 718, ColorScheme.Dark);                      // the width of A4 between its margins
        await Chromium.SignIn(page);
        foreach (var (path, name) in new[] { ("/contacts/1", "contact"), ("/email/1", "email"), ("/contacts", "contacts") })
        {
            await page.GotoAsync(path);
            await page.EmulateMediaAsync(new() { Media = Media.Print });
            await Chromium.Check(page, $"print-{name}");
            Assert.Equal(["rgb(255, 255, 255)", "rgb(0, 0, 0)"], await page.EvaluateAsync<string[]>("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('h1')).color]"));
            Assert.Empty(await page.EvaluateAsync<string[]>("[...document.querySelectorAll('nav, header.topbar, button, .btn, input, select, .menu')].filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 90))"));
            Assert.True(await page.IsVisibleAsync("h1"));
            await page.EmulateMediaAsync(new() { Media = Media.Screen });
        }
    }

    // As published: static files by the best Brotli, pages by its middle level. A font is compressed already.
    private static async Task<long> Compressed(WebApp app, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (path.Contains("/counts", StringComparison.Ordinal)) request.Headers.Add("HX-Request", "true");
        using var answer = await app.Http.SendAsync(request);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        const int headers = 100;                                            // of HTTP/2, where what was said before takes a byte or two
        if (path.EndsWith(".woff2", StringComparison.Ordinal)) return bytes.Length + headers;
        using var packed = new MemoryStream();
        await using (var brotli = new BrotliStream(packed, answer.Content.Headers.ContentType?.MediaType == "text/html" ? CompressionLevel.Optimal : CompressionLevel.SmallestSize, leaveOpen: true)) await brotli.WriteAsync(bytes);
        return packed.Length + headers;
    }
}
