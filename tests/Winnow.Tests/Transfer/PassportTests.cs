using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AngleSharp.Dom;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Transfer;
using Winnow.Transfer.Passports;
using Winnow.Server.Commands;

namespace Winnow.Tests;

/// <summary>Suppressed addresses go from one installation to another as hashes, signed.</summary>
public sealed class PassportTests
{
    private static readonly DateTimeOffset Then = new(2024, 5, 1, 10, 0, 0, TimeSpan.Zero);

    [Theory, Databases]
    public async Task What_is_suppressed_there_is_suppressed_here_for_those_who_are_here_and_those_who_come(string database)
    {
        await using var there = await TestApp.On(database);
        await Set(there, "out@x.test", s => s with { OptedOutAt = Then, OptOutSource = "link" });
        await Set(there, "dead@x.test", s => s with { HardBounceReason = "UNKNOWN_USER", HardBouncedAt = Then, ComplainedAt = Then });
        await Set(there, "lifted@x.test", s => s with { HardBounceReason = "OTHER", HardBouncedAt = Then, UnbouncedAt = Then.AddDays(1) });
        await Set(there, "spared@x.test", s => s with { HardBounceReason = "POLICY", HardBouncedAt = Then, HardBounceSpared = true });
        await Set(there, "later@x.test", s => s with { OptedOutAt = Then, OptOutSource = "link" });
        var job = (await there.Get<ExportPassport>().Order(TestApp.Account, "Fernhill", null, "Passport", "out.passport", 1)).JobId!.Value;
        await there.RunJobs();
        var exported = (await there.Get<JobQueue>().Find(TestApp.Account, job))!.ResultAs<PassportExportState>()!;
        var file = await Bytes(there, (await there.Get<ExportFiles>().Download(TestApp.Account, job, 1))!);
        Assert.Equal(3, exported.Rows);
        Assert.DoesNotContain("x.test", Encoding.UTF8.GetString(file), StringComparison.Ordinal);
        Assert.Equal(1, await there.Scalar<long>("select count(*) from audit_log where account_id = 1 and action = 'PassportExported' and after = @signer", new { signer = exported.Signer }));
        Assert.DoesNotContain(Convert.ToBase64String(file), await there.Scalar<string>("select secret from passport_keys"), StringComparison.Ordinal);

        await using var here = await TestApp.On(database);
        var ids = await here.Add(TestApp.Account, ["email=dead@x.test"], ["email=fine@x.test"], ["email=spared@x.test"]);
        await Set(here, "out@x.test", s => s with { Bounces = 1 });                    // known here, nobody has it
        for (var time = 0; time < 2; time++)                                           // again: nothing is done twice
        {
            var passport = await Upload(here, file);
            Assert.Equal((exported.Signer, "Fernhill", 3L, 2L, 1L, 1L), (passport.Signer, passport.FromName, passport.Addresses, passport.OptedOut, passport.Complained, passport.Bounced));
            if (time == 0) Assert.Equal("You do not trust who signed this passport.", (await Start(here, passport, 3)).Error);
            Assert.Null(await here.Get<PassportSigners>().Trust(TestApp.Account, exported.Signer, "Head office", 1));
            Assert.True((await Start(here, passport, 2)).WrongNumber);
            var started = (await Start(here, passport, 3)).JobId!.Value;
            Assert.Equal(started, (await Start(here, passport, 3)).JobId);             // posted twice
            await here.RunJobs();
            Assert.Equal((time == 0 ? 2 : 0, 3L), ((await here.Get<JobQueue>().Find(TestApp.Account, started))!.ResultAs<ImportPassportState>()!.Suppressed, (await here.Get<JobQueue>().Find(TestApp.Account, started))!.Done));
            Assert.Equal([ids[0]], await here.Db.Read(tx => tx.Query<long>(Statement.Built("test", "select id from contacts where account_id = 1 and (hard_bounce_reason = 'UNKNOWN_USER' or opted_out or reported_spam)"))));
            Assert.Equal(1, await here.Scalar<long>("select count(*) from addresses where account_id = 1 and email_key like '#%'"));
            Assert.Equal(1, await here.Scalar<long>("select count(*) from contact_history where account_id = 1"));
        }
        here.Clock.Advance(TimeSpan.FromMinutes(1));
        await here.Get<Files>().ExpireOld(default);
        Assert.Equal(0, await here.Scalar<long>("select count(*) from file_pieces where account_id = 1"));         // imported, the files are not kept
        var later = await here.Add(TestApp.Account, ["email=Later@x.test"], ["email=out@x.test"]);
        Assert.Equal(later, await here.Db.Read(tx => tx.Query<long>(Statement.Built("test", "select id from contacts where account_id = 1 and opted_out order by id"))));
        var known = (await here.Db.Read(tx => Addresses.Read(tx, TestApp.Account, ["later@x.test", "dead@x.test"])));
        Assert.Equal((Then, Then, Then, "UNKNOWN_USER"), (known["later@x.test"].OptedOutAt, known["dead@x.test"].HardBouncedAt, known["dead@x.test"].ComplainedAt, known["dead@x.test"].HardBounceReason));
        Assert.Equal(0, await here.Scalar<long>("select count(*) from addresses where account_id = 1 and email_key like '#%'"));
        Assert.Equal((2L, 1L), (await here.Scalar<long>("select count(*) from audit_log where account_id = 1 and action = 'PassportImported' and count = 3"), await here.Scalar<long>("select count(*) from audit_log where account_id = 1 and action = 'SignerTrusted'")));
        Assert.Empty(await here.Differences());
    }

