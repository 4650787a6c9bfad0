using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.MarketingContacts;

namespace Winnow.Tests;

/// <summary>Usage &amp; limits, the plan, and the letters about them, by forms alone.</summary>
public sealed class UsagePagesTests
{
    private const string Plan = "/usage/plan";

    [Theory, Databases]
    public async Task A_new_account_chooses_plan_and_tier_and_sees_what_counts_what_it_costs_and_who_reaches_nobody(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var page = await WebApp.Page(app.Http, "/usage");
        Assert.Contains("No contact tier is chosen.", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("No contacts yet", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await Fill(app);

        var wrong = await WebApp.Read(await WebApp.Post(app.Http, Plan, new() { ["BoughtOn"] = "2099-01-01", ["Tier"] = "10" }));
        Assert.Contains("Choose a day that has come", wrong.QuerySelector("#f-BoughtOn-error")!.TextContent, StringComparison.Ordinal);
        wrong = await WebApp.Read(await WebApp.Post(app.Http, Plan, new() { ["t.0.price"] = "1.250" }));
        Assert.Contains("450.50, not “1.250”", wrong.QuerySelector("#tiers .form-error")!.TextContent, StringComparison.Ordinal);
        var added = await WebApp.Read(await WebApp.Post(app.Http, Plan, new() { ["do"] = "add", ["Period"] = "Month", ["BoughtOn"] = "2025-01-31" }));
        Assert.Equal(13, added.QuerySelectorAll(".tier-row").Length);
        Assert.Contains("The contract renews next on ", added.QuerySelector("#preview")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(12, (await WebApp.Page(app.Http, Plan)).QuerySelectorAll(".tier-row").Length);                           // nothing was stored
        var steps = new Dictionary<string, string> { ["Period"] = "Year", ["BoughtOn"] = "2025-04-15", ["t.0.contacts"] = "5", ["t.0.price"] = "50", ["t.1.contacts"] = "10", ["t.1.price"] = "99,50", ["t.2.contacts"] = "20", ["t.2.price"] = "150", ["Tier"] = "10" };
        for (var row = 3; row < 12; row++) (steps[$"t.{row}.contacts"], steps[$"t.{row}.price"]) = ("", "");
        steps["Tier"] = "5";
        wrong = await WebApp.Read(await WebApp.Post(app.Http, Plan, steps));
        Assert.Contains("Choose a larger one", wrong.QuerySelector("#f-Tier-error")!.TextContent, StringComparison.Ordinal);
        steps["Tier"] = "10";
        Assert.EndsWith("/usage?saved=1", (await WebApp.Post(app.Http, Plan, steps)).Headers.Location!.OriginalString, StringComparison.Ordinal);

        page = await WebApp.Page(app.Http, "/usage");
        var text = page.QuerySelector("main")!.TextContent;
        Assert.Equal("8", page.QuerySelector(".hero-num")!.TextContent);
        Assert.Contains("80% of your contact tier is taken", text, StringComparison.Ordinal);
        Assert.Contains("of 10", text, StringComparison.Ordinal);
        Assert.Equal(["7", "1 fewer"], page.QuerySelectorAll(".usage-dates div:last-child dd > *").Select(e => e.TextContent));
        Assert.Equal(["7", "1", "2", "3"], page.QuerySelectorAll(".meter + .legend b").Select(e => e.TextContent));
        Assert.Equal(["5", "€50", "−€49.50", "10", "€99.50", "–", "20", "€150", "+€50.50"], page.QuerySelectorAll("table").First(t => t.TextContent.Contains("Difference", StringComparison.Ordinal)).QuerySelectorAll("tbody .strong, tbody td").Select(e => e.TextContent.Trim()));
        Assert.Contains("10 chosen by Noor Jansen", text, StringComparison.Ordinal);
        Assert.Equal(MarketingMonths.Ahead + 1, page.QuerySelectorAll(".as-table tbody tr").Length);

        page = await WebApp.Page(app.Http, "/usage/costly");
        var rows = page.QuerySelectorAll("#costly tbody tr, #costly tfoot tr").Select(row => (Name: row.QuerySelector("a.name")!.TextContent, Count: row.QuerySelector(".strong")!.TextContent, Href: row.QuerySelector("a.name")!.GetAttribute("href")!)).ToList();
        Assert.Equal([("Hard bounced", "2"), ("Unsubscribed from all email", "1"), ("Reported as spam", "1"), ("Quarantined", "1"), ("Without an email address", "1"), ("Opened and clicked nothing for 180 days", "2"), ("Together", "6")], rows.Select(row => (row.Name, row.Count)));
        foreach (var days in CostlyContacts.Periods)                                                                         // the button leads to just those
        {
            var offer = (await WebApp.Page(app.Http, $"/usage/costly?days={days}")).QuerySelector("#costly a.btn-wide")!;
            Assert.StartsWith("/usage/manage/review?", offer.GetAttribute("href"), StringComparison.Ordinal);
            var review = await WebApp.Page(app.Http, offer.GetAttribute("href")!);
            Assert.Equal((days == 365 ? "Set these 5 as non-marketing" : "Set these 6 as non-marketing", days == 365 ? "Update 5 contacts" : "Update 6 contacts"), (offer.TextContent, review.QuerySelector("#review .btn-primary")!.TextContent));
            if (days != 180) continue;
            var filters = await WebApp.Page(app.Http, review.QuerySelector(".wizard-foot a.btn")!.GetAttribute("href")!);
            var form = filters.QuerySelectorAll("main form input[name], main form select[name], main form textarea[name]").Where(field => field.GetAttribute("type") is not ("checkbox" or "radio") || field.HasAttribute("checked"))
                .Select(field => KeyValuePair.Create(field.GetAttribute("name")!, field is AngleSharp.Html.Dom.IHtmlSelectElement select ? select.Value : field.GetAttribute("value") ?? field.TextContent));
            var on = await app.Http.PostAsync(review.QuerySelector(".wizard-foot a.btn")!.GetAttribute("href")!, new FormUrlEncodedContent([.. form, KeyValuePair.Create("do", "next")]));
            Assert.Equal("Update 6 contacts", (await WebApp.Page(app.Http, on.Headers.Location!.ToString())).QuerySelector("#review .btn-primary")!.TextContent);      // also by its steps
            var ticks = await WebApp.Page(app.Http, filters.QuerySelector(".wizard-foot a.btn")!.GetAttribute("href")!);
            Assert.Equal([true, true, true, false], ticks.QuerySelectorAll("#counts input").Select(tick => tick.HasAttribute("checked")));
        }
        Assert.Equal("€60", page.QuerySelector("#costly tfoot td:last-child")!.TextContent.Trim());
        foreach (var row in rows) Assert.Equal(row.Count, $"{(await WebApp.Page(app.Http, row.Href)).QuerySelectorAll("table.dt tbody tr").Length}");         // the link shows those who were counted
        Assert.Contains("nothing for 365 days", (await WebApp.Page(app.Http, "/usage/costly?days=365")).QuerySelector("#costly")!.TextContent, StringComparison.Ordinal);

        page = await WebApp.Page(app.Http, "/contacts/set-marketing?id=9&id=10&id=11");
        Assert.Equal(["3", "0", "3", "8 → 11", "10 → 20", "10", "€99.50 → €150", "0"], page.QuerySelectorAll(".receipt dd").Select(d => d.TextContent.Trim()));
        Assert.Contains("Your contact tier of 10 is exceeded by this: it is raised to 20 by itself.", page.QuerySelector(".notice.warn")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("/usage", page.QuerySelector(".notice.warn a")!.GetAttribute("href"));
        Assert.Contains("Your contact tier of 10 is full after this.", (await WebApp.Page(app.Http, "/contacts/set-marketing?id=9&id=10")).QuerySelector(".notice.warn")!.TextContent, StringComparison.Ordinal);      // the last place
        Assert.Null((await WebApp.Page(app.Http, "/contacts/set-marketing?id=9")).QuerySelector(".notice.warn"));
        page = await WebApp.Page(app.Http, "/contacts/set-non-marketing?id=1&id=2&id=8&id=9");
        var next = (await app.Services.GetRequiredService<MarketingPlans>().Of(1)).NextUpdate.ToString("d MMMM yyyy", System.Globalization.CultureInfo.GetCultureInfo("en-GB"));
        Assert.Equal(["2", "2", $"8 until {next}", "5", "€49.50", "1", "1"], page.QuerySelectorAll(".receipt dd").Select(d => d.TextContent.Trim()));

        page = await WebApp.Page(app.Http, "/usage/sources");
        Assert.Equal(["User Set|Noor Jansen|5", "Contact Import|Spring fair|3"], page.QuerySelectorAll("#sources tbody tr").Select(row => $"{row.QuerySelector("a.name")!.TextContent}|{row.QuerySelector(".sub")!.TextContent}|{row.QuerySelector("td")!.TextContent}"));
        foreach (var row in page.QuerySelectorAll("#sources tbody tr")) Assert.Equal(row.QuerySelector("td")!.TextContent, $"{(await WebApp.Page(app.Http, row.QuerySelector("a.name")!.GetAttribute("href")!)).QuerySelectorAll("table.dt tbody tr").Length}");

        Assert.EndsWith("/usage/plan?saved=1", (await WebApp.Post(app.Http, Plan, new() { ["LowerTo"] = "5" }, "lower")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("The tier of 5 holds from the renewal", (await WebApp.Page(app.Http, Plan)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await WebApp.Post(app.Http, Plan, [], "lower");
        Assert.Null((await app.Services.GetRequiredService<MarketingPlans>().Of(1)).LowerTo);
        Assert.Contains("Contact tier or plan changed", (await WebApp.Page(app.Http, "/settings/audit")).QuerySelector("tbody")!.TextContent, StringComparison.Ordinal);

        await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("many", "update contact_counts set contacts = 3000000 where account_id = @accountId"), new { accountId = 1L }));
        var waiting = (await WebApp.Page(app.Http, "/usage/costly?days=90")).QuerySelector("#costly")!;                       // so many are counted once the page is there
        Assert.Equal(("true", "/usage/costly?days=90", null), (waiting.GetAttribute("aria-busy"), waiting.GetAttribute("hx-get"), waiting.QuerySelector("table")?.OuterHtml));
        Assert.NotNull((await WebApp.Page(app.Http, "/usage/costly?days=90&now=1")).QuerySelector("#costly table"));

        using var reader = await app.Colleague("reader@fernhill.example", PermissionSet.Of(Permission.EditContacts));
        Assert.Empty((await WebApp.Page(reader, "/usage")).QuerySelectorAll("main a[href='/usage/plan'], main a[href='/usage/manage']"));
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync(Plan)).StatusCode);
    }

    [Theory, Databases]
    public async Task Who_pays_gets_letters_in_their_language_near_the_tier_when_it_is_raised_and_before_the_update_date(string database)
    {
        await using var relay = TestRelay.Start();
        await using var app = await ForgottenPasswordTests.Start(database, relay);
        await app.Colleague("bob@fernhill.example", PermissionSet.Of(Permission.EditContacts));                                    // has no say
        await WebApp.Post(app.Http, "/settings/profile", new() { ["Language"] = "nl" }, "profile");
        await Fill(app);
        var services = app.Services;
        var today = MarketingPlan.DayOf(TimeProvider.System.GetUtcNow(), Account.Zone("Europe/Amsterdam"));
        Assert.Null(await services.GetRequiredService<MarketingPlans>().Choose(1, PlanPeriod.Month, today, 10, [new(10, 5_000), new(20, 9_000)], 1));
        await Watch(app);
        Assert.Equal(["Fernhill: 80% van je contactniveau is in gebruik"], Subjects(relay));
        Assert.Contains("https://crm.fernhill.example/usage", TestRelay.Read(relay.Mails.Single().Text).First("text/plain")!.Text(), StringComparison.Ordinal);
        Assert.Contains("80% van je contactniveau is in gebruik", (await WebApp.Page(app.Http, "/notifications")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        await Save(app, [.. Enumerable.Range(0, 3).Select(_ => new Action<Contact>(contact => MarketingStatus.Set(contact, "USER_SET", "userId:1")))]);
        await Watch(app);
        Assert.Equal("Fernhill: Je contactniveau is verhoogd naar 20", Subjects(relay).Last());
        foreach (var left in new[] { 7, 1 })
        {
            await Put(app, today, left);
            await Watch(app);
            await Watch(app);                                                                                                      // once
        }
        var told = Subjects(relay).Where(subject => subject.Contains("volgende bijwerkdatum", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, told.Count);
        Assert.All(told, subject => Assert.EndsWith("is de volgende bijwerkdatum: 1 marketingcontact wordt dan niet-marketing", subject, StringComparison.Ordinal));
        Assert.Contains("11 marketingcontacten tellen nu mee; na die dag zijn het er 10.", TestRelay.Read(relay.Mails.Last().Text).First("text/plain")!.Text(), StringComparison.Ordinal);
        Assert.Contains("Tot dan kan het weer als marketingcontact worden ingesteld", TestRelay.Read(relay.Mails.Last().Text).First("text/plain")!.Text().ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.All(relay.Mails, mail => Assert.Equal("noor@fernhill.example", mail.To));
    }

    /// <summary>Makes the next update date so many days away: the plan was bought a month before that day.</summary>
    private static Task Put(WebApp app, DateOnly today, int left) => app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("test", "update marketing_plans set bought_on = @bought, updated_on = @updated where account_id = 1"),
        new { bought = $"{today.AddDays(left).AddYears(-1):yyyy-MM-dd}", updated = $"{today:yyyy-MM-dd}" }));

    private static async Task Watch(WebApp app)
    {
        await app.Services.GetRequiredService<WatchTiers>().Run(default);
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
    }

    private static List<string> Subjects(TestRelay relay) => [.. relay.Mails.Select(mail => TestRelay.Read(mail.Text).Headers.Text("Subject")!)];

    /// <summary>Eight marketing contacts, one of them scheduled, and three others.</summary>
    internal static async Task Fill(WebApp app)
    {
        await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("test", """
            insert into imports (account_id, id, name, file_id, file_name, encoding, delimiter, quote, bom, lines, columns, created_by, created_at, source)
            values (1, 1, 'Spring fair', 1, 'fair.csv', 'utf-8', ',', '', 0, 1, cast('[]' as $json), 1, 0, 'csv')
            """)));
        static void Mine(Contact contact) => MarketingStatus.Set(contact, "USER_SET", "userId:1");
        static void Imported(Contact contact) => MarketingStatus.Set(contact, "CONTACT_IMPORT", "1");
        void Nameless(Contact contact)
        {
            Mine(contact);
            (contact[BuiltInProperties.Of("email")], contact[BuiltInProperties.Of("firstname")]) = (null, "Ann");
        }
        await Save(app, Mine, Mine, Mine, Mine, Nameless, Imported, Imported, contact =>
        {
            Imported(contact);
            MarketingStatus.SetNon(contact);
        }, _ => { }, _ => { }, _ => { });
        var (now, ago) = (TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), TimeProvider.System.GetUtcNow().AddDays(-300).ToUnixTimeMilliseconds());
        foreach (var (id, what) in new[] { (1, "hard_bounce_reason = 'UNKNOWN_USER'"), (2, "hard_bounce_reason = 'OTHER', opted_out = true"), (3, "hard_bounce_reason = 'OTHER', unbounced = true, reported_spam = true"),
            (4, "quarantined = true, first_send_at = @ago"), (6, "first_send_at = @ago"), (7, "first_send_at = @ago, last_open_at = @now"), (8, "hard_bounce_reason = 'OTHER'"), (9, "hard_bounce_reason = 'OTHER'") })
            await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("test", $"update contacts set {what} where account_id = 1 and id = {id} and @now >= @ago"), new { now, ago }));
    }

    private static Task Save(WebApp app, params Action<Contact>[] kinds) => app.Services.GetRequiredService<Db>().Write(async tx =>
    {
        var store = app.Services.GetRequiredService<ContactStore>();
        var made = await store.New(tx, 1, kinds.Length);
        foreach (var (contact, fill) in made.Zip(kinds))
        {
            contact[BuiltInProperties.Of("email")] = $"a{contact.Id}@example.test";
            fill(contact);
        }
        await store.Save(tx, Actor.Person(1), await app.Services.GetRequiredService<Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
    });
}
