using System.Net;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Data;
using Winnow.Server.Accounts;

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
        await OneOfEachKind.Make(app);
        using var stranger = await SecondAccount(app);
        var token = (await WebApp.Page(stranger, "/settings")).QuerySelector("main input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        await app.Services.GetRequiredService<Winnow.Jobs.Notifications>().ReadAll(1, 1);                     // looking at one's own job does the same
        var before = await Everything(app);
        var (unseen, leaks) = (new List<string>(), new List<string>());
        var posts = PostOnly(app);
        foreach (var pattern in Permissions.Table.Where(row => row.Who == Who.Member && row.Pattern.Contains('{')).Select(row => row.Pattern))
        {
            var path = OneOfEachKind.Path(pattern);
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
                var posted = await stranger.PostAsync(path, new FormUrlEncodedContent(form));
                if (posted.StatusCode is HttpStatusCode.OK or >= HttpStatusCode.InternalServerError) leaks.Add($"POST {path}: {posted.StatusCode}");
            }
        }
        Assert.Empty(leaks);
        Assert.Empty(unseen);                                                       // else the 404 of the stranger tells nothing
        Assert.Equal(before, await Everything(app));
    }

    /// <summary>All that account 1 holds, value by value.</summary>
    private static Task<string> Everything(WebApp app) => app.Services.GetRequiredService<Db>().Read(async tx =>
    {
        string[] tables = ["accounts", "mail_settings", "contacts", "contact_emails", "contact_history", "contact_views", "teams", "team_members", "addresses", "lists", "list_folders", "list_chunks", "list_deltas", "list_history", "list_sizes", "marketing_emails", "email_recipients", "email_events", "inbox", "mailboxes", "webhooks", "bounce_policies", "intake_settings", "incidents", "incident_blocks", "paroles", "second_chances", "imports", "move_ins", "moved_records", "passports", "passport_signers", "files", "jobs", "notifications", "notification_wishes", "bulk_operations", "deleted_contacts", "properties", "private_apps"];
        var all = new StringBuilder();
        foreach (var table in tables)
        {
            await using var rows = await tx.Reader(Statement.Built("rows", $"select * from {table} where account_id = 1"), new { });
            while (await rows.ReadAsync()) all.Append(table).Append(' ').AppendJoin('|', Enumerable.Range(0, rows.FieldCount).Select(i => rows.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : rows.GetValue(i))).AppendLine();
        }
        return all.ToString();
    });

    private static async Task<HttpClient> SecondAccount(WebApp app)
    {
        const string Email = "eve@elsewhere.example", Password = "another horse";
        var user = new User { Name = "Eve", Email = Email, EmailKey = Email, SecurityStamp = "1" };
        user.PasswordHash = new PasswordHasher<User>().HashPassword(user, Password);
        await app.Services.GetRequiredService<Db>().Write(async tx =>
        {
            await UserStore.Add(tx, user);
            await tx.Execute(Statement.Built("account", "insert into accounts (account_id, name, time_zone, language, secret, created_at) values (2, 'Elsewhere', 'UTC', 'en', @secret, 0)"), new { secret = new byte[32] });
            await tx.Execute(Statement.Built("member", "insert into account_users (account_id, user_id, super_admin, created_at) values (2, @id, true, 0)"), new { id = user.Id });
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
