using System.Security.Cryptography;
using System.Text;
using Winnow.Data;

namespace Winnow.Accounts;

/// <summary>
/// Who may try another password. Tries are counted by person and place, so that who guesses locks out nobody but
/// themselves; guesses from very many places are held back together, while browsers that the person has signed in with
/// before are places of their own. Unknown addresses are counted like known ones: the answer tells nothing.
/// </summary>
public sealed class SignInTries(Db db, TimeProvider clock)
{
    /// <summary>Passwords for one person from one place before that place must pause.</summary>
    public const int FromOnePlace = 5;

    /// <summary>Passwords for one person from all places that are new to the person, before those must pause.</summary>
    public const int FromStrangers = 100;

    /// <summary>How long a pause is, counted from the last password that was looked at.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    private static readonly SqlFile Sql = SqlFile.Beside<SignInTries>();

    /// <summary>Counts a try before its password is looked at: a hundred at once are no way around.</summary>
    /// <param name="emailKey">Whose password it is, in lower case.</param>
    /// <param name="place">A browser the person is known by, or a network address.</param>
    /// <param name="known">Whether the place is known to be the person's.</param>
    /// <returns>False when it must not be looked at.</returns>
    public Task<bool> Take(string emailKey, string place, bool known, CancellationToken stop = default) => db.Write(async tx =>
        await Take(tx, Hash(emailKey, place), FromOnePlace) && (known || await Take(tx, Hash(emailKey, ""), FromStrangers)), stop);

    /// <summary>The password was right: nothing is held against this place any more, nor, when it is a new one, against new places.</summary>
    public Task Forgive(string emailKey, string place, bool known, CancellationToken stop = default) =>
        db.Write(tx => tx.Execute(Sql["forgive"], new { what = new[] { Hash(emailKey, place), Hash(emailKey, known ? place : "") } }), stop);

    /// <summary>Deletes what no longer counts.</summary>
    public Task Forget(CancellationToken stop) => db.Write(tx => tx.Execute(Sql["forget"], new { before = clock.GetUtcNow() - Pause }), stop);

    private async Task<bool> Take(Tx tx, string what, int most)
    {
        var now = clock.GetUtcNow();
        return await tx.Single<int>(Sql["take"], new { what, most, now, before = now - Pause }) <= most;
    }

    private static string Hash(string emailKey, string place) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{emailKey}\n{place}")));
}
