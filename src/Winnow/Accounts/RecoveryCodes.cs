using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Winnow.Data;

namespace Winnow.Accounts;

/// <summary>Codes that sign a person in once each when the phone with the authenticator is lost; kept as hashes.</summary>
internal sealed class RecoveryCodes(Db db)
{
    private const int Rounds = 50_000;              // codes have 45 random bits: slow enough that a stolen table is worth little
    private static readonly SqlFile Sql = SqlFile.Beside<RecoveryCodes>();

    /// <summary>New ones in place of those the person has; none takes them all away.</summary>
    public static async Task Replace(Tx tx, long userId, IReadOnlyList<string> hashes)
    {
        await tx.Execute(Sql["drop"], new { userId });
        foreach (var hash in hashes) await tx.Execute(Sql["add"], new { userId, hash });
    }

    /// <summary>What is kept of codes; it takes its time, so it is made before the transaction.</summary>
    public static IReadOnlyList<string> Hashes(long userId, IEnumerable<string> codes) => [.. codes.Select(code => Hash(userId, code))];

    /// <summary>Uses one up; two at once: one of them gets in.</summary>
    public Task<bool> Spend(long userId, string code, CancellationToken stop)
    {
        var hash = Hash(userId, code);
        return db.Write(async tx => await tx.Execute(Sql["spend"], new { userId, hash }) == 1, stop);
    }

    /// <summary>How many are left.</summary>
    public Task<int> Count(long userId, CancellationToken stop) => db.Read(tx => tx.Single<int>(Sql["count"], new { userId }), stop);

    private static string Hash(long userId, string code) => Convert.ToHexStringLower(Rfc2898DeriveBytes.Pbkdf2(
        Encoding.UTF8.GetBytes(code.Trim().ToUpperInvariant()), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Winnow recovery code of {userId}")), Rounds, HashAlgorithmName.SHA256, 32));
}
