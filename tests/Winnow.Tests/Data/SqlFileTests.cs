using System.Text.RegularExpressions;
using Winnow.Data;

namespace Winnow.Tests;

public sealed partial class SqlFileTests
{
    /// <summary>Statements that rightly look across accounts, each with its reason.</summary>
    private static readonly Dictionary<string, string> AcrossAccounts = new()
    {
        ["Email/Bounces/BounceIntake.sql new"] = "one worker judges the mail of all accounts",
        ["Contacts/AddressHashes.sql key"] = "one key for the whole installation",
        ["Transfer/Passports/PassportKey.sql"] = "one key for the whole installation",
        ["Contacts/AddressHashes.sql make-key"] = "one key for the whole installation",
        ["Accounts/"] = "sign-in finds the person first; users and keys serve the whole installation",
    };

    [Theory, Databases]
    public async Task Every_statement_prepares(string database)
    {
        await using var app = await TestApp.On(database);
        var failures = await app.Db.Read(async tx =>
        {
            await tx.Execute(SqlFile.Of("Contacts/ContactStore.sql")["stage"]);      // a temporary table lives as long as its connection
            var failures = new List<string>();
            foreach (var (file, name) in Statements())
                try { await tx.Prepare(file[name]); }
                catch (Exception e) { failures.Add($"{file.Path} [{name}]: {e.Message}"); }
            return failures;
        });
        Assert.NotEmpty(Statements());
        Assert.Empty(failures);
    }

    [Fact]
    public void Few_statements_need_two_spellings()
    {
        var twice = SqlFile.All.SelectMany(f => f.Spellings.Where(s => s.EndsWith("(postgres)", StringComparison.Ordinal)).Select(s => $"{f.Path} {s}")).ToList();
        Assert.True(twice.Count * 10 <= Statements().Count(), string.Join("\n", twice));
    }

    [Fact]
    public void Every_statement_asked_for_exists_and_every_statement_is_asked_for()
    {
        foreach (var file in SqlFile.All)
        {
            var source = File.ReadAllText(Root.At("src", "Winnow", Path.ChangeExtension(file.Path, ".cs")));
            var asked = Asked().Matches(source).Select(m => m.Groups[1].Value).ToHashSet();
            Assert.True(file.Names.ToHashSet().SetEquals(asked) || file.Names.All(n => source.Contains($"\"{n}\"", StringComparison.Ordinal)) && asked.IsSubsetOf(file.Names),
                $"{file.Path}: has {string.Join(", ", file.Names.Except(asked))} unasked; asked for but not there: {string.Join(", ", asked.Except(file.Names))}");
        }
    }

    [Fact]
    public void Every_statement_names_the_account() =>
        Assert.Empty(Statements().Where(s => !AcrossAccounts.Keys.Any(a => $"{s.File.Path} {s.Name}".StartsWith(a, StringComparison.Ordinal)))
            .Where(s => !s.File[s.Name].For(Dialect.Sqlite).Contains("account_id", StringComparison.Ordinal) && !s.File[s.Name].For(Dialect.Sqlite).StartsWith("create temp table", StringComparison.Ordinal))
            .Select(s => $"{s.File.Path} [{s.Name}]"));

    [Fact]
    public void Every_key_starts_with_the_account()
    {
        string[] installationWide = ["users", "data_protection_keys", "one_time_links", "recovery_codes", "sign_in_tries", "passkeys", "address_hash_keys", "passport_keys"];
        var schema = string.Join("\n", SqlFile.Migrations().Select(m => m.Text));
        var keys = Table().Matches(schema).Select(t => (Table: t.Groups[1].Value, Key: Key().Match(t.Groups[2].Value) is { Success: true } k ? k.Groups[1].Value : OneColumnKey().Match(t.Groups[2].Value).Groups[1].Value))
            .Concat(UniqueIndex().Matches(schema).Select(i => (Table: i.Groups[1].Value, Key: i.Groups[2].Value))).ToList();
        Assert.True(keys.Count > 30, "the schema was not read");
        Assert.Empty(keys.Where(k => !installationWide.Contains(k.Table) && k.Key.Split(',')[0].Trim() != "account_id"));
    }

    private static IEnumerable<(SqlFile File, string Name)> Statements() => SqlFile.All.SelectMany(f => f.Names.Select(n => (f, n)));

    [GeneratedRegex("""Sql\["([^"]+)"\]""")]
    private static partial Regex Asked();

    [GeneratedRegex(@"create table (\w+) \((.*?)^\);", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Table();

    [GeneratedRegex(@"primary key \(([^)]+)\)")]
    private static partial Regex Key();

    [GeneratedRegex(@"(\w+)\s+\S+\s+not null primary key")]
    private static partial Regex OneColumnKey();

    [GeneratedRegex(@"create unique index \w+\s+on (\w+) \(([^)]+)\)")]
    private static partial Regex UniqueIndex();
}
