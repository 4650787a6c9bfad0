using System.Net;
using System.Text;
using Winnow.Contacts;
using Winnow.Jobs;
using Winnow.Mail.Smtp;
using Winnow.Server.Accounts;
using Winnow.Transfer;

namespace Winnow.Tests;

/// <summary>What strangers and broken programs send: every answer is clear, nothing falls over, on either database.</summary>
public sealed class HostileInputTests
{
    private static readonly string[] Questions =
    [
        "q=%00&sort=%00&col=%00&filter=%00&name=%00", "q=%F0%9F&filter=%7B%22filterBranchType%22%3A%22OR%22", "q=%ED%A0%80", "after=99999999999999999999&before=-1&page=99999999999&size=0",
        "after=-9223372036854775808&page=-5&list=-1&id=-1&id=abc", "all=1&q=%27%3B+drop+table+contacts%3B--", "outcome=%00&reason=%00&look=%00&from=%00&until=9999-99-99&period=dates&show=%00", "after=9223372036854775807&page=2147483647",
        "page=x&after=x&below=x&id=x&list=x", "sort=email%00&sort=-&col=email&col=email&col=nosuch&filter=%5B%5D", "id=9223372036854775807&list=9223372036854775807&Filter=null",
    ];

    [Theory, Databases]
    public async Task Every_page_stands_whatever_stands_behind_its_question_mark(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await OneOfEachKind.Make(app);
        var fallen = new List<string>();
        foreach (var path in Permissions.Table.Where(row => row.Who == Who.Member).Select(row => OneOfEachKind.Path(row.Pattern)).Distinct())
            foreach (var question in Questions)
                if (await app.Http.GetAsync($"{path}?{question}") is { StatusCode: >= HttpStatusCode.InternalServerError } answer) fallen.Add($"{path}?{question}: {answer.StatusCode}");
        Assert.Empty(fallen);
    }

    [Theory, Databases]
    public async Task Every_form_stands_whatever_is_filled_in(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await OneOfEachKind.Make(app);
        var fallen = new List<string>();
        foreach (var path in Permissions.Table.Where(row => row.Who == Who.Member).Select(row => OneOfEachKind.Path(row.Pattern)).Distinct())
            foreach (var text in new[] { "a\0b", "\ud800", new string('x', 20_000), "9999999999999999999999", "" })
            {
                var page = await app.Http.GetAsync(path);
                if (page.StatusCode != HttpStatusCode.OK || page.Content.Headers.ContentType?.MediaType != "text/html") break;
                foreach (var form in (await WebApp.Read(page)).QuerySelectorAll("main form[method=post]:not([enctype])"))
                {
                    var fields = form.QuerySelectorAll("input[name], select[name], textarea[name], button[name]").Select(f => (Name: f.GetAttribute("name")!, Value: Filled(f.GetAttribute("name")!) ? text : f.GetAttribute("value") ?? "")).DistinctBy(f => f.Name);
                    var body = string.Join('&', fields.Select(f => $"{Escape(f.Name)}={Escape(f.Value)}"));
                    var answer = await app.Http.PostAsync(form.GetAttribute("action") is { Length: > 0 } action ? action : path, new StringContent(body, Encoding.ASCII, "application/x-www-form-urlencoded"));
                    if (answer.StatusCode >= HttpStatusCode.InternalServerError) fallen.Add($"{path} with {text[..Math.Min(9, text.Length)].Replace("\0", "NUL", StringComparison.Ordinal)}: {answer.StatusCode}");
                }
            }
        Assert.Empty(fallen.Distinct());

        static bool Filled(string name) => !name.StartsWith('_') && name is not ("Selection" or "Go" or "do");
    }

    [Theory, Databases]
    public async Task Cells_that_a_database_cannot_hold_or_index_cost_their_row_at_most(string database)
    {
        await using var app = await TestApp.On(database);
        var imports = app.Get<Imports>();
        var csv = $"Email,First name,Company\nnul@a.test,A\0nn,x\nlong@a.test,Ann,{new string('w', 30_000)}\nhalf@a.test,\ud83dAnn,x\nfine@a.test,Ann,x\n";
        var (id, error) = await imports.Upload(1, "odd.csv", new MemoryStream([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(csv)]), 1, default);
        Assert.Null(error);
        var import = (await imports.Find(1, id!.Value))!;
        var (jobId, refused) = await imports.Start(1, id.Value, "Odd", (await imports.Preview(import, default)).Columns, false, null, 1, default);
        Assert.Null(refused);
        await app.RunJobs();
        var job = (await app.Get<JobQueue>().Find(1, jobId!.Value))!;
        Assert.True(job.Outcome == "done", job.Error);
        Assert.Equal(4, job.ResultAs<ImportState>() is { } end ? end.Created + end.Rejected : 0);
        Assert.Equal(1, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and email_key = 'fine@a.test'"));
        await app.Get<ContactWords>().CatchUp(default);
    }

    [Theory, Databases]
    public async Task Reports_with_bytes_that_a_database_cannot_hold_are_judged_all_the_same(string database)
    {
        await using var app = await BounceApp.On(database);
        var ids = await app.App.Add(1, ["email=nul@example.test"], ["email=half@example.test"]);
        await app.Sent(1, 1, ids);
        foreach (var (contact, words) in new[] { (ids[0], "550 5.1.1 No \0 such user \xff\xfe"), (ids[1], "550 5.1.1 No such user =?utf-16be?B?2AA=?= \xed\xa0\x80") })
            Assert.IsType<SmtpOutcome.Accepted>(await app.Send(await app.ReturnPathOf(new(1, 1, contact)), Report(contact == ids[0] ? "nul" : "half", words)));
        await app.Judge();
        Assert.Equal(2, await app.App.Scalar<long>("select count(*) from inbox where account_id = 1 and state = 'done' and kind = 'bounce'"));
        Assert.Equal(2, await app.App.Scalar<long>("select count(*) from contacts where account_id = 1 and hard_bounce_reason = 'UNKNOWN_USER'"));
    }

    private static byte[] Report(string who, string words) => Encoding.Latin1.GetBytes($"""
        From: MAILER-DAEMON@mx.example.test
        Subject: Undelivered
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: text/plain

        <{who}@example.test>: {words}

        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.test

        Final-Recipient: rfc822; {who}@example.test
        Action: failed
        Status: 5.1.1
        Remote-MTA: dns; mx{words[^1]}.example.test
        Diagnostic-Code: smtp; {words}

        --b--

        """.ReplaceLineEndings("\r\n"));

    // %00 and lone surrogates as a broken or hostile program sends them
    private static string Escape(string text) => string.Concat(Encoding.UTF8.GetBytes(text.Replace("\ud800", "\u0001", StringComparison.Ordinal)).Select(b => b == 1 ? "%ED%A0%80" : $"%{b:X2}"));
}
