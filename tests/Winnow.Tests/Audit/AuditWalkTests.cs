using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Mail.Reports;
using Winnow.Server.Accounts;
using Winnow.Transfer;

namespace Winnow.Tests;

/// <summary>
/// Whatever changes something for an account is on record: every route of the table of permissions that takes a form is walked here, has its own test
/// that looks at the record, or is named with the reason why it is not on record. A new one without any of these fails.
/// </summary>
public sealed partial class AuditWalkTests
{
    /// <summary>One form sent, and what must be on record then.</summary>
    /// <param name="Page">Where the form is.</param>
    /// <param name="Form">Its name, its action, or the end of its action after a star.</param>
    private sealed record Deed(string Pattern, AuditAction Action, string Page, string Form, params string[] Values);

    /// <summary>In an order in which each finds what it needs; {job} is an open one.</summary>
    private static readonly Deed[] Deeds =
    [
        new("/settings", AuditAction.AccountChanged, "/settings", "account", "Company", "Fern & Hill"),
        new("/settings/profile", AuditAction.ProfileChanged, "/settings/profile", "profile", "Person", "Noor J."),
        new("/settings/profile", AuditAction.PasswordChanged, "/settings/profile", "password", "Present", "correct horse", "New", "horse correct"),
        new("/settings/notifications", AuditAction.NotificationsChanged, "/settings/notifications", "notifications", "mail.imports", "Always"),
        new("/settings/teams/new", AuditAction.TeamCreated, "/settings/teams/new", "team", "Name", "Office"),
        new("/settings/teams/{Id:long}", AuditAction.TeamJoined, "/settings/teams/1", "add", "UserId", "2"),
        new("/settings/teams/{Id:long}", AuditAction.TeamLeft, "/settings/teams/1", "remove", "Removed", "2"),
        new("/settings/teams/{Id:long}/rename", AuditAction.TeamsChanged, "/settings/teams/1/rename", "rename-team", "Name", "Fields"),
        new("/settings/teams/{Id:long}/delete", AuditAction.TeamDeleted, "/settings/teams/1/delete", "delete-team"),
        new("/settings/users/{Id:long}", AuditAction.PermissionsChanged, "/settings/users/2", "permissions", "Set", "Read only"),
        new("/settings/users/{Id:long}", AuditAction.UserDeactivated, "/settings/users/2", "active"),
        new("/settings/users/{Id:long}", AuditAction.UserActivated, "/settings/users/2", "active"),
        new("/settings/users/invite", AuditAction.UserInvited, "/settings/users/invite", "invite", "Email", "mo@fernhill.example", "Set", "Analyst"),
        new("/settings/properties/new", AuditAction.PropertyCreated, "/settings/properties/new", "property", "Form.Label", "Favourite colour", "Form.Kind", "choice", "Form.Options", "Red\r\nBlue"),
        new("/settings/properties/groups", AuditAction.PropertyGroupsChanged, "/settings/properties/groups", "groups", "Added", "Garden"),
        new("/settings/properties/{Id:long}", AuditAction.PropertyChanged, $"/settings/properties/{Property.FirstCustomId}", "property", "Form.Label", "Sizes"),
        new("/settings/properties/{Id:long}", AuditAction.PropertyArchived, $"/settings/properties/{Property.FirstCustomId}", "archive"),
        new("/settings/properties/{Id:long}", AuditAction.PropertyRestored, $"/settings/properties/{Property.FirstCustomId}", "archive"),
        new("/settings/indexes", AuditAction.IndexPinned, "/settings/indexes", "pin", "Choice", $"{Property.FirstCustomId}"),
        new("/settings/indexes", AuditAction.IndexUnpinned, "/settings/indexes", "indexes", "Unpin", $"{Property.FirstCustomId}"),
        new("/settings/marketing/defaults", AuditAction.MarketingRulesChanged, "/settings/marketing", "/settings/marketing/defaults", "Import", "new"),
        new("/settings/marketing/fuse", AuditAction.MarketingRulesChanged, "/settings/marketing", "/settings/marketing/fuse", "contacts", "5"),
        new("/usage/approvals/{id:long}/approve", AuditAction.MarketingApproved, "/usage/approvals/1", "/usage/approvals/1/approve"),
        new("/usage/approvals/{id:long}/refuse", AuditAction.MarketingRefused, "/usage/approvals/2", "/usage/approvals/2/refuse", "why", "Too many"),
        new("/settings/sending", AuditAction.SendingChanged, "/settings/sending", "sending", "Form.FromName", "Fern Hill"),
        new("/settings/sending/domains", AuditAction.SendingChanged, "/settings/sending/domains", "key"),
        new("/settings/sending/domains/{domain}/{selector}/sign", AuditAction.SendingChanged, "/settings/sending/domains", "*/sign"),
        new("/settings/sending/domains/{domain}/{selector}/stop", AuditAction.SendingChanged, "/settings/sending/domains", "*/stop"),
        new("/settings/sending/domains/{domain}/{selector}/delete", AuditAction.SendingChanged, "/settings/sending/domains", "*/delete"),
        new("/settings/private-apps/new", AuditAction.PrivateAppCreated, "/settings/private-apps/new", "private-app", "Name", "Shop", "Scopes", Scope.ReadOwners),
        new("/settings/private-apps/{Id:long}", AuditAction.PrivateAppChanged, "/settings/private-apps/1", "private-app", "Name", "Old sync"),
        new("/settings/private-apps/{Id:long}/rotate", AuditAction.PrivateAppRotated, "/settings/private-apps/1/rotate", "rotate"),
        new("/settings/private-apps/{Id:long}/revoke", AuditAction.PrivateAppRevoked, "/settings/private-apps/1/revoke", "revoke"),
        new("/settings/bounces", AuditAction.BouncePolicyChanged, "/settings/bounces", "policy", "Form.Rules[Blocked].Deed", "Score", "Form.Rules[Blocked].Times", "5", "Form.Rules[Blocked].Days", "60"),
        new("/settings/bounces", AuditAction.BouncePolicyChanged, "/settings/bounces", "reset"),
        new("/settings/bounces/second-chances", AuditAction.BouncePolicyChanged, "/settings/bounces/second-chances", "chances", "Unbounces", "50", "On", "true", "Days", "30", "ADay", "5"),
        new("/settings/bounces/webhook", AuditAction.ReportDoorChanged, "/settings/bounces/webhook?provider=brevo", "webhook"),
        new("/settings/bounces/webhook/close", AuditAction.ReportDoorChanged, "/settings/bounces/webhook?provider=brevo", "/settings/bounces/webhook/close"),
        new("/settings/bounces/mailboxes/new", AuditAction.ReportDoorChanged, "/settings/bounces/mailboxes/new", "mailbox", "Form.Host", "imap.example.test", "Form.User", "b", "Form.Password", "secret"),
        new("/settings/bounces/mailboxes/{Id:long}", AuditAction.ReportDoorChanged, "/settings/bounces/mailboxes/1", "mailbox", "Form.User", "c"),
        new("/settings/bounces/mailboxes/{id:long}/remove", AuditAction.ReportDoorChanged, "/settings/bounces/mailboxes/1", "/settings/bounces/mailboxes/1/remove"),
        new("/usage/plan", AuditAction.MarketingPlanChanged, "/usage/plan", "plan", "Period", "Month"),
        new("/email/{Id:long}/test", AuditAction.EmailTested, "/email/1/test", "test-email", "Address", "boss@fernhill.test"),
        new("/email/{Id:long}/send", AuditAction.EmailSent, "/email/1/send", "send-email"),
        new("/email/{Id:long}/stop", AuditAction.EmailStopped, "/email/1/stop", "stop-email"),
        new("/email/{Id:long}/delete", AuditAction.EmailDeleted, "/email/2/delete", "delete-email"),
        new("/contacts/{Id:long}/overrule", AuditAction.ContactUnbounced, "/contacts/2/overrule", "overrule", "Note", "They wrote to us"),
        new("/contacts/{id:long}/unbounce/undo", AuditAction.UnbounceUndone, "/contacts/2", "/contacts/2/unbounce/undo"),
        new("/contacts/{Id:long}/overrule", AuditAction.ContactMarkedDead, "/contacts/1/overrule", "overrule", "Note", "Left the company"),
        new("/email/bounce-tools/create-list", AuditAction.ListCreated, "/email/bounce-tools/create-list", "", "Name", "Clean-up", "Reason", "UNKNOWN_USER"),
        new("/email/bounce-tools/add-to-list", AuditAction.ContactsAddedToList, "/email/bounce-tools/add-to-list", "", "List", "2"),
        new("/lists/new", AuditAction.ListCreated, "/lists/new", "list", "Name", "New list", "Kind", "static", "do", "save"),
        new("/lists/{Id:long}/rename", AuditAction.ListChanged, "/lists/2/rename", "rename", "Name", "By our hands"),
        new("/lists/{Id:long}/filters", AuditAction.ListChanged, "/lists/1/filters", "filters", "g0.0.property", "city", "g0.0.was", "city", "g0.0.operator", "STRING:IS_EQUAL_TO", "g0.0.value", "Ede", "do", "save"),
        new("/contacts/add-to-list", AuditAction.ContactsAddedToList, "/contacts/add-to-list?id=2", "add-to-list", "List", "2", "Chosen", "2"),
        new("/lists/{Id:long}/remove", AuditAction.ContactsRemovedFromList, "/lists/2/remove?id=1", "remove-from-list"),
        new("/contacts/create-list", AuditAction.ListCreated, "/contacts/create-list?id=1", "create-list", "Name", "Chosen"),
        new("/email/bounce-tools/export", AuditAction.OptOutsExported, "/email/bounce-tools/export", "export-opt-outs"),
        new("/email/bounce-tools/passport", AuditAction.PassportExported, "/email/bounce-tools/passport", "export-passport"),
        new("/imports/passports/{Id:long}/trust", AuditAction.SignerTrusted, "/imports/passports/1/trust", "trust-signer", "Name", "Head office", "Compared", "true"),
        new("/imports/passports/{Id:long}", AuditAction.PassportImported, "/imports/passports/1", "passport", "Typed", "1"),
        new("/imports/passports/signers/{id:long}/remove", AuditAction.SignerRemoved, "/imports/passports/signers", "*/remove"),
        new("/lists/export", AuditAction.ListsExported, "/lists/export", "export-report"),
        new("/email/{Id:long}/export", AuditAction.RecipientsExported, "/email/1/export", "export-report"),
        new("/settings/audit/export", AuditAction.AuditExported, "/settings/audit/export", "export-report"),
        new("/contacts/export", AuditAction.ContactsExported, "/contacts/export?id=1", "export-contacts"),
        new("/lists/folders/new", AuditAction.ListFoldersChanged, "/lists/folders/new", "new-folder", "Name", "Old"),
        new("/lists/folders/{Id:long}/edit", AuditAction.ListFoldersChanged, "/lists/folders/1/edit", "edit-folder", "Name", "News of ours"),
        new("/lists/{Id:long}/move", AuditAction.ListMoved, "/lists/2/move", "move-list", "Folder", "1"),
        new("/lists/folders/{Id:long}/delete", AuditAction.ListFoldersChanged, "/lists/folders/1/delete", "delete-folder"),
        new("/lists/{Id:long}/copy", AuditAction.ListCreated, "/lists/2/copy", "copy-list", "Name", "Another"),
        new("/lists/{Id:long}/convert", AuditAction.ListConversionSet, "/lists/1/convert", "convert-list", "How", "quiet", "Days", "7"),
        new("/lists/{id:long}/convert/cancel", AuditAction.ListConversionSet, "/lists/1", "/lists/1/convert/cancel"),
        new("/contacts/views/new", AuditAction.ViewShared, "/contacts/views/new", "view", "Name", "Ours", "Shared", "true"),
        new("/contacts/views/{Id:long}/rename", AuditAction.ViewUnshared, "/contacts/views/1/rename", "rename-view", "Shared", "false"),
        new("/contacts/views/{Id:long}/delete", AuditAction.ViewDeleted, "/contacts/views/1/delete", "delete-view"),
        new("/jobs/{Id:long}/cancel", AuditAction.JobStopped, "/jobs/{job}/cancel", "stop-job"),
        new("/contacts/edit-property", AuditAction.PropertySet, "/contacts/edit-property?id=1", "edit-property", "Property", "city", "Chosen", "city", "How", "set", "Value", "Ede"),
        new("/contacts/delete", AuditAction.ContactsDeleted, "/contacts/delete?id=1", "delete-contacts", "Typed", "1", "How", "restorable"),
        new("/lists/{Id:long}/delete", AuditAction.ListDeleted, "/lists/2/delete", "delete-list"),
        new("/lists/{id:long}/restore", AuditAction.ListRestored, "/lists/deleted", "*/restore"),
        new("/recycle-bin/{id:long}/restore", AuditAction.ContactsRestored, "/recycle-bin", "*/restore"),
        new("/imports/{Id:long}/opt-outs", AuditAction.OptOutsImported, "/imports/3/opt-outs", "opt-outs", "Typed", "1"),
        new("/imports/{Id:long}/mapping", AuditAction.ContactsImported, "/imports/2/mapping", "mapping", "Name", "Spring fair"),
        new("/imports/{id:long}/pause", AuditAction.ImportPaused, "/imports/2", "/imports/2/pause"),
        new("/imports/{id:long}/resume", AuditAction.ImportResumed, "/imports/2", "/imports/2/resume"),
        new("/accounts/new", AuditAction.AccountCreated, "/accounts/new", "new-account", "Company", "Second Ltd", "Zone", "UTC", "Language", "en"),
        new("/accounts/{id:long}/switch", AuditAction.SignedIn, "/accounts", "/accounts/1/switch"),
        new("/sign-out/everywhere", AuditAction.SignedOutEverywhere, "/settings/security", "/sign-out/everywhere"),
        new("/sign-in", AuditAction.SignedIn, "/sign-in", "sign-in", "Email", "noor@fernhill.example", "Password", "horse correct"),
    ];

