using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Mail.Reports;

namespace Winnow.Tests;

public sealed class RecipientsTests
{
    [Theory, Databases]
    public async Task A_bounce_moves_the_figures_and_a_copy_does_not(string database)
    {
        await using var app = await With(database, (1, "sent"), (2, "sent"), (3, "not_sent"), (4, "handing_over"));
        const string busy = "421 4.4.2 Connection dropped", unknown = "550 5.1.1 No such user";
        foreach (var (contact, reply) in new[] { (1, busy), (1, busy), (1, unknown), (1, unknown), (3, unknown), (99, unknown), (4, "550 5.1.2 Host not found") })
            await Refuse(app, contact, reply);

        var figures = (await app.Db.Read(tx => app.Get<Recipients>().Figures(tx, 1, [7, 8])))[7];
        Assert.Equal((4, 1, 2, 1, 0), (figures.Selected, figures.Delivered, figures.Bounced, figures.NotSent, figures.Waiting));
        Assert.Equal(["hostunknown 1", "userunknown 1"], figures.ByReason(Outcome.Bounced).Select(c => $"{c.Reason} {c.Count}"));
        await app.Db.Write(tx => Recipients.Recount(tx, 1, 7));
        var again = (await app.Db.Read(tx => app.Get<Recipients>().Figures(tx, 1, [7])))[7];
        Assert.Equal(figures.ByReason(Outcome.Bounced), again.ByReason(Outcome.Bounced));
        Assert.Equal((figures.Sent, figures.NotSent), (again.Sent, again.NotSent));
    }

    [Theory, Databases]
    public async Task The_people_behind_a_number_are_paged(string database)
    {
        await using var app = await With(database, [.. Enumerable.Range(1, 5).Select(i => ((long)i, i % 2 == 0 ? "sent" : "not_sent"))]);
        var recipients = app.Get<Recipients>();
        Assert.Equal([1, 3], (await app.Db.Read(tx => recipients.Page(tx, 1, 7, [Outcome.NotSent], null, 0, 2))).Select(r => r.ContactId));
        Assert.Equal([5], (await app.Db.Read(tx => recipients.Page(tx, 1, 7, [Outcome.NotSent], [""], 3, 2))).Select(r => r.ContactId));
        Assert.Equal([2, 4], (await app.Db.Read(tx => recipients.Page(tx, 1, 7, [Outcome.Sent], null, 0, 9))).Select(r => r.ContactId));
        Assert.Empty(await app.Db.Read(tx => recipients.Page(tx, 1, 7, [Outcome.NotSent], ["PREVIOUS_SPAM"], 0, 9)));
        Assert.Empty(await app.Db.Read(tx => recipients.Page(tx, TestApp.OtherAccount, 7, [Outcome.NotSent, Outcome.Sent], null, 0, 9)));
    }

    private static Task Refuse(TestApp app, long contact, string reply) =>
        app.Db.Write(tx => app.Get<JudgeReports>().TakeReply(tx, new(1, 7, contact), new(int.Parse(reply[..3], System.Globalization.CultureInfo.InvariantCulture), reply[4..9], reply[10..], RefusalStage.Recipient, "relay.test", reply)));

    private static async Task<TestApp> With(string database, params (long Contact, string Outcome)[] recipients)
    {
        var app = await TestApp.On(database);
        foreach (var (contact, outcome) in recipients)
            await app.Execute("insert into email_recipients (account_id, email_id, contact_id, email, email_key, outcome, at) values (1, 7, @contact, 'a@b.test', 'a@b.test', @outcome, 0)", new { contact, outcome });
        await app.Db.Write(tx => Recipients.Recount(tx, 1, 7));
        return app;
    }
}
