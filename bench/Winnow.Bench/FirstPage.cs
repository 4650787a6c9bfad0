using Microsoft.Playwright;

namespace Winnow.Bench;

/// <summary>The contacts page in a real browser: what a first visit takes over the wire, and how soon the page can be used when the browser has been there
/// before. The server is published first. Both by the browser's own counters.</summary>
public static class FirstPage
{
    private const int Loads = 20;
    private const string Chromium = "/usr/bin/chromium";

    /// <summary>Bytes of a first visit with all it asks for, and the median time until the page's scripts have run.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await Million.Fill(place, rows);
        await using var server = await PublishedServer.Start(place);
        using (var first = FormBrowser.New(server.Address)) await FormBrowser.SetUp(first);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"] });
        var cookies = await SignIn(browser, server.Address);
        await FirstVisit(browser, server.Address, cookies);                   // compiles
        var (bytes, page) = await FirstVisit(browser, server.Address, cookies);
        List<double> times = [];
        for (var load = 0; load <= Loads; load++)
        {
            await page.GotoAsync("/contacts", new() { WaitUntil = WaitUntilState.NetworkIdle });
            // scripts are deferred: they have run when this event ends
            if (load > 0) times.Add(await page.EvaluateAsync<double>("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"));
        }
        return
        [
            Figure.Within("first page of the app on the wire, all resources", bytes / 1024.0, 100, "KiB"),
            Figure.Within($"contacts page of {rows:N0} interactive, warm, median of {Loads}", Figure.Median(times), 300, "ms"),
        ];
    }

    private static async Task<string> SignIn(IBrowser browser, string address)
    {
        await using var context = await browser.NewContextAsync(new() { BaseURL = address });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sign-in");
        await page.FillAsync("[name=Email]", FormBrowser.Email);
        await page.FillAsync("[name=Password]", FormBrowser.Password);
        await page.ClickAsync("main button[type=submit]");
        await page.WaitForSelectorAsync(".account");
        return await context.StorageStateAsync();
    }

    /// <summary>A browser that has the session and nothing else.</summary>
    private static async Task<(double Bytes, IPage Page)> FirstVisit(IBrowser browser, string address, string cookies)
    {
        var context = await browser.NewContextAsync(new() { BaseURL = address, StorageState = cookies, ViewportSize = new() { Width = 1280, Height = 900 } });
        var (page, bytes) = (await context.NewPageAsync(), 0.0);
        var wire = await context.NewCDPSessionAsync(page);
        await wire.SendAsync("Network.enable");
        wire.Event("Network.loadingFinished").OnEvent += (_, loaded) => bytes += loaded!.Value.GetProperty("encodedDataLength").GetDouble();
        await page.GotoAsync("/contacts", new() { WaitUntil = WaitUntilState.NetworkIdle });
        await wire.SendAsync("Network.disable");
        await wire.DetachAsync();
        return (bytes, page);
    }
}
