using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Server.Accounts;
using Winnow.Transfer;

namespace Winnow.Tests;

/// <summary>A member of a second account asks for everything the first account has, on every route with an id in it. The routes come
/// from the table of permissions, so a new one is asked too.</summary>
public sealed class ForeignIdsTests
{
    [Theory, Databases]
    public async Task A_member_of_another_account_finds_and_changes_nothing_of_the_first_ones(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await MakeOneOfEachKind(app);
        using var stranger = await SecondAccount(app);
        var token = (await WebApp.Page(stranger, "/settings")).QuerySelector("main input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var before = await Everything(app);
        var (unseen, leaks) = (new List<string>(), new List<string>());
        var posts = PostOnly(app);
        foreach (var pattern in Permissions.Table.Where(row => row.Who == Who.Member && row.Pattern.Contains('{')).Select(row => row.Pattern))
        {
            var path = Regex.Replace(pattern, @"\{\w+(:\w+)?\}", "1");
            List<Dictionary<string, string>> forms = [[]];
            if (!posts.Contains(pattern))
            {
                var ours = await app.Http.GetAsync(path);
                if (ours.StatusCode == HttpStatusCode.NotFound) unseen.Add(path);
                if (await stranger.GetAsync(path) is { StatusCode: not HttpStatusCode.NotFound } theirs) leaks.Add($"GET {path}: {theirs.StatusCode}");
                forms = await Forms(ours);
            }
            foreach (var form in forms)
            {
                form["__RequestVerificationToken"] = token;
                if (await stranger.PostAsync(path, new FormUrlEncodedContent(form)) is { StatusCode: not HttpStatusCode.NotFound } posted) leaks.Add($"POST {path}: {posted.StatusCode}");
            }
        }
        Assert.Empty(leaks);
        Assert.Empty(unseen);                                                       // else the 404 of the stranger tells nothing
        Assert.Equal(before, await Everything(app));
    }

    /// <summary>Each with the id 1 in account 1.</summary>
    private static async Task MakeOneOfEachKind(WebApp app)
    {
        var services = app.Services;
        var db = services.GetRequiredService<Db>();
        await db.Write(async tx =>
        {
            var contact = (await services.GetRequiredService<ContactStore>().New(tx, 1, 1))[0];
            contact[BuiltInProperties.Of("email")] = "ann@example.test";
            await services.GetRequiredService<ContactStore>().Save(tx, Actor.Person(1), await services.GetRequiredService<Properties>().Catalog(tx, 1), [(null, contact)]);
            await services.GetRequiredService<ListStore>().Create(tx, 1, "Ours", ListKind.Manual, null, TimeZoneInfo.Utc, 1);
        });
        await services.GetRequiredService<EmailStore>().Create(1, "Our news", MailSettings.Blank, 1);
        await services.GetRequiredService<Inbox>().Store([(new(1, 1, 1), "b+1@bounces.test")], BounceApp.Original("ann@example.test"));
        await db.Write(tx => tx.Execute(Statement.Built("judged", "update inbox set state = 'done', kind = 'other', verdict = 'Unknown' where account_id = 1")));
        var imports = services.GetRequiredService<Imports>();
        var (id, _) = await imports.Upload(1, "a.csv", new MemoryStream(Encoding.UTF8.GetBytes("Email\nbroken\n")), 1, default);
        await imports.Start(1, id!.Value, "Import", (await imports.Preview((await imports.Find(1, id.Value))!, default)).Columns, false, null, 1, default);
        await services.GetRequiredService<JobRunner>().RunOpenJobs();
    }

    /// <summary>What an account 1 holds, in a line: rows of every table that has any.</summary>
    private static async Task<string> Everything(WebApp app)
    {
        var db = app.Services.GetRequiredService<Db>();
        string[] tables = ["contacts", "contact_history", "addresses", "lists", "list_chunks", "list_deltas", "marketing_emails", "email_recipients", "email_events", "inbox", "imports", "files", "jobs", "bulk_operations", "deleted_contacts", "properties"];
        var counts = new List<string>();
        foreach (var table in tables) counts.Add($"{table} {await db.Read(tx => tx.Single<long>(Statement.Built("rows", $"select count(*) from {table} where account_id = 1")))}");
        return string.Join(", ", counts);
    }

    private static async Task<HttpClient> SecondAccount(WebApp app)
    {
        const string Email = "eve@elsewhere.example", Password = "another horse";
        var user = new User { Name = "Eve", Email = Email, EmailKey = Email, SecurityStamp = "1" };
        user.PasswordHash = new PasswordHasher<User>().HashPassword(user, Password);
        await app.Services.GetRequiredService<Db>().Write(async tx =>
        {
            await UserStore.Add(tx, user);
            await tx.Execute(Statement.Built("account", "insert into accounts (account_id, name, time_zone, language, secret, created_at) values (2, 'Elsewhere', 'UTC', 'en', @secret, 0)"), new { secret = new byte[32] });
            await tx.Execute(Statement.Built("member", "insert into account_users (account_id, user_id, created_at) values (2, @id, 0)"), new { id = user.Id });
        });
        var browser = app.NewBrowser();
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(browser, "/sign-in", new() { ["Email"] = Email, ["Password"] = Password })).StatusCode);
        return browser;
    }

    private static HashSet<string> PostOnly(WebApp app) => [.. app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is { } methods && !methods.HttpMethods.Contains("GET"))
        .Select(endpoint => "/" + endpoint.RoutePattern.RawText?.Trim('/'))];

    private static async Task<List<Dictionary<string, string>>> Forms(HttpResponseMessage answer) =>
        [.. (await WebApp.Read(answer)).QuerySelectorAll("main form[method=post]").Select(form => form.QuerySelectorAll("input[name]").GroupBy(i => i.GetAttribute("name")!).ToDictionary(g => g.Key, g => g.First().GetAttribute("value") ?? ""))];
}
