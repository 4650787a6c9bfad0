using System.Globalization;
using System.Text;
using Microsoft.Playwright;
using Winnow.Data;
using Winnow.Server.Demo;
using static Microsoft.Playwright.Assertions;

namespace Winnow.Tests;

/// <summary>The story of the first article, step by step in a browser: people in, an e-mail out, bounces back, the dead found and deleted,
/// the next e-mail without them.</summary>
/// <param name="db">The database of the server, to wait for what no page waits for.</param>
/// <param name="look">Names the pictures; null for none, and no search for faults in the look.</param>
/// <param name="words">The words of the language in which the browser asks for pages.</param>
internal sealed class BrowserStory(Db db, IPage page, string? look, BrowserStory.Words words)
{
    /// <summary>What is clicked and read, as the article writes it; with {0} where a number stands, or a name.</summary>
    internal sealed record Words(string Contacts, string Rejected, string UnknownUser, string BounceTools, string CollectHardBounced, string MakeList, string Export, string Unsubscribed, string Bounced,
        string SpamReports, string Remove, string Import, string Send, string BouncedBefore, string SpamBefore, string SelectAll, string AllSelected, string More, string Delete, string DeleteContacts, string DeleteContact, char Separator)
    {
        public static readonly Words English = new("{0} contacts", "Download the rejected rows with reasons", "Unknown user", "Email bounce tools", "Create list of hard bounced contacts", "Create list of {0} contacts",
            "Export unsubscribes and bounces", "Unsubscribed contacts", "Bounced contacts", "Spam reports", "Remove {0}", "Import", "Send to {0} contacts", "Bounced before", "Reported spam before",
            "Select all {0} contacts", "All {0} contacts selected.", "More", "Delete", "Delete {0} contacts", "Delete {0} contact", ',');
        public static readonly Words Dutch = new("{0} contacten", "Geweigerde rijen met redenen downloaden", "Onbekende gebruiker", "Hulpmiddelen voor bounces", "Lijst van hard gebouncete contacten maken", "Lijst van {0} contacten maken",
            "Afmeldingen en bounces exporteren", "Afgemelde contacten", "Gebouncete contacten", "Spammeldingen", "{0} verwijderen", "importeren", "Naar {0} contacten verzenden", "Eerder gebouncet", "Meldde eerder spam",
            "Alle {0} contacten selecteren", "Alle {0} contacten geselecteerd.", "Meer", "Verwijderen", "{0} contacten verwijderen", "{0} contact verwijderen", ';');
    }

    private const int HardBounced = Crowd.Dead + Crowd.Refused + Crowd.Full, UnknownUser = Crowd.Dead + Crowd.Refused;
    private int all;
    private FilePayload? complaints;

    /// <summary>All of it, from the first run on.</summary>
    /// <param name="relay">The port of a practice relay, so that refusals, reports and complaints are real.</param>
    public async Task Tell(int relay)
    {
        await SetUp();
        await SignOutAndIn();
        await UseRelay(relay);
        await Import();
        await SearchContacts();
        await MakeActiveList();
        await SendFirst();
        await ReadReport();
        await LookAtEvidence();
        await CollectHardBounced();
        await DeleteThem();
        await Restore();
        await SendSecond();
        await ExportComplaints();
        await ImportComplaints();
        await DeleteAll(Crowd.Complainers.Count);
        await page.GotoAsync("/contacts");
        await Expect(page.Locator("main")).ToContainTextAsync(Say(words.Contacts, all - Crowd.Complainers.Count));
        await SignOut();
    }

    private async Task SetUp()
    {
        all = Crowd.All.Count;
        await page.GotoAsync("/");
        await Check("setup");
        await page.FillAsync("[name=Company]", "Fernhill Garden Supply");
        await page.FillAsync("[name=Person]", "Noor Jansen");
        await page.FillAsync("[name=Email]", "noor@fernhill.example");
        await page.FillAsync("[name=Password]", "correct horse");
        await page.ClickAsync("main button[type=submit]");
        await Expect(page.Locator(".account")).ToBeVisibleAsync();
        await Check("start");
    }

    private async Task SignOutAndIn()
    {
        await SignOut();
        await Check("sign-in");
        await page.FillAsync("[name=Email]", "noor@fernhill.example");
        await page.FillAsync("[name=Password]", "correct horse");
        await page.ClickAsync("main button[type=submit]");
        await Expect(page.Locator(".account")).ToBeVisibleAsync();
    }

    private async Task SignOut()
    {
        await page.ClickAsync(".account");
        await page.ClickAsync("form[action='/sign-out'] button");
        await page.WaitForURLAsync("**/sign-in");
    }

