using System.Collections.Concurrent;
using System.Text;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Email;
using Winnow.Email.Sending;
using Winnow.Lists;
using Winnow.Mail.Mime;

namespace Winnow.Tests;

/// <summary>Winnow with an account that can send, contacts in a list, and an e-mail to that list.</summary>
internal sealed class SendApp : IAsyncDisposable
{
    private SendApp(TestApp app) => App = app;

    public TestApp App { get; }

    /// <summary>The e-mail, a draft at first.</summary>
    public long Email { get; private set; }

    /// <summary>The list it goes to.</summary>
    public long List { get; private set; }

    /// <summary>Contacts c1@live.test … in the list, each a marketing contact.</summary>
    public static async Task<SendApp> On(string database, int contacts, int relayPort, int connections = 4)
    {
        var send = new SendApp(await TestApp.On(database));
        var app = send.App;
        app.Get<Relays>().Patience = TimeSpan.FromSeconds(1);
        await app.Execute("insert into accounts (account_id, name, time_zone, language, secret, created_at) values (1, 'Fernhill', 'Europe/Amsterdam', 'en', @secret, 0), (2, 'Two', 'UTC', 'en', @secret, 0)",
            new { secret = Encoding.ASCII.GetBytes(new string('1', 32)) });
        await send.Relay(relayPort, connections);
        var ids = await app.Add(TestApp.Account, [.. Enumerable.Range(1, contacts).Select(i => new[] { $"email=c{i}@live.test", $"firstname=Ann{i}", "hs_marketable_status=true" })]);
        send.List = await send.NewList("Readers", ids);
        await send.NewEmail();
        return send;
    }

    /// <summary>Another e-mail to the list, which is the one from now on.</summary>
    public async Task NewEmail()
    {
        Email = await App.Get<EmailStore>().Create(TestApp.Account, "Bulbs", await App.Get<MailSettingsStore>().Read(TestApp.Account), 1);
        await Change(e => e with { Subject = "Hello {{contact.firstname}}", Html = "<p>Dear {{contact.firstname|default(\"friend\")}}</p>", IncludedLists = [List] });
    }

    public Task Relay(int port, int connections = 4) => App.Get<MailSettingsStore>().Save(TestApp.Account, new("127.0.0.1", port, "none", null, null, connections, "Fern Hill", "news@fernhill.test", "bounces.fernhill.test", "https://fernhill.test"));

    public Task<long> NewList(string name, params long[] contacts) => App.Db.Write(async tx =>
    {
        var (list, _) = await App.Get<ListStore>().Create(tx, TestApp.Account, name, ListKind.Manual, null, TimeZoneInfo.Utc, 1);
        await App.Get<ListStore>().AddMembers(tx, TestApp.Account, list!.Id, new(contacts));
        return list.Id;
    });

    public async Task Change(Func<MarketingEmail, MarketingEmail> change) => Assert.True(await App.Get<EmailStore>().Save(change(await Find())));

    public async Task<MarketingEmail> Find() => (await App.Get<EmailStore>().Find(TestApp.Account, Email))!;

    public Task<AddressState> Address(string email, Func<AddressState, AddressState> change) =>
        App.Db.Write(async tx => (await App.Get<AddressChanges>().Change(tx, TestApp.Account, new("EMAIL"), email, change)).After);

    /// <summary>Orders it to everyone who would get it now.</summary>
    public async Task<OrderOutcome> Order(long? expected = null)
    {
        var email = await Find();
        var outlook = await App.Db.Read(async tx => await App.Get<Audience>().Outlook(tx, TestApp.Account, await App.Get<Audience>().Read(tx, email)));
        return await App.Get<OrderEmail>().Send(TestApp.Account, Email, expected ?? outlook.WouldGetIt, 1);
    }

    /// <summary>Orders and sends as far as it goes now.</summary>
    public async Task Send()
    {
        Assert.Empty((await Order()).Faults);
        await App.RunJobs();
    }