    [Fact]
    public async Task From_a_terminal_the_signer_is_named_before_anything_is_imported()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        var folder = Directory.CreateTempSubdirectory("winnow-passport");
        try
        {
            var file = Path.Combine(folder.FullName, "out.passport");
            await File.WriteAllTextAsync($"{file}.csv", "Email\nout@x.test\n");
            Assert.Equal(ExitCode.Done, (await Run("suppress", $"{file}.csv", "--rows", "1")).Code);
            var (code, said) = await Run("passport", "export", file);
            var signer = said.GetProperty("signer").GetString()!;
            Assert.Equal((ExitCode.Done, 1), (code, said.GetProperty("addresses").GetInt64()));
            foreach (var signed in new string[][] { [], ["--trust", "0000-0000"] })
            {
                (code, said) = await Run(["passport", "import", file, .. signed]);
                Assert.Equal(ExitCode.WrongUse, code);
                Assert.Contains($"signed by {signer}", said.GetProperty("says").GetString(), StringComparison.Ordinal);
            }
            foreach (var trust in new string[][] { ["--trust", signer.ToUpperInvariant(), "--name", "Us"], [] })       // from then on it is known
            {
                (code, said) = await Run(["passport", "import", file, .. trust]);
                Assert.Equal((ExitCode.Done, 1, 0), (code, said.GetProperty("addresses").GetInt64(), said.GetProperty("suppressed").GetInt64()));
            }
            (code, said) = await Run("passport", "signers");
            Assert.Equal((ExitCode.Done, signer, "Us"), (code, said.GetProperty("own").GetString(), said.GetProperty("signers")[0].GetProperty("name").GetString()));
            await File.AppendAllTextAsync($"{file}.csv", "x");
            Assert.Equal(ExitCode.WrongUse, (await Run("passport", "import", $"{file}.csv", "--trust", signer)).Code);
            Assert.Equal(2, await app.Services.GetRequiredService<Db>().Read(tx => tx.Single<long>(Statement.Built("test", "select count(*) from passports where account_id = 1"))));        // what was refused is not kept
        }
        finally { folder.Delete(recursive: true); }

