using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Data;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Mail.Compose;

namespace Winnow.Tests;

/// <summary>Whom a report is about when it came by a mailbox: our mark says so, else nobody is harmed.</summary>
public sealed class UnmatchedReportsTests
{
    private static readonly MailToken Ann = new(1, 7, 1);

    [Theory, Databases]
    public async Task The_mark_in_the_return_path_in_the_Message_ID_or_in_what_was_returned_leads_to_the_contact(string database)
    {
        await using var winnow = await WithPeople(database);
        var path = await winnow.ReturnPathOf(Ann);
        await Came(winnow, Report("Delivered-To: " + path.ToUpperInvariant() + "\r\n", "someone@else.test"));
        await Came(winnow, Report($"In-Reply-To: <{await MessageId(winnow, Ann with { ContactId = 2 })}>\r\n", "someone@else.test"));
        await Came(winnow, ReportBuilder.DeliveryStatus(Head(winnow), Encoding.ASCII.GetBytes($"From: n@fernhill.example\r\nTo: x@y.test\r\nMessage-ID: <{await MessageId(winnow, Ann with { ContactId = 3 })}>\r\n\r\nHello\r\n"), "x@y.test", "5.1.1", "550 5.1.1 No such user"));
        await winnow.Judge();
        foreach (var name in new[] { "ann", "bob", "cor" }) Assert.True((await winnow.AddressOf($"{name}@live.test")).IsHardBounced, name);
        Assert.Equal(3, await winnow.App.Scalar<long>("select count(*) from inbox where account_id = 1 and state = 'done' and email_id = 7 and contact_id > 0"));
        Assert.Equal("someone@else.test", (await winnow.App.Get<BounceEvidence>().Of(1, 1))!.Reports[0].Named);
    }

    [Theory, Databases]
    public async Task A_mail_to_a_return_path_counts_whoever_wrote_it_and_a_person_s_answer_with_our_Message_ID_does_not(string database)
    {
        await using var winnow = await WithPeople(database);
        const string Said = "From: Postmaster of Live <help@live.test>\r\nSubject: your mail\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\nIn-Reply-To: <1@x.test>\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.live.test\r\n\r\nFinal-Recipient: rfc822; ann@live.test\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 No such user\r\n\r\n--b--\r\n";
        await Came(winnow, Encoding.ASCII.GetBytes($"X-Original-To: {await winnow.ReturnPathOf(Ann)}\r\n{Said}"));
        await Came(winnow, Encoding.ASCII.GetBytes($"From: bob@live.test\r\nSubject: Re: Autumn bulbs\r\nIn-Reply-To: <{await MessageId(winnow, Ann with { ContactId = 2 })}>\r\n\r\n> 550 5.1.1 <bob@live.test>: user unknown\r\nIs that so?\r\n"));
        await winnow.Judge();
        Assert.True((await winnow.AddressOf("ann@live.test")).IsHardBounced);
        Assert.False((await winnow.AddressOf("bob@live.test")).HasHardBounce);
        Assert.Equal("kept", await winnow.App.Scalar<string>("select state from inbox where account_id = 1 and contact_id = 2"));
    }

    [Theory, Databases]
    public async Task A_forged_a_foreign_and_an_unmarked_report_are_kept_apart_and_harm_nobody(string database)
    {
        await using var winnow = await WithPeople(database);
        var path = await winnow.ReturnPathOf(Ann);
        var forged = path[..8] + (path[8] == 'a' ? 'b' : 'a') + path[9..];
        await winnow.App.Get<IntakeSettingsStore>().Save(1, new(365, ByAddress: true), 1);              // no way round: a mark that is not ours is never matched by address
        await Came(winnow, Report($"Delivered-To: {forged}\r\n", "ann@live.test"));
        await Came(winnow, Report($"Delivered-To: {await winnow.ReturnPathOf(new(2, 7, 1))}\r\n", "ann@live.test"));
        await Came(winnow, Report($"Delivered-To: {await winnow.ReturnPathOf(new(1, 99, 1))}\r\n", "ann@live.test"));
        await winnow.App.Get<IntakeSettingsStore>().Save(1, IntakeSettings.Default, 1);
        await winnow.Judge();
        await Came(winnow, Report("", "ann@live.test"));
        await Came(winnow, Encoding.ASCII.GetBytes("From: a@b.test\r\nSubject: lunch\r\n\r\nuser unknown\r\n"));
        await winnow.Judge();
        Assert.False((await winnow.AddressOf("ann@live.test")).HasHardBounce);
        Assert.Equal(["forged", "foreign", "gone", "no-mark", "no-report"], (await winnow.App.Get<UnmatchedReports>().Page(1, null, long.MaxValue, 10)).Select(r => r.Why).Reverse());
        Assert.Empty(await winnow.App.Get<UnmatchedReports>().Counts(2));
        Assert.Null(await winnow.App.Get<UnmatchedReports>().Find(2, 1));
        Assert.Equal(0, await winnow.App.Scalar<long>("select count(*) from email_events where account_id > 0"));
    }

