using Winnow.Data;
using Winnow.Lists;
using Winnow.Server.Roles;

namespace Winnow.Server.Lists;

/// <summary><c>check lists</c>: asks every filter about every contact again and compares with who is in each list. For an operator in doubt; while
/// contacts change meanwhile it may report a change in flight.</summary>
public static class CheckListsCommand
{
    private static readonly Statement Accounts = Statement.Built("accounts to check", "select account_id, name from accounts order by account_id");

    /// <summary>Prints each difference, a line each, then a summary.</summary>
    /// <param name="args">As for the server: <c>--database</c>.</param>
    /// <returns>0 when all is right, 1 when something differs.</returns>
    public static async Task<int> Run(string[] args, TextWriter output)
    {
        await using var app = await WinnowServer.Build([.. args, "--roles", "worker"]);        // built, not started: nothing else runs in this process
        var db = app.Services.GetRequiredService<Db>();
        var (accounts, wrong) = (await db.Read(tx => tx.Query<(long Id, string Name)>(Accounts, new { })), 0);
        foreach (var (id, name) in accounts)
        {
            await app.Services.GetRequiredService<SweepLists>().Run(id);
            foreach (var difference in await db.Read(tx => app.Services.GetRequiredService<CheckLists>().Differences(tx, id)))
            {
                await output.WriteLineAsync($"{name}: {difference}");
                wrong++;
            }
        }
        await output.WriteLineAsync(wrong == 0 ? $"All lists of {accounts.Count} accounts are right." : $"{wrong} differences in the lists of {accounts.Count} accounts. Open each list and change or save its filter to fill it anew.");
        return wrong == 0 ? 0 : 1;
    }
}
