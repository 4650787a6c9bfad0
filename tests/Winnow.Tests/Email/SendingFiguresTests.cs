using System.Globalization;
using Winnow.Email;

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
        Assert.Equal(new SendingHealth(0, 0, 0, 0), await winnow.App.Get<SendingFigures>().Of(2));

        winnow.App.Clock.Advance(TimeSpan.FromDays(SendingHealth.Days + 1));
        Assert.Equal(new SendingHealth(0, 0, 0, 0), await winnow.App.Get<SendingFigures>().Of(1));
    }

    [Fact]
    public void Rates_are_shares_of_what_was_delivered_and_of_what_was_sent() =>
        Assert.Equal("0.003 0.02 0", string.Create(CultureInfo.InvariantCulture, $"{new SendingHealth(2000, 1000, 40, 3).ComplaintRate} {new SendingHealth(2000, 1000, 40, 3).BounceRate} {new SendingHealth(0, 0, 0, 0).ComplaintRate}"));
}
