using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Email.Sending;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Server.Roles;

namespace Winnow.Tests;

/// <summary>The job Winnow is for, over a real Postfix: send, hear what bounces, take the dead out, send again.</summary>
public sealed class MainJobTests
{
    private const long Account = 1, Noor = 1;
    private static readonly string[] People = ["ann@people.test", "bob@people.test", "eva@people.test", "gone1@people.test", "gone2@people.test", "gone3@people.test", "full@people.test", "kim@people.test"];

    [Theory, Databases]
    public async Task Who_bounces_is_found_deleted_and_never_mailed_again_until_somebody_says_so(string database)
    {
        Assert.SkipWhen(Postfix.Missing is not null, Postfix.Missing ?? "");
        await using var app = await WebApp.On(database, "web,worker,mail");
        await using var mailboxes = new Mailboxes();
        await using var postfix = await Postfix.Start(("bounces.winnow.test", app.Services.GetRequiredService<MailRole>().Endpoint.Port), ("people.test", mailboxes.Port));
        await app.SetUp();
        var story = new Story(app, postfix);
        await story.UseRelay();
        var ids = await story.Add(People);
        await story.NotMarketing(ids["kim@people.test"]);
        var newsletter = await story.List("Newsletter", ids.Values);
        var hardBounced = await HardBouncedList.Make(story.Db, story.Get<Properties>(), story.Get<ListStore>(), Account);

        // the first e-mail: three mailboxes do not exist, one is full, one contact is no marketing contact
        var first = await story.Send("First", newsletter, expected: 7);
        await story.Until("the bounces of Postfix are judged", "select count(*) from inbox where account_id = 1 and state = 'done'", 4);
        await story.HasFigures(first, delivered: 3, bounced: 4, ("NON_MARKETABLE_CONTACT", 1));
        Assert.Equal("gone1 UNKNOWN_USER, gone2 UNKNOWN_USER, gone3 UNKNOWN_USER, full MAILBOX_FULL", await story.Reasons());
        Assert.Equal([ids["gone1@people.test"], ids["gone2@people.test"], ids["gone3@people.test"], ids["full@people.test"]], await story.Members(hardBounced));
        Assert.Equal((1, 0), (mailboxes.Of("ann@people.test").Count, mailboxes.Of("gone1@people.test").Count));

        // one click in Ann's mail program
        await story.UnsubscribeByOneClick(Assert.Single(mailboxes.Of("ann@people.test")));

        // Create list of hard bounced contacts > unknown user, select all 3, More > Delete, type 3
        var dead = await story.CollectHardBounced("Clean-up", "UNKNOWN_USER");
        Assert.Equal(3, (await story.Members(dead)).Count);
        await story.Delete(dead, 3);
        Assert.Equal([ids["full@people.test"]], await story.Members(hardBounced));

        // gone1 comes back under the same address; what is known of the address is known of the contact at once
        ids["gone1@people.test"] = (await story.Add("gone1@people.test"))["gone1@people.test"];
        await story.Join(newsletter, ids["gone1@people.test"]);
        Assert.Equal([ids["full@people.test"], ids["gone1@people.test"]], await story.Members(hardBounced));
        var second = await story.Send("Second", newsletter, expected: 3);                // Bob, Eva, and the full mailbox may be emptied
        await story.Until("the full mailbox bounced again", "select count(*) from inbox where account_id = 1 and state = 'done'", 5);
        await story.HasFigures(second, delivered: 2, bounced: 1, ("NON_MARKETABLE_CONTACT", 1), ("PREVIOUSLY_BOUNCED", 1), ("PREVIOUSLY_UNSUBSCRIBED_PORTAL", 1));
        Assert.Equal((1, 2), (mailboxes.Of("ann@people.test").Count, mailboxes.Of("bob@people.test").Count));

        // someone says that gone1 is there again
        Assert.Equal(UnbounceOutcome.Done, await story.Get<Unbounce>().Lift(Account, ids["gone1@people.test"], Noor));
        var third = await story.Send("Third", newsletter, expected: 4);
        await story.Until("both bounced again", "select count(*) from inbox where account_id = 1 and state = 'done'", 7);
        await story.HasFigures(third, delivered: 2, bounced: 2, ("NON_MARKETABLE_CONTACT", 1), ("PREVIOUSLY_UNSUBSCRIBED_PORTAL", 1));
    }

    private sealed class Story(WebApp app, Postfix postfix)
    {
        public Db Db => Get<Db>();

        public T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();

        public Task UseRelay() => Get<MailSettingsStore>().Save(Account, MailSettings.Blank with
        {
            RelayHost = "127.0.0.1", RelayPort = postfix.Port, RelayTls = "none", Connections = 3, FromName = "Fernhill", FromAddress = "news@winnow.test",
            BounceDomain = "bounces.winnow.test", PublicUrl = app.Http.BaseAddress!.ToString().TrimEnd('/'),
        });