    /// <summary>Routes whose own tests look at the record.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["/setup"] = nameof(Every_deed_is_on_record_with_who_did_it),
        ["/settings/security"] = nameof(SecurityLettersTests.Each_change_of_the_second_factor_is_mailed_once_and_a_reset_password_too),
        ["/settings/security/two-factor"] = nameof(SecurityLettersTests.Each_change_of_the_second_factor_is_mailed_once_and_a_reset_password_too),
        ["/reset-password/{Token}"] = nameof(SecurityLettersTests.Each_change_of_the_second_factor_is_mailed_once_and_a_reset_password_too),
        ["/settings/security/passkeys"] = nameof(PasskeysTests.A_person_adds_a_passkey_signs_in_with_it_and_removes_it),
        ["/settings/security/passkeys/{id}/remove"] = nameof(PasskeysTests.A_person_adds_a_passkey_signs_in_with_it_and_removes_it),
        ["/contacts/unbounce"] = nameof(UnbounceContactsTests.Those_who_bounced_are_mailed_again_and_the_others_are_counted_apart),
        ["/email/bounce-tools/unbounce"] = nameof(UnbounceContactsTests.Those_who_bounced_are_mailed_again_and_the_others_are_counted_apart),
        ["/email/incidents/{Id:long}/reverse"] = nameof(UnbounceContactsTests.The_pages_ask_for_the_number_order_the_job_and_show_what_came_of_it),
        ["/contacts/set-marketing"] = nameof(SetMarketingTests.To_marketing_holds_at_once_takes_schedules_back_and_leaves_the_others),
        ["/contacts/set-non-marketing"] = nameof(SetMarketingTests.To_marketing_holds_at_once_takes_schedules_back_and_leaves_the_others),
        ["/usage/rules"] = nameof(MarketingRulesTests.The_pages_show_what_a_rule_would_do_before_it_is_switched_on_and_keep_a_log),
        ["/usage/rules/switch"] = nameof(MarketingRulesTests.The_pages_show_what_a_rule_would_do_before_it_is_switched_on_and_keep_a_log),
        ["/usage/manage/review"] = nameof(ManageMarketingContactsTests.The_wizard_sets_the_chosen_ones_as_non_marketing_once_each_and_that_can_be_undone),
        ["/marketing-changes/{Id:long}/undo"] = nameof(SetMarketingTests.An_undo_gives_status_and_reason_back_and_names_in_a_file_whose_status_changed_later),
        ["/imports/{Id:long}/undo"] = nameof(UndoImportTests.Everybody_is_as_before_whatever_the_type_and_who_was_made_can_come_back_from_the_recycle_bin),
        ["/imports/hubspot"] = nameof(MoveInPagesTests.A_person_looks_moves_in_and_has_the_token_forgotten),
        ["/imports/hubspot/{Id:long}"] = nameof(MoveInPagesTests.A_person_looks_moves_in_and_has_the_token_forgotten),
        ["/imports/hubspot/{id:long}/forget"] = nameof(MoveInPagesTests.A_person_looks_moves_in_and_has_the_token_forgotten),
        ["/imports/hubspot/{id:long}/pause"] = nameof(MoveInPagesTests.A_person_looks_moves_in_and_has_the_token_forgotten),
        ["/imports/hubspot/{id:long}/resume"] = nameof(MoveInPagesTests.A_person_looks_moves_in_and_has_the_token_forgotten),
        ["/list-moves/{Id:long}/undo"] = nameof(UndoMoveTests.Those_who_were_put_in_leave_again_unless_something_later_decided_otherwise),
        ["/bulk-edits/{Id:long}/undo"] = nameof(UndoEditTests.Every_contact_gets_exactly_the_value_back_that_it_had_whatever_its_type),
        ["/invitation/{Token}"] = nameof(UsersPagesTests.A_person_is_invited_by_mail_joins_and_may_just_what_was_offered),
    };

    private const string Own = "concerns nobody but oneself", OfSession = "a sign-in is put on record where every session begins, as that of /sign-in",
        OfContact = "the history of the contact holds who, when, before and after", Draft = "a draft that nobody has got; sending it is on record", Nothing = "changes nothing";

    /// <summary>Routes that take a form and are rightly not on record, each with its reason.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["/theme"] = Own,
        ["/keys"] = Own,
        ["/notifications/read"] = Own,
        ["/notifications/{id:long}/read"] = Own,
        ["/settings/security/passkeys/{id}/rename"] = Own,
        ["/sign-out"] = Own,
        ["/sign-in/code"] = OfSession,
        ["/sign-in/recovery"] = OfSession,
        ["/sign-in/passkey"] = OfSession,
        ["/sign-in/passkey/options"] = Nothing,
        ["/settings/bounces/mailboxes/{id:long}/read"] = Nothing,
        ["/settings/security/passkeys/options"] = Nothing,
        ["/oauth/v2/private-apps/get/access-token-info"] = Nothing,
        ["/forgot-password"] = "sends a link; the password chosen with it is on record",
        ["/contacts/filter"] = Nothing,
        ["/usage/manage/filters"] = Nothing,
        ["/contacts/new"] = OfContact,
        ["/contacts/{Id:long}/edit"] = OfContact,
        ["/contacts/{Id:long}/addresses"] = OfContact,
        ["/contacts/{id:long}/addresses/change"] = OfContact,
        ["/contacts/{Id:long}/marketing"] = OfContact,
        ["/contacts/views/{id:long}/save"] = "what a view shows is no data; who sees it is on record",
        ["/lists/{id:long}/fill"] = "fills a list anew by the filter that is on record",
        ["/imports/upload"] = "a file that waits; the import of it is on record",
        ["/imports/passports/upload"] = "likewise",
        ["/email/new"] = Draft,
        ["/email/{Id:long}/edit"] = Draft,
        ["/email/{Id:long}/copy"] = Draft,
        ["/email/{id:long}/continue"] = "the order to send is on record, and going on sends to nobody else",
        ["/webhooks/{provider}/{token}"] = "a report of a provider; the events of the recipient hold it",
        ["/u/{token}"] = "the contact's own deed; its history holds it",
    };

    [Fact]
    public async Task Every_route_that_takes_a_form_is_on_record_or_named_with_its_reason()
    {
        await using var app = await WebApp.On("sqlite");
        var takes = PostOnly(app).Concat(PagesWithForms()).ToHashSet();
        var known = Deeds.Select(deed => deed.Pattern).Concat(Elsewhere.Keys).Concat(Exceptions.Keys).ToHashSet();
        Assert.True(takes.Count > 60, $"only {takes.Count} routes with forms were found");
        Assert.Empty(takes.Except(known));
        Assert.Empty(known.Except(takes));
        Assert.Empty(takes.Except(Permissions.Table.Select(row => row.Pattern)));
        Assert.Empty(Exceptions.Keys.Intersect(Deeds.Select(deed => deed.Pattern).Concat(Elsewhere.Keys)));
        Assert.Empty(Elsewhere.Values.Where(test => typeof(AuditWalkTests).Assembly.GetTypes().All(type => type.GetMethod(test, BindingFlags.Public | BindingFlags.Instance) is null)));
    }

    [Theory, Databases]
    public async Task Every_deed_is_on_record_with_who_did_it(string database)
    {
        await using var relay = TestRelay.Start();
        await using var app = await ForgottenPasswordTests.Start(database, relay);
        Assert.Equal("AccountCreated", (await Record(app)).First().Action);
        var job = await Prepare(app);
        foreach (var deed in Deeds)
        {
            var before = await Record(app);
            var answer = await Send(app.Http, deed.Page.Replace("{job}", $"{job}", StringComparison.Ordinal), deed);
            var lines = (await Record(app)).Except(before).Select(line => (line.Action, line.UserId)).ToList();
            Assert.True(lines.Contains((deed.Action.ToString(), 1L)), $"{deed.Pattern}: {deed.Action} is not on record, but {string.Join(", ", lines)}. Answer {answer.StatusCode}: {await Text(answer)}");
            if (deed.Pattern == "/contacts/delete") await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        }
    }

    /// <summary>Sends a page's form as a browser does.</summary>
    private static async Task<HttpResponseMessage> Send(HttpClient browser, string path, Deed deed)
    {
        var values = deed.Values.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        var page = await WebApp.Page(browser, path);
        string? Action(AngleSharp.Dom.IElement form) => form.GetAttribute("action");
        var form = deed.Form.StartsWith('*') ? page.QuerySelectorAll("main form[method=post]").Select(Action).First(action => action?.EndsWith(deed.Form[1..], StringComparison.Ordinal) == true) : deed.Form.Length > 0 ? deed.Form : null;
        return await WebApp.Post(browser, path, values, form);
    }

    /// <summary>All that is on record, with who did it.</summary>
    private static Task<List<(string Action, long? UserId, long AccountId, long Id)>> Record(WebApp app) =>
        app.Services.GetRequiredService<Db>().Read(tx => tx.Query<(string Action, long? UserId, long AccountId, long Id)>(Statement.Built("test", "select action, user_id, account_id, id from audit_log order by account_id, id")));

    /// <summary>One of each kind, a colleague, an e-mail ready to be sent, one that is a draft, a contact that bounced, a file that waits, a job that waits.</summary>
    /// <returns>The job.</returns>
    private static async Task<long> Prepare(WebApp app)
    {
        await OneOfEachKind.Make(app);
        using var bob = await app.Colleague("bob@fernhill.example", PermissionSet.Presets[1].Set);
        var (services, db) = (app.Services, app.Services.GetRequiredService<Db>());
        var (contacts, lists, emails) = (services.GetRequiredService<ContactStore>(), services.GetRequiredService<ListStore>(), services.GetRequiredService<EmailStore>());
        await db.Write(async tx =>
        {
            var catalog = await services.GetRequiredService<Properties>().Catalog(tx, 1);
            var bounced = (await contacts.New(tx, 1, 1))[0];
            bounced[catalog.Find("email")!] = "c2@dead.test";
            await contacts.Save(tx, Actor.Person(1), catalog, [(null, bounced)]);
            await lists.AddMembers(tx, 1, 2, new([1]));
            await tx.Execute(Statement.Built("email", """
                insert into marketing_emails (account_id, id, name, subject, preview_text, from_name, from_address, html, text, included_lists, excluded_lists, state, created_at, updated_at, sent_at)
                values (1, 7, 'Autumn bulbs', '', '', '', '', '', '', cast('[]' as $json), cast('[]' as $json), 'sent', 0, 0, 0)
                """));
            await tx.Execute(Statement.Built("recipient", "insert into email_recipients (account_id, email_id, contact_id, email, email_key, outcome, at) values (1, 7, 2, 'c2@dead.test', 'c2@dead.test', 'sent', 0)"));
            await services.GetRequiredService<JudgeReports>().TakeReply(tx, new MailToken(1, 7, 2), new(550, "5.1.1", "No such user", RefusalStage.Recipient, "relay.test", "S: 550 5.1.1 No such user"));
        });
        await emails.Save((await emails.Find(1, 1))! with { Subject = "Hello", Html = "<p>Hello</p>", FromName = "Fern", FromAddress = "noor@fernhill.example", IncludedLists = [2] });
        await emails.Create(1, "A draft", MailSettings.Blank, 1);
        await services.GetRequiredService<Imports>().Upload(1, "b.csv", new MemoryStream(Encoding.UTF8.GetBytes("Email\nnew@person.test\n")), 1, default);
        await services.GetRequiredService<Imports>().Upload(1, "c.csv", new MemoryStream(Encoding.UTF8.GetBytes("Email\nout@person.test\n")), 1, default);
        await services.GetRequiredService<JobRunner>().RunOpenJobs();
        await db.Write(tx => lists.Create(tx, 1, "Of Ede", ListKind.Dynamic, ListParts.CityIs("Ede"), TimeZoneInfo.Utc, 1));
        return (await services.GetRequiredService<JobQueue>().Page(1, open: true, 0, 1)).Single().Id;
    }

    private static async Task<string> Text(HttpResponseMessage answer) => (await WebApp.Read(answer)).QuerySelector("main")?.TextContent is { } text ? Regex.Replace(text, @"\s+", " ") : "";

    private static IEnumerable<string> PostOnly(WebApp app) => app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is { } methods && methods.HttpMethods.Contains("POST") && !methods.HttpMethods.Contains("GET"))
        .Select(endpoint => "/" + endpoint.RoutePattern.RawText?.Trim('/')).Where(pattern => !pattern.StartsWith("/_", StringComparison.Ordinal));

    // Pages answer to GET and POST alike; those with a form of their own say its name.
    private static IEnumerable<string> PagesWithForms() => Directory.EnumerateFiles(Root.At("src", "Winnow.Server"), "*Page.razor", SearchOption.AllDirectories)
        .Select(File.ReadAllText).Where(page => page.Contains("@formname", StringComparison.Ordinal) || page.Contains("<Dialog ", StringComparison.Ordinal))
        .SelectMany(page => PageRoute().Matches(page).Select(match => match.Groups[1].Value));

    [GeneratedRegex("""^@page "([^"]+)""", RegexOptions.Multiline)]
    private static partial Regex PageRoute();
}
