using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Identity;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email;
using Winnow.Filters;
using Winnow.Lists;
using Winnow.MarketingContacts;

namespace Winnow.Server.Demo;

/// <summary>The account of the demo: a garden supplier with contacts, a newsletter list, the list of those who hard bounce, and a draft.</summary>
public sealed class SampleAccount(Db db, AccountStore accounts, MailSettingsStore settings, ContactStore contacts, Properties properties, ListStore lists, EmailStore emails, MarketingPlans plans, TimeProvider clock)
{
    /// <summary>Whom to sign in as.</summary>
    public const string Email = "demo@fernhill.example";

    /// <summary>How many contacts there are.</summary>
    public const int Contacts = 10_000;

    private const int Batch = 5000;
    private static readonly (string Type, string Id)[] Reasons = [("CONTACT_IMPORT", "Spring fair"), ("FORM_SUBMISSION", "Newsletter"), ("CONTACT_IMPORT", "Spring fair"), ("CONTACT_IMPORT", "Web shop"), ("USER_SET", "userId:1"), ("FORM_SUBMISSION", "Brochure"), ("CONTACT_IMPORT", "Web shop")];

    /// <summary>Makes it in an empty database.</summary>
    public async Task Make(string password)
    {
        var user = new User { Name = "Noor Jansen", Email = Email, EmailKey = Email, SecurityStamp = Guid.NewGuid().ToString("N") };
        user.PasswordHash = new PasswordHasher<User>().HashPassword(user, password);
        var account = await accounts.CreateFirst(new("Fernhill Garden Supply", "Europe/Amsterdam", "en"), user)
            ?? throw new InvalidOperationException("The demo's database has an account already. Start with --fresh, or name another folder with --data.");
        await MakePeople(account.Id, user.Id);
        var newsletter = await MakeLists(account, user.Id);
        await MakeDraft(account.Id, user.Id, newsletter);
        await MakePlan(account, user.Id);
    }

    /// <summary>Sends by this relay, as long as the demo runs.</summary>
    public async Task UseRelay(IPEndPoint relay, string url)
    {
        const long First = 1;
        var present = await settings.Read(First);
        await settings.Save(First, present with
        {
            RelayHost = "127.0.0.1", RelayPort = relay.Port, RelayTls = "none", RelayUser = null, RelayPassword = null, Connections = 4, BounceDomain = "bounces.winnow.test", PublicUrl = url,
            FromName = present.FromName.Length > 0 ? present.FromName : "Fernhill Garden Supply", FromAddress = present.FromAddress.Length > 0 ? present.FromAddress : "news@fernhill.example",
        });
    }

    private async Task MakePeople(long accountId, long userId)
    {
        var people = await db.Write(tx => contacts.New(tx, accountId, Contacts));
        SamplePeople.Fill(people, clock.GetUtcNow());
        foreach (var person in people)
        {
            if (person.IsMarketing) (person[BuiltInProperties.Of("hs_marketable_reason_type")], person[BuiltInProperties.Of("hs_marketable_reason_id")]) = (Reasons[person.Id % Reasons.Length].Type, Reasons[person.Id % Reasons.Length].Id);
            if (person.Id % 41 == 0) MarketingStatus.SetNon(person);                 // some are to stop with the next update date
        }
        foreach (var batch in people.Chunk(Batch))
            await db.Write(async tx => await contacts.Save(tx, new("IMPORT", "demo", userId), await properties.Catalog(tx, accountId), [.. batch.Select(c => ((Contact?)null, c))]));
    }

    private Task<long> MakeLists(Account account, long userId) => db.Write(async tx =>
    {
        var (newsletter, error) = await lists.Create(tx, account.Id, "Newsletter", ListKind.Manual, null, TimeZoneInfo.Utc, userId);
        var marketing = (await contacts.Read(tx, account.Id, [.. Enumerable.Range(1, Contacts).Select(i => (long)i)])).Where(c => c[ContactColumn.Of("marketing")] is true).Select(c => c.Id);
        await lists.AddMembers(tx, account.Id, newsletter!.Id, new(marketing));
        var (filter, wrong) = FilterJson.Read(HardBounced, await properties.Catalog(tx, account.Id), ListStore.Zone(account.TimeZone));
        var (_, refused) = await lists.Create(tx, account.Id, "Hard bounced contacts", ListKind.Dynamic, filter, ListStore.Zone(account.TimeZone), userId);
        return (error ?? wrong ?? refused) is null ? newsletter.Id : throw new InvalidOperationException($"The demo's lists could not be made: {error ?? wrong ?? refused}");
    });

    private async Task MakeDraft(long accountId, long userId, long newsletter)
    {
        var sender = MailSettings.Blank with { FromName = "Fernhill Garden Supply", FromAddress = "news@fernhill.example" };
        var id = await emails.Create(accountId, "Autumn bulbs: last call", sender, userId);
        var draft = (await emails.Find(accountId, id))!;
        await emails.Save(draft with
        {
            Subject = "Last call for autumn bulbs, {{contact.firstname}}", PreviewText = "Plant before the first frost", Html = Html, Text = "", IncludedLists = [newsletter],
        });
    }

    /// <summary>A yearly contract, and a year of figures in which contacts came and some stopped being marketing contacts.</summary>
    private async Task MakePlan(Account account, long userId)
    {
        var today = MarketingPlan.DayOf(clock.GetUtcNow(), ListStore.Zone(account.TimeZone));
        Tier[] steps = [new(2_000, 9_000), new(5_000, 20_000), new(10_000, 36_000), new(25_000, 80_000), new(50_000, 145_000)];
        if (await plans.Choose(account.Id, PlanPeriod.Year, today.AddMonths(-20).AddDays(-6), 10_000, steps, userId) is { } wrong) throw new InvalidOperationException($"The demo's plan could not be made: {wrong}");
        await db.Write(async tx =>
        {
            var now = await contacts.Counts(tx, account.Id);
            for (var back = 365; back > 0; back--)
            {
                var grown = 1 - back / 730.0;
                var (all, scheduled) = ((long)(now.All * grown), (back % 91 < 30 ? 5L : 2) * (back % 30) + 40);
                await WatchTiers.Note(tx, account.Id, new(today.AddDays(-back).ToString("O", CultureInfo.InvariantCulture), all, (long)(now.Marketing * Math.Pow(grown, 1.2)), scheduled, 10_000));
            }
        });
    }

    private const string HardBounced = """
        {"filterBranchType":"OR","filters":[],"filterBranches":[{"filterBranchType":"AND","filterBranches":[],"filters":[
          {"filterType":"PROPERTY","property":"hs_email_hard_bounce_reason_enum","operation":{"operationType":"ALL_PROPERTY","operator":"IS_KNOWN"}}]}]}
        """;

    private const string Html = """
        <h1>Last call for autumn bulbs</h1>
        <p>Dear {{contact.firstname}},</p>
        <p>The ground is still warm enough: tulips, alliums and crocus planted now will flower in spring. From Friday on the rest of the bulbs goes to the school gardens.</p>
        <p><a href="https://fernhill.example/bulbs">See what is left</a></p>
        <p>Fernhill Garden Supply, Orchard Lane 4, Utrecht</p>
        """;
}