    [Theory, Databases]
    public async Task Reports_of_an_older_system_are_matched_by_address_where_the_account_allows_it(string database)
    {
        await using var winnow = await WithPeople(database);
        await winnow.App.Get<IntakeSettingsStore>().Save(1, new(365, ByAddress: true), 1);
        await Came(winnow, Report("", "Ann@live.test"));
        await Came(winnow, Report("X-Copy: 1\r\n", "ann@live.test"));
        await Came(winnow, Report("", "nobody@live.test"));
        await winnow.Judge();
        Assert.Equal(("UNKNOWN_USER", true, 1L), ((await winnow.AddressOf("ann@live.test")).HardBounceReason, (await winnow.AddressOf("ann@live.test")).IsHardBounced, (await winnow.AddressOf("ann@live.test")).Bounces));
        Assert.Null((await winnow.AddressOf("ann@live.test")).HardBounceEmailId);
        Assert.Equal("copy,done,unmatched", string.Join(',', (await winnow.App.Db.Read(tx => tx.Query<string>(Statement.Built("s", "select state from inbox where account_id = 1 order by state")))).Distinct()));
        Assert.Equal("unknown-address", (await winnow.App.Get<UnmatchedReports>().Counts(1)).Single().Why);
        Assert.Equal(1, await winnow.App.Scalar<long>("select count(*) from email_events where account_id = 1 and type = 'BOUNCE' and email_id is null"));
    }

    [Theory, Databases]
    public async Task Raw_reports_are_removed_after_their_time_and_the_verdict_stays(string database)
    {
        await using var winnow = await WithPeople(database);
        await winnow.Bounce(Ann, "ann@live.test", "5.1.1", "550 5.1.1 No such user");
        await winnow.Judge();
        await winnow.App.Get<IntakeSettingsStore>().Save(1, new(30, false), 1);
        winnow.App.Clock.Advance(TimeSpan.FromDays(29));
        await winnow.App.Get<ForgetEvidence>().Run(default);
        Assert.NotEmpty((await winnow.App.Get<BounceEvidence>().Find(1, 1, 1))!.Value.Raw);
        winnow.App.Clock.Advance(TimeSpan.FromDays(2));
        await winnow.Bounce(Ann with { ContactId = 2 }, "bob@live.test", "5.1.1", "550 5.1.1 No such user");     // not judged yet
        await winnow.App.Get<ForgetEvidence>().Run(default);
        var (evidence, raw) = (await winnow.App.Get<BounceEvidence>().Find(1, 1, 1))!.Value;
        Assert.Equal((0, "AddressDead", winnow.App.Clock.GetUtcNow()), (raw.Length, evidence.Verdict, evidence.RedactedAt));
        Assert.Equal(1, await winnow.App.Scalar<long>("select count(*) from inbox where account_id = 1 and redacted_at is null"));
    }

    [Theory, Databases]
    public async Task The_page_shows_them_with_count_reason_and_raw_view_to_their_account_only(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var db = app.Services.GetRequiredService<Db>();
        await db.Write(tx => app.Services.GetRequiredService<Inbox>().Receive(tx, 1, "imap", "bounces@example.test", Report("", "ann@live.test"), "1"));
        await app.Services.GetRequiredService<BounceIntake>().Drain();
        Assert.Contains("Unmatched reports (1)", await app.Http.GetStringAsync("/settings/bounces"), StringComparison.Ordinal);
        Assert.Contains("No mark of Winnow", await app.Http.GetStringAsync("/settings/bounces/unmatched?why=no-mark"), StringComparison.Ordinal);
        Assert.Contains("message/delivery-status", await app.Http.GetStringAsync("/settings/bounces/unmatched/1"), StringComparison.Ordinal);
        Assert.Equal("application/octet-stream", (await app.Http.GetAsync("/settings/bounces/unmatched/1/raw")).Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/settings/bounces/unmatched/2")).StatusCode);

        var wrong = await WebApp.Read(await WebApp.Post(app.Http, "/settings/bounces", new() { ["KeepDays"] = "3" }, "reports"));
        Assert.Equal("A whole number from 7 to 3650.", wrong.QuerySelector(".form-error")?.TextContent);
        await WebApp.Post(app.Http, "/settings/bounces", new() { ["KeepDays"] = "90", ["ByAddress"] = "true" }, "reports");
        Assert.Equal(new IntakeSettings(90, true), await app.Services.GetRequiredService<IntakeSettingsStore>().Read(1));
        Assert.Equal(IntakeSettings.Default, await app.Services.GetRequiredService<IntakeSettingsStore>().Read(2));
    }

    private static async Task<string> MessageId(BounceApp winnow, MailToken token) => ReturnPath.MessageIdFor(token, "bounces.winnow.test", (await winnow.App.Get<MailTokens>().Secret(token.AccountId))!);

    private static ReportHead Head(BounceApp winnow) => new("mailer-daemon@mx.example.test", "bounces@fernhill.example", "mx.example.test", winnow.App.Clock.GetUtcNow());

    private static byte[] Report(string headers, string recipient) => [.. Encoding.ASCII.GetBytes(headers), .. ReportBuilder.DeliveryStatus(
        new("mailer-daemon@mx.example.test", "bounces@fernhill.example", "mx.example.test", DateTimeOffset.UnixEpoch), BounceApp.Original(recipient), recipient, "5.1.1", "550 5.1.1 No such user")];

    /// <summary>A mail in a mailbox of account 1.</summary>
    private static Task Came(BounceApp winnow, byte[] raw) =>
        winnow.App.Db.Write(tx => winnow.App.Get<Inbox>().Receive(tx, 1, "imap", "bounces@fernhill.example", raw, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(raw))));

    private static async Task<BounceApp> WithPeople(string database)
    {
        var winnow = await BounceApp.On(database);
        await winnow.Sent(7, 1, await winnow.App.Add(1, ["email=ann@live.test"], ["email=bob@live.test"], ["email=cor@live.test"]));
        return winnow;
    }
}