        async Task<(ExitCode Code, JsonElement Said)> Run(params string[] args)
        {
            var output = new StringWriter(CultureInfo.InvariantCulture);
            var code = await CommandLine.Run([.. args, "--json", "--database", app.Connection], output, TextWriter.Null, TestContext.Current.CancellationToken);
            return ((ExitCode)code, JsonDocument.Parse(output.ToString()).RootElement);
        }
    }

    [Fact]
    public async Task A_passport_that_was_changed_cut_or_signed_by_another_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var good = await Signed(key, "a", "b", "c");
        Assert.Null((await Check(good)).Error);
        for (var at = 0; at < good.Length; at++)
        {
            var bad = good.ToArray();
            bad[at] ^= 1;
            var (contents, error) = await Check(bad);
            Assert.True(error is not null, $"a changed byte {at} was not seen");
            Assert.Null(contents);
            if (at % 7 == 0) Assert.NotNull((await Check(good[..at])).Error);
        }
        var dropped = Encoding.UTF8.GetString(good).Split('\n').ToList();
        dropped.RemoveAt(2);
        Assert.NotNull((await Check(Encoding.UTF8.GetBytes(string.Join('\n', dropped)))).Error);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var lines = Encoding.UTF8.GetString(good).Split('\n');
        lines[1] = Encoding.UTF8.GetString(await Signed(other, "a", "b", "c")).Split('\n')[1];         // another key, the signature of the first
        Assert.Contains("was changed", (await Check(Encoding.UTF8.GetBytes(string.Join('\n', lines)))).Error, StringComparison.Ordinal);
        Assert.NotNull((await Check(new byte[1 << 20])).Error);

        static Task<(PassportContents? Contents, string? Error)> Check(byte[] bytes) => Passport.Check(new MemoryStream(bytes), default);
    }

    [Theory, Databases]
    public async Task An_import_that_is_killed_goes_on_and_takes_each_address_once(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, [.. Enumerable.Range(0, 200).Select(n => new[] { $"email=a{n * 20}@x.test" })]);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var passport = await Upload(app, await Signed(key, [.. Enumerable.Range(0, 5_000).Select(n => $"a{n}@x.test")]));
        await app.Get<PassportSigners>().Trust(TestApp.Account, passport.Signer, "Fernhill", 1);
        var job = (await Start(app, passport, 5_000)).JobId!.Value;
        await app.KillAfterOneStep(job);
        await app.RunJobs();
        var ended = (await app.Get<JobQueue>().Find(TestApp.Account, job))!;
        Assert.Equal(("done", 5_000L, 200L), (ended.Outcome, ended.Done, ended.ResultAs<ImportPassportState>()!.Suppressed));
        Assert.Equal((200L, 4_800L, 200L), (await app.Scalar<long>("select count(*) from contacts where account_id = 1 and opted_out"), await app.Scalar<long>("select count(*) from addresses where account_id = 1 and email_key like '#%' and opted_out_at is not null"), await app.Scalar<long>("select count(*) from contact_history where account_id = 1")));
    }

    [Theory, Databases]
    public async Task A_person_sees_who_signed_and_what_is_in_it_before_anything_is_imported(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signer = PassportKey.Fingerprint(key.ExportSubjectPublicKeyInfo());
        var file = await Signed(key, "out@x.test", "gone@x.test");
        var broken = file.ToArray();
        broken[^20] ^= 1;
        Assert.Contains("signature of the passport is broken", Text(await WebApp.Page(app.Http, await Send(app, broken))), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/imports/passports/1")).StatusCode);

        var page = await Send(app, file);
        Assert.Equal("/imports/passports/1", page);
        var shown = await WebApp.Page(app.Http, page);
        Assert.Contains($"You do not know this signer yet.", Text(shown), StringComparison.Ordinal);
        Assert.Equal(["Not trusted", signer, "2", "0", "2", "2"], shown.QuerySelectorAll("main .panel .lines dd").Select(d => d.QuerySelector("code")?.TextContent ?? d.TextContent).Where((_, i) => i != 2));
        Assert.Null(shown.QuerySelector("main form[method=post]"));
        var reader = await app.Colleague("importer@fernhill.example", PermissionSet.Of(Permission.Import));
        Assert.Contains("takes the permission for settings", Text(await WebApp.Page(reader, page)), StringComparison.Ordinal);
        foreach (var path in new[] { $"{page}/trust", "/imports/passports/signers", "/email/bounce-tools/passport" }) Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync(path)).StatusCode);

        Assert.Contains("Compare the fingerprint first", Text(await WebApp.Read(await WebApp.Post(app.Http, $"{page}/trust", new() { ["Name"] = "Head office" }))), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, $"{page}/trust", new() { ["Name"] = "Head office", ["Compared"] = "true" })).StatusCode);
        Assert.Contains("type 2 to suppress", Text(await WebApp.Read(await WebApp.Post(app.Http, page, new() { ["Typed"] = "3" }, "passport"))), StringComparison.Ordinal);
        await WebApp.Post(app.Http, page, new() { ["Typed"] = "2" }, "passport");
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        Assert.Equal(["2", "0"], (await WebApp.Page(app.Http, page)).QuerySelectorAll("#job .tile .big").Select(tile => tile.TextContent));

        var signers = await WebApp.Page(app.Http, "/imports/passports/signers");
        Assert.Equal([$"Head office{signer}", "Noor Jansen"], signers.QuerySelectorAll("tbody tr > *").Take(2).Select(c => c.TextContent.Trim()));
        await WebApp.Post(app.Http, "/imports/passports/signers", [], "/imports/passports/signers/1/remove");
        Assert.Contains("You do not know this signer yet.", Text(await WebApp.Page(app.Http, await Send(app, file))), StringComparison.Ordinal);

        var ordered = await WebApp.Post(app.Http, "/email/bounce-tools/passport", [], "export-passport");
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        var job = ordered.Headers.Location!.AbsolutePath;
        var own = (await WebApp.Page(app.Http, job)).QuerySelector("#job .copy-text code")!.TextContent;
        var (contents, _) = await Passport.Check(new MemoryStream(await app.Http.GetByteArrayAsync(job.Replace("/jobs/", "/exports/", StringComparison.Ordinal))), default);
        Assert.Equal((own, 0L), (contents!.Head.Signer, contents.Addresses));          // those of the passport lie here as hashes of this installation
        Assert.Contains(own, Text(await WebApp.Page(app.Http, "/imports/passports/signers")), StringComparison.Ordinal);
    }

    /// <summary>A passport of these addresses, all of which opted out and bounced.</summary>
    internal static async Task<byte[]> Signed(ECDsa key, params string[] addresses)
    {
        byte[] before = [.. Passport.Start("Fernhill", Then, key.ExportSubjectPublicKeyInfo()), .. Passport.Lines(addresses.Select(address => new PassportLine(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address))), Then, null, Then, "OTHER")))];
        return [.. before, .. await Passport.End(new MemoryStream(before), addresses.Length, key, default)];
    }

    /// <summary>Uploads it as the page does.</summary>
    /// <returns>Where that leads.</returns>
    private static async Task<string> Send(WebApp app, byte[] file)
    {
        var token = (await WebApp.Page(app.Http, "/imports/passports")).QuerySelector("main form input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        using var form = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new ByteArrayContent(file), "File", "fernhill.passport" } };
        return (await app.Http.PostAsync("/imports/passports/upload", form)).Headers.Location!.OriginalString;
    }

    private static string Text(IDocument page) => page.QuerySelector("main")!.TextContent;

    private static async Task<UploadedPassport> Upload(TestApp app, byte[] file)
    {
        var (id, error) = await app.Get<UploadedPassports>().Upload(TestApp.Account, "fernhill.passport", new MemoryStream(file), 1, default);
        Assert.Null(error);
        Assert.Null(await app.Get<UploadedPassports>().Find(TestApp.OtherAccount, id!.Value));
        return (await app.Get<UploadedPassports>().Find(TestApp.Account, id.Value))!;
    }

    private static Task<PassportOrder> Start(TestApp app, UploadedPassport passport, long typed) => app.Get<UploadedPassports>().Start(TestApp.Account, passport.Id, typed, "Passport", 1, default);

    private static async Task<byte[]> Bytes(TestApp app, StoredFile file)
    {
        using var all = new MemoryStream();
        await app.Get<Files>().Open(file).CopyToAsync(all);
        return all.ToArray();
    }

    private static Task Set(TestApp app, string email, Func<AddressState, AddressState> change) => app.Db.Write(tx => app.Get<AddressChanges>().Change(tx, TestApp.Account, new("EMAIL"), email, change));
}
