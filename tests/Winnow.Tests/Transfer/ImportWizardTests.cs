using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Transfer;

namespace Winnow.Tests;

/// <summary>What the wizard recognises, asks, shows and refuses before an import starts, and what its choices do.</summary>
public sealed class ImportWizardTests
{
    [Theory]
    [InlineData("dmy", false, "13/02/2026", "3/4/2026")]
    [InlineData("mdy", false, "02/13/2026", "3/4/2026")]
    [InlineData("dmy", true, "3/4/2026", "5-6-26")]
    [InlineData("dmy", false, "3.4.2026")]
    [InlineData(null, false, "2026-04-03", "soon", "3 April 2026")]
    public void The_order_of_dates_is_told_by_the_cells_or_asked(string? order, bool asked, params string[] cells) => Assert.Equal((order, asked), ColumnFormats.DatesOf(cells));

    [Theory]
    [InlineData(",", false, "1.234", "12,5")]
    [InlineData(".", false, "1,234", "12.5")]
    [InlineData(",", false, "1.234.567")]
    [InlineData(".", false, "1,234.5")]
    [InlineData(".", true, "1.234", "15")]
    [InlineData(".", false, "0.125")]
    [InlineData(null, false, "15", "none")]
    public void The_decimals_of_numbers_are_told_by_the_cells_or_asked(string? sign, bool asked, params string[] cells) => Assert.Equal((sign, asked), ColumnFormats.DecimalsOf(cells));

    [Theory]
    [InlineData("number", "12", "3.5", "-8")]
    [InlineData("date", "3/4/2026", "2026-01-02")]
    [InlineData("bool", "ja", "nee", "1")]
    [InlineData("text", "0612345678", "+31 6 1234")]
    [InlineData("text", "3512 AB", "12")]
    [InlineData("textarea", "two\nlines")]
    public void The_kind_of_a_new_property_is_told_by_the_cells(string kind, params string[] cells) => Assert.Equal(kind, ColumnContents.Kind(cells));

    [Theory, Databases]
    public async Task Columns_are_recognised_by_name_by_part_of_it_and_by_content_and_it_is_said_how_surely(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Db.Write(tx => app.Get<Properties>().Create(tx, TestApp.Account, new(null, "Season", "choice", "", [new("spring", "Spring"), new("autumn", "Autumn")])));
        var preview = await Preview(app, await Upload(app, """
            Contact;Voornaam klant;Jaargetijde;Stage;Site;Opt-in email;Blah;Email hard bounce reason
            ann@example.test;Ann;Spring;Lead;https://a.test;ja;qwerty;OTHER
            bob@example.test;Bob;Autumn;Customer;www.b.test;nee;zxcv;OTHER
            """));
        Assert.Equal([("email", Certainty.Likely), ("firstname", Certainty.Likely), ("season", Certainty.Likely), ("lifecyclestage", Certainty.Certain), ("website", Certainty.Likely), (null, Certainty.None), (null, Certainty.None), (null, Certainty.None)],
            preview.Matches.Select(m => (m.Property?.Name, m.Certainty)));
        Assert.Equal(["email", "firstname", "season", "lifecyclestage", "website", null, null, null], preview.Columns.Select(c => c.Property));
    }

