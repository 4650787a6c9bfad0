using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.MarketingContacts;

namespace Winnow.Tests;

/// <summary>The wizard Manage marketing contacts, by forms and addresses alone.</summary>
public sealed class ManageMarketingContactsTests
{
    private const string Review = "/usage/manage/review";

    [Theory, Databases]
    public async Task The_wizard_sets_the_chosen_ones_as_non_marketing_once_each_and_that_can_be_undone(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var list = await Fill(app);
        var page = await WebApp.Page(app.Http, "/usage/manage");
        Assert.Equal("/usage/manage/unengaged", page.QuerySelector(".wizard-foot .btn-primary")!.GetAttribute("href"));
        page = await WebApp.Page(app.Http, "/usage/manage/unengaged?mails=5");
        Assert.Equal(["3 contacts", "2 contacts", "1 contact", "3 contacts"], page.QuerySelectorAll("#counts .push").Select(c => c.TextContent));
        Assert.Equal([true, true, true, false], page.QuerySelectorAll("#counts input").Select(i => i.HasAttribute("checked")));
        Assert.Equal("/usage/manage/filters?who=none&mails=5", page.QuerySelector(".wizard-foot a.btn:not(:first-child)")!.GetAttribute("href"));
        page = await WebApp.Page(app.Http, "/usage/manage/unengaged?who=none&who=unopened&mails=5&list=7");               // gone back to: as it was left
        Assert.Equal([false, false, false, true], page.QuerySelectorAll("#counts input").Select(i => i.HasAttribute("checked")));
        Assert.Equal("7", page.QuerySelector("input[name=list]")!.GetAttribute("value"));

        // Filters & lists: by buttons, and the address of the next step holds all of it
        const string Filters = "/usage/manage/filters?who=none&who=bounced&who=unsubscribed&who=complained&mails=10";
        page = await WebApp.Page(app.Http, Filters);
        Assert.Equal(["Use a filter", "Use a list", "Next"], page.QuerySelectorAll("main form .btn:is(button)").Select(b => b.TextContent.Trim()));
        page = await WebApp.Read(await WebApp.Post(app.Http, Filters, new() { ["do"] = "use-list" }));
        Assert.Equal($"{list}", page.QuerySelector("#lists input")!.GetAttribute("value"));
        page = await WebApp.Read(await WebApp.Post(app.Http, Filters, new() { ["by"] = "filter", ["g0.0.property"] = "city", ["g0.0.was"] = "city", ["g0.0.operator"] = "STRING:IS_EQUAL_TO", ["do"] = "next" }));
        Assert.Contains("Finish each condition", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        var next = await WebApp.Post(app.Http, Filters, new()
        {
            ["by"] = "filter", ["g0.0.property"] = "city", ["g0.0.was"] = "city", ["g0.0.operator"] = "STRING:IS_EQUAL_TO", ["g0.0.value"] = "Ede", ["do"] = "next",
        });
        Assert.Equal(HttpStatusCode.Redirect, next.StatusCode);
        var review = new Uri(app.Http.BaseAddress!, next.Headers.Location!).PathAndQuery + $"&list={list}";
        Assert.StartsWith(Review, review, StringComparison.Ordinal);
        page = await WebApp.Page(app.Http, review);
        Assert.Equal(["3", "2", "1", "2", "2", "− 4", "6", "1", "2"], page.QuerySelectorAll("#parts dd").Select(d => d.TextContent.Trim()));
        Assert.Equal(("11", "4"), (page.QuerySelector("#today")!.TextContent, page.QuerySelector("#afterwards")!.TextContent));
        Assert.Equal("Update 6 contacts", page.QuerySelector("#review .btn-primary")!.TextContent);
        foreach (var (line, count) in page.QuerySelectorAll("#parts div").Select(d => (d.QuerySelector("a"), d.QuerySelector("dd")!.TextContent.Trim())).Where(l => l.Item1 is not null))
            Assert.Equal(count, (await WebApp.Page(app.Http, line!.GetAttribute("href")!)).QuerySelectorAll("main tbody tr").Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        page = await WebApp.Page(app.Http, page.QuerySelector(".wizard-foot a.btn")!.GetAttribute("href")!);               // Back
        Assert.Equal("Ede", page.QuerySelector("input[name='g0.0.value']")!.GetAttribute("value"));
        Assert.True(page.QuerySelector("#lists input")!.HasAttribute("checked"));

        // Somebody joins between the look and the click: nothing happens, and the new receipt says so
        var stale = await WebApp.Page(app.Http, review);
        await Change(app, "b7@example.test", c => c[BuiltInProperties.Of("city")] = "Ede");
        var answer = await WebApp.Read(await Send(app, review, stale));
        Assert.Contains("1 contacts joined and 0 left", answer.QuerySelector("#review .notice.danger")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Update 7 contacts", answer.QuerySelector("#review .btn-primary")!.TextContent);
        var ordered = await Send(app, review, answer);
        Assert.Equal(ordered.Headers.Location, (await Send(app, review, answer)).Headers.Location);                        // clicked twice: one job
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        Assert.Equal(new(13, 11, 8), await Counts(app));
        page = await WebApp.Page(app.Http, ordered.Headers.Location!.ToString());
        Assert.Equal(["7", "1", "2"], page.QuerySelectorAll("#job dl.lines dd").Select(d => d.TextContent.Trim()));
        Assert.Contains("MarketingSet", await app.Services.GetRequiredService<Db>().Read(tx => tx.Query<string>(Statement.Built("test", "select action from audit_log"))));
        var undo = page.QuerySelector("#job a[href$='/undo']")!.GetAttribute("href")!;
        await WebApp.Post(app.Http, undo, new() { ["Typed"] = "7" });
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        Assert.Equal(new(13, 11, 1), await Counts(app));
    }

    [Theory, Databases]
    public async Task Each_step_says_when_there_is_nothing_to_do_and_only_the_permission_opens_it(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        Assert.Contains("Nobody is chosen", await app.Http.GetStringAsync(Review + "?who=none"), StringComparison.Ordinal);
        Assert.Contains("No contacts are selected.", await app.Http.GetStringAsync(Review), StringComparison.Ordinal);
        var list = await Fill(app);
        var page = await WebApp.Page(app.Http, Review + "?who=none&filter=" + Uri.EscapeDataString(Winnow.Filters.FilterJson.Write(ListParts.CityIs("Ghent"))));
        Assert.Contains("there is nothing to change", page.QuerySelector("#review")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(("Update contacts", true), (page.QuerySelector("#review .btn-primary")!.TextContent, page.QuerySelector("#review .btn-primary")!.HasAttribute("disabled")));
        Assert.Contains("There is nothing to review.", await app.Http.GetStringAsync(Review + "?who=none&list=999"), StringComparison.Ordinal);
        Assert.Contains("There is nothing to review.", await app.Http.GetStringAsync(Review + "?who=none&filter=%7B"), StringComparison.Ordinal);
        var editor = await app.Colleague("editor@fernhill.example", PermissionSet.Of(Permission.EditContacts, Permission.EditLists));
        foreach (var step in new[] { "", "/unengaged", "/filters", "/review" }) Assert.Equal(HttpStatusCode.Forbidden, (await editor.GetAsync("/usage/manage" + step)).StatusCode);

        var (stopping, idle) = (app.Services.GetRequiredService<StoppingContacts>(), new[] { StoppingKind.HardBounced, StoppingKind.Unsubscribed, StoppingKind.Complained, StoppingKind.Unopened });
        var counts = await stopping.Idle(1, 5);                                                    // the one statement and the filters mean the same
        var (reviewed, _) = await stopping.Freeze(1, [.. idle.Select(kind => new StoppingGroup(kind, kind == StoppingKind.Unopened ? 5 : 0)), new(StoppingKind.List, list)], TimeZoneInfo.Utc, 1);
        Assert.Equal([counts.HardBounced, counts.Unsubscribed, counts.Complained, counts.Unopened], reviewed!.Parts.Take(4).Select(p => p.Contacts));
    }

    private static async Task<HttpResponseMessage> Send(WebApp app, string path, AngleSharp.Html.Dom.IHtmlDocument page) => await app.Http.PostAsync(path, new FormUrlEncodedContent(
        page.QuerySelectorAll("#review input[name]").Select(i => KeyValuePair.Create(i.GetAttribute("name")!, i.GetAttribute("value") ?? ""))));

    private static Task<ContactCounts> Counts(WebApp app) => app.Services.GetRequiredService<Db>().Read(tx => app.Services.GetRequiredService<ContactStore>().Counts(tx, 1));

    private static Task Change(WebApp app, string email, Action<Contact> change) => app.Services.GetRequiredService<Db>().Write(async tx =>
    {
        var store = app.Services.GetRequiredService<ContactStore>();
        var contact = (await store.ByAddress(tx, 1, [email]))[email];
        var after = contact.Copy();
        change(after);
        await store.Save(tx, Actor.Person(1), await app.Services.GetRequiredService<Properties>().Catalog(tx, 1), [(contact, after)]);
    });

    /// <summary>Thirteen contacts: b1 to b13. Marketing are b1 to b11, b11 scheduled. Hard bounced b1 to b3 and b12, b3 and b4 unsubscribed, b5 complained, b4 to b6 opened none of five,
    /// in Ede b5, b6, b11 and b13, in Ghent b12, in the list b1 and b6.</summary>
    /// <returns>The list.</returns>
    internal static async Task<long> Fill(WebApp app) => await app.Services.GetRequiredService<Db>().Write(async tx =>
    {
        var (store, lists) = (app.Services.GetRequiredService<ContactStore>(), app.Services.GetRequiredService<ListStore>());
        var made = await store.New(tx, 1, 13);
        for (var i = 1; i <= 13; i++)
        {
            var contact = made[i - 1];
            contact[BuiltInProperties.Of("email")] = $"b{i}@example.test";
            contact[BuiltInProperties.Of("city")] = i is 5 or 6 or 11 or 13 ? "Ede" : i is 12 ? "Ghent" : null;
            if (i is >= 4 and <= 6) contact[BuiltInProperties.Of("hs_email_sends_since_last_engagement")] = 5L;
            if (i <= 11) MarketingStatus.Set(contact, "CONTACT_IMPORT", "a file");
            if (i == 11) MarketingStatus.SetNon(contact);
        }
        var catalog = await app.Services.GetRequiredService<Properties>().Catalog(tx, 1);
        await store.Save(tx, Actor.Person(1), catalog, [.. made.Select(c => ((Contact?)null, c))]);
        var states = made.Select(c => (Before: c, After: c.Copy())).ToList();
        foreach (var (_, after) in states)
        {
            var i = states.FindIndex(s => s.After == after) + 1;
            if (i is <= 3 or 12) after[BuiltInProperties.Of("hs_email_hard_bounce_reason_enum")] = "UNKNOWN_USER";
            if (i is 3 or 4) after[BuiltInProperties.Of("hs_email_optout")] = true;
            if (i is 5) after[BuiltInProperties.Of("winnow_spam_report")] = true;
        }
        await store.Save(tx, Actor.Person(1), catalog, [.. states.Select(s => ((Contact?)s.Before, s.After))]);
        var (list, _) = await lists.Create(tx, 1, "Not opened in two years", ListKind.Manual, null, TimeZoneInfo.Utc, 1);
        await app.Services.GetRequiredService<ListMembers>().Flip(tx, 1, list!.Id, new([made[0].Id, made[5].Id]), new());
        return list.Id;
    });
}
