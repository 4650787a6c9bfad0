using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Tests;

/// <summary>The pages of import, delete, jobs and the recycle bin, by forms and in Chromium.</summary>
public sealed class ImportAndDeletePagesTests
{
    [Theory, Databases]
    public async Task A_file_goes_in_by_forms_alone_and_out_again_by_its_number(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var uploaded = await Upload(app, Csv(1_234) + "nobody,X,Y\n");
        Assert.Equal(HttpStatusCode.Redirect, uploaded.StatusCode);
        var mapping = uploaded.Headers.Location!.ToString();
        Assert.Contains("UTF-8", (await WebApp.Page(app.Http, mapping)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        var started = await Post(app, mapping, [("Name", "Spring fair"), ("MakeList", "true"), ("Column", "email"), ("Column", "firstname"), ("Column", "city")]);
        Assert.Equal("/imports/1", started.Headers.Location!.OriginalString.Replace(app.Http.BaseAddress!.ToString().TrimEnd('/'), "", StringComparison.Ordinal));
        await RunJobs(app);
        var result = await WebApp.Page(app.Http, "/imports/1");
        Assert.Contains("1,234", result.QuerySelector(".tiles")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("1236,E-mail,nobody,The email address has no @.", await app.Http.GetStringAsync("/imports/1/rejected"), StringComparison.Ordinal);

        const string Dialog = "/contacts/delete?all=1&q=garden";
        Assert.Contains("No contacts are selected", await app.Http.GetStringAsync(Dialog), StringComparison.Ordinal);
        const string All = "/contacts/delete?all=1";
        Assert.Contains("type 1,234 to delete", await Read(await WebApp.Post(app.Http, All, new() { ["Typed"] = "1233" })), StringComparison.Ordinal);
        var deleted = await WebApp.Post(app.Http, All, new() { ["Typed"] = "1.234", ["How"] = "restorable" });
        Assert.Equal(HttpStatusCode.Redirect, deleted.StatusCode);
        await RunJobs(app);
        var job = await WebApp.Page(app.Http, deleted.Headers.Location!.ToString());
        Assert.Contains("All contacts", job.QuerySelector("#job")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(0, await Contacts(app));

        Assert.Contains("Noor Jansen", await app.Http.GetStringAsync("/recycle-bin"), StringComparison.Ordinal);
        var restored = await WebApp.Post(app.Http, "/recycle-bin", [], "/recycle-bin/1/restore");
        await RunJobs(app);
        Assert.Contains("1,234", (await WebApp.Page(app.Http, restored.Headers.Location!.ToString())).QuerySelector("#job")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(1_234, await Contacts(app));
    }

    [Theory, Databases]
    public async Task A_changed_selection_is_refused_with_a_fresh_receipt(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await Import(app, Csv(12));
        var page = await WebApp.Page(app.Http, "/contacts/delete?all=1");
        await Import(app, "email\nlate@example.test\n");
        var fields = page.QuerySelectorAll("main form input[type=hidden]").ToDictionary(f => f.GetAttribute("name")!, f => f.GetAttribute("value")!);
        fields["Typed"] = "12";
        var refused = await Read(await app.Http.PostAsync("/contacts/delete?all=1", new FormUrlEncodedContent(fields)));
        Assert.Contains("Nothing was deleted: the selection changed.", refused, StringComparison.Ordinal);
        Assert.Contains("13 contacts now: 1 joined and 0 left", refused, StringComparison.Ordinal);
        Assert.Contains("data-typed-count=\"13\"", refused, StringComparison.Ordinal);
        Assert.Equal(13, await Contacts(app));
    }

    [Fact]
    public async Task What_cannot_be_imported_is_said_and_a_form_without_token_is_refused()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        var zip = await Upload(app, "PK\u0003\u0004not a csv");
        Assert.Contains("damaged or not complete", await app.Http.GetStringAsync(zip.Headers.Location!.ToString()), StringComparison.Ordinal);
        Assert.DoesNotContain("This file cannot be imported", await app.Http.GetStringAsync("/imports/new?refused=evil"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await Upload(app, Csv(3), token: "wrong")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Upload(app, Csv(3), token: null)).StatusCode);
        Assert.Equal(0, await app.Services.GetRequiredService<Db>().Read(tx => tx.Single<long>(Statement.Built("test", "select count(*) from files where account_id = 1"))));
    }

    [Fact]
    public async Task Another_account_gets_404_everywhere()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await Import(app, Csv(3) + "nobody,X,Y\n");
        var db = app.Services.GetRequiredService<Db>();
        foreach (var table in new[] { "imports", "jobs", "files", "bulk_operations" })       // the same things, but of account 2
            await db.Write(tx => tx.Execute(Statement.Built("test", $"update {table} set account_id = 2 where account_id = 1")));
        foreach (var path in new[] { "/imports/1", "/imports/1/mapping", "/imports/1/rejected", "/jobs/1" })
            Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(390, ColorScheme.Dark, "nl-NL")]
    public async Task A_person_imports_deletes_and_restores_in_a_browser(int width, ColorScheme colours, string locale)
    {
        await using var app = await WebApp.On("sqlite");
        await using var chromium = await Chromium.Start();
        await app.SetUp();
        var page = await chromium.Page(app, width, colours, locale);
        var look = $"{width}-{colours}".ToLowerInvariant();
        await Chromium.SignIn(page);

        foreach (var path in new[] { "/imports", "/jobs", "/recycle-bin", "/imports/new" })
        {
            await page.GotoAsync(path);
            await Chromium.Check(page, $"{path.Trim('/').Replace('/', '-')}-empty-{look}");
        }
        await page.SetInputFilesAsync("[name=File]", new FilePayload { Name = "spring fair.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(Csv(2_345) + "nobody,X,Y\n") });
        await page.ClickAsync("main button");
        await page.WaitForSelectorAsync("select[name=Column]");
        await page.SelectOptionAsync("#column-3", "+");                     // a property of its own, of the kind that its cells show
        await page.WaitForSelectorAsync("[name=Dates-3]");
        Assert.Equal("date", await page.InputValueAsync("[name=Kind-3]"));
        await page.SelectOptionAsync("#column-2", "lifecyclestage");
        await page.WaitForSelectorAsync("#mapped .form-error");
        await page.CheckAsync("[name=Marketing]");
        await page.WaitForSelectorAsync("#becoming p");
        await page.ClickAsync("main section details summary");
        await Chromium.Check(page, $"import-mapping-{look}");
        await page.SelectOptionAsync("#column-2", "city");
        await page.WaitForSelectorAsync("#mapped:not(:has(.form-error))");
        await page.UncheckAsync("[name=Marketing]");
        await page.WaitForSelectorAsync("#becoming:not(:has(p))", new() { State = WaitForSelectorState.Attached });
        await page.CheckAsync("[name=MakeList]");
        await page.ClickAsync("main button.btn-primary");
        await page.WaitForSelectorAsync("#job");
        await Chromium.Check(page, $"import-waiting-{look}");
        await RunJobs(app);
        await page.WaitForSelectorAsync(".tiles");                          // by itself: the page asks every second
        await Chromium.Check(page, $"import-done-{look}");
        await page.ClickAsync("main a[href$='/undo']");
        await page.WaitForSelectorAsync("#dialog dialog[open] [data-typed-count]");
        await Chromium.Check(page, $"import-undo-{look}");
        await page.GotoAsync("/imports");
        await Chromium.Check(page, $"imports-{look}");

        await page.GotoAsync("/contacts?all=1");
        await page.ClickAsync(".bulkbar .menu summary");
        await page.ClickAsync("[formaction='/contacts/delete']");
        await page.WaitForSelectorAsync("dialog[open] [data-typed-count]");
        Assert.True(await page.IsDisabledAsync("[data-needs-count]"));
        await Chromium.Check(page, $"delete-dialog-{look}");
        await page.FillAsync("[data-typed-count]", "2345");
        await page.ClickAsync("[data-needs-count]");
        await page.WaitForURLAsync("**/jobs/*");
        await Chromium.Check(page, $"job-waiting-{look}");
        await RunJobs(app);
        await page.WaitForSelectorAsync("#job form");                       // the button that restores
        await Chromium.Check(page, $"job-done-{look}");
        await page.GotoAsync("/recycle-bin");
        await Chromium.Check(page, $"recycle-bin-{look}");
        await page.ClickAsync("main form button");
        await page.WaitForURLAsync("**/jobs/*");
        await RunJobs(app);
        await page.WaitForSelectorAsync("#job .lines");
        await Chromium.Check(page, $"restore-done-{look}");
        await page.GotoAsync("/jobs");
        await Chromium.Check(page, $"jobs-{look}");
        Assert.Equal(2_345, await Contacts(app));
    }

    private static string Csv(int rows)
    {
        var text = new StringBuilder("E-mail,Voornaam,Woonplaats,Sinds\n");
        for (var i = 0; i < rows; i++) text.Append(CultureInfo.InvariantCulture, $"c{i}@example.test,Ann,Utrecht,{i % 9 + 1}/4/2026\n");
        return text.ToString();
    }

    private static async Task Import(WebApp app, string csv)
    {
        var mapping = (await Upload(app, csv)).Headers.Location!.ToString();
        await WebApp.Post(app.Http, mapping, csv.StartsWith("email", StringComparison.Ordinal) ? new() { ["Column"] = "email" } : [], "mapping");
        await RunJobs(app);
    }

    private static async Task<HttpResponseMessage> Upload(WebApp app, string csv, string? token = "page")
    {
        if (token == "page") token = (await WebApp.Page(app.Http, "/imports/new")).QuerySelector("main input[name=__RequestVerificationToken]")!.GetAttribute("value");
        using var form = new MultipartFormDataContent();
        if (token is not null) form.Add(new StringContent(token), "__RequestVerificationToken");
        form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(csv)), "File", "contacts.csv");
        return await app.Http.PostAsync("/imports/upload", form);
    }

    /// <summary>Sends the page's form with a name several times.</summary>
    private static async Task<HttpResponseMessage> Post(WebApp app, string path, (string Name, string Value)[] values)
    {
        var hidden = (await WebApp.Page(app.Http, path)).QuerySelector("main [name=Column]")!.Closest("form")!.QuerySelectorAll("input[type=hidden]").Select(f => KeyValuePair.Create(f.GetAttribute("name")!, f.GetAttribute("value")!));
        return await app.Http.PostAsync(path, new FormUrlEncodedContent([.. hidden, .. values.Select(v => KeyValuePair.Create(v.Name, v.Value))]));
    }

    private static Task<string> Read(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();
    private static Task RunJobs(WebApp app) => app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
    private static Task<long> Contacts(WebApp app) => app.Services.GetRequiredService<Db>().Read(tx => tx.Single<long>(Statement.Built("test", "select count(*) from contacts where account_id = 1")));
}