    [Theory, Databases]
    public async Task The_reasons_of_rejected_rows_are_in_the_language_of_who_started_the_import(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var (db, imports) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<Imports>());
        await db.Write(tx => tx.Execute(Statement.Built("test", "update accounts set language = 'nl' where account_id = 1")));
        const string File = "Email,First Name,Lifecycle Stage,City\nno-at,Ann,Lead,\nann@x.test,Ann,king \"of\" all,\nbob@x.test,Bob,Lead,Ede,more\nmax@x.test,LONG,Lead,\n,Zoe,Lead,\n";
        await imports.Upload(1, "people.csv", new MemoryStream(Encoding.UTF8.GetBytes(File.Replace("LONG", new('x', 70_000), StringComparison.Ordinal))), 1, default);
        await WebApp.Post(app.Http, "/imports/1/mapping", new() { ["Name"] = "Mensen" }, "mapping");
        await imports.Upload(1, "stop.csv", new MemoryStream(Encoding.UTF8.GetBytes("Email\na@b@c.test\n")), 1, default);
        await WebApp.Post(app.Http, "/imports/2/opt-outs", new() { ["Typed"] = "1" }, "opt-outs");
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        var rejected = await app.Http.GetStringAsync("/imports/1/rejected");
        foreach (var reason in new[]
        {
            "Row,Column,Value,Reason,", "2,Email,no-at,Het e-mailadres heeft geen @.,", "\"Levenscyclusfase moet een van deze zijn: ", "; \"\"king \"\"of\"\" all\"\" is dat niet.\"",
            "De rij heeft 5 cellen, ", "Voornaam is langer dan 65.536 tekens.", "6,Email,,De rij heeft geen ",
        })
            Assert.Contains(reason, rejected, StringComparison.Ordinal);
        Assert.Contains("meer dan één @", await app.Http.GetStringAsync("/imports/2/rejected"), StringComparison.Ordinal);
        Assert.True(await db.Read(tx => tx.Single<bool>(Statement.Built("test", "select texts is not null from imports where account_id = 1 and id = 1"))));

