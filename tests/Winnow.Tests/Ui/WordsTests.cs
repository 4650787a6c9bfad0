using System.Text.RegularExpressions;
using System.Xml.Linq;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Email.Sending;
using Winnow.Server.Contacts;
using Winnow.Server.Ui;

namespace Winnow.Tests;

/// <summary>Every English text of the pages has its Dutch.</summary>
public partial class WordsTests
{
    private static readonly string Server = Root.At("src", "Winnow.Server");

    [Fact]
    public void Every_word_of_the_pages_is_translated()
    {
        var dutch = Dutch();
        var missing = KeysInUse().Where(key => !dutch.ContainsKey(key.Text)).ToList();
        Assert.True(missing.Count == 0, "Words.nl.resx lacks:\n" + string.Join("\n", missing.Select(key => $"{key.File}: {key.Text}")));
    }

    [Fact]
    public void A_translation_takes_the_same_values_as_its_text()
    {
        var wrong = Dutch().Where(word => Holes(word.Key) != Holes(word.Value)).Select(word => word.Key);
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_text_is_translated_twice_nor_differs_from_another_in_capitals_only() =>      // the build keeps one of two such keys
        Assert.Empty(Entries().GroupBy(entry => entry.Key, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => group.Key));

    [Fact]
    public void The_search_for_words_sees_each_way_of_asking() =>
        Assert.Equal(
            ["plain", "with {0}", "one \"quoted\"", "{0} one", "{0} many"],
            Keys("""@T["plain"] @T["with {0}", x] words["one \"quoted\""] @T.Count(n + f(2), "{0} one", "{0} many")"""));

    private static IEnumerable<(string Text, string File)> KeysInUse()
    {
        var files = Directory.EnumerateFiles(Server, "*.*", SearchOption.AllDirectories)
            .Where(file => (file.EndsWith(".razor", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal)) && !file.Contains("node_modules"));
        var written = files.SelectMany(file => Keys(File.ReadAllText(file)).Select(key => (key, Path.GetRelativePath(Server, file))));
        return written.Concat(TablesOfWords().Select(word => (word, "a table of words"))).Distinct();
    }

    [Fact]
    public void Every_title_that_winnow_itself_gives_a_job_is_among_those_that_are_translated()
    {
        var given = Directory.EnumerateFiles(Root.At("src", "Winnow"), "*.cs", SearchOption.AllDirectories).SelectMany(file => GivenTitle().Matches(File.ReadAllText(file)).Select(match => InBraces().Replace(match.Groups[1].Value, "{0}"))).ToList();
        Assert.Contains("Import {0}", given);
        Assert.Subset(Winnow.Server.Jobs.JobWords.Words.ToHashSet(), given.ToHashSet());
    }

    // Words that pages take from a table: T[line.Word].
    private static IEnumerable<string> TablesOfWords() =>
        SidebarMap.Groups.SelectMany(group => group.Lines.Select(line => line.Word).Append(group.Word)).Append(SidebarMap.Settings.Word)
        .Concat(SettingsMap.Lines.Select(line => line.Word)).Concat(Winnow.Server.Search.SearchHits.Words)
        .Concat(Winnow.Server.Ui.Keys.Map.Select(key => key.Word))
        .Concat(BuiltInProperties.All.SelectMany(property => property.Options.Select(option => option.Label).Append(property.Label)))
        .Concat(StandardViews.All.Select(view => view.Label)).Concat(Winnow.Lists.SavedViews.Refusals).Concat(Winnow.Accounts.Teams.Refusals)
        .Concat(BuiltInProperties.All.Select(property => property.Description).Where(text => text.Length > 0)).Concat(PropertyWords.All)
        .Concat(ContactForm.Words).Concat(["Contact information", "Email information"])
        .Concat(SendGates.All.Select(gate => gate.Words)).Append(SendGates.Words(SendGates.Cancelled)).Concat([DnsRecords.Signature, DnsRecords.Bounces, DnsRecords.Senders, DnsRecords.Policy]).Concat(Winnow.Accounts.Currency.All.Select(currency => currency.Name))
        .Concat(Winnow.MarketingContacts.Defaults.Usual.SelectMany(row => new[] { row.Label, row.Hint })).Concat(Winnow.Server.Jobs.JobWords.Words).Concat(Winnow.Jobs.NotificationKind.All.SelectMany(kind => new[] { kind.Label, kind.Hint }))
        .Concat(Winnow.Server.Audit.AuditWords.All.Values).Concat(Winnow.Server.Accounts.SecurityLetters.Told.Values)
        .Concat(Scope.All.SelectMany(scope => new[] { scope.Group, scope.Words })).Concat(PrivateApps.Refusals)
        .Concat(PermissionWords.All.SelectMany(words => new[] { words.Tab, words.Label, words.Hint })).Concat(PermissionSet.Presets.Select(preset => preset.Name))
        .Concat(Winnow.Server.Email.Bounces.BouncePolicyForm.Groups.Select(group => group.Says))
        .Concat(Winnow.Server.Lists.ListWords.Words).Concat(Winnow.Lists.ListFolders.Refusals).Concat(Winnow.Lists.ListConversions.Refusals).Concat([Winnow.Transfer.UndoImport.NoImport, Winnow.Transfer.UndoImport.Stands]).Concat(Winnow.Transfer.ImportRefusals.All).Concat(Winnow.Transfer.UploadFaults.All).Concat(Winnow.Transfer.RejectionReasons.All).Append(Winnow.Jobs.JobRunner.NoRoom).Concat(Winnow.Transfer.Passports.UploadedPassports.Refusals).Append(Winnow.Server.Transfer.ImportEndpoints.NoFile).Concat(Winnow.Transfer.SuppressionFormat.All.Select(format => format.Kind)).Concat(Winnow.Server.Transfer.Reports.Words).Concat(Winnow.Server.Transfer.MoveInWording.Words).Append(Winnow.Transfer.TableFile.Full)
        .Concat(Winnow.MarketingContacts.MarketingPlans.Refusals.Keys).Concat(Winnow.MarketingContacts.CostlyContacts.Reasons.Select(reason => reason.Label)).Concat(Winnow.MarketingContacts.StoppingGroup.Words.Values).Concat(FaultWords());

    // What stands in the way of sending an e-mail is said by the product itself: new(nameof(email.Subject), "The subject is empty.").
    private static IEnumerable<string> FaultWords() =>
        Directory.EnumerateFiles(Root.At("src", "Winnow", "Email"), "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/Bounces/", StringComparison.Ordinal))
            .SelectMany(file => FaultWord().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).Where(words => words.Contains(' ', StringComparison.Ordinal));