    /// <summary>Lets time pass, and goes on with what is due.</summary>
    public async Task Later(TimeSpan by)
    {
        App.Clock.Advance(by);
        await App.Get<OrderEmail>().ContinueDue(default);
        await App.RunJobs();
    }

    /// <summary>"sent 8, unknown 2": what the recipients' rows say, which the figures must say too.</summary>
    public async Task<string> Outcomes()
    {
        var rows = await App.Db.Read(tx => tx.Query<(string Outcome, long Count)>(Winnow.Data.Statement.Built("test", "select outcome, count(*) from email_recipients where account_id = 1 and email_id = @Email group by outcome order by outcome"), new { Email }));
        var figures = (await App.Db.Read(tx => App.Get<Recipients>().Figures(tx, 1, [Email]))).GetValueOrDefault(Email, EmailFigures.None);
        Assert.All(rows, r => Assert.Equal(r.Count, figures.Of(r.Outcome)));
        Assert.Equal(rows.Sum(r => r.Count), figures.Selected);
        return string.Join(", ", rows.Select(r => $"{r.Outcome} {r.Count}"));
    }

    public async Task<Recipient> Recipient(long contact) => (await App.Db.Read(tx => App.Get<Recipients>().Find(tx, 1, Email, contact)))!;

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

/// <summary>A relay that speaks properly until the test wants otherwise, and remembers every mail it took responsibility for or may have.</summary>
internal sealed class TestRelay : IAsyncDisposable
{
    private readonly ScriptedServer server;

    private TestRelay() => server = ScriptedServer.Start(Converse);

    public int Port => server.Port;

    /// <summary>Whole mails, by recipient, whatever was answered.</summary>
    public ConcurrentQueue<(string From, string To, string Text)> Mails { get; } = new();

    /// <summary>The answer to MAIL FROM, RCPT TO and the final dot, by recipient (empty for MAIL). Null cuts the line.</summary>
    public Func<string, string, string?> Answer { get; set; } = (_, _) => "250 2.0.0 Ok";

    /// <summary>Called before the answer to the final dot.</summary>
    public Func<string, Task> Taken { get; set; } = _ => Task.CompletedTask;

    public static TestRelay Start() => new();

    public static MimePart Read(string mail) => MimeReader.Read(Encoding.Latin1.GetBytes(mail));

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task Converse(ServerSide side)
    {
        if (Answer("connect", "") is not { } welcome) { side.Reset(); return; }
        if (!welcome.StartsWith('2')) { await side.Say(welcome); return; }
        await side.Open("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES");
        var (from, to, accepted) = ("", "", false);
        while (true)
        {
            var line = await side.Hear();
            if (line.StartsWith("MAIL", StringComparison.Ordinal)) from = Address(line);
            if (line.StartsWith("RCPT", StringComparison.Ordinal)) to = Address(line);
            var verb = line.Split(' ')[0];
            var answer = verb switch { "QUIT" => "221 2.0.0 Bye", "RSET" => "250 2.0.0 Ok", "MAIL" or "RCPT" or "DATA" => Answer(verb, verb == "MAIL" ? "" : to), _ => "500 5.5.2 What?" };
            if (verb == "RCPT") accepted = answer?[0] == '2';
            if (verb == "DATA" && answer?[0] == '2') answer = accepted ? "354 Go on" : "554 5.5.1 No valid recipients";
            if (answer is null) { side.Reset(); return; }
            await side.Say(answer);
            if (verb == "QUIT") return;
            if (answer.StartsWith("354", StringComparison.Ordinal) && !await Message(side, from, to)) return;
        }
    }

    private async Task<bool> Message(ServerSide side, string from, string to)
    {
        var text = await side.HearMessage();
        Mails.Enqueue((from, to, text));
        await Taken(to);
        if (Answer("end", to) is not { } answer) { side.Reset(); return false; }
        await side.Say(answer);
        return true;
    }

    private static string Address(string line) => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
}