        await imports.Upload(1, "mended.csv", new MemoryStream(Encoding.UTF8.GetBytes(rejected.TrimStart('\uFEFF').Replace("no-at", "ann@x.test", StringComparison.Ordinal))), 1, default);
        Assert.All((await imports.Preview((await imports.Find(1, 3))!, default)).Columns.Take(4), column => Assert.Null(column.Property));      // the notes are known again
    }

    [Theory, Databases]
    public async Task A_contact_export_of_HubSpot_is_recognised_and_its_record_ids_are_not_taken_for_ours(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Db.Write(tx => app.Get<Properties>().Create(tx, TestApp.Account, new(null, "Crops", "choices", "", [new("tomato", "Tomatoes"), new("pepper", "Peppers")])));
        await app.Db.Write(tx => app.Get<Properties>().Create(tx, TestApp.Account, new(null, "Pays", "bool", "", [])));
        var ann = (await app.Add(TestApp.Account, ["email=ann@example.test"], ["email=other@example.test"]))[0];
        const string Text = "Record ID,First Name,Last Name,Email,Phone Number,Lifecycle Stage,Crops,Pays,Create Date,Contact owner,Marketing contact status,Unsubscribed from all email\n2,Ann,Bakker,ann@example.test,0612345678,Customer,Tomatoes;Peppers,Yes,2023-08-29 23:56,Noor,Marketing contact,Yes\n1052,Bob,,bob@example.test,,Lead,,No,2023-08-29 23:57,,Non-marketing contact,\n";
        var preview = await Preview(app, await Upload(app, Text));
        Assert.Equal(["hs_object_id", "firstname", "lastname", "email", "phone", "lifecyclestage", "crops", "pays", null, null, null, null], preview.Columns.Select(c => c.Property));
        Assert.True(preview.IdsAreForeign);                                    // 2 is somebody else here
        var import = await Upload(app, Text);
        await app.Get<Imports>().Start(TestApp.Account, import, new("HubSpot", preview.Columns, false, null, preview.Usual, new Dictionary<int, PropertyWish>()), 1, default);
        await app.RunJobs();
        Assert.Equal((3, "Ann"), (await app.Scalar<long>("select count(*) from contacts where account_id = 1"), await app.Scalar<string>("select firstname from contacts where account_id = 1 and id = @ann", new { ann })));
        Assert.False((await Preview(app, await Upload(app, $"Record ID,Email\n{ann},ann@example.test\n"))).IdsAreForeign);
    }

    [Theory, Databases]
    public async Task What_will_fail_is_shown_with_examples_before_anything_is_imported(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Db.Write(tx => app.Get<Properties>().Create(tx, TestApp.Account, new(null, "Born", "date", "", [])));
        var id = await Upload(app, "email,Born,Turnover\nann@example.test,3/4/1980,1.234\nbroken,5/6/1981,2.500\ncia@example.test,yesterday,3.100\ndan@example.test,1/2/1980,4.000,surplus\n");
        var (preview, catalog) = (await Preview(app, id), await app.Db.Read(tx => app.Get<Properties>().Catalog(tx, TestApp.Account)));
        var order = Order(preview.Columns) with { Wishes = new Dictionary<int, PropertyWish> { [2] = new(null, "Turnover", preview.KindOf(2), "", []) } };
        var check = preview.Check(catalog, order);
        Assert.Equal((4, 3), (check.Rows, check.Failing));
        Assert.Equal([new FailingCell(3, "broken", "The email address has no @.")], check.Columns[0].Examples);
        Assert.Equal((1, 4L, true), (check.Columns[1].Failing, check.Columns[1].Examples[0].Row, check.Columns[1].AsksDates));
        Assert.Equal(("number", true, 0), (order.Wishes[2].Kind, check.Columns[2].AsksDecimals, check.Columns[2].Failing));
        Assert.Equal([new FailingCell(5, "", "The row has 4 cells, the heading 3.")], check.RowFaults);
        Assert.Equal(0, await app.Scalar<long>("select count(*) from contacts where account_id = 1"));
    }

    [Theory, Databases]
    public async Task Properties_are_made_with_the_import_and_dates_and_numbers_read_as_they_were_said_to_be(string database)
    {
        await using var app = await TestApp.On(database);
        var id = await Upload(app, "email;Since;Turnover\nann@example.test;3/4/2026;1.234\n");
        var columns = (await Preview(app, id)).Columns;
        Assert.Equal(("dmy", "."), (columns[1].Dates, columns[2].Decimals));
        var wishes = new Dictionary<int, PropertyWish> { [1] = new(null, "Since", "date", "", []), [2] = new(null, "Since", "number", "", []) };
        var order = Order([columns[0], columns[1] with { Dates = "mdy" }, columns[2] with { Decimals = "," }]) with { ListName = "Fair" };
        Assert.Contains("called Since", await Refused(app, id, order with { Wishes = wishes }), StringComparison.Ordinal);
        wishes[2] = new("firstname", "Turnover", "number", "", []);
        Assert.Contains("The property for the column Turnover cannot be made. The internal name", await Refused(app, id, order with { Wishes = wishes }), StringComparison.Ordinal);
        Assert.Equal(0, await app.Scalar<long>("select (select count(*) from properties where account_id = 1) + (select count(*) from lists where account_id = 1)"));      // nothing half done

        wishes[2] = new(null, "Turnover", "number", "", []);
        await Run(app, id, order with { Wishes = wishes });
        var (contact, catalog) = await app.Db.Read(async tx => ((await app.Get<ContactStore>().Find(tx, 1, 1))!, await app.Get<Properties>().Catalog(tx, 1)));
        Assert.Equal("2026-03-04 1234", $"{PropertyValue.Text(catalog.Find("since")!, contact[catalog.Find("since")!])} {PropertyValue.Text(catalog.Find("turnover")!, contact[catalog.Find("turnover")!])}");
        Assert.Equal(2, await app.Scalar<long>("select count(*) from audit_log where account_id = 1 and action = 'PropertyCreated'"));
    }

    [Theory, Databases]
    public async Task An_import_makes_only_changes_only_or_both_and_finds_contacts_as_it_was_told(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, ["email=ann@example.test"], ["email=bob@example.test"]);
        const string File = "email,city\nann@example.test,Leiden\neva@example.test,Gent\nEVA@example.test,Gent\n";
        var state = await Run(app, await Upload(app, File), o => o with { Choices = new(ImportDeeds.Update) });
        Assert.Equal((0L, 1L, 2L), (state.Created, state.Updated, state.Rejected));
        state = await Run(app, await Upload(app, File), o => o with { Choices = new(ImportDeeds.Create) });
        Assert.Equal((1L, 0L, 1L, 1L), (state.Created, state.Updated, state.Duplicates, state.Rejected));
        state = await Run(app, await Upload(app, "email,city\n" + string.Concat(Enumerable.Range(0, 5_001).Select(i => $"n{i}@example.test,Ede\n")) + "n1@example.test,Gouda\n"), o => o with { Choices = new(ImportDeeds.Create) });
        Assert.Equal((5_001L, 1L, 0L), (state.Created, state.Duplicates, state.Rejected));             // one that it made itself is no stranger in a later batch

        const string Both = "Record ID,email,city\n1,bob@example.test,Delft\n";
        Assert.Equal(1, (await Run(app, await Upload(app, Both))).Rejected);                           // the address belongs to another than the number
        state = await Run(app, await Upload(app, Both), o => o with { Choices = new(ByEmail: true) });
        Assert.Equal((1L, 0L), (state.Updated, state.Rejected));
        Assert.Equal("Leiden Delft", await app.Scalar<string>("select (select city from contacts where account_id = 1 and id = 1) || ' ' || (select city from contacts where account_id = 1 and id = 2)"));
        var numbers = await Upload(app, "Record ID,city\n1,Ede\n");
        Assert.Contains("New contacts need an email address", await Refused(app, numbers, Order((await Preview(app, numbers)).Columns) with { Choices = new(ImportDeeds.Create) }), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task An_empty_cell_keeps_what_is_there_or_empties_it_but_never_the_address_the_stage_or_the_only_name(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, ["email=ann@example.test", "firstname=Ann", "city=Utrecht", "lifecyclestage=customer", "phone=1"], ["firstname=Bob", "city=Delft"]);
        const string File = "Record ID,email,firstname,city,lifecyclestage,phone\n1,,,, \n2,,,,,\n";
        var state = await Run(app, await Upload(app, File));
        Assert.Equal((0L, 2L), (state.Updated, state.Unchanged));
        state = await Run(app, await Upload(app, File), o => o with { Choices = new(Clears: true) });
        Assert.Equal((2L, 0L), (state.Updated, state.Rejected));
        Assert.Equal("ann@example.test|||customer", await app.Scalar<string>("select email || '|' || coalesce(firstname, '') || '|' || coalesce(city, '') || '|' || lifecycle_stage from contacts where account_id = 1 and id = 1"));
        Assert.Equal("Bob|", await app.Scalar<string>("select firstname || '|' || coalesce(city, '') from contacts where account_id = 1 and id = 2"));
        Assert.Equal(1, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and cast(custom as text) like '%\"6\":%'"));       // a cell that is not in the row empties nothing
    }

    [Theory, Databases]
    public async Task No_import_writes_what_Winnow_keeps_itself_property_by_property_whoever_forges_the_order(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, ["email=ann@example.test"]);
        await app.Db.Write(tx => app.Get<AddressChanges>().Change(tx, TestApp.Account, new("EMAIL"), "ann@example.test", s => s with
        {
            OptedOutAt = app.Clock.GetUtcNow(), HardBounceReason = "OTHER", HardBouncedAt = app.Clock.GetUtcNow(), ComplainedAt = app.Clock.GetUtcNow(),
        }));
        var kept = BuiltInProperties.All.Where(p => p.ReadOnly && p.Name != "hs_object_id").ToList();
        Assert.Superset(new HashSet<string> { "hs_email_optout", "hs_email_hard_bounce_reason_enum", "hs_email_bounce", "winnow_spam_report", "winnow_unbounced", "hs_email_quarantined", "hs_marketable_status", "createdate" }, kept.Select(p => p.Name).ToHashSet());
        var file = $"email,{string.Join(',', kept.Select(p => p.Name))}\nann@example.test,{string.Join(',', kept.Select(p => p.Type switch { PropertyType.Number => "7", PropertyType.Date or PropertyType.DateTime => "2001-01-01", PropertyType.Bool => "false", PropertyType.Enumeration => p.Options[0].Value, _ => "forged" }))}\n";
        var id = await Upload(app, file);
        var columns = (await Preview(app, id)).Columns;
        Assert.All(columns.Skip(1), column => Assert.Null(column.Property));
        foreach (var property in kept)
            Assert.Contains($"{property.Name} cannot go into", await Refused(app, id, Order([.. columns.Select(c => c.Heading == property.Name ? c with { Property = property.Name } : c)])), StringComparison.Ordinal);

        var before = await app.Db.Read(tx => app.Get<ContactStore>().Find(tx, 1, 1));
        await app.Get<Imports>().Start(TestApp.Account, id, Order(columns), 1, default);
        await app.Execute("update imports set columns = cast(@forged as $json) where account_id = 1", new { forged = System.Text.Json.JsonSerializer.Serialize(columns.Select(c => new { heading = c.Heading, property = c.Heading })) });
        await app.RunJobs();
        var after = await app.Db.Read(tx => app.Get<ContactStore>().Find(tx, 1, 1));
        Assert.Equal(1, (await Result(app, id)).Unchanged);
        foreach (var property in kept) Assert.True(Equals(before![property], after![property]), property.Name);
    }

    [Theory, Databases]
    public async Task Rejected_rows_are_mended_and_imported_again_until_none_is_left(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Db.Write(tx => app.Get<Properties>().Create(tx, TestApp.Account, new(null, "Reason", "text", "", [])));           // called like one of our notes
        var first = await Upload(app, $"email;Stage;firstname\nann@example.test;Lead;Ann\nbob.example.test;Lead;\"Bob; the \"\"first\"\"\"\nemail;Stage;firstname\ncia@example.test;Asleep;Cia\nbig@example.test;Lead;{new string('x', 70_000)}\nfew@example.test\n");
        Assert.Equal((2L, 4L), await Run(app, first) is var state ? (state.Created, state.Rejected) : default);
        var rejected = await Text(app, (await app.Get<Imports>().Find(1, first))!.RejectedFileId!.Value);
        Assert.Contains("This row is the heading again.", rejected, StringComparison.Ordinal);
        Assert.Contains("is longer than 65,536 characters", rejected, StringComparison.Ordinal);

        var mended = string.Join("\r\n", rejected.Split("\r\n").Where(line => !line.Contains("heading again", StringComparison.Ordinal))).Replace("bob.example.test;Lead", "bob@example.test;Lead", StringComparison.Ordinal).Replace("cia@example.test;Asleep", "cia@example.test;Customer", StringComparison.Ordinal).Replace(new string('x', 70_000), "Big", StringComparison.Ordinal);
        var again = await Upload(app, mended);
        Assert.Equal([null, null, null, null, "email", "lifecyclestage", "firstname"], (await Preview(app, again)).Columns.Select(c => c.Property));
        Assert.Equal((3L, 0L), await Run(app, again) is var second ? (second.Created, second.Rejected) : default);
        Assert.Equal("Bob; the \"first\"", await app.Scalar<string>("select firstname from contacts where account_id = 1 and email_key = 'bob@example.test'"));
        Assert.Null((await app.Get<Imports>().Find(1, again))!.RejectedFileId);
    }

    [Theory, Databases]
    public async Task Two_imports_of_one_file_at_once_make_each_contact_once(string database)
    {
        await using var app = await TestApp.On(database);
        var text = "email,city\n" + string.Concat(Enumerable.Range(0, 8_000).Select(i => $"c{i}@example.test,Ede\n"));
        var ids = new[] { await Upload(app, text), await Upload(app, text) };
        foreach (var id in ids) await app.Get<Imports>().Start(TestApp.Account, id, Order((await Preview(app, id)).Columns), 1, default);
        await Task.WhenAll(ids.Select(_ => Task.Run(app.RunJobs)));
        var (one, two) = (await Result(app, ids[0]), await Result(app, ids[1]));
        Assert.Equal((8_000L, 8_000L), (one.Created + two.Created, one.Unchanged + two.Unchanged));
        Assert.Equal((0L, 0L, 8_000L), (one.Rejected + two.Rejected, one.Duplicates + two.Duplicates, await app.Scalar<long>("select count(*) from contacts where account_id = 1")));
    }

    [Theory, Databases]
    public async Task An_import_whose_list_is_deleted_goes_on_and_the_restored_list_is_whole(string database)
    {
        await using var app = await TestApp.On(database);
        var id = await Upload(app, "email,city\n" + string.Concat(Enumerable.Range(0, 12_000).Select(i => $"c{i}@example.test,Ede\n")));
        var job = (await app.Get<Imports>().Start(TestApp.Account, id, Order((await Preview(app, id)).Columns) with { ListName = "Fair" }, 1, default)).JobId!.Value;
        await app.KillAfterOneStep(job);
        var list = (await app.Get<Imports>().Find(1, id))!.ListId!.Value;
        Assert.Null(await app.Db.Write(tx => app.Get<ListStore>().Delete(tx, TestApp.Account, list, 1)));
        await app.RunJobs();
        Assert.Equal(12_000, (await Result(app, id)).Created);
        Assert.True((await app.Db.Write(tx => app.Get<DeletedLists>().Restore(tx, TestApp.Account, list, "restored", 1))).Restored);
        Assert.Equal(12_000, await app.Db.Read(tx => app.Get<ListMembers>().Count(tx, TestApp.Account, list)));
    }

    [Theory, Databases]
    public async Task Lists_that_ask_who_is_in_the_list_of_an_import_hear_of_it_and_who_was_put_in_by_hand_meanwhile_counts_once(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, ["email=c3@example.test"]);
        var id = await Upload(app, "email,email,city\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"c{i}@example.test,other,Ede\n")));
        var columns = (await Preview(app, id)).Columns;
        Assert.Equal(["email", null, "city"], columns.Select(c => c.Property));                       // a heading twice: the first counts
        await app.Get<Imports>().Start(TestApp.Account, id, Order(columns) with { ListName = "Fair" }, 1, default);
        var fair = (await app.Get<Imports>().Find(1, id))!.ListId!.Value;
        Assert.Equal((1L, null), await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, fair, new([1]))));
        var asking = await app.List("At the fair", ListKind.Dynamic, AskingListsTests.Json(AskingListsTests.InList(fair)));
        await app.RunJobs();
        Assert.Equal((100L, 100), (await app.Db.Read(tx => app.Get<ListMembers>().Count(tx, 1, fair)), (await app.Members(asking)).Count()));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task A_misread_file_is_read_again_as_a_person_says_it_is_written_and_goes_on_there_after_a_kill(string database)
    {
        await using var app = await TestApp.On(database);
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding("macintosh")!.GetBytes("email:naam\n" + string.Concat(Enumerable.Range(0, 7_000).Select(i => $"c{i}@example.test:'Ren\u00e9: {i}'\n")));
        var (id, error) = await app.Get<Imports>().Upload(TestApp.Account, "mac.csv", new MemoryStream(bytes), 1, default);
        Assert.Null(error);
        var import = (await app.Get<Imports>().Find(1, id!.Value))!;
        Assert.Equal("windows-1252", import.Encoding);
        Assert.Contains("not UTF-8", await app.Get<Imports>().Reformat(import, "utf-8", ":", "'", default), StringComparison.Ordinal);
        Assert.Contains("one character", await app.Get<Imports>().Reformat(import, "ebcdic", ":", "'", default), StringComparison.Ordinal);
        Assert.Null(await app.Get<Imports>().Reformat(import, "macintosh", ":", "'", default));
        var columns = (await Preview(app, import.Id)).Columns;
        Assert.Equal("email naam", string.Join(' ', columns.Select(c => c.Heading)));
        var job = (await app.Get<Imports>().Start(TestApp.Account, import.Id, Order([columns[0], columns[1] with { Property = "firstname" }]), 1, default)).JobId!.Value;
        await app.KillAfterOneStep(job);
        await app.RunJobs();
        Assert.Equal((7_000L, 0L), await Result(app, import.Id) is var state ? (state.Created, state.Rejected) : default);
        Assert.Equal("René: 6999", await app.Scalar<string>("select firstname from contacts where account_id = 1 and email_key = 'c6999@example.test'"));
        Assert.Contains("started already", await app.Get<Imports>().Reformat((await app.Get<Imports>().Find(1, import.Id))!, "windows-1252", ":", "'", default), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task It_is_counted_before_who_would_become_a_marketing_contact(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, ["email=ann@example.test"], ["email=bob@example.test", "hs_marketable_status=true"]);
        await app.Db.Write(tx => app.Get<ContactStore>().Block(tx, 1, ["gone@example.test"]));
        var id = await Upload(app, "email\nann@example.test\nANN@example.test\nbob@example.test\nnew@example.test\nnew@example.test\ngone@example.test\nbroken\n");
        var (import, order) = ((await app.Get<Imports>().Find(1, id))!, Order((await Preview(app, id)).Columns) with { Marketing = true });
        foreach (var (deeds, becoming) in new[] { (ImportDeeds.Both, 2), (ImportDeeds.Create, 1), (ImportDeeds.Update, 1) })
            Assert.Equal(new MarketingCount(becoming, 0, true), await app.Get<MarketingForecast>().Of(import, order with { Choices = new(deeds) }, default));
        Assert.False((await app.Get<MarketingForecast>().Of(import with { Lines = MarketingForecast.MostLines + 1 }, order, default)).IsExact);
        await Run(app, id, order);
        Assert.Equal(3, (await app.Db.Read(tx => app.Get<ContactStore>().Counts(tx, 1))).Marketing);
    }

    [Fact]
    public async Task A_person_corrects_the_format_checks_makes_a_property_and_starts_by_forms_alone()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        var imports = app.Services.GetRequiredService<Imports>();
        var (id, _) = await imports.Upload(1, "fair.csv", new MemoryStream(Encoding.UTF8.GetBytes("Email!Since!Stage\nann@example.test!3/4/2026!Lead\nbob@example.test!5/4/2026!Asleep\n")), 1, default);
        var path = $"/imports/{id}/mapping";
        Assert.Contains("cannot be read like this", await (await WebApp.Post(app.Http, path, new() { ["Delimiter"] = "", ["Other"] = "" }, "format")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, path, new() { ["Delimiter"] = "", ["Other"] = "!" }, "format")).StatusCode);
        var page = await WebApp.Page(app.Http, path);
        Assert.Equal(["Certain", "Not recognised", "Certain"], page.QuerySelectorAll("#mapped .badge").Select(badge => badge.TextContent));
        Assert.Contains("Row 3: “Asleep” Choose one of the options.", page.QuerySelector("#mapped ul.small")!.TextContent, StringComparison.Ordinal);

        var form = new Dictionary<string, string[]> { ["Column"] = ["email", "+", "lifecyclestage"], ["Marketing"] = ["true"], ["Deeds"] = ["both"], ["Deed"] = ["check"] };
        page = await WebApp.Read(await Post(app.Http, path, form));
        Assert.Equal(("Since", "date"), (page.QuerySelector("[name=Label-1]")!.GetAttribute("value"), page.QuerySelector("[name=Kind-1] option[selected]")!.GetAttribute("value")));
        Assert.Contains("1 contact would become a marketing contact.", page.QuerySelector("#becoming")!.TextContent, StringComparison.Ordinal);          // the other row is rejected
        form["Dates-1"] = ["mdy"];
        form["Label-1"] = ["Customer since"];
        form["Deed"] = ["start"];
        var importer = await app.Colleague("importer@fernhill.example", PermissionSet.Of(Permission.Import));
        Assert.Null((await WebApp.Page(importer, path)).QuerySelector("option[value='+'], [name=Marketing]"));
        Assert.Contains(path.Replace("/mapping", "", StringComparison.Ordinal), (await Post(app.Http, path, form)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        Assert.Equal("2026-03-04", await Since(app));
        Assert.Equal(1, await app.Services.GetRequiredService<Db>().Read(tx => tx.Single<long>(Statement.Built("test", "select count(*) from contacts where account_id = 1 and marketing"))));
        Assert.Equal(HttpStatusCode.Redirect, (await app.Http.GetAsync(path)).StatusCode);                                       // it was started
    }

    [Fact]
    public async Task The_page_of_an_import_pauses_it_lets_it_go_on_and_says_when_its_list_is_gone()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        var (imports, runner) = (app.Services.GetRequiredService<Imports>(), app.Services.GetRequiredService<JobRunner>());
        var (id, _) = await imports.Upload(1, "fair.csv", new MemoryStream(Encoding.UTF8.GetBytes("email\nann@example.test\n")), 1, default);
        await imports.Start(1, id!.Value, "Fair", [new("email", "email")], false, "Fair", 1, default);
        var path = $"/imports/{id}";
        await WebApp.Post(app.Http, path, [], $"{path}/pause");
        await runner.RunOpenJobs();
        var page = await WebApp.Page(app.Http, path);
        Assert.Equal("Paused", page.QuerySelector(".page-head .badge")!.TextContent);
        var list = (await imports.Find(1, id.Value))!.ListId!.Value;
        await app.Services.GetRequiredService<Db>().Write(tx => app.Services.GetRequiredService<ListStore>().Delete(tx, 1, list, 1));
        Assert.Contains("The import goes on without it.", (await WebApp.Page(app.Http, path)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await WebApp.Post(app.Http, path, [], $"{path}/resume");
        await runner.RunOpenJobs();
        page = await WebApp.Page(app.Http, path);
        Assert.Contains("The contacts were imported all the same.", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("1", page.QuerySelector("#job .tile .big")!.TextContent);
    }

    private static Task<string> Since(WebApp app) => app.Services.GetRequiredService<Db>().Read(async tx =>
    {
        var (contact, catalog) = ((await app.Services.GetRequiredService<ContactStore>().Find(tx, 1, 1))!, await app.Services.GetRequiredService<Properties>().Catalog(tx, 1));
        return PropertyValue.Text(catalog.Find("customer_since")!, contact[catalog.Find("customer_since")!])!;
    });

    private static async Task<HttpResponseMessage> Post(HttpClient browser, string path, Dictionary<string, string[]> values)
    {
        var hidden = (await WebApp.Page(browser, path)).QuerySelector("main [name=Column]")!.Closest("form")!.QuerySelectorAll("input[type=hidden]").Select(f => KeyValuePair.Create(f.GetAttribute("name")!, f.GetAttribute("value")!));
        return await browser.PostAsync(path, new FormUrlEncodedContent([.. hidden, KeyValuePair.Create("Name", "Fair"), .. values.SelectMany(v => v.Value.Select(value => KeyValuePair.Create(v.Key, value)))]));
    }

    private static ImportOrder Order(IReadOnlyList<ImportColumn> columns) => new("Contacts", columns, false, null, ImportChoices.Usual, new Dictionary<int, PropertyWish>());

    private static async Task<long> Upload(TestApp app, string text)
    {
        var (id, error) = await app.Get<Imports>().Upload(TestApp.Account, "contacts.csv", new MemoryStream(Encoding.UTF8.GetBytes(text)), 1, default);
        Assert.Null(error);
        return id!.Value;
    }

    private static async Task<ImportPreview> Preview(TestApp app, long id) => await app.Get<Imports>().Preview((await app.Get<Imports>().Find(TestApp.Account, id))!, default);

    private static async Task<string> Refused(TestApp app, long id, ImportOrder order)
    {
        var (job, error) = await app.Get<Imports>().Start(TestApp.Account, id, order, 1, default);
        Assert.Null(job);
        return error!;
    }

    private static async Task<ImportState> Run(TestApp app, long id, Func<ImportOrder, ImportOrder>? with = null) => await Run(app, id, (with ?? (o => o))(Order((await Preview(app, id)).Columns)));

    private static async Task<ImportState> Run(TestApp app, long id, ImportOrder order)
    {
        Assert.Null((await app.Get<Imports>().Start(TestApp.Account, id, order, 1, default)).Error);
        await app.RunJobs();
        return await Result(app, id);
    }

    private static async Task<ImportState> Result(TestApp app, long id)
    {
        var job = (await app.Get<JobQueue>().Find(TestApp.Account, (await app.Get<Imports>().Find(TestApp.Account, id))!.JobId!.Value))!;
        Assert.Equal("done", job.Outcome);
        return job.ResultAs<ImportState>()!;
    }

    private static async Task<string> Text(TestApp app, long fileId)
    {
        using var reader = new StreamReader(app.Get<Files>().Open((await app.Get<Files>().Find(TestApp.Account, fileId))!), Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