    private static IEnumerable<string> Keys(string source) =>
        Asked().Matches(Comment().Replace(source, "")).SelectMany(match => match.Groups["key"].Captures).Select(capture => Regex.Unescape(capture.Value));

    private static Dictionary<string, string> Dutch() => Entries().GroupBy(entry => entry.Key).ToDictionary(group => group.Key, group => group.First().Value);

    private static IEnumerable<(string Key, string Value)> Entries() =>
        XDocument.Load(Path.Combine(Server, "Ui", "Words.nl.resx")).Root!.Elements("data").Select(data => (data.Attribute("name")!.Value, data.Element("value")!.Value));

    private static string Holes(string text) => string.Join(' ', Hole().Matches(text).Select(match => match.Value).Distinct().Order());

    [GeneratedRegex("""\b(?:T|words)(?:\["(?<key>(?:[^"\\]|\\.)*)"|\.Count\([^"]*"(?<key>(?:[^"\\]|\\.)*)",\s*"(?<key>(?:[^"\\]|\\.)*)")""")]
    private static partial Regex Asked();

    [GeneratedRegex(@"(?:new|Add)\((?:nameof\([\w.]+\)|field|""\w+""), ""([^""]+)""")]
    private static partial Regex FaultWord();

    [GeneratedRegex(@"@\*.*?\*@|^\s*///?[^\n]*", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex("""Enqueue(?:<\w+>)?\(tx, [^";]*\$?"(\w[^"]*)"(?: :|,)""")]
    private static partial Regex GivenTitle();

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex InBraces();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Hole();
}
