using System.Net;
using AngleSharp.Html.Dom;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>Lists as a browser without script makes, edits and deletes them.</summary>
public sealed class ListPagesTests
{
    private const string Reason = "hs_email_hard_bounce_reason_enum";

    [Theory, Databases]
    public async Task A_list_whose_filling_was_stopped_says_so_and_is_filled_by_a_button(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await OneOfEachKind.Make(app);
        var (db, lists, runner) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<ListStore>(), app.Services.GetRequiredService<JobRunner>());
        var id = (await db.Write(tx => lists.Create(tx, 1, "Ede", ListKind.Dynamic, ListParts.Known("city"), TimeZoneInfo.Utc, 1))).Made!.Id;
        Assert.Contains("This list is being filled.", await app.Http.GetStringAsync($"/lists/{id}"), StringComparison.Ordinal);
        var job = await db.Read(tx => tx.Single<long>(Statement.Built("test", "select max(id) from jobs where account_id = 1")));
        await app.Services.GetRequiredService<JobQueue>().Cancel(1, job);
        await runner.RunOpenJobs();

        var page = await WebApp.Page(app.Http, $"/lists/{id}");
        Assert.Contains("This list was not filled to the end.", page.QuerySelector("#filling")!.TextContent, StringComparison.Ordinal);
        Assert.Null(page.QuerySelector("#filling")!.GetAttribute("hx-get"));
        Assert.Contains("Not filled", (await WebApp.Page(app.Http, "/lists")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("until it is filled again", await app.Http.GetStringAsync($"/jobs/{job}"), StringComparison.Ordinal);
        Assert.Equal($"/lists/{id}", (await WebApp.Post(app.Http, $"/lists/{id}", [], $"/lists/{id}/fill")).Headers.Location!.ToString());
        await runner.RunOpenJobs();
        Assert.Equal("", (await WebApp.Page(app.Http, $"/lists/{id}")).QuerySelector("#filling")!.TextContent.Trim());
    }

    [Theory, Databases]
    public async Task The_list_of_the_article_is_made_by_forms_alone(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();

        // choose the property: the picker's button
        var answer = await WebApp.Post(app.Http, "/lists/new", new() { ["do"] = $"pick:0:0:{Reason}" }, "list");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await WebApp.Read(answer);
        Assert.Equal(["is any of", "is none of", "has ever been any of", "has never been any of", "was updated in the last … days", "was not updated in the last … days", "is known", "is unknown"], page.QuerySelectorAll("select[name='g0.0.operator'] option").Select(o => o.TextContent).OrderBy(o => o.Contains("known", StringComparison.Ordinal)));

        Dictionary<string, string> line = new() { ["g0.0.property"] = Reason, ["g0.0.was"] = Reason, ["g0.0.operator"] = "ENUMERATION:IS_ANY_OF", ["Kind"] = "active", ["Name"] = "Hard bounced" };
        Assert.Equal("List name", page.QuerySelector(".page-head label[for='f-Name']")!.TextContent.Trim());             // the pencil
        var nameless = (await WebApp.Read(await WebApp.Post(app.Http, "/lists/new", new(line) { ["g0.0.value"] = "UNKNOWN_USER", ["Name"] = "", ["do"] = "save" }, "list"))).QuerySelector(".page-head")!;
        Assert.Equal("Give the list a name.", nameless.QuerySelector("#" + nameless.QuerySelector("#f-Name[aria-invalid]")!.GetAttribute("aria-describedby"))!.TextContent);
        page = await WebApp.Read(await WebApp.Post(app.Http, "/lists/new", new(line) { ["do"] = "save" }, "list"));
        Assert.Equal("Choose at least one option.", page.QuerySelector(".form-error")!.TextContent);

        answer = await WebApp.Post(app.Http, "/lists/new", new(line) { ["g0.0.value"] = "UNKNOWN_USER", ["do"] = "save" }, "list");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var list = await Find(app, "Hard bounced");
        Assert.Equal($"/lists/{list!.Id}", answer.Headers.Location!.AbsolutePath);
        Assert.Equal((ListKind.Dynamic, "Europe/Amsterdam"), (list.Kind, list.TimeZone));
        page = await WebApp.Page(app.Http, $"/lists/{list.Id}");
        Assert.Equal("Email hard bounce reason is any of Unknown user", page.QuerySelector(".sentence")!.TextContent);

        // edit it: a second group, by "or"
        page = await WebApp.Page(app.Http, $"/lists/{list.Id}/filters");
        Assert.Equal("UNKNOWN_USER", page.QuerySelector("input[name='g0.0.value']")!.GetAttribute("value"));
        answer = await WebApp.Post(app.Http, $"/lists/{list.Id}/filters", new()
        {
            ["g0.0.value"] = "UNKNOWN_USER", ["g1.0.property"] = "city", ["g1.0.was"] = "city", ["g1.0.operator"] = "STRING:IS_EQUAL_TO", ["g1.0.add"] = "Utrecht; Ede", ["do"] = "save",
        }, "filters");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        page = await WebApp.Page(app.Http, $"/lists/{list.Id}");
        Assert.Equal("Email hard bounce reason is any of Unknown user; or City is equal to Utrecht or Ede", page.QuerySelector(".sentence")!.TextContent);

        await WebApp.Post(app.Http, $"/lists/{list.Id}/rename", new() { ["Name"] = "Bounced or near" }, "rename");
        Assert.NotNull(await Find(app, "bounced or near"));
        await WebApp.Post(app.Http, $"/lists/{list.Id}/delete", [], "delete-list");
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync($"/lists/{list.Id}")).StatusCode);
    }

    [Fact]
    public async Task A_static_list_without_a_filter_is_filled_by_hand_and_names_are_unique()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        Dictionary<string, string> wish = new() { ["Name"] = "By hand", ["Kind"] = "static", ["do"] = "save" };
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/lists/new", wish, "list")).StatusCode);
        Assert.Equal((ListKind.Manual, true), ((await Find(app, "By hand"))!.Kind, (await Find(app, "By hand"))!.IsReady));
        var page = await WebApp.Read(await WebApp.Post(app.Http, "/lists/new", wish, "list"));
        Assert.Equal("Another list is called By hand. Choose another name.", page.QuerySelector(".form-error")!.TextContent);
        Assert.Contains("The list was not made.", (await WebApp.Read(await WebApp.Post(app.Http, "/lists/new", new(wish) { ["Name"] = "Active", ["Kind"] = "active" }, "list"))).QuerySelectorAll(".notice b").Select(b => b.TextContent));
    }

    [Fact]
    public async Task Another_account_s_list_does_not_exist_here()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        var (list, _) = await app.Services.GetRequiredService<Db>().Write(tx => app.Services.GetRequiredService<ListStore>().Create(tx, TestApp.OtherAccount, "Theirs", ListKind.Dynamic, ListParts.CityIs("Ede"), TimeZoneInfo.Utc, 1));
        foreach (var path in new[] { "", "/filters", "/rename", "/delete" })
            Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync($"/lists/{list!.Id}{path}")).StatusCode);
        Assert.DoesNotContain("Theirs", await app.Http.GetStringAsync("/lists"));
    }

    [Fact]
    public async Task Steps_are_undone_and_redone_and_conditions_moved_by_forms_alone()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        var page = await WebApp.Page(app.Http, "/lists/new");
        Assert.True(page.QuerySelector("#undo")!.HasAttribute("disabled"));
        page = await Send(app, page, ("do", "pick:0:0:city"));
        Assert.Equal("g0-0-operator", page.QuerySelector("[autofocus]")!.Id);
        page = await Send(app, page, ("g0.0.add", "Utrecht; Ede"));
        Assert.Equal(["Utrecht", "Ede"], Chips(page));
        page = await Send(app, page, ("do", "drop:0:0:Utrecht"), ("g0.0.add", "Breda"));            // what was written is a step of its own
        Assert.Equal(["Ede", "Breda"], Chips(page));
        page = await Send(app, page, ("do", "undo"));
        Assert.Equal(["Utrecht", "Ede", "Breda"], Chips(page));
        page = await Send(app, page, ("do", "undo"));
        Assert.Equal(["Utrecht", "Ede"], Chips(page));
        Assert.Equal("City is equal to Utrecht or Ede", page.QuerySelector(".sentence")!.TextContent);
        page = await Send(app, page, ("do", "redo"), ("g0.0.add", "Zeist"));                        // nothing typed is lost: it is the newer step, and there is nothing to redo
        Assert.Equal(["Utrecht", "Ede", "Zeist"], Chips(page));
        Assert.True(page.QuerySelector("#redo")!.HasAttribute("disabled"));
        page = await Send(app, page, ("do", "undo"));
        page = await Send(app, page, ("do", "undo"));
        page = await Send(app, page, ("do", "undo"));
        Assert.NotNull(page.QuerySelector("#picker"));
        page = await Send(app, page, ("do", "redo"));
        page = await Send(app, page, ("do", "redo"));
        Assert.Equal(["Utrecht", "Ede"], Chips(page));

        page = await Send(app, page, ("do", "or"));
        page = await Send(app, page, ("do", "pick:1:0:createdate"), ("g1.0.value", ""));
        page = await Send(app, page, ("g1.0.operator", "CALENDAR_DATE:IN_LAST_TIME_UNIT"));
        var once = page.QuerySelector("input[name=steps]")!.GetAttribute("value");
        page = await Send(app, page);                                                               // nobody touched anything: no step
        Assert.Equal(once, page.QuerySelector("input[name=steps]")!.GetAttribute("value"));
        page = await Send(app, page, ("do", "up:1:0"));
        Assert.Equal(("City is equal to Utrecht or Ede and Create Date is in the previous 1 month", "g0-1-more"), (page.QuerySelector(".sentence")!.TextContent, page.QuerySelector("[autofocus]")!.Id));
        page = await Send(app, page, ("do", "up:0:1"));
        page = await Send(app, page, ("do", "alone:0:0"));
        Assert.Equal("City is equal to Utrecht or Ede; or Create Date is in the previous 1 month", page.QuerySelector(".sentence")!.TextContent);
        page = await Send(app, page, ("do", "remove:0:0"));
        Assert.Equal("g0-0-remove", page.QuerySelector("[autofocus]")!.Id);
        foreach (var steps in new[] { "x", "", "AAAA", Convert.ToBase64String(new byte[5000]) }) Assert.Single((await Send(app, page, ("steps", steps), ("do", "undo"))).QuerySelectorAll(".frow"));
    }

    [Fact]
    public async Task A_filter_is_copied_as_JSON_and_pasted_into_another_and_what_is_refused_is_named_by_its_path()
    {
        const string Instant = """{"filterType":"PROPERTY","property":"createdate","operation":{"operationType":"DATETIME","operator":"IS_BEFORE","includeObjectsWithNoValueSet":false,"timestamp":1782777612345,"requiresTimeZoneConversion":false}}""";
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        var page = await Send(app, await WebApp.Page(app.Http, "/contacts/filter"), ("do", "pick:0:0:city"));
        page = await Send(app, page, ("g0.0.add", "Ede"), ("do", "json"));
        var json = page.QuerySelector("#json")!.TextContent.Trim();
        Assert.Equal(json, page.QuerySelector("#json-copy")!.GetAttribute("data-copy"));
        Assert.Equal("city", System.Text.Json.Nodes.JsonNode.Parse(json)!["filterBranches"]![0]!["filters"]![0]!["property"]!.ToString());

        page = await Send(app, page, ("g0.0.add", "Zeist"));                                        // the field was not written in: it follows the conditions
        Assert.Contains("Zeist", page.QuerySelector("#json")!.TextContent, StringComparison.Ordinal);
        page = await Send(app, page, ("json", json.Replace("city", "citty", StringComparison.Ordinal)), ("do", "json-use"));
        Assert.Contains("filterBranches[0].filters[0].property: there is no contact property", page.QuerySelector("#json-error")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("citty", page.QuerySelector("#json")!.TextContent, StringComparison.Ordinal);
        page = await Send(app, page, ("json", "{"), ("do", "json-use"));
        Assert.Contains("The filter is not JSON", page.QuerySelector("#json-error")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["Ede", "Zeist"], Chips(page));

        page = await Send(app, page, ("json", $$"""{"filterBranchType":"OR","filterBranches":[{"filterBranchType":"AND","filters":[{{Instant}}]},{"filterBranchType":"AND","filters":[{"filterType":"CONSTANT","shouldAccept":true}]}]}"""), ("do", "json-use"));
        Assert.Equal("Create Date is before 30 June 2026; or anyone", page.QuerySelector(".sentence")!.TextContent);
        page = await Send(app, page, ("do", "json"));
        Assert.Contains("1782777612345", page.QuerySelector("#json")!.TextContent, StringComparison.Ordinal);    // no form has a field for this instant: it stays as it came
        page = await Send(app, page, ("do", "undo"));
        Assert.Equal(["Ede", "Zeist"], Chips(page));
        Assert.Contains("Zeist", page.QuerySelector("#json")!.TextContent, StringComparison.Ordinal);

        var most = $$"""{"filterBranchType":"OR","filterBranches":[{"filterBranchType":"AND","filters":[{{string.Join(',', Enumerable.Repeat("""{"filterType":"PROPERTY","property":"city","operation":{"operationType":"MULTISTRING","operator":"CONTAINS","values":["Ede","Breda","Zeist","Tiel"]}}""", Filter.MaxFilters))}}]}]}""";
        page = await Send(app, page, ("json", most), ("do", "json-use"));
        Assert.Equal(Filter.MaxFilters, page.QuerySelectorAll(".frow").Length);
        page = await Send(app, page, ("do", "undo"));
        Assert.Equal(["Ede", "Zeist"], Chips(page));
    }

    [Theory, Databases]
    public async Task Values_lists_and_e_mails_are_suggested_and_a_large_account_is_estimated_before_it_is_counted(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var (db, store) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<ContactStore>());
        await db.Write(async tx =>
        {
            var made = await store.New(tx, 1, 300);
            foreach (var (contact, i) in made.Select((c, i) => (c, i))) contact[BuiltInProperties.Of("city")] = i == 0 ? "Zeist" : i % 3 == 0 ? "Ede" : "Breda";
            await store.Save(tx, new("IMPORT"), await app.Services.GetRequiredService<Winnow.Contacts.Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
            foreach (var n in Enumerable.Range(1, 40)) Assert.NotNull((await app.Services.GetRequiredService<ListStore>().Create(tx, 1, $"Fair {n}", ListKind.Manual, null, TimeZoneInfo.Utc, 1)).Made);
        });

        var page = await Send(app, await WebApp.Page(app.Http, "/lists/new"), ("do", "pick:0:0:city"));
        Assert.Equal(["Breda", "Ede"], page.QuerySelectorAll("#g0-0-known option").Select(o => o.GetAttribute("value")));                 // the commonest first; what stands once is no suggestion
        page = await Send(app, page, ("g0.0.add", "Breda"));
        Assert.Equal(["Ede"], page.QuerySelectorAll("#g0-0-known option").Select(o => o.GetAttribute("value")));

        page = await Send(app, page, ("do", "and:0"));
        page = await Send(app, page, ("do", "pick:0:1:@list"));
        Assert.Equal(31, page.QuerySelectorAll("#g0-1-value option").Length);
        page = await Send(app, page, ("g0.1.find", "AIR 4"));
        Assert.Equal(["Choose", "Fair 4", "Fair 40"], page.QuerySelectorAll("#g0-1-value option").Select(o => o.TextContent));
        page = await Send(app, page, ("g0.1.value", page.QuerySelectorAll("#g0-1-value option").Last().GetAttribute("value")!), ("g0.1.find", "Fair 1"));
        Assert.Equal("Fair 40", page.QuerySelector("#g0-1-value option[selected]")!.TextContent);                                        // what is chosen stays, whatever is looked for
        Assert.Equal("City is equal to Breda and is in the list Fair 40", page.QuerySelector(".sentence")!.TextContent);

        page = await Send(app, page, ("do", "remove:0:1"));
        Assert.Equal("200", page.QuerySelector(".hero-num")!.TextContent);
        await db.Write(tx => tx.Execute(Statement.Built("many", "update contact_counts set contacts = 3000000 where account_id = @accountId"), new { accountId = 1L }));
        page = await Send(app, page, ("do", ""));
        Assert.Equal("about 2,000,000", page.QuerySelector(".hero-num")!.TextContent);
        Assert.Equal("Create list", page.QuerySelector("#save")!.TextContent);
        page = await Send(app, page, ("do", "count"));                                                                                    // as the page asks by itself, at once
        Assert.Equal("200", page.QuerySelector(".hero-num")!.TextContent);
        page = await Send(app, page, ("do", "drop:0:0:Breda"), ("g0.0.add", "Zeist"));
        Assert.Equal("counting …", page.QuerySelector(".hero-num")!.TextContent);
        Assert.Equal("load", page.QuerySelector(".live")!.GetAttribute("hx-trigger"));
    }

    [Fact]
    public async Task What_a_list_refuses_is_said_in_the_reader_s_language_names_included()
    {
        foreach (var text in ListRefusal.All)
        {
            string[] names = text.Contains("{1}", StringComparison.Ordinal) ? ["News (2)", "A.*"] : text.Contains("{0}", StringComparison.Ordinal) ? ["News (2)"] : [];
            Assert.Equal((text, string.Join('|', names)), (ListRefusal.Parts(ListRefusal.Say(text, [.. names])).Text, string.Join('|', ListRefusal.Parts(ListRefusal.Say(text, [.. names])).Names)));
        }
        Assert.Equal(("Something else.", 0), (ListRefusal.Parts("Something else.").Text, ListRefusal.Parts("Something else.").Names.Length));

        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await WebApp.Post(app.Http, "/settings", new() { ["Language"] = "nl" }, "account");
        Dictionary<string, string> asks = new() { ["g0.0.property"] = "@list", ["g0.0.was"] = "@list", ["g0.0.operator"] = "IN_LIST", ["Kind"] = "active", ["do"] = "save" };
        await WebApp.Post(app.Http, "/lists/new", new() { ["g0.0.property"] = "city", ["g0.0.was"] = "city", ["g0.0.add"] = "Ede", ["Name"] = "Ede", ["Kind"] = "active", ["do"] = "save" }, "list");
        await WebApp.Post(app.Http, "/lists/new", new(asks) { ["g0.0.value"] = "1", ["Name"] = "Nieuws" }, "list");
        var page = await WebApp.Read(await WebApp.Post(app.Http, "/lists/1/filters", new(asks) { ["g0.0.value"] = "2" }, "filters"));
        Assert.Equal("De lijst kan niet naar zichzelf vragen: Ede vraagt naar Nieuws vraagt naar Ede. Wijzig een van deze filters.", page.QuerySelector(".notice p")!.TextContent);
        Assert.Equal("De lijst Nieuws, waar dit filter naar vraagt, wordt nog gevuld. Probeer het opnieuw als die klaar is.", page.QuerySelector("#look .form-error")!.TextContent);
    }

    [Theory, Databases]
    public async Task The_sample_beside_the_filters_shows_others_from_the_newest_to_the_oldest_and_begins_anew(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await app.Services.GetRequiredService<Db>().Write(async tx =>
        {
            var store = app.Services.GetRequiredService<ContactStore>();
            var made = await store.New(tx, 1, 12);
            foreach (var contact in made) contact[BuiltInProperties.Of("city")] = contact.Id % 4 == 0 ? "Breda" : "Ede";
            await store.Save(tx, new("IMPORT"), await app.Services.GetRequiredService<Winnow.Contacts.Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
        });
        var page = await Send(app, await WebApp.Page(app.Http, "/lists/new"), ("do", "pick:0:0:city"));
        page = await Send(app, page, ("g0.0.add", "Ede"));
        foreach (var expected in new[] { "11 10 9 7 6", "5 3 2 1", "11 10 9 7 6" })
        {
            Assert.Equal(expected, string.Join(' ', page.QuerySelectorAll(".sample a").Select(a => a.GetAttribute("href")!.Split('/')[^1])));
            page = await Send(app, page, ("do", page.QuerySelector("#others")!.GetAttribute("value")!));
            Assert.Equal("others", page.QuerySelector("[autofocus]")!.Id);
        }
        Assert.True(page.QuerySelector("#undo") is { } undo && !undo.HasAttribute("disabled"));
        Assert.Equal("City is equal to Ede", page.QuerySelector(".sentence")!.TextContent);
        page = await Send(app, page, ("do", "drop:0:0:Ede"), ("g0.0.add", "Breda"));
        Assert.Equal(3, page.QuerySelectorAll(".sample a").Length);
        Assert.Null(page.QuerySelector("#others"));                                  // these are all
    }

    [Fact]
    public void A_sample_is_spread_from_the_first_contact_to_the_last()
    {
        Assert.Equal([7, 8, 9], ContactSample.Spread(7, 9));
        foreach (var last in new long[] { 2048, 2049, 3000, 1_000_000, 5_000_000_000 })
        {
            var ids = ContactSample.Spread(1, last).ToList();
            Assert.Equal((1, last), (ids[0], ids[^1]));
            Assert.InRange(ids.Count, ContactSample.Size / 2, ContactSample.Size);
            Assert.Equal(ids.Order().Distinct(), ids);
        }
    }

    /// <summary>The form of the builder on this page, with some fields filled in, sent as a browser without script does.</summary>
    private static async Task<IHtmlDocument> Send(WebApp app, IHtmlDocument page, params (string Name, string Value)[] values)
    {
        var form = (IHtmlFormElement)page.QuerySelector("#list-form")!;
        var sent = form.QuerySelectorAll("input[name], select[name], textarea[name]").Where(field => field is not IHtmlInputElement { Type: "checkbox" or "radio", IsChecked: false })
            .Select(field => KeyValuePair.Create(field.GetAttribute("name")!, field switch { IHtmlSelectElement select => select.Value ?? "", IHtmlTextAreaElement area => area.Value, _ => ((IHtmlInputElement)field).Value }))
            .Where(field => !values.Any(v => v.Name == field.Key)).Concat(values.Select(v => KeyValuePair.Create(v.Name, v.Value)));
        var answer = await app.Http.PostAsync(form.GetAttribute("hx-post"), new FormUrlEncodedContent(sent));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await WebApp.Read(answer);
    }

    private static IEnumerable<string> Chips(IHtmlDocument page) => page.QuerySelectorAll(".multi .chip").Select(chip => chip.TextContent.Trim());

    [Fact]
    public async Task Nonsense_in_the_builder_s_fields_changes_nothing_and_breaks_nothing()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        foreach (var deed in new[] { "and:99", "remove:-1:5", "pick:0:0:no_such_property", "drop:0", "part:nowhere", "others:x", "others:99999", "::", "or", "pick:0:0:" })
            Assert.Equal(HttpStatusCode.OK, (await WebApp.Post(app.Http, "/lists/new", new() { ["do"] = deed, ["g7.3.property"] = "x", ["g0.0.operator"] = "a:b:c", ["g999.999.property"] = "city", ["g0.1.property"] = "createdate", ["g0.1.was"] = "createdate", ["g0.1.value"] = "31 Feb" }, "list")).StatusCode);
    }

    private static Task<ContactList?> Find(WebApp app, string name) => app.Services.GetRequiredService<Db>().Read(tx => app.Services.GetRequiredService<ListStore>().FindByName(tx, 1, name));
}
