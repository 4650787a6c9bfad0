using Winnow.Data;

namespace Winnow.Backup;

/// <summary>Which rows of a table an archive holds. A table whose key begins with the account is in every archive by itself; the few that serve the whole
/// installation stand here, each with what an account's archive has of it. One that is forgotten stops every backup, and a test.</summary>
internal static class ArchivedTables
{
    private const string Nothing = "";

    private static readonly Dictionary<string, string> OfAccount = new()
    {
        ["users"] = "where id in (select user_id from account_users where account_id = @accountId)",
        ["passport_keys"] = Nothing,
        ["address_hash_keys"] = Nothing,            // the installation's secrets stay in it
        ["data_protection_keys"] = Nothing,
        ["one_time_links"] = Nothing,               // they live for hours
        ["passkeys"] = Nothing,                     // how a person signs in is the installation's
        ["recovery_codes"] = Nothing,
        ["sign_in_tries"] = Nothing,
    };

    /// <summary>The tables of an archive in its order: people first, as all else names them.</summary>
    public static async Task<List<TableShape>> All(Tx tx, bool ofAccount)
    {
        var all = await TableShape.All(tx);
        if (all.Find(t => !t.IsOfAccounts && !OfAccount.ContainsKey(t.Name)) is { } forgotten)
            throw new InvalidOperationException($"The table {forgotten.Name} belongs to no account: say in {nameof(ArchivedTables)} what an account's archive holds of it.");
        return [.. all.Where(t => !ofAccount || Condition(t, true) != Nothing || t.IsOfAccounts).OrderBy(t => t.Name != "users").ThenBy(t => t.Name, StringComparer.Ordinal)];
    }

    /// <summary>The rows of it, in the order of their key.</summary>
    public static Statement Rows(TableShape table, bool ofAccount) => table.Rows(Condition(table, ofAccount));

    private static string Condition(TableShape table, bool ofAccount) => !ofAccount ? "" : OfAccount.GetValueOrDefault(table.Name, "where account_id = @accountId");
}
