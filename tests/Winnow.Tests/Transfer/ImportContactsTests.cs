using System.IO.Compression;
using System.Text;
using Winnow.Contacts;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Transfer;

namespace Winnow.Tests;

public sealed class ImportContactsTests
{
    [Theory, Databases]
    public async Task New_contacts_are_made_and_known_ones_changed(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, ["email=ann@example.test", "city=Utrecht", "firstname=Ann"], ["email=bob@example.test", "city=Delft"]);
        var (state, import) = await Import(app, "E-mail;Voornaam;Plaats\nANN@Example.test;;Leiden\nbob@example.test;;Delft\neva@example.test;Eva;Gent\n");

        Assert.Equal((1, 1, 1, 0, 0), (state.Created, state.Updated, state.Unchanged, state.Duplicates, state.Rejected));
        Assert.Equal("Ann|Leiden|ann@example.test", await app.Scalar<string>("select firstname || '|' || city || '|' || email from contacts where account_id = 1 and email_key = 'ann@example.test'"));
        Assert.Equal(("IMPORT", $"{import.Id}"), (await app.Scalar<string>("select source from contacts where account_id = 1 and email_key = 'eva@example.test'"),
            await app.Scalar<string>("select source_id from contact_history where account_id = 1 and contact_id = 1 and version = 2")));
        Assert.Equal(0, await app.Scalar<long>("select count(*) from contacts where account_id = 2"));
    }

    [Theory, Databases]
    public async Task What_Winnow_keeps_itself_is_never_taken_from_a_file(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, ["email=ann@example.test"]);
        await app.Db.Write(tx => app.Get<AddressChanges>().Change(tx, TestApp.Account, new("EMAIL"), "ann@example.test", s => s with { OptedOutAt = app.Clock.GetUtcNow(), HardBounceReason = "OTHER", HardBouncedAt = app.Clock.GetUtcNow() }));
        const string File = "email,Unsubscribed from all email,hs_email_hard_bounce_reason_enum\nann@example.test,false,\n";
        var (id, _) = await Upload(app, File);
        var preview = await app.Get<Imports>().Preview((await app.Get<Imports>().Find(TestApp.Account, id!.Value))!, default);
        Assert.Equal(["email", null, null], preview.Columns.Select(c => c.Property));

        var forced = preview.Columns.Select(c => c with { Property = c.Heading == "email" ? "email" : "hs_email_optout" }).Take(2).ToList();
        var (job, error) = await app.Get<Imports>().Start(TestApp.Account, id.Value, "x", forced, false, null, 1, default);
        Assert.Null(job);
        Assert.Contains("Winnow keeps that property itself", error, StringComparison.Ordinal);

        await Run(app, id.Value, preview.Columns);
        Assert.Equal(1, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and opted_out and hard_bounce_reason = 'OTHER'"));
    }

    [Theory, Databases]
    public async Task A_bad_row_is_left_out_and_told_and_the_others_go_in(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Db.Write(tx => app.Get<Properties>().Create(tx, TestApp.Account, new(null, "Shoe size", "number", "", [])));
        var (state, import) = await Import(app, """
            Email,Shoe size,Lifecycle Stage,Record ID
            good@example.test,38.5,Lead,
            not-an-address,40,Lead,
            ,41,Lead,
            size@example.test,big,Lead,
            stage@example.test,42,Sleeping,
            id@example.test,43,Lead,99
            open@example.test,"44,Lead,
            many@example.test,45,Lead,,surplus
            few@example.test
            """);
        Assert.Equal((2, 7), (state.Created, state.Rejected));
        var rejected = Encoding.UTF8.GetString(await Bytes(app, import.RejectedFileId!.Value)).Trim('\uFEFF').Split("\r\n");
        Assert.Equal("Row,Column,Value,Reason,Email,Shoe size,Lifecycle Stage,Record ID", rejected[0]);
        Assert.Equal("3,Email,not-an-address,The email address has no @.,not-an-address,40,Lead,", rejected[1]);
        Assert.StartsWith("4,Email,,The row has no email address", rejected[2], StringComparison.Ordinal);
        Assert.StartsWith("5,Shoe size,big,", rejected[3], StringComparison.Ordinal);
        Assert.StartsWith("6,Lifecycle Stage,Sleeping,", rejected[4], StringComparison.Ordinal);
        Assert.Contains("There is no contact with record ID 99", rejected[5], StringComparison.Ordinal);
        Assert.Contains("quotation mark", rejected[6], StringComparison.Ordinal);
        Assert.Contains("The row has 5 cells, the heading 4", rejected[7], StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task Rows_about_one_contact_are_merged_wherever_they_stand(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, ["email=ann@example.test", "city=Utrecht"]);
        var text = new StringBuilder("email,firstname,city\nann@example.test,,Utrecht\nbob@example.test,Bob,\nBOB@example.test,,Delft\n");
        for (var i = 0; i < 6000; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"c{i}@example.test,,\n");
        text.Append("bob@example.test,Bobby,\nann@example.test,,Leiden\nc1@example.test,,\nann@example.test,,Gouda\n");
        var (state, _) = await Import(app, text.ToString());
        Assert.Equal((6001, 1, 0, 5, 0), (state.Created, state.Updated, state.Unchanged, state.Duplicates, state.Rejected));
        Assert.Equal("Bobby Delft", await app.Scalar<string>("select firstname || ' ' || city from contacts where account_id = 1 and email_key = 'bob@example.test'"));
        Assert.Equal("Gouda", await app.Scalar<string>("select city from contacts where account_id = 1 and email_key = 'ann@example.test'"));
    }

    [Theory, Databases]
    public async Task A_lifecycle_stage_never_moves_back(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, ["email=ann@example.test", "lifecyclestage=customer"], ["email=bob@example.test", "lifecyclestage=lead"]);
        var (state, _) = await Import(app, "email,lifecyclestage\nann@example.test,Lead\nbob@example.test,opportunity\n");
        Assert.Equal((1, 1), (state.Updated, state.Unchanged));
        Assert.Equal("customer,opportunity", await app.Scalar<string>("select (select lifecycle_stage from contacts where account_id = 1 and id = 1) || ',' || (select lifecycle_stage from contacts where account_id = 1 and id = 2)"));
    }

    [Theory, Databases]
    public async Task Contacts_are_found_by_additional_address_and_by_record_id(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.Add(TestApp.Account, ["email=ann@example.test"], ["email=bob@example.test"]);
        await app.Execute("insert into contact_emails (account_id, email_key, contact_id, email, created_at) values (1, 'ann@home.test', @id, 'ann@home.test', 0)", new { id = ids[0] });
        var (state, _) = await Import(app, $"Record ID,Email,City\n,ann@home.test,Leiden\n{ids[1]},robert@example.test,Delft\n{ids[1]},ann@home.test,Gent\n");
        Assert.Equal((0, 2, 1), (state.Created, state.Updated, state.Rejected));
        Assert.Equal("Leiden ann@example.test", await app.Scalar<string>("select city || ' ' || email from contacts where account_id = 1 and id = @id", new { id = ids[0] }));
        Assert.Equal("Delft robert@example.test", await app.Scalar<string>("select city || ' ' || email from contacts where account_id = 1 and id = @id", new { id = ids[1] }));
    }

    [Theory, Databases]
    public async Task An_import_makes_a_list_and_marketing_contacts_when_asked(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, ["email=ann@example.test"], ["email=other@example.test"]);
        var (_, import) = await Import(app, "email\nann@example.test\neva@example.test\n", marketing: true, list: "Spring fair");
        Assert.Equal([1L, 3L], (await app.Db.Read(tx => app.Get<ListMembers>().Read(tx, TestApp.Account, import.ListId!.Value))).Ids);
        Assert.Equal(2, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and marketing and marketing_source = 'CONTACT_IMPORT' and id <> 2"));
        Assert.Equal(0, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and marketing and id = 2"));
    }

    [Theory, Databases]
    public async Task An_import_whose_process_dies_goes_on_and_ends_exact(string database)
    {
        await using var app = await TestApp.On(database);
        var text = new StringBuilder("email,city\n");
        for (var i = 0; i < 23_000; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{(i % 100 == 7 ? "broken" : $"c{i % 20_000}@example.test")},Plaats {i}\n");
        var (id, _) = await Upload(app, text.ToString());
        await Start(app, id!.Value, list: "All");
        for (var kill = 0; kill < 3; kill++)
        {
            using var process = new CancellationTokenSource();
            var before = await app.Scalar<long>("select done from jobs where account_id = 1");
            var run = Task.Run(() => app.Get<JobRunner>().RunOpenJobs(process.Token));       // SQLite works on the thread that asks
            while (!run.IsCompleted && await app.Scalar<long>("select done from jobs where account_id = 1") == before) await Task.Delay(1);
            await process.CancelAsync();
            try { await run; } catch (OperationCanceledException) { }
            app.Clock.Advance(TimeSpan.FromMinutes(1));          // its lease runs out
        }
        await app.RunJobs();
        var (state, import) = await Result(app, id.Value);
        Assert.Equal((19_800, 0, 0, 2_970, 230), (state.Created, state.Updated, state.Unchanged, state.Duplicates, state.Rejected));
        Assert.Equal(19_800, await app.Scalar<long>("select count(*) from contacts where account_id = 1"));
        Assert.Equal(19_800, (await app.Db.Read(tx => app.Get<ListMembers>().Read(tx, TestApp.Account, import.ListId!.Value))).Count);
        Assert.Equal(2_970, await app.Scalar<long>("select count(*) from contact_history where account_id = 1"));
        Assert.Equal(232, Encoding.UTF8.GetString(await Bytes(app, import.RejectedFileId!.Value)).Split("\r\n").Length);
        Assert.Equal((23_000, 23_000), await app.Db.Read(async tx => (await app.Scalar<long>("select done from jobs where account_id = 1"), await app.Scalar<long>("select total from jobs where account_id = 1"))));
    }

    [Theory, Databases]
    public async Task What_others_change_and_take_while_an_import_looks_ahead_is_kept(string database)
    {
        await using var app = await TestApp.On(database);
        const int Known = 10_000, Rows = 20_000;
        await app.Add(TestApp.Account, [.. Enumerable.Range(0, Known).Select(i => new[] { $"email=c{i}@example.test", "city=Ede" })]);
        var text = new StringBuilder("email,city\n");
        for (var i = 0; i < Rows; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"c{i}@example.test,Delft\n");
        var (id, _) = await Upload(app, text.ToString());
        await Start(app, id!.Value);
        var (store, properties, taken) = (app.Get<ContactStore>(), app.Get<Properties>(), 0);
        var run = Task.Run(() => app.RunJobs());                        // SQLite works on the thread that asks
        for (var (i, known) = (Known - 1, Rows - 1); !run.IsCompleted && i > 0; (i, known) = (i - 7, known - 97 > Known ? known - 97 : Rows - 1))
        {
            var address = $"c{known}@example.test";
            await app.Db.Write(async tx =>
            {
                var catalog = await properties.Catalog(tx, TestApp.Account);
                await store.HoldAddresses(tx, TestApp.Account);
                if ((await store.IdsByAddress(tx, TestApp.Account, [address])).Count > 0) return;
                var made = (await store.New(tx, TestApp.Account, 1))[0];
                made[BuiltInProperties.Of("email")] = address;
                await store.Save(tx, Actor.Person(1), catalog, [(null, made)]);
                taken++;
            });
            await app.Db.Write(async tx =>
            {
                var catalog = await properties.Catalog(tx, TestApp.Account);
                var before = (await store.ReadToChange(tx, TestApp.Account, [i])).Single();
                var after = before.Copy();
                after[BuiltInProperties.Of("jobtitle")] = "Mine";
                await store.Save(tx, Actor.Person(1), catalog, [(before, after)]);
                await store.CountMail(tx, TestApp.Account, catalog, [i + 1], "Spring");
            });
        }
        await run;
        var (state, _) = await Result(app, id.Value);
        Assert.Equal((Rows - Known - taken, Known + taken, 0L), (state.Created, state.Updated, state.Rejected));
        Assert.Equal(Rows, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and city = 'Delft'"));
        Assert.Equal(Rows, await app.Scalar<long>("select count(*) from contacts where account_id = 1"));
        Assert.Equal(await app.Scalar<long>("select count(*) from contact_history where account_id = 1 and source = 'CRM_UI'"), await app.Scalar<long>("select count(*) from contacts where account_id = 1 and jobtitle = 'Mine'"));
        Assert.Equal(await app.Scalar<long>("select count(*) from contacts where account_id = 1 and jobtitle = 'Mine'"), await app.Scalar<long>("select sum(emails_delivered) from contacts where account_id = 1"));
        Assert.Equal(0, await app.Scalar<long>("select count(*) from contacts c where account_id = 1 and version <> 1 + (select count(*) from contact_history h where h.account_id = 1 and h.contact_id = c.id)"));
    }

    [Theory, Databases]
    public async Task A_hundred_thousand_broken_rows_are_all_told_and_memory_stays_small(string database)
    {
        await using var app = await TestApp.On(database);
        var text = new StringBuilder("email,firstname,lastname,city\n");
        for (var i = 0; i < 100_000; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"nobody{i},Ann,\"Lee, {i}\",Delft\n");
        var (state, import) = await Import(app, text.ToString());
        Assert.Equal(100_000, state.Rejected);
        var rejected = Encoding.UTF8.GetString(await Bytes(app, import.RejectedFileId!.Value));
        Assert.Equal(100_002, rejected.Split("\r\n").Length);
        Assert.Contains("\r\n100001,email,nobody99999,The email address has no @.,nobody99999,Ann,\"Lee, 99999\",Delft\r\n", rejected, StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task The_encoding_is_found_out_whatever_the_program_that_wrote_the_file(string database)
    {
        await using var app = await TestApp.On(database);
        const string Text = "email;firstname\r\nrene@example.test;René\r\n";
        var western = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
        foreach (var (bytes, name) in new (byte[], string)[]
        {
            (Encoding.UTF8.GetBytes(Text), "utf-8"),
            ([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Text)], "utf-8"),
            (western.GetBytes(Text), "windows-1252"),
            ([.. Encoding.UTF8.GetBytes(Text + new string('x', 3 << 20) + "\r\n"), .. western.GetBytes("jose@example.test;José")], "utf-8"),          // both: read in both
            ([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Text)], "utf-16le"),
            (Encoding.BigEndianUnicode.GetBytes(Text), "utf-16be"),
        })
        {
            var (id, error) = await app.Get<Imports>().Upload(TestApp.Account, "x.csv", new MemoryStream(bytes), 1, default);
            Assert.Null(error);
            var import = (await app.Get<Imports>().Find(TestApp.Account, id!.Value))!;
            Assert.Equal((name, ";"), (import.Encoding, import.Delimiter));
            var preview = await app.Get<Imports>().Preview(import, default);
            Assert.Equal(["email", "firstname"], preview.Columns.Select(c => c.Property));
            if (bytes.Length < 1000) Assert.Equal("René", preview.Rows[0].Cells[1]);
        }
    }

    [Theory, Databases]
    public async Task What_is_no_csv_is_refused_with_a_sentence_and_not_kept(string database)
    {
        await using var app = await TestApp.On(database);
        using var zip = new MemoryStream();
        await using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true)) archive.CreateEntry("contacts.csv");
        using var gzip = new MemoryStream();
        await using (var packed = new GZipStream(gzip, CompressionLevel.Fastest, leaveOpen: true)) packed.Write("email\na@b.test\n"u8);
        foreach (var (bytes, says) in new (byte[], string)[]
        {
            (zip.ToArray(), "This is an archive"),
            (gzip.ToArray(), "This is an archive"),
            ([], "file is empty"),
            ("\n\n\r\n"u8.ToArray(), "file is empty"),
            ("email,firstname\n"u8.ToArray(), "no rows"),
            (Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Range(0, 2_000).Select(i => $"c{i}")) + "\nx\n"), "2,000 columns"),
            (Encoding.UTF8.GetBytes("email,\"name\nann@example.test,Ann\n"), "first row must hold the names"),
            ([.. Enumerable.Range(0, 5_000).Select(i => (byte)(i * 7))], "not a text file"),
        })
        {
            var (id, error) = await app.Get<Imports>().Upload(TestApp.Account, "contacts.csv", new MemoryStream(bytes), 1, default);
            Assert.Null(id);
            Assert.Contains(says, error, StringComparison.Ordinal);
        }
        Assert.Equal(0, await app.Scalar<long>("select (select count(*) from files where account_id = 1) + (select count(*) from file_pieces where account_id = 1)"));
    }

    [Theory, Databases]
    public async Task Zero_bytes_in_cells_are_dropped(string database)
    {
        await using var app = await TestApp.On(database);
        var (state, _) = await Import(app, "email,firstname\nann@example.test,A\0nn and a long enough line so that this is a text\nb\0b@example.test,Bob\n");
        Assert.Equal((1, 1), (state.Created, state.Rejected));
        Assert.StartsWith("Ann", await app.Scalar<string>("select firstname from contacts where account_id = 1"), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task A_form_posted_twice_starts_one_import_and_another_account_sees_none(string database)
    {
        await using var app = await TestApp.On(database);
        var (id, _) = await Upload(app, "email\nann@example.test\n");
        Assert.Equal(await Start(app, id!.Value), await Start(app, id.Value));
        Assert.Equal(1, await app.Scalar<long>("select count(*) from jobs where account_id = 1"));
        Assert.Null(await app.Get<Imports>().Find(TestApp.OtherAccount, id.Value));
        Assert.Equal("There is no such import.", (await app.Get<Imports>().Start(TestApp.OtherAccount, id.Value, "x", [new("email", "email")], false, null, 1, default)).Error);
    }

    [Theory, Databases]
    public async Task A_permanently_deleted_address_is_not_imported_again(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Db.Write(tx => app.Get<ContactStore>().Block(tx, TestApp.Account, ["gone@example.test"]));
        await app.Db.Write(tx => app.Get<ContactStore>().Block(tx, TestApp.Account, ["gone@example.test", "too@example.test"]));
        var (state, _) = await Import(app, "email\nGONE@example.test\nstays@example.test\n");
        Assert.Equal((1, 1), (state.Created, state.Rejected));
    }

    private static async Task<(ImportState State, Import Import)> Import(TestApp app, string text, bool marketing = false, string? list = null)
    {
        var (id, error) = await Upload(app, text);
        Assert.Null(error);
        await Run(app, id!.Value, marketing: marketing, list: list);
        return await Result(app, id.Value);
    }

    private static Task<(long? Id, string? Error)> Upload(TestApp app, string text) =>
        app.Get<Imports>().Upload(TestApp.Account, "contacts.csv", new MemoryStream(Encoding.UTF8.GetBytes(text)), 1, default);

    private static async Task Run(TestApp app, long id, IReadOnlyList<ImportColumn>? columns = null, bool marketing = false, string? list = null)
    {
        await Start(app, id, columns, marketing, list);
        await app.RunJobs();
    }

    private static async Task<long> Start(TestApp app, long id, IReadOnlyList<ImportColumn>? columns = null, bool marketing = false, string? list = null)
    {
        var imports = app.Get<Imports>();
        columns ??= (await imports.Preview((await imports.Find(TestApp.Account, id))!, default)).Columns;
        var (job, error) = await imports.Start(TestApp.Account, id, "Contacts", columns, marketing, list, 1, default);
        Assert.Null(error);
        return job!.Value;
    }

    private static async Task<(ImportState State, Import Import)> Result(TestApp app, long id)
    {
        var import = (await app.Get<Imports>().Find(TestApp.Account, id))!;
        var job = (await app.Get<JobQueue>().Find(TestApp.Account, import.JobId!.Value))!;
        Assert.Equal("done", job.Outcome);
        return (job.ResultAs<ImportState>()!, import);
    }

    private static async Task<byte[]> Bytes(TestApp app, long fileId)
    {
        using var bytes = new MemoryStream();
        await app.Get<Files>().Open((await app.Get<Files>().Find(TestApp.Account, fileId))!).CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
