using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Data;
using Winnow.Email;
using Winnow.Email.Bounces;

namespace Winnow.Tests;

/// <summary>Sending health: what providers see, complaints apart from bounces and unsubscribes.</summary>
public sealed class SendingFiguresTests
{
    [Theory, Databases]
    public async Task A_complaint_suppresses_at_once_and_counts_as_a_complaint_and_nothing_else(string database)
    {
        await using var winnow = await BounceApp.On(database);
        await winnow.App.Add(1, [.. Enumerable.Range(1, 5).Select(i => new[] { $"email=c{i}@live.test" })]);
        await winnow.Sent(7, 1, 1, 2, 3, 4, 5);
        await winnow.App.Execute("insert into email_counts (account_id, email_id, outcome, reason, count) values (1, 7, 'sent', '', 5), (1, 7, 'not_sent', 'PREVIOUS_SPAM', 3), (1, 7, 'queued', '', 1)");
        for (var copy = 0; copy < 2; copy++) await winnow.Complain(new(1, 7, 1), "c1@live.test");
        await winnow.Bounce(new(1, 7, 2), "c2@live.test", "5.1.1", "550 5.1.1 User unknown");
        await winnow.Bounce(new(1, 7, 3), "c3@live.test", "4.2.2", "452 4.2.2 Mailbox full");
        await winnow.Judge();
        var address = await winnow.AddressOf("c1@live.test");
        Assert.Equal((true, false, true, 0L), (address.ComplainedAt is not null, address.HasHardBounce, address.OptedOutAt is null, address.Bounces));
        Assert.Equal(new SendingHealth(5, 3, 1, 1), await winnow.App.Get<SendingFigures>().Of(1));
        Assert.Equal(1, await winnow.App.Db.Read(tx => SendingFigures.Complaints(tx, 1, 7)));
        Assert.Equal([1L], (await winnow.App.Db.Read(tx => winnow.App.Get<Recipients>().Complained(tx, 1, 7, 0, 10))).Select(r => r.ContactId));
        Assert.Empty(await winnow.App.Db.Read(tx => winnow.App.Get<Recipients>().Complained(tx, 1, 7, 1, 10)));
        Assert.Empty(await winnow.App.Db.Read(tx => winnow.App.Get<Recipients>().Complained(tx, 2, 7, 0, 10)));
        Assert.Equal("complaint", Assert.Single(await winnow.App.Get<BounceEvidence>().OfEmail(1, 7, "complaint", [1, 2])).Value.Kind);
        Assert.Equal(new SendingHealth(0, 0, 0, 0), await winnow.App.Get<SendingFigures>().Of(2));

        winnow.App.Clock.Advance(TimeSpan.FromDays(SendingHealth.Days + 1));
        Assert.Equal(new SendingHealth(0, 0, 0, 0), await winnow.App.Get<SendingFigures>().Of(1));
    }

    [Theory, Databases]
    public async Task The_tile_of_spam_reports_leads_to_the_people_behind_it(string database)
    {
        await using var web = await WebApp.On(database);
        await web.SetUp();
        await OneOfEachKind.Make(web);
        await web.Services.GetRequiredService<Db>().Write(async tx =>
        {
            await tx.Execute(Statement.Built("sent", "update marketing_emails set state = 'sent', subject = 'News', sent_at = 1 where account_id = 1 and id = 1"));
            await tx.Execute(Statement.Built("nobody", "delete from email_recipients where account_id = 1 and email_id = 1"));
            await tx.Execute(Statement.Built("recipients", "insert into email_recipients (account_id, email_id, contact_id, email, email_key, outcome, attempts, next_at, at) values (1, 1, 1, 'ann@example.test', 'ann@example.test', 'sent', 1, 0, 1), (1, 1, 99, 'bo@example.test', 'bo@example.test', 'sent', 1, 0, 1)"));
            await tx.Execute(Statement.Built("complaint", "insert into email_events (account_id, id, at, type, contact_id, email_id, email_key) values (1, 900, 2, 'SPAMREPORT', 1, 1, 'ann@example.test')"));
        });
        var link = (await WebApp.Page(web.Http, "/email/1")).QuerySelectorAll(".tile").Single(t => t.QuerySelector("dt")!.TextContent == "Spam reports").QuerySelector("a")!.GetAttribute("href")!;
        var people = (await WebApp.Page(web.Http, link)).QuerySelector("main")!;
        Assert.Equal("Spam reports", people.QuerySelector("h1")!.TextContent);
        Assert.Contains("ann@example.test", people.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("bo@example.test", people.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Rates_are_shares_of_what_was_delivered_and_of_what_was_sent() =>
        Assert.Equal("0.003 0.02 0", string.Create(CultureInfo.InvariantCulture, $"{new SendingHealth(2000, 1000, 40, 3).ComplaintRate} {new SendingHealth(2000, 1000, 40, 3).BounceRate} {new SendingHealth(0, 0, 0, 0).ComplaintRate}"));
}
