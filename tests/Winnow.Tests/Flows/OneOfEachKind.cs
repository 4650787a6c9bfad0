using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Email.Bounces.Mailboxes;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Transfer;
using Winnow.Transfer.HubSpot;
using Winnow.Transfer.Passports;

namespace Winnow.Tests;

/// <summary>A contact, an e-mail, a report, an import, a job and so on in account 1, each with the id 1, for walks over all routes.
/// The list 1 is an active one, the list 2 a static one.</summary>
internal static class OneOfEachKind
{
    /// <summary>The job of the export; the same whenever they are made.</summary>
    private static long export;

    /// <summary>A route of the table of permissions with these ids filled in.</summary>
    public static string Path(string pattern) => Regex.Replace(pattern, @"\{(\w+)(:\w+)?\}", part => (part.Groups[1].Value, pattern) switch
    {
        ("Name", _) => "email",
        (_, var unmatched) when unmatched.StartsWith("/settings/bounces/unmatched/", StringComparison.Ordinal) => "2",
        (_, var marketing) when marketing.StartsWith("/marketing-changes/", StringComparison.Ordinal) => "2",
        (_, var move) when move.StartsWith("/list-moves/", StringComparison.Ordinal) => "3",
        (_, "/exports/{id:long}") => $"{export}",
        (_, "/imports/passports/signers/{id:long}/remove") => "1",
        (_, var list) when list.EndsWith("/remove", StringComparison.Ordinal) => "2",
        (_, "/settings/properties/{Id:long}") => $"{Property.FirstCustomId}",        // those below are everybody's
        _ => "1",
    });

    /// <summary>Makes them.</summary>
    public static async Task Make(WebApp app)
    {
        var services = app.Services;
        var db = services.GetRequiredService<Db>();
        await db.Write(async tx =>
        {
            var contact = (await services.GetRequiredService<ContactStore>().New(tx, 1, 1))[0];
            contact[BuiltInProperties.Of("email")] = "ann@example.test";
            await services.GetRequiredService<ContactStore>().Save(tx, Actor.Person(1), await services.GetRequiredService<Properties>().Catalog(tx, 1), [(null, contact)]);
        });
        await HardBouncedList.Make(db, services.GetRequiredService<Properties>(), services.GetRequiredService<ListStore>(), 1);
        await db.Write(tx => services.GetRequiredService<Properties>().Create(tx, 1, new PropertyWish("size", "Size", "text", "", [])));
        await db.Write(tx => services.GetRequiredService<ListStore>().Create(tx, 1, "By hand", ListKind.Manual, null, TimeZoneInfo.Utc, 1));
        await db.Write(tx => services.GetRequiredService<ListFolders>().Create(tx, 1, 0, "News", 1));
        await db.Write(tx => services.GetRequiredService<SavedViews>().Create(tx, 1, 1, "Everyone", SharedWith.All, ViewContent.Everyone, TimeZoneInfo.Utc));
        await db.Write(tx => services.GetRequiredService<Teams>().Create(tx, 1, 1, "Field"));
        await services.GetRequiredService<EmailStore>().Create(1, "Our news", MailSettings.Blank, 1);
        await services.GetRequiredService<Inbox>().Store([(new(1, 1, 1), "b+1@bounces.test")], BounceApp.Original("ann@example.test"));
        await db.Write(tx => tx.Execute(Statement.Built("judged", "update inbox set state = 'done', kind = 'other', verdict = 'Unknown' where account_id = 1")));
        await services.GetRequiredService<PrivateApps>().Create(1, (1, new(true, new HashSet<Permission>())), new("Sync", "", [Scope.ReadOwners]));
        await db.Write(tx => services.GetRequiredService<Inbox>().Receive(tx, 1, "imap", "bounces@example.test", BounceApp.Original("old@example.test"), "1"));
        await db.Write(tx => tx.Execute(Statement.Built("judged", "update inbox set state = 'unmatched', why = 'no-mark', kind = 'other' where account_id = 1 and id = 2")));
        await services.GetRequiredService<ReportMailboxes>().Save(1, ReportMailbox.New with { Host = "imap.example.test", UserName = "bounces", Password = "secret" }, 1);
        await db.Write(async tx =>
        {
            await tx.Execute(Statement.Built("incident", "insert into incidents (account_id, id, grouped_by, group_key, provider, sample, first_at, last_at, opened_at) values (1, 1, 'provider', 'Google', 'Google', '421 4.7.0 Try again later', 1, 1, 1)"));
            await tx.Execute(Statement.Built("block", "insert into incident_blocks (account_id, inbox_id, at, provider, words, email_key, contact_id, incident_id) values (1, 1, 1, 'Google', '', 'ann@example.test', 1, 1)"));
        });
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await services.GetRequiredService<UploadedPassports>().Upload(1, "a.passport", new MemoryStream(await PassportTests.Signed(key, "out@example.test")), 1, default);
        await services.GetRequiredService<PassportSigners>().Trust(1, "0000-0000", "Another", 1);
        var imports = services.GetRequiredService<Imports>();
        var (id, _) = await imports.Upload(1, "a.csv", new MemoryStream(Encoding.UTF8.GetBytes("Email,Job Title\nbroken,\nann@example.test,Grower\n")), 1, default);
        await imports.Start(1, id!.Value, "Import", (await imports.Preview((await imports.Find(1, id.Value))!, default)).Columns, false, null, 1, default);
        await services.GetRequiredService<JobRunner>().RunOpenJobs();
        await EditAndUndo(services, db);
        await services.GetRequiredService<UndoImport>().Confirm(1, 1, null, "Undo", 1);
        await services.GetRequiredService<JobRunner>().RunOpenJobs();
        await SetMarketingAndUndo(services);
        await MoveAndUndo(services, db);
        await db.Write(async tx =>                                          // moved in once, with a report; the token is forgotten
        {
            var files = services.GetRequiredService<Files>();
            var report = await files.Create(tx, 1, "report.csv", 1);
            await files.Append(tx, 1, report, "What"u8.ToArray());
            var job = await Ids.Next(tx, 1, "job");
            var state = new MoveInState(1, new(true, true, true, true, false, []), null, DateTimeOffset.UnixEpoch, MoveInPhase.End, ReportFileId: report);
            var result = System.Text.Json.JsonSerializer.Serialize(state, System.Text.Json.JsonSerializerOptions.Web);
            await tx.Execute(Statement.Built("moved", "insert into jobs (account_id, id, kind, title, state, done, total, outcome, result, created_by, created_at, finished_at) values (1, @job, 'MoveIn', 'Move in', cast(@result as $json), 1, 1, 'done', cast(@result as $json), 1, 1, 1)"), new { job, result });
            await tx.Execute(Statement.Built("source", "insert into move_ins (account_id, id, portal_id, job_id, created_at) values (1, 1, 4711, @job, 1)"), new { job });
            await tx.Execute(Statement.Built("record", "insert into moved_records (account_id, portal_id, kind, hubspot_id, record_id) values (1, 4711, 'contact', 1001, 1)"));
        });
        var exports = services.GetRequiredService<ExportContacts>();
        var all = (await exports.Freeze(1, new([1]), TimeZoneInfo.Utc, 1)).Receipt!;
        export = (await exports.Confirm(1, all.SelectionId, new([], ','), new([1]), TimeZoneInfo.Utc, "Ann", "Export Ann", "ann.csv", 1)).JobId!.Value;
        await services.GetRequiredService<JobRunner>().RunOpenJobs();
        await services.GetRequiredService<MarketingQueue>().WaitOne(1, 1, 1, "Set Ann as marketing contact");
        await services.GetRequiredService<MarketingQueue>().WaitOne(1, 2, 1, "Set Ann as marketing contact, again");
    }

