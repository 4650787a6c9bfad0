using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Data;
using Winnow.Server.Commands;

namespace Winnow.Tests;

/// <summary>Commands run in the process of the test, on the database of a server that runs beside them.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("winnow-commands");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory, Databases]
    public async Task A_file_is_imported_suppressed_and_taken_out_again_from_a_terminal(string kind)
    {
        await using var app = await WebApp.On(kind, kind == "sqlite" ? "web" : "web,worker");            // with a worker the server does the jobs, without one the commands
        await app.SetUp();
        await app.Colleague("reader@fernhill.example", PermissionSet.ReadOnly);
        var people = await Write("people.csv", "Mail address,Voornaam,Note\nann@example.test,Ann,x\nbroken,Bob,y\ncees@example.test,Cees,z\n");

        var (code, said) = await Run(app, "import", people, "--as", "reader@fernhill.example");
        Assert.Equal(ExitCode.WrongUse, code);
        Assert.Contains("Import", Word(said, "says"), StringComparison.Ordinal);
        (code, said) = await Run(app, "import", people, "--column", "Post=email");
        Assert.Equal(ExitCode.WrongUse, code);
        Assert.Contains("Mail address, Voornaam, Note", Word(said, "says"), StringComparison.Ordinal);
        (code, said) = await Run(app, "import", people, "--column", "Mail address=email", "--list", "Fair", "--rejected", At("rejected.csv"), "--as", "noor@fernhill.example");
        Assert.Equal((ExitCode.Look, 2, 1), (code, Number(said, "created"), Number(said, "rejected")));
        Assert.Contains("broken,Bob,y", await File.ReadAllTextAsync(At("rejected.csv")), StringComparison.Ordinal);
        (code, said) = await Run(app, "import", people, "--column", "Mail address=email");
        Assert.Equal((ExitCode.Look, 0, 2), (code, Number(said, "created"), Number(said, "unchanged")));

        (code, said) = await Run(app, "import", await Write("likely.csv", "Reachable at,Since\nann@example.test,3/4/2026\n"));      // by its cells an address, but nobody looked
        Assert.Equal(ExitCode.WrongUse, code);
        Assert.Contains("Choose the column that holds the email address", Word(said, "says"), StringComparison.Ordinal);
        (code, said) = await Run(app, "import", At("likely.csv"), "--look", "--dates", "mdy");
        Assert.Equal("mdy", said.GetProperty("columns")[1].GetProperty("dates").GetString());

        var gone = await Write("gone.csv", "Email\ncees@example.test\nnobody@example.test\n");
        (code, said) = await Run(app, "suppress", gone, "--rows", "3");
        Assert.Equal(ExitCode.WrongUse, code);
        Assert.Contains("2 rows", Word(said, "says"), StringComparison.Ordinal);
        (code, said) = await Run(app, "suppress", gone, "--rows", "2", "--account", "fernhill");
        Assert.Equal((ExitCode.Done, 2), (code, Number(said, "optedOut")));

        (code, _) = await Run(app, "export", "contacts", "--list", "fair", "--columns", "firstname,city", "-o", At("fair.csv"));
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(["Record ID,Email,First Name,Last Name,City", "1,ann@example.test,Ann,,", "2,cees@example.test,Cees,,"], File.ReadAllText(At("fair.csv")).TrimEnd().Split("\r\n"));
        (code, _) = await Run(app, "export", "contacts", "-o", At("all.xlsx"));
        Assert.Equal((ExitCode.Done, "PK"), (code, File.ReadAllText(At("all.xlsx"))[..2]));
        (code, said) = await Run(app, "import", At("all.xlsx"), "--only", "create");
        Assert.Equal(0, Number(said, "created"));
        (code, said) = await Run(app, "export", "contacts", "-o", At("fair.csv"));
        Assert.Equal(ExitCode.WrongUse, code);
        Assert.Contains("--force", Word(said, "says"), StringComparison.Ordinal);
        (code, said) = await Run(app, "export", "opt-outs", "--kinds", "unsubscribed", "-o", At("opt-outs.csv"));
        Assert.Equal((ExitCode.Done, 2), (code, Number(said, "rows")));
        Assert.Contains("nobody@example.test,TRUE", await File.ReadAllTextAsync(At("opt-outs.csv")), StringComparison.Ordinal);

        (code, said) = await Run(app, "export", "lists", "-o", At("lists.csv"));
        Assert.Equal((ExitCode.Done, 1), (code, Number(said, "rows")));
        Assert.Contains("Fair,Static,2", await File.ReadAllTextAsync(At("lists.csv")), StringComparison.Ordinal);
        (code, said) = await Run(app, "export", "recipients", "9", "-o", At("recipients.csv"));
        Assert.Equal(ExitCode.WrongUse, code);
        (code, said) = await Run(app, "export", "audit-log", "-o", At("audit.csv"));
        Assert.Contains("command line, ", await File.ReadAllTextAsync(At("audit.csv")), StringComparison.Ordinal);

        (code, said) = await Run(app, "check", "lists");
        Assert.Equal((ExitCode.Done, 0), (code, said.GetProperty("differences").GetArrayLength()));
        await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("planted", "update list_chunks set count = count + 1 where account_id = 1 and list_id in (select id from lists where account_id = 1 and name = 'Fair')")));
        (code, said) = await Run(app, "check", "lists");
        Assert.Equal((ExitCode.Look, 1), (code, said.GetProperty("differences").GetArrayLength()));

        var record = await app.Services.GetRequiredService<Db>().Read(tx => tx.Query<(string Action, long? UserId)>(Statement.Built("record", "select action, user_id from audit_log where account_id = 1 and origin like 'command line, %' order by id")));
        Assert.Equal([("ListCreated", 1L), ("ContactsImported", 1L), ("ContactsImported", null), ("OptOutsImported", null), ("ContactsExported", null), ("ExportDownloaded", null), ("ContactsExported", null), ("ExportDownloaded", null), ("ContactsImported", null), ("OptOutsExported", null), ("ExportDownloaded", null), ("ListsExported", null), ("ExportDownloaded", null), ("AuditExported", null), ("ExportDownloaded", null)], record);
    }

    [Fact]
    public async Task What_is_not_understood_ends_with_two_and_help_shows_examples()
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        Assert.Equal(2, await CommandLine.Run(["imprt", "x.csv"], output, error));
        Assert.Contains("imprt", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await CommandLine.Run(["export", "contacts", "--help"], output, error));
        Assert.Contains("winnow export contacts --list Customers", output.ToString(), StringComparison.Ordinal);
        Assert.True(CommandLine.Takes(["import", "x"]) && CommandLine.Takes(["--help"]) && !CommandLine.Takes(["--urls", "x"]) && !CommandLine.Takes([]) && !CommandLine.Takes(["demo"]));
        Assert.Equal("[###############...............]  50 %  1,000 of 2,000 rows  100/s  0:00:10 left", Terminal.Bar(1000, 2000, "rows", TimeSpan.FromSeconds(10)));
    }

    private async Task<(ExitCode Code, JsonElement Said)> Run(WebApp app, params string[] args)
    {
        var output = new StringWriter(CultureInfo.InvariantCulture);
        var code = await CommandLine.Run([.. args, "--json", "--database", app.Connection], output, TextWriter.Null, TestContext.Current.CancellationToken);
        return ((ExitCode)code, JsonDocument.Parse(output.ToString()).RootElement);
    }

    private static string Word(JsonElement said, string name) => said.GetProperty(name).GetString()!;
    private static long Number(JsonElement said, string name) => said.GetProperty(name).GetInt64();
    private string At(string name) => Path.Combine(folder.FullName, name);

    private async Task<string> Write(string name, string text)
    {
        await File.WriteAllTextAsync(At(name), text);
        return At(name);
    }
}
