using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Winnow.Tests;

/// <summary>A real browser: Debian's Chromium, driven by Playwright. Pictures go to artifacts/pictures.</summary>
public sealed class Chromium : IAsyncDisposable
{
    /// <summary>The browser; null when this machine has none (then tests that need it are skipped, in CI they fail).</summary>
    public static readonly string? Path = new[] { "/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    /// <summary>Refusals are answers, and htmx calls it an error when a newer request of the same part takes the place of an older one.</summary>
    private static readonly string[] Expected = ["the server responded with a status of 4", "htmx:sendAbort", "htmx:afterRequest"];

    /// <summary>How long a test waits for what must come, ms: no test of speed, a busy machine is not a fault.</summary>
    private const float Patience = 60_000;

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;
    private readonly ConcurrentQueue<string> faults = new();

    private Chromium(IPlaywright playwright, IBrowser browser) => (this.playwright, this.browser) = (playwright, browser);

    /// <summary>Starts it without a window and without calls home.</summary>
    public static async Task<Chromium> Start()
    {
        if (Path is null && Environment.GetEnvironmentVariable("CI") is null) Assert.Skip("There is no Chromium: apt-get install chromium");
        Assertions.SetDefaultExpectTimeout(Patience);
        var playwright = await Playwright.CreateAsync();
        string[] quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
        return new(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Path, Args = quiet }));
    }

    /// <summary>A page of a fresh person: no cookies of others. Faults in the console and breaches of the content security policy fail the test.</summary>
    public Task<IPage> Page(WebApp app, int width = 1280, ColorScheme colours = ColorScheme.Light, string locale = "en-GB", bool script = true) =>
        Page(app.Http.BaseAddress!, width, colours, locale, script);

    /// <inheritdoc cref="Page(WebApp, int, ColorScheme, string, bool)"/>
    public async Task<IPage> Page(Uri server, int width = 1280, ColorScheme colours = ColorScheme.Light, string locale = "en-GB", bool script = true)
    {
        var context = await browser.NewContextAsync(new() { BaseURL = server.ToString(), ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = colours, ReducedMotion = ReducedMotion.Reduce, Locale = locale, JavaScriptEnabled = script, TimezoneId = "Europe/Amsterdam" });
        context.SetDefaultTimeout(Patience);
        var page = await context.NewPageAsync();
        page.Console += (_, message) => { if (message.Type == "error" && !Expected.Any(text => message.Text.Contains(text, StringComparison.Ordinal))) faults.Enqueue(message.Text); };
        page.PageError += (_, fault) => faults.Enqueue(fault);
        return page;
    }

    /// <summary>Signs in as the person whom <see cref="WebApp.SetUp"/> made.</summary>
    public static async Task SignIn(IPage page)
    {
        await page.GotoAsync("/sign-in");
        await page.FillAsync("[name=Email]", "noor@fernhill.example");
        await page.FillAsync("[name=Password]", "correct horse");
        await page.ClickAsync("main button[type=submit]");
        await page.WaitForSelectorAsync(".account");
    }

    /// <summary>Keeps a picture and wants no finding of axe, and nothing that is wider than the screen.</summary>
    public static async Task Check(IPage page, string name)
    {
        var folder = Directory.CreateDirectory(Root.At("artifacts", "pictures")).FullName;
        await page.ScreenshotAsync(new() { Path = System.IO.Path.Combine(folder, name + ".png"), FullPage = true });
        // a frame that runs no script runs no axe either, and one that is loaded lazily would be waited for without end
        await page.EvalOnSelectorAllAsync("iframe[sandbox]", "frames => frames.forEach(frame => frame.remove())");
        var findings = (await page.RunAxe()).Violations.Select(Say).ToList();
        Assert.True(findings.Count == 0, $"{name}: {string.Join("; ", findings)}");
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), $"{name} scrolls sideways");
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
        Assert.True(faults.IsEmpty, string.Join("\n", faults));
    }

    private static string Say(AxeResultItem finding) => $"{finding.Id} ({string.Join(", ", finding.Nodes.Select(node => node.Html))})";
}
