using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Transfer.Passports;

/// <summary>A signer that an account trusts.</summary>
/// <param name="Fingerprint">Of the public key, as <see cref="PassportKey.Fingerprint"/> writes it.</param>
/// <param name="Name">As the person who trusts it calls it.</param>
/// <param name="AddedBy">That person; null for the operator of the installation, or somebody who is gone.</param>
public sealed record PassportSigner(long AccountId, long Id, string Fingerprint, string Name, string? AddedBy, DateTimeOffset AddedAt);

/// <summary>Whose passports an account takes in: a list that people make, each after they were told the fingerprint by another way than the file. Pages and command line obey it.</summary>
public sealed class PassportSigners(Db db, TimeProvider clock)
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxName = 100;

    /// <summary>What is said where a name is missing or too long.</summary>
    public const string Nameless = "Give the signer a name of at most 100 characters.";
    private static readonly SqlFile Sql = SqlFile.Beside<PassportSigners>();

    /// <summary>All of them, by name.</summary>
    public Task<List<PassportSigner>> All(long accountId) => db.Read(tx => tx.Query<PassportSigner>(Sql["all"], new { accountId }));

    /// <summary>The signer of this fingerprint; null when the account does not trust it.</summary>
    public static Task<PassportSigner?> Find(Tx tx, long accountId, string fingerprint) => tx.SingleOrNone<PassportSigner>(Sql["find"], new { accountId, fingerprint });

    /// <inheritdoc cref="Find(Tx, long, string)"/>
    public Task<PassportSigner?> Find(long accountId, string fingerprint) => db.Read(tx => Find(tx, accountId, fingerprint));

    /// <summary>Trusts a signer from now on. One that is trusted already keeps its name.</summary>
    /// <returns>What is wrong, as a sentence, or null.</returns>
    public async Task<string?> Trust(long accountId, string fingerprint, string? name, long? userId, CancellationToken stop = default)
    {
        if (name?.Trim() is not { Length: > 0 and <= MaxName } called) return Nameless;
        await db.Write(async tx =>
        {
            var id = await Ids.Next(tx, accountId, "passport_signer");
            if (await tx.Execute(Sql["trust"], new { accountId, id, fingerprint, name = called, userId, now = clock.GetUtcNow() }) == 0) return;
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.SignerTrusted, called, after: fingerprint);
        }, stop);
        return null;
    }

    /// <summary>Trusts a signer no more. What its passports brought stays.</summary>
    /// <returns>False when there is none of this id.</returns>
    public Task<bool> Remove(long accountId, long id, long? userId) => db.Write(async tx =>
    {
        if (await tx.SingleOrNone<Named>(Sql["remove"], new { accountId, id }) is not { } gone) return false;
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.SignerRemoved, gone.Name, before: gone.Fingerprint);
        return true;
    });

    private sealed record Named(string Name, string Fingerprint);
}
