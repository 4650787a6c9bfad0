using System.Diagnostics;

namespace Winnow.Tests;

/// <summary>The audit of dependencies says what the registries said, and fails for what is grave.</summary>
public sealed class DependencyAuditTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("winnow-audit-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("Moderate", "low", 0)]
    [InlineData("High", "low", 1)]
    [InlineData("Low", "critical", 1)]
    public async Task A_high_or_critical_finding_fails_the_run(string nuget, string npm, int exit)
    {
        var (code, says) = await Audit(
            $$$"""{"version":1,"sources":[],"projects":[{"path":"a","frameworks":[{"framework":"net10.0","transitivePackages":[{"id":"Planted","resolvedVersion":"1.0.0","vulnerabilities":[{"severity":"{{{nuget}}}","advisoryurl":"https://advisories.test/1"}]}]}]}]}""",
            $$$"""{"vulnerabilities":{"planted":{"name":"planted","severity":"{{{npm}}}","range":"<2","via":[{"url":"https://advisories.test/2"}] } } }""");
        Assert.Equal(exit, code);
        Assert.Contains($"Known vulnerability: Planted 1.0.0: {nuget.ToLowerInvariant()} https://advisories.test/1", says, StringComparison.Ordinal);
        Assert.Contains($"Known vulnerability: planted <2: {npm} https://advisories.test/2", says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_found_is_said_and_passes()
    {
        var (code, says) = await Audit("""{"version":1,"sources":[],"projects":[{"path":"a"}]}""", """{"vulnerabilities":{}}""");
        Assert.Equal((0, "No known vulnerability in what was audited.\n"), (code, says));
    }

    [Theory]
    [InlineData("", """{"message":"405 Method Not Allowed","error":{}}""")]
    [InlineData("""{"version":1,"sources":["file:///nowhere"],"projects":[{"path":"a"}]}""", "not json")]
    public async Task A_registry_that_gives_no_answer_is_named_and_passed_over(string nuget, string npm)
    {
        var (code, says) = await Audit(nuget, npm);
        Assert.Equal(0, code);
        Assert.Matches("(?s)^NuGet.*; not audited.\nnpm gave no answer.*; not audited.\n$", says);
    }

    private async Task<(int Code, string Says)> Audit(string nuget, string npm)
    {
        var (a, b) = (Path.Combine(folder.FullName, "nuget.json"), Path.Combine(folder.FullName, "npm.json"));
        await File.WriteAllTextAsync(a, nuget);
        await File.WriteAllTextAsync(b, npm);
        using var node = Process.Start(new ProcessStartInfo("node", [Root.At("tests", "audit.mjs"), a, b]) { RedirectStandardOutput = true })!;
        var says = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        return (node.ExitCode, says);
    }
}