        public Task<Dictionary<string, long>> Add(params string[] addresses) => Db.Write(async tx =>
        {
            var made = await Get<ContactStore>().New(tx, Account, addresses.Length);
            foreach (var (contact, address) in made.Zip(addresses)) (contact[BuiltInProperties.Of("email")], contact[ContactColumn.Of("marketing")]) = (address, true);
            await Get<ContactStore>().Save(tx, Actor.Person(Noor), await Get<Properties>().Catalog(tx, Account), [.. made.Select(c => ((Contact?)null, c))]);
            return made.ToDictionary(c => c.Email!, c => c.Id);
        });

        public Task NotMarketing(long id) => Db.Write(tx => tx.Execute(Statement.Built("test", "update contacts set marketing = false where account_id = 1 and id = @id"), new { id }));

        public Task<long> List(string name, IEnumerable<long> ids) => Db.Write(async tx =>
        {
            var (list, _) = await Get<ListStore>().Create(tx, Account, name, ListKind.Manual, null, TimeZoneInfo.Utc, Noor);
            await Get<ListStore>().AddMembers(tx, Account, list!.Id, new(ids));
            return list.Id;
        });

        public Task Join(long list, long id) => Db.Write(tx => Get<ListStore>().AddMembers(tx, Account, list, new([id])));

        public async Task<List<long>> Members(long list) => await Db.Read(async tx => (await Get<ListMembers>().Read(tx, Account, list)).Ids.ToList());

        public async Task<long> Send(string name, long list, long expected)
        {
            var id = await Get<EmailStore>().Create(Account, name, await Get<MailSettingsStore>().Read(Account), Noor);
            await Get<EmailStore>().Save((await Get<EmailStore>().Find(Account, id))! with { Subject = name, Html = "<p>Hello {{contact.email}}</p>", IncludedLists = [list] });
            var order = await Get<OrderEmail>().Send(Account, id, expected, Noor);
            Assert.True(order.JobId is not null, $"{string.Join("; ", order.Faults)} {order.Outlook}");
            await Finished(order.JobId.Value);
            return id;
        }

        public async Task Finished(long jobId)
        {
            await Winnow.Tests.Until.Holds("the job has ended", async () => !(await Get<JobQueue>().Find(Account, jobId))!.IsOpen, () => postfix.Log);
            Assert.Equal("done", (await Get<JobQueue>().Find(Account, jobId))!.Outcome);
        }

        public Task Until(string what, string sql, long count) =>
            Winnow.Tests.Until.Holds(what, async () => await Db.Read(tx => tx.Single<long>(Statement.Built("test", sql))) >= count, () => postfix.Log);

        public async Task HasFigures(long emailId, long delivered, long bounced, params (string Reason, long Count)[] notSent)
        {
            var figures = (await Db.Read(tx => Get<Recipients>().Figures(tx, Account, [emailId])))[emailId];
            Assert.Equal((delivered, bounced, notSent.Sum(n => n.Count), 0), (figures.Delivered, figures.Bounced, figures.NotSent, figures.Waiting + figures.Pending + figures.Unknown));
            Assert.Equal(notSent, figures.ByReason(Outcome.NotSent).Select(r => (r.Reason, r.Count)).OrderBy(r => r.Reason, StringComparer.Ordinal));
        }

        public async Task<string> Reasons() => string.Join(", ", await Db.Read(tx => tx.Query<string>(Statement.Built("test",
            "select replace(email, '@people.test', '') || ' ' || hard_bounce_reason from contacts where account_id = 1 and hard_bounce_reason is not null order by id"))));

        public async Task UnsubscribeByOneClick(string mail)
        {
            Assert.Contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click", mail, StringComparison.Ordinal);
            var way = Regex.Match(mail, @"List-Unsubscribe:[^>]*>?,?\s*<(http[^>]+)>").Groups[1].Value;
            using var mailProgram = app.NewBrowser();
            Assert.Equal(HttpStatusCode.OK, (await mailProgram.PostAsync(way, new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]))).StatusCode);
        }

        public async Task<long> CollectHardBounced(string name, params string[] reasons)
        {
            var (jobId, error) = await Get<BounceTools>().CreateList(Account, Noor, name, new(reasons));
            Assert.Null(error);
            await Finished(jobId);
            return (await Db.Read(tx => Get<ListStore>().FindByName(tx, Account, name)))!.Id;
        }

        /// <summary>Select all, More &gt; Delete, the number.</summary>
        public async Task Delete(long list, long typed)
        {
            var all = new SelectionQuery(null, ListId: list);
            var (receipt, error) = await Get<DeleteContacts>().Freeze(Account, all, TimeZoneInfo.Utc, Noor);
            Assert.Null(error);
            Assert.True((await Confirm(typed + 1)).WrongNumber);
            await Finished((await Confirm(typed)).JobId!.Value);

            Task<BulkOutcome> Confirm(long number) => Get<DeleteContacts>().Confirm(Account, receipt!.SelectionId, number, false, all, TimeZoneInfo.Utc, "Clean-up", "Delete 3 contacts", Noor);
        }
    }
}