    private async Task UseRelay(int port)
    {
        await page.GotoAsync("/settings/sending");
        await page.FillAsync("[name='Form.Host']", "127.0.0.1");
        await page.FillAsync("[name='Form.Port']", $"{port}");
        await page.SelectOptionAsync("[name='Form.Tls']", "none");
        await page.FillAsync("[name='Form.FromAddress']", "news@fernhill.example");
        await page.FillAsync("[name='Form.BounceDomain']", "bounces.winnow.test");
        await Check("sending");
        await page.ClickAsync("main form button[type=submit]");
        await Expect(page.Locator("#toasts .toast-note")).ToBeVisibleAsync();
    }

    private async Task Import()
    {
        var csv = new StringBuilder("Email;First name;City\n");
        foreach (var (address, n) in Crowd.All.Select((a, n) => (a, n))) csv.Append(CultureInfo.InvariantCulture, $"{address};Person {n};Utrecht\n");
        csv.Append("no address;Nobody;Gent\n");
        await page.GotoAsync("/contacts");
        await Check("contacts-empty");
        await page.ClickAsync("main a[href='/imports/new'] >> nth=0");
        await Check("import-new");
        await page.SetInputFilesAsync("input[type=file]", new FilePayload { Name = "garden fair.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(csv.ToString()) });
        await page.ClickAsync("main form button.btn-primary");
        await page.WaitForURLAsync("**/mapping");
        await Expect(page.Locator("select[name=Column] >> nth=1")).ToHaveValueAsync("firstname");
        await page.FillAsync("[name=Name]", "Garden fair");
        await page.CheckAsync("[name=MakeList]");
        await page.CheckAsync("[name=Marketing]");
        await Check("import-mapping");
        await page.ClickAsync("main form button.btn-primary");
        await Expect(page.Locator("#job .tile >> nth=0")).ToContainTextAsync($"{all}");
        await Expect(page.GetByText(words.Rejected)).ToBeVisibleAsync();
        await Check("import");
        await page.GotoAsync("/contacts");
        await Expect(page.Locator(".dt tbody tr")).ToHaveCountAsync(25);
        await Check("contacts");
    }

    private async Task SearchContacts()
    {
        await page.FillAsync("main input[type=search]", "complainer");
        await Expect(page.Locator(".dt tbody tr")).ToHaveCountAsync(1);
        await Check("contacts-search");
    }

    private async Task MakeActiveList()
    {
        await page.GotoAsync("/lists/new");
        await page.FillAsync("[name=Name]", "Hard bounced");
        await page.FillAsync("#picker-search", "hard bounce");
        await page.ClickAsync("button[value='pick:0:0:hs_email_hard_bounce_reason_enum']");
        await page.SelectOptionAsync("#g0-0-operator", "ALL_PROPERTY:IS_KNOWN");
        await Expect(page.Locator(".hero-num")).ToHaveTextAsync("0");
        await Check("list-builder");
        await page.ClickAsync("button[value=save]");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Hard bounced");
        await Expect(page.Locator("#filling .notice")).ToHaveCountAsync(0);
        await Check("list-active-empty");
    }

    private async Task SendFirst()
    {
        await page.GotoAsync("/email");
        await Check("email-empty");
        await page.ClickAsync("main a[href='/email/new'] >> nth=0");
        await page.FillAsync("#dialog dialog[open] [name=Name]", "Autumn bulbs");
        await Check("email-new");
        await page.ClickAsync("#dialog dialog[open] button.btn-primary");
        await page.WaitForURLAsync("**/edit");
        await page.FillAsync("[name='Form.Subject']", "Last call for bulbs, {{contact.firstname}}");
        await page.FillAsync("[name='Form.Html']", "<h1>Last call</h1><p>Dear {{contact.firstname}}, plant now.</p>");
        await page.SelectOptionAsync("#include", new SelectOptionValue { Label = $"Garden fair ({all})" });
        await Expect(page.Locator("#audience")).ToContainTextAsync($"{all}");
        await Check("email-edit");
        await Send(Say(words.Send, all), "email-send");
    }

    private async Task ReadReport()
    {
        var judged = Crowd.Dead + Crowd.Refused + Crowd.Full + Crowd.Complainers.Count + 1;
        await Until.Holds("all that came back is judged", async () =>
            await db.Read(tx => tx.Single<long>(Statement.Built("test", "select count(*) from inbox where account_id = 1 and state <> 'new'"))) >= judged);
        await page.ReloadAsync();
        await Expect(page.Locator("main")).ToContainTextAsync($"{all - HardBounced}");
        await Check("email-report");
        await page.ClickAsync("main a[href*='/recipients?outcome=bounced'] >> nth=0");
        await Expect(page.Locator(".dt tbody tr")).ToHaveCountAsync(HardBounced);
        await Check("email-bounced");
    }

    private async Task LookAtEvidence()
    {
        await page.ClickAsync(".dt tbody tr a.name >> nth=0");
        await Expect(page.Locator(".court")).ToBeVisibleAsync();
        await Expect(page.Locator("main")).ToContainTextAsync(words.UnknownUser);
        await Check("contact-bounced");
        await page.ClickAsync(".court a[href*='/evidence/'] >> nth=0");
        await Expect(page.Locator("pre.raw.open")).ToContainTextAsync("5.1.1");
        await Check("evidence");
        await page.GotoAsync("/lists");
        await Check("lists");
        await page.GetByText("Hard bounced", new() { Exact = true }).First.ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync(Say(words.Contacts, HardBounced));
        await Check("list-active");
    }

    private async Task CollectHardBounced()
    {
        await page.GotoAsync("/email");
        await page.GetByText(words.BounceTools).ClickAsync();
        await Check("bounce-tools");
        await page.GetByText(words.CollectHardBounced).ClickAsync();
        var dialog = page.Locator("#dialog dialog[open]");
        foreach (var reason in new[] { "MAILBOX_FULL", "POLICY", "SPAM", "CONTENT", "OTHER" }) await dialog.Locator($"[name=Reason][value={reason}]").UncheckAsync();
        await Expect(dialog.Locator("#hb-deed")).ToHaveTextAsync(Say(words.MakeList, UnknownUser));
        await dialog.Locator("[name=Name]").FillAsync("Clean-up");
        await Check("hard-bounce-list");
        await dialog.Locator("#hb-deed").ClickAsync();
        await page.WaitForURLAsync("**/jobs/*");
        await page.ClickAsync("#job a[href^='/lists/']");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Clean-up");
        await Check("list-static");
    }

    private async Task DeleteThem()
    {
        await DeleteAll(UnknownUser, "delete");
        await page.GotoAsync("/contacts");
        await Expect(page.Locator("main")).ToContainTextAsync(Say(words.Contacts, all - UnknownUser));
    }

    /// <summary>All contacts of the list that is open.</summary>
    private async Task DeleteAll(int count, string? picture = null)
    {
        await page.CheckAsync(".dt thead input[type=checkbox]");
        if (count > 25)
        {
            await page.ClickAsync($".bulkbar a:has-text('{Say(words.SelectAll, count)}')");
            await Expect(page.Locator(".bulkbar")).ToContainTextAsync(Say(words.AllSelected, count));
        }
        if (picture is not null) await Check("list-all-selected");
        await page.Locator(".bulkbar").GetByText(words.More).ClickAsync();
        await page.Locator(".bulkbar").GetByText(words.Delete, new() { Exact = true }).ClickAsync();
        var dialog = page.Locator("#dialog dialog[open]");
        var deed = dialog.Locator("[data-needs-count]");
        await Expect(deed).ToHaveTextAsync(Say(count == 1 ? words.DeleteContact : words.DeleteContacts, count));
        await dialog.Locator("[name=Typed]").FillAsync($"{count + 1}");
        await Expect(deed).ToBeDisabledAsync();
        if (picture is not null) await Check(picture);
        await dialog.Locator("[name=Typed]").FillAsync($"{count}");
        await Expect(deed).ToBeEnabledAsync();
        await deed.ClickAsync();
        await page.WaitForURLAsync("**/jobs/*");
        await Expect(page.Locator("#job a[href='/recycle-bin']")).ToBeVisibleAsync();
        if (picture is not null) await Check($"job-{picture}");
    }

    private async Task Restore()
    {
        await page.GotoAsync("/recycle-bin");
        await Check("recycle-bin");
        await page.ClickAsync("form[action^='/recycle-bin/'] button");
        await page.WaitForURLAsync("**/jobs/*");
        await Expect(page.Locator("#job a[href='/recycle-bin']")).ToBeVisibleAsync();
        await Check("job-restore");
        await page.GotoAsync("/contacts");
        await Expect(page.Locator("main")).ToContainTextAsync(Say(words.Contacts, all));
    }

    private async Task SendSecond()
    {
        await page.GotoAsync("/email/1");
        await page.ClickAsync("main a[href='/email/1/copy']");
        await page.ClickAsync("#dialog dialog[open] button.btn-primary");
        await page.WaitForURLAsync("**/edit");
        // the dead and the one who complained are left out; a full mailbox may be emptied
        await Send(Say(words.Send, all - UnknownUser - Crowd.Complainers.Count), "email-send-again");
        await Expect(page.Locator("main")).ToContainTextAsync(words.BouncedBefore);
        await Expect(page.Locator("main")).ToContainTextAsync(words.SpamBefore);
        await page.ClickAsync("main a[href*='outcome=not_sent'] >> nth=0");
        await Expect(page.Locator(".dt tbody tr")).ToHaveCountAsync(UnknownUser + Crowd.Complainers.Count);
        await Check("email-not-sent");
    }

    /// <summary>The article's detour to those who complained: the export of unsubscribes and bounces, of which the X leaves the spam reports.</summary>
    private async Task ExportComplaints()
    {
        await page.GotoAsync("/email");
        await page.GetByText(words.BounceTools).ClickAsync();
        await page.GetByText(words.Export).ClickAsync();
        var dialog = page.Locator("#dialog dialog[open]");
        await Expect(dialog.Locator("[name=To]")).ToHaveValueAsync("noor@fernhill.example");
        foreach (var kind in new[] { words.Unsubscribed, words.Bounced })
        {
            await dialog.GetByLabel(Say(words.Remove, kind)).ClickAsync();
            await Expect(dialog.GetByLabel(Say(words.Remove, kind))).ToHaveCountAsync(0);
        }
        await Expect(dialog.GetByLabel(Say(words.Remove, words.SpamReports))).ToHaveCountAsync(1);
        await Check("export-complaints");
        await dialog.Locator("footer .btn-primary").ClickAsync();
        await page.WaitForURLAsync("**/jobs/*");
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("#job a[href^='/exports/']"));
        var lines = (await File.ReadAllTextAsync(await download.PathAsync())).TrimStart('\uFEFF').Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([$"Email{words.Separator}Portal Spam Report", .. Crowd.Complainers.Select(address => $"{address}{words.Separator}TRUE")], lines.Select(line => line.Trim()));
        complaints = new() { Name = "spam reports.csv", MimeType = "text/csv", Buffer = await File.ReadAllBytesAsync(await download.PathAsync()) };
    }

    /// <summary>The file goes in again, into a static list, which is open in the end.</summary>
    private async Task ImportComplaints()
    {
        await page.GotoAsync("/imports/new");
        await page.SetInputFilesAsync("input[type=file]", complaints!);
        await page.ClickAsync("main form button.btn-primary");
        await page.WaitForURLAsync("**/mapping");
        await page.FillAsync("[name=Name]", "Complained");
        await page.CheckAsync("[name=MakeList]");
        await Check("import-complaints");
        await page.Locator("main form button.btn-primary", new() { HasTextString = words.Import }).ClickAsync();
        await page.ClickAsync("main a[href^='/lists/']");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Complained");
    }

    private async Task Send(string deed, string picture)
    {
        await page.ClickAsync("button[name=Go][value=send]");
        await page.WaitForURLAsync("**/send");
        await Expect(page.Locator("main footer .btn-primary")).ToHaveTextAsync(deed);
        await Check(picture);
        await page.ClickAsync("main footer .btn-primary");
        await page.WaitForURLAsync(url => System.Text.RegularExpressions.Regex.IsMatch(url, @"/email/\d+$"));
        await Until.Holds("the e-mail is sent", async () =>
            await db.Read(tx => tx.Single<long>(Statement.Built("test", "select count(*) from marketing_emails where account_id = 1 and state = 'sending'"))) == 0);
        await page.ReloadAsync();
    }

    private static string Say(string words, object one) => string.Format(CultureInfo.InvariantCulture, words, one);

    private Task Check(string name) => look is null ? Task.CompletedTask : Chromium.Check(page, $"story-{name}-{look}");

    /// <summary>A hundred people, chosen so that each fate of the practice relay is among them.</summary>
    private static class Crowd
    {
        public const int Dead = 26, Refused = 2, Full = 2, Fine = 68;
        public static readonly IReadOnlyList<string> Complainers = Some("complainer", 1, f => f.Deed == Deed.Complain);
        public static readonly IReadOnlyList<string> All =
        [
            .. Some("dead", Dead, f => f is { Deed: Deed.Report, Status: "5.1.1" }), .. Some("refused", Refused, f => f is { Deed: Deed.Refuse }),
            .. Some("full", Full, f => f is { Deed: Deed.Report, Status: "5.2.2" }), .. Complainers, .. Some("away", 1, f => f.Deed == Deed.OutOfOffice), .. Some("fine", Fine, f => f.Deed == Deed.Deliver),
        ];

        private static List<string> Some(string name, int count, Func<Fate, bool> fate) => [.. Enumerable.Range(1, 100_000).Select(n => $"{name}{n}@garden.example").Where(a => fate(Fate.Of(a))).Take(count)];
    }
}
