using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Winnow.Tests;

/// <summary>The map of the house: what each module may know. Read from source, method bodies included.</summary>
public sealed class ModulesTests
{
    /// <summary>ARCHITECTURE.md shows the same table. A module may use less; then the arrow is taken out here.</summary>
    private static readonly Dictionary<string, string> MayUse = new()
    {
        ["Data"] = "",
        ["Jobs"] = "Data",
        ["Audit"] = "Data",
        ["Accounts"] = "Audit Data",
        ["Contacts"] = "Audit Data",
        ["Filters"] = "Contacts Data",
        ["Lists"] = "Audit Contacts Data Filters Jobs",
        ["MarketingContacts"] = "Accounts Audit Contacts Data Filters Jobs Lists",
        ["Email"] = "Accounts Audit Contacts Data Jobs Lists",
        ["Transfer"] = "Audit Contacts Data Filters Jobs Lists",
        ["Backup"] = "Audit Data",
        ["Vitals"] = "Data",
    };

    [Fact]
    public void Modules_use_only_what_the_map_allows()
    {
        var used = Used(Sources()).ToList();
        Assert.NotEmpty(used);
        Assert.Empty(used.Where(a => !MayUse.TryGetValue(a.From, out var allowed) || !allowed.Split(' ').Contains(a.To)).Select(a => $"{a.From} -> {a.To}"));
    }

    [Fact]
    public void The_check_sees_a_forbidden_use()
    {
        var planted = CSharpSyntaxTree.ParseText("namespace Winnow.Data; class Planted { object O() => typeof(Winnow.Contacts.ContactStore); }", path: "planted");
        Assert.Contains(("Data", "Contacts"), Used([.. Sources(), planted]));
    }

    [Fact]
    public void Only_Data_knows_the_database_drivers() =>
        Assert.Empty(Files().Where(f => !f.Contains("/Data/", StringComparison.Ordinal))
            .Where(f => File.ReadLines(f).Any(l => l.StartsWith("using Dapper", StringComparison.Ordinal) || l.StartsWith("using Npgsql", StringComparison.Ordinal) || l.StartsWith("using Microsoft.Data", StringComparison.Ordinal))));

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        Assert.Empty(Directory.GetFiles(Root.At("src"), "*.*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".cs" or ".razor" or ".sql" && !f.Contains("/node_modules/", StringComparison.Ordinal) && !f.Contains("/Schema/", StringComparison.Ordinal))
            .Where(f => File.ReadLines(f).Count() > 400).Select(f => Path.GetRelativePath(Root.Folder, f)));

    private static IEnumerable<(string From, string To)> Used(SyntaxTree[] trees)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
            .Where(p => !p.EndsWith("/Winnow.dll", StringComparison.Ordinal)).Select(p => MetadataReference.CreateFromFile(p));
        var compilation = CSharpCompilation.Create("check", trees, references, new(OutputKind.DynamicallyLinkedLibrary));
        return trees.SelectMany(tree => Arrows(compilation.GetSemanticModel(tree), tree)).Where(a => a.From != a.To).Distinct();
    }

    private static IEnumerable<(string From, string To)> Arrows(SemanticModel model, SyntaxTree tree)
    {
        foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            if (Module(model.GetEnclosingSymbol(name.SpanStart)?.ContainingNamespace) is { } from
                && model.GetSymbolInfo(name).Symbol is { } used and not INamespaceSymbol && Module(used.ContainingNamespace) is { } to)
                yield return (from, to);
    }

    private static string? Module(INamespaceSymbol? space) =>
        space?.ToDisplayString().Split('.') is ["Winnow", var module, ..] && module != "Mail" ? module : null;

    private static IEnumerable<string> Files() => Directory.GetFiles(Root.At("src", "Winnow"), "*.cs", SearchOption.AllDirectories)
        .Select(f => f.Replace('\\', '/'));

    private static SyntaxTree[] Sources() =>
        [.. Files().Select(f => CSharpSyntaxTree.ParseText(File.ReadAllText(f), path: f)), CSharpSyntaxTree.ParseText(Usings, path: "usings")];

    private const string Usings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";
}