    /// <summary>A move into the list 2 whose undo left somebody alone, as a second move meant them too; the list is empty in the end.</summary>
    private static async Task MoveAndUndo(IServiceProvider services, Db db)
    {
        var (move, runner) = (services.GetRequiredService<MoveMembers>(), services.GetRequiredService<JobRunner>());
        for (var i = 0; i < 2; i++)
        {
            var receipt = (await move.Freeze(1, new([1]), 2, TimeZoneInfo.Utc, 1)).Receipt!;
            await move.Confirm(1, receipt.SelectionId, 2, true, new([1]), TimeZoneInfo.Utc, "Ann", "Add Ann to By hand", 1);
            await runner.RunOpenJobs();
        }
        await services.GetRequiredService<UndoMove>().Confirm(1, 3, "Undo", 1);
        await runner.RunOpenJobs();
        await db.Write(tx => services.GetRequiredService<ListStore>().RemoveMembers(tx, 1, 2, new([1])));
    }

    /// <summary>A change of the marketing status whose undo kept one; the contact is no marketing contact in the end.</summary>
    private static async Task SetMarketingAndUndo(IServiceProvider services)
    {
        var (set, edit, undo, runner) = (services.GetRequiredService<SetMarketing>(), services.GetRequiredService<EditContact>(), services.GetRequiredService<UndoEdit>(), services.GetRequiredService<JobRunner>());
        var receipt = (await set.Freeze(1, new([1]), TimeZoneInfo.Utc, 1)).Receipt!;
        await set.Confirm(1, receipt.SelectionId, 1, true, new([1]), TimeZoneInfo.Utc, "Ann", "Set as marketing contacts", 1);
        await runner.RunOpenJobs();
        await edit.SetMarketing(1, 1, 1, false, default);
        await undo.Confirm(1, 2, null, "Undo", 1);
        await runner.RunOpenJobs();
        await services.GetRequiredService<Db>().Write(async tx =>
        {
            var ann = (await services.GetRequiredService<ContactStore>().ReadToChange(tx, 1, [1]))[0];
            var after = ann.Copy();
            foreach (var property in MarketingStatus.Properties) after[property] = property.Name is "hs_marketable_status" or "hs_marketable_until_renewal" ? "false" : null;
            await services.GetRequiredService<ContactStore>().Save(tx, Actor.Person(1), await services.GetRequiredService<Properties>().Catalog(tx, 1), [(ann, after)]);
        });
    }

    /// <summary>A bulk edit whose undo kept a value.</summary>
    private static async Task EditAndUndo(IServiceProvider services, Db db)
    {
        var (edit, runner) = (services.GetRequiredService<SetProperty>(), services.GetRequiredService<JobRunner>());
        var receipt = (await edit.Freeze(1, new([1]), TimeZoneInfo.Utc, 1)).Receipt!;
        await edit.Confirm(1, receipt.SelectionId, null, "city", "Ede", new([1]), TimeZoneInfo.Utc, "Ann", "Set City", 1);
        await runner.RunOpenJobs();
        await db.Write(async tx =>
        {
            var ann = (await services.GetRequiredService<ContactStore>().ReadToChange(tx, 1, [1]))[0];
            var after = ann.Copy();
            (after[BuiltInProperties.Of("city")], after[BuiltInProperties.Of("jobtitle")]) = ("Gouda", null);                 // the undo of the import keeps the one, that of the edit the other
            await services.GetRequiredService<ContactStore>().Save(tx, Actor.Person(1), await services.GetRequiredService<Properties>().Catalog(tx, 1), [(ann, after)]);
        });
        await services.GetRequiredService<UndoEdit>().Confirm(1, 1, null, "Undo", 1);
        await runner.RunOpenJobs();
    }
}
