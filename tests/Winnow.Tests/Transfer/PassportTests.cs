using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Winnow.Contacts;
using Winnow.Data;
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
        using var file = new MemoryStream();
        var (count, signer) = await there.Get<ExportPassport>().Write(file, TestApp.Account, "Fernhill", 1, default);
        Assert.Equal(3, count);
        Assert.DoesNotContain("x.test", Encoding.UTF8.GetString(file.ToArray()), StringComparison.Ordinal);
        Assert.Equal(1, await there.Scalar<long>("select count(*) from audit_log where account_id = 1 and action = 'PassportExported' and count = 3"));
        Assert.DoesNotContain(Convert.ToBase64String(file.ToArray()), await there.Scalar<string>("select secret from passport_keys"), StringComparison.Ordinal);

        await using var here = await TestApp.On(database);
        var ids = await here.Add(TestApp.Account, ["email=dead@x.test"], ["email=fine@x.test"], ["email=spared@x.test"]);
        await Set(here, "out@x.test", s => s with { Bounces = 1 });                    // known here, nobody has it
        file.Position = 0;
        var (head, checkedCount, error) = await Passport.Check(file, default);
        Assert.Equal((null, 3L, signer, "Fernhill"), (error, checkedCount, head!.Signer, head.From));
        for (var time = 0; time < 2; time++)                                           // again, as after a kill: nothing is done twice
        {
            file.Position = 0;
            Assert.Equal(time == 0 ? 2 : 0, await here.Get<ImportPassport>().Run(TestApp.Account, file, head, 1, _ => Task.CompletedTask, default));
            Assert.Equal([ids[0]], await here.Db.Read(tx => tx.Query<long>(Statement.Built("test", "select id from contacts where account_id = 1 and (hard_bounce_reason = 'UNKNOWN_USER' or opted_out or reported_spam)"))));
            Assert.Equal(1, await here.Scalar<long>("select count(*) from addresses where account_id = 1 and email_key like '#%'"));
            Assert.Equal(1, await here.Scalar<long>("select count(*) from contact_history where account_id = 1"));
        }
        var later = await here.Add(TestApp.Account, ["email=Later@x.test"], ["email=out@x.test"]);
        Assert.Equal(later, await here.Db.Read(tx => tx.Query<long>(Statement.Built("test", "select id from contacts where account_id = 1 and opted_out order by id"))));
        var known = (await here.Db.Read(tx => Addresses.Read(tx, TestApp.Account, ["later@x.test", "dead@x.test"])));
        Assert.Equal((Then, Then, Then, "UNKNOWN_USER"), (known["later@x.test"].OptedOutAt, known["dead@x.test"].HardBouncedAt, known["dead@x.test"].ComplainedAt, known["dead@x.test"].HardBounceReason));
        Assert.Equal(0, await here.Scalar<long>("select count(*) from addresses where account_id = 1 and email_key like '#%'"));
        Assert.Equal(2, await here.Scalar<long>("select count(*) from audit_log where account_id = 1 and action = 'PassportImported' and count = 3"));
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
            foreach (var signed in new string[][] { [], ["--signer", "0000-0000"] })
            {
                (code, said) = await Run(["passport", "import", file, .. signed]);
                Assert.Equal(ExitCode.WrongUse, code);
                Assert.Contains($"signed by {signer}", said.GetProperty("says").GetString(), StringComparison.Ordinal);
            }
            (code, said) = await Run("passport", "import", file, "--signer", signer.ToUpperInvariant());
            Assert.Equal((ExitCode.Done, 1, 0), (code, said.GetProperty("addresses").GetInt64(), said.GetProperty("suppressed").GetInt64()));
            await File.AppendAllTextAsync($"{file}.csv", "x");
            Assert.Equal(ExitCode.WrongUse, (await Run("passport", "import", $"{file}.csv", "--signer", signer)).Code);
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
        using var file = new MemoryStream();
        await Passport.Write(file, "Fernhill", Then, key, Lines(), default);
        var good = file.ToArray();
        Assert.Null((await Check(good)).Error);
        for (var at = 0; at < good.Length; at++)
        {
            var bad = good.ToArray();
            bad[at] ^= 1;
            var (head, _, error) = await Check(bad);
            Assert.True(error is not null, $"a changed byte {at} was not seen");
            Assert.Null(head);
            if (at % 7 == 0) Assert.NotNull((await Check(good[..at])).Error);
        }
        var dropped = Encoding.UTF8.GetString(good).Split('\n').ToList();
        dropped.RemoveAt(2);
        Assert.NotNull((await Check(Encoding.UTF8.GetBytes(string.Join('\n', dropped)))).Error);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var others = new MemoryStream();
        await Passport.Write(others, "Fernhill", Then, other, Lines(), default);
        var lines = Encoding.UTF8.GetString(good).Split('\n');
        lines[1] = Encoding.UTF8.GetString(others.ToArray()).Split('\n')[1];         // another key, the signature of the first
        Assert.Contains("was changed", (await Check(Encoding.UTF8.GetBytes(string.Join('\n', lines)))).Error, StringComparison.Ordinal);
        Assert.NotNull((await Check(new byte[1 << 20])).Error);

        static async Task<(PassportHead? Head, long Count, string? Error)> Check(byte[] bytes) => await Passport.Check(new MemoryStream(bytes), default);

        static async IAsyncEnumerable<PassportLine> Lines()
        {
            await Task.CompletedTask;
            foreach (var address in new[] { "a", "b", "c" }) yield return new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address))), Then, null, Then, "OTHER");
        }
    }

    private static Task Set(TestApp app, string email, Func<AddressState, AddressState> change) => app.Db.Write(tx => app.Get<AddressChanges>().Change(tx, TestApp.Account, new("EMAIL"), email, change));
}
