using Winnow.Accounts;
using Winnow.Email;
using Winnow.Email.Sending;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>A marketing e-mail is sent while the server is killed. What each person got is counted by the relay.</summary>
internal sealed class CrashedSend(CrashApp app) : IAsyncDisposable
{
    public const int HeldAfter = 400;
    private const long Account = 2;
    private const int People = 2_000, Connections = 6, MostUnwritten = 400;
    private readonly CountingRelay relay = new(IsRefused, HeldAfter);
    private long emailId, jobId;

    public int Taken => relay.Taken;

    public void Open() => relay.Open();

    public async Task Prepare()
    {
        var people = await app.Add(Account, Enumerable.Range(0, People).Select(Address));
        await app.Get<MailSettingsStore>().Save(Account, MailSettings.Blank with
        {
            RelayHost = "127.0.0.1", RelayPort = relay.Port, RelayTls = "none", Connections = Connections, FromName = "Fernhill", FromAddress = "news@fernhill.example",
            BounceDomain = "bounces.winnow.test", PublicUrl = "https://winnow.test",
        });
        var list = await app.Db.Write(async tx =>
        {
            var (made, _) = await app.Get<ListStore>().Create(tx, Account, "Everyone", ListKind.Manual, null, TimeZoneInfo.Utc, 1);
            await app.Get<ListStore>().AddMembers(tx, Account, made!.Id, new(people));
            return made.Id;
        });
        var emails = app.Get<EmailStore>();
        emailId = await emails.Create(Account, "Autumn bulbs", await app.Get<MailSettingsStore>().Read(Account), 1);
        await emails.Save((await emails.Find(Account, emailId))! with { Subject = "Last call", Html = "<p>Plant now.</p>", IncludedLists = [list] });
        // a few may not be written to
        await app.Execute("update contacts set marketing = false where account_id = 2 and id in @ids", new { ids = people.Where(id => id % 40 == 7).ToArray() });
    }

    public async Task Begin()
    {
        var ordered = await app.Get<OrderEmail>().Send(Account, emailId, People - NotMarketing, 1);
        Assert.Empty(ordered.Faults);
        jobId = ordered.JobId!.Value;
    }

    public async Task<bool> IsInTheMiddle() => (await app.Job(Account, jobId)).IsOpen;

    public async Task<bool> HasEnded() => !(await app.Job(Account, jobId)).IsOpen && await app.Scalar<long>("select count(*) from email_recipients where account_id = 2 and outcome = 'refused'") == 0;

    public async Task Check()
    {
        var people = await app.Rows<(long Contact, string Email, string Outcome)>("select contact_id, email, outcome from email_recipients where account_id = 2 and email_id = @emailId", new { emailId });
        Assert.Equal((People, People), (people.Count, people.Select(p => p.Contact).Distinct().Count()));
        Assert.All(people, p => Assert.True(p.Outcome switch
        {
            Outcome.Sent => relay.MailsTo(p.Email) == 1,
            Outcome.Unknown => relay.MailsTo(p.Email) <= 1,
            Outcome.Bounced => IsRefused(p.Email) && relay.MailsTo(p.Email) == 0,
            Outcome.NotSent => p.Contact % 40 == 7 && relay.MailsTo(p.Email) == 0,
            _ => false,
        }, $"{p.Email}: {p.Outcome}, {relay.MailsTo(p.Email)} mails"));
        var unknown = people.Count(p => p.Outcome == Outcome.Unknown);
        Assert.InRange(unknown, 0, MostUnwritten + Connections);
        Assert.Equal(NotMarketing, people.Count(p => p.Outcome == Outcome.NotSent));

        var figures = (await app.Db.Read(tx => app.Get<Recipients>().Figures(tx, Account, [emailId])))[emailId];
        Assert.Equal((People, unknown, people.Count(p => p.Outcome == Outcome.Sent), people.Count(p => p.Outcome == Outcome.Bounced)), (figures.Selected, figures.Unknown, figures.Delivered, figures.Bounced));
        foreach (var (type, outcome) in new[] { ("SENT", Outcome.Sent), ("DROPPED", Outcome.NotSent), ("BOUNCE", Outcome.Bounced) })
            Assert.Equal(people.Where(p => p.Outcome == outcome).Select(p => p.Contact).Order(),
                await app.Rows<long>("select contact_id from email_events where account_id = 2 and email_id = @emailId and type = @type order by contact_id", new { emailId, type }));
    }

    public ValueTask DisposeAsync() => relay.DisposeAsync();

    private static int NotMarketing => Enumerable.Range(1, People).Count(id => id % 40 == 7);

    private static string Address(int number) => number % 50 == 3 ? $"gone{number}@send.test" : $"person{number}@send.test";

    private static bool IsRefused(string address) => address.StartsWith("gone", StringComparison.Ordinal);
}
