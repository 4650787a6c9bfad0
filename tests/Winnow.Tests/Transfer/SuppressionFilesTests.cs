using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Transfer;

namespace Winnow.Tests;

/// <summary>The suppression files of other systems, as their documentation shows them: recognised, and each row is what it says there.</summary>
public sealed class SuppressionFilesTests
{
    private const string May = "2024-05-01T10:00:00Z";

    /// <summary>File, its text, the format found, and what is known of each address after: b bounce, o opt-out, s spam report, with its reason and day.</summary>
    private static readonly (string Name, string Text, string Format, string Known)[] Files =
    [
        ("hubspot.csv", "Email,Portal Bounce,Portal Unsubscribe,Portal Spam Report,Marketing Information\na@x.test,TRUE,,,\nb@x.test,,TRUE,TRUE,\nc@x.test,,,,TRUE\nd@x.test,,,,\ne@x.test,MAILBOX_FULL,,,\n",
            "HubSpot: unsubscribes and bounces", "a b OTHER now|b o now s now|c o now|e b MAILBOX_FULL now"),
        ("spam.csv", "Email,Portal Spam Report\na@x.test,TRUE\n", "HubSpot: unsubscribes and bounces", "a s now"),
        ("cleaned_members_export_1.csv", "\"Email Address\",\"First Name\",\"Last Name\",MEMBER_RATING,OPTIN_TIME,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID,LEID,EUID\na@x.test,A,,2,\"2020-01-01 10:00:00\",\"2024-05-01 10:00:00\",May,1,2,3\n",
            "Mailchimp: cleaned contacts", "a b OTHER 2024-05-01"),
        ("unsubscribed_members_export_1.csv", "\"Email Address\",\"First Name\",OPTIN_TIME,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER\na@x.test,A,,\"2024-05-01 10:00:00\",May,1,NORMAL,\nb@x.test,B,,\"2024-05-02 10:00:00\",May,1,\"Abuse complaint\",\n",
            "Mailchimp: unsubscribed contacts", "a o 2024-05-01|b o 2024-05-02 s 2024-05-02"),
        ("subscribers.csv", "uuid,email,name,attributes,status,created_at,updated_at\n1,a@x.test,A,\"{\"\"city\"\": \"\"X\"\"}\",enabled,2023-01-01 00:00:00 +0000 UTC,2024-05-01 10:00:00.123456 +0000 UTC\n2,b@x.test,B,{},blocklisted,2023-01-01 00:00:00 +0000 UTC,2024-05-01 10:00:00.123456 +0000 UTC\n3,c@x.test,C,{},disabled,2023-01-01 00:00:00 +0000 UTC,2024-05-02 00:30:00 +0200 CEST\n",
            "listmonk: subscribers", "b o 2024-05-01|c o 2024-05-01"),
        ("contacts-report.csv", "Contact ID,Email,DNC preferences\n1,a@x.test,DNC Bounced: Email\n2,b@x.test,\"DNC Unsubscribed: Email, DNC Manually: Text Message\"\n3,c@x.test,DNC Unsubscribed: Text Message\n4,d@x.test,\n",
            "Mautic: contacts with do not contact", "a b OTHER now|b o now"),
        ("suppression_bounces.csv", "status,reason,email,created\n5.1.1,\"550 5.1.1 The email account does not exist\",a@x.test,1714557600\n4.2.2,\"452 4.2.2 mailbox full\",b@x.test,1714557600\n", "SendGrid: bounces", "a b UNKNOWN_USER 2024-05-01|b b MAILBOX_FULL 2024-05-01"),
        ("suppression_blocks.csv", "status,reason,email,created\n4.7.1,\"421 try later\",a@x.test,1714557600\n", "SendGrid: blocks", ""),
        ("suppression_spam_reports.csv", "ip,email,created\n192.0.2.1,a@x.test,1714557600\n", "SendGrid: spam reports", "a s 2024-05-01"),
        ("suppression_invalid_emails.csv", "reason,email,created\n\"Mail domain mentioned in email address is unknown\",a@x.test,1714557600\n", "SendGrid: invalid addresses", "a b UNKNOWN_USER 2024-05-01"),
        ("suppression_unsubscribes.csv", "email,created\na@x.test,1714557600\n", "SendGrid: unsubscribes", "a o 2024-05-01"),
        ("fernhill.example_bounces.csv", "address,code,error,created_at\na@x.test,550,No such mailbox,\"Wed, 01 May 2024 10:00:00 UTC\"\n", "Mailgun: bounces", "a b UNKNOWN_USER 2024-05-01"),
        ("fernhill.example_unsubscribes.csv", "address,tags,created_at\na@x.test,*,\"Wed, 01 May 2024 10:00:00 +0000\"\n", "Mailgun: unsubscribes", "a o 2024-05-01"),
        ("fernhill.example_complaints.csv", "address,created_at\na@x.test,\"Wed, 01 May 2024 10:00:00 GMT\"\n", "Mailgun: complaints", "a s 2024-05-01"),
        ("ses.csv", $"EmailAddress,Reason,LastUpdateTime\na@x.test,BOUNCE,{May}\nb@x.test,COMPLAINT,{May}\n", "Amazon SES: suppression list", "a b OTHER 2024-05-01|b s 2024-05-01"),
        ("ses.json", "{\n \"SuppressedDestinationSummaries\": [\n  {\"EmailAddress\": \"a@x.test\", \"Reason\": \"BOUNCE\", \"LastUpdateTime\": \"2024-05-01T12:00:00+02:00\"},\n  {\"Reason\": \"COMPLAINT\", \"EmailAddress\": \"b@x.test\", \"Attributes\": {\"FeedbackId\": \"1\"}, \"LastUpdateTime\": 1714557600.5}],\n \"NextToken\": null}",
            "Amazon SES: suppression list", "a b OTHER 2024-05-01|b s 2024-05-01"),
        ("any.csv", "Email,Note\na@x.test,bounced\n", "none", "a o now"),
    ];

    [Theory, Databases]
    public async Task The_file_of_each_system_is_recognised_and_its_rows_are_what_they_say_there(string database)
    {
        await using var app = await TestApp.On(database);
        foreach (var (name, text, format, known) in Files)
        {
            var suffix = $"@f{Array.FindIndex(Files, file => file.Name == name)}.test";
            var import = await Upload(app, name, text.Replace("@x.test", suffix, StringComparison.Ordinal));
            var preview = await app.Get<ImportOptOuts>().Preview(import, default);
            Assert.Equal((name, format), (name, preview.Format is { } found ? $"{found.System}: {found.Kind.ToLowerInvariant()}" : "none"));
            var state = await Run(app, import, preview);
            Assert.Equal(preview.Rows, state.Already + state.Rejected + state.Silent + known.Split('|', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.Equal((name, known), (name, await Known(app, suffix)));
        }
        Assert.Equal(0, await app.Scalar<long>("select count(*) from contacts where account_id = 1"));
    }

    [Theory, Databases]
    public async Task A_file_never_weakens_what_is_known_and_an_older_bounce_says_nothing_against_an_unbounce(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.Add(TestApp.Account, ["email=lifted@x.test"], ["email=again@x.test"], ["email=spared@x.test"], ["email=out@x.test"]);
        var old = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await Set(app, "lifted@x.test", s => s with { HardBounceReason = "OTHER", HardBouncedAt = old, UnbouncedAt = old.AddYears(1) });
        await Set(app, "again@x.test", s => s with { HardBounceReason = "OTHER", HardBouncedAt = old, UnbouncedAt = old.AddMonths(1) });
        await Set(app, "spared@x.test", s => s with { HardBounceReason = "POLICY", HardBouncedAt = old.AddYears(1), HardBounceSpared = true });
        await Set(app, "dead@x.test", s => s with { HardBounceReason = "UNKNOWN_USER", HardBouncedAt = old });
        await Set(app, "out@x.test", s => s with { OptedOutAt = old, OptOutSource = "link", ComplainedAt = old });
        var file = "EmailAddress,Reason,LastUpdateTime\n" + string.Concat(new[] { "lifted", "again", "spared", "dead" }.Select(who => $"{who}@x.test,BOUNCE,{May}\n")) + $"out@x.test,COMPLAINT,{May}\n";
        var import = await Upload(app, "ses.csv", file);
        var preview = await app.Get<ImportOptOuts>().Preview(import, default);
        Assert.Equal((5L, 4L, 1L), (preview.Rows, preview.HardBounces, preview.SpamReports));
        Assert.Equal("The file does not have the columns of this kind of file.", (await app.Get<ImportOptOuts>().Start(TestApp.Account, import.Id, 0, 5, "x", 1, default, "listmonk")).Error);
        var state = await Run(app, import, preview);
        Assert.Equal((2L, 0L, 0L, 3L), (state.Bounced, state.Complained, state.OptedOut, state.Already));
        var states = await app.Db.Read(tx => Addresses.Read(tx, TestApp.Account, ["lifted@x.test", "again@x.test", "spared@x.test", "dead@x.test", "out@x.test"]));
        Assert.Equal((false, true, true, true), (states["lifted@x.test"].HasHardBounce, states["again@x.test"].IsHardBounced, states["spared@x.test"].IsHardBounced, states["dead@x.test"].IsHardBounced));
        Assert.Equal(("UNKNOWN_USER", old, old.AddYears(1)), (states["dead@x.test"].HardBounceReason, states["dead@x.test"].HardBouncedAt, states["spared@x.test"].HardBouncedAt));
        Assert.Equal((old, "link", old), (states["out@x.test"].OptedOutAt, states["out@x.test"].OptOutSource, states["out@x.test"].ComplainedAt));
        Assert.Equal([ids[1], ids[2]], await app.Db.Read(tx => tx.Query<long>(Statement.Built("test", "select id from contacts where account_id = 1 and hard_bounce_reason = 'OTHER' and not unbounced order by id"))));
        Assert.Empty(await app.Differences());
    }

    [Fact]
    public async Task A_list_in_json_that_breaks_off_is_refused_and_leaves_nothing()
    {
        await using var app = await TestApp.On("sqlite");
        foreach (var text in new[] { "[{\"EmailAddress\": \"a@x.test\", \"Reason\": \"BOU", "{\"EmailAddress\": \"a@x.test\"} trailing", "[{\"EmailAddress\": \"" + new string('a', 3 << 20) + "\"}]" })
            Assert.Contains("damaged or not complete", (await app.Get<Imports>().Upload(TestApp.Account, "ses.json", new MemoryStream(Encoding.UTF8.GetBytes(text)), 1, default)).Error, StringComparison.Ordinal);
        Assert.Equal(0, await app.Scalar<long>("select count(*) from files where account_id = 1"));
    }

    [Theory, Databases]
    public async Task A_person_sees_what_the_file_is_and_corrects_it(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var imports = app.Services.GetRequiredService<Imports>();
        await imports.Upload(1, "suppression.csv", new MemoryStream("status,reason,email,created\n4.7.1,later,a@x.test,1714557600\n5.1.1,gone,b@x.test,1714557600\n"u8.ToArray()), 1, default);
        var page = (await WebApp.Page(app.Http, "/imports/1/opt-outs")).QuerySelector("main")!;
        Assert.Contains("Recognised: SendGrid: bounces", page.TextContent, StringComparison.Ordinal);
        Assert.Contains("2 rows say bounced.", page.TextContent, StringComparison.Ordinal);
        Assert.Equal(["sendgrid-blocks", "sendgrid-bounces", "opt-outs", "bounces", "spam-reports"], page.QuerySelectorAll("select[name=Format] option").Select(option => option.GetAttribute("value")));
        Assert.Equal("2", page.QuerySelector("select[name=Column] option[selected]")!.GetAttribute("value"));
        await WebApp.Post(app.Http, "/imports/1/opt-outs", new() { ["Typed"] = "2", ["Format"] = "spam-reports" }, "opt-outs");
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        Assert.Equal(["0", "2", "0", "0"], (await WebApp.Page(app.Http, "/imports/1")).QuerySelectorAll("#job .tile .big").Select(tile => tile.TextContent));
    }

    private static Task Set(TestApp app, string email, Func<AddressState, AddressState> change) => app.Db.Write(tx => app.Get<AddressChanges>().Change(tx, TestApp.Account, new("EMAIL"), email, change));

    private static async Task<Import> Upload(TestApp app, string name, string text)
    {
        var (id, error) = await app.Get<Imports>().Upload(TestApp.Account, name, new MemoryStream(Encoding.UTF8.GetBytes(text)), 1, default);
        Assert.Null(error);
        return (await app.Get<Imports>().Find(TestApp.Account, id!.Value))!;
    }

    private static async Task<OptOutImportState> Run(TestApp app, Import import, OptOutPreview preview)
    {
        var job = (await app.Get<ImportOptOuts>().Start(TestApp.Account, import.Id, preview.Column!.Value, preview.Rows, "Files", 1, default, preview.Format?.Key)).JobId!.Value;
        await app.RunJobs();
        return (await app.Get<JobQueue>().Find(TestApp.Account, job))!.ResultAs<OptOutImportState>()!;
    }

    private static async Task<string> Known(TestApp app, string suffix)
    {
        var states = await app.Db.Read(tx => Addresses.Read(tx, TestApp.Account, [.. "abcde".Select(who => who + suffix)]));
        return string.Join('|', states.Values.OrderBy(state => state.EmailKey, StringComparer.Ordinal).Select(state => state.EmailKey[0]
            + (state.IsHardBounced ? $" b {state.HardBounceReason} {Day(state.HardBouncedAt)}" : "") + (state.OptedOutAt is not null ? $" o {Day(state.OptedOutAt)}" : "")
            + (state.ComplainedAt is not null ? $" s {Day(state.ComplainedAt)}" : "")));

        string Day(DateTimeOffset? at) => app.Clock.GetUtcNow() - at < TimeSpan.FromHours(1) ? "now" : $"{at:yyyy-MM-dd}";
    }
}
