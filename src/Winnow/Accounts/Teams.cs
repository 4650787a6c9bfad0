using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Accounts;

/// <summary>Some people of an account under a name.</summary>
/// <param name="Members">How many are in it; those who were shut out of the account are counted too, as they come back into it.</param>
public sealed record Team(long Id, string Name, long Members)
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxName = 60;

    /// <summary>Most teams of an account.</summary>
    public const int Most = 200;
}

/// <summary>A person in a team.</summary>
/// <param name="DeactivatedAt">When the person was shut out of the account; null for those who may sign in.</param>
public sealed record TeamMember(long TeamId, long UserId, string Name, string Email, DateTimeOffset? DeactivatedAt);

/// <summary>
/// The teams of an account and who is in them. A team gives no permission; it says who sees what is shared with it. A person may be in any number of teams.
/// What cannot be done comes back as a sentence.
/// </summary>
public sealed class Teams(TimeProvider clock)
{
    /// <summary>Why a team cannot be made or renamed.</summary>
    public static readonly IReadOnlyList<string> Refusals = [Nameless, TooLong, Taken, TooMany, Gone];

    private const string Nameless = "Give the team a name.", TooLong = "The name is longer than 60 characters.", Taken = "There is a team of this name. Choose another name.",
        TooMany = "There are 200 teams, which is the most. Delete one that is no longer needed.", Gone = "This team does not exist any more.";
    private static readonly SqlFile Sql = SqlFile.Beside<Teams>();

    /// <summary>All teams by name.</summary>
    public Task<List<Team>> All(Tx tx, long accountId) => tx.Query<Team>(Sql["all"], new { accountId });

    /// <summary>The team, or null.</summary>
    public Task<Team?> Find(Tx tx, long accountId, long id) => tx.SingleOrNone<Team>(Sql["find"], new { accountId, id });

    /// <summary>The teams that a person is in, by name.</summary>
    public Task<List<Team>> Of(Tx tx, long accountId, long userId) => tx.Query<Team>(Sql["of-user"], new { accountId, userId });

    /// <summary>Who is in which team, by name of the person.</summary>
    public Task<List<TeamMember>> Members(Tx tx, long accountId) => tx.Query<TeamMember>(Sql["members"], new { accountId });

    /// <summary>Makes a team with nobody in it.</summary>
    /// <returns>The team's id, or why not.</returns>
    public async Task<(long? Id, string? Error)> Create(Tx tx, long accountId, long? by, string name)
    {
        var id = await Ids.Next(tx, accountId, "team");                  // holds the counter: two who make one at once queue up
        if (await NameError(tx, accountId, id, name) is { } error) return (null, error);
        if (await tx.Single<long>(Sql["count"], new { accountId }) >= Team.Most) return (null, TooMany);
        await tx.Execute(Sql["create"], new { accountId, id, name = name.Trim(), nameKey = Key(name), now = clock.GetUtcNow() });
        await AuditLog.Add(tx, clock, accountId, by, AuditAction.TeamCreated, name.Trim());
        return (id, null);
    }

    /// <summary>Gives a team another name.</summary>
    /// <returns>Why not, or null.</returns>
    public async Task<string?> Rename(Tx tx, long accountId, long? by, long id, string name)
    {
        await Ids.Next(tx, accountId, "team", 0);
        if (await Find(tx, accountId, id) is not { } team) return Gone;
        if (await NameError(tx, accountId, id, name) is { } error) return error;
        if (team.Name == name.Trim()) return null;
        await tx.Execute(Sql["rename"], new { accountId, id, name = name.Trim(), nameKey = Key(name) });
        await AuditLog.Add(tx, clock, accountId, by, AuditAction.TeamsChanged, team.Name, null, team.Name, name.Trim());
        return null;
    }

    /// <summary>Deletes a team. Its people stay in the account; what was shared with it is no longer.</summary>
    public async Task Delete(Tx tx, long accountId, long? by, long id)
    {
        await Ids.Next(tx, accountId, "team", 0);
        if (await Find(tx, accountId, id) is not { } team) return;
        var members = string.Join(", ", (await Members(tx, accountId)).Where(m => m.TeamId == id).Select(m => m.Name));
        await tx.Execute(Sql["empty"], new { accountId, id });
        await tx.Execute(Sql["delete"], new { accountId, id });
        await AuditLog.Add(tx, clock, accountId, by, AuditAction.TeamDeleted, team.Name, team.Members, members.Length > 0 ? members : null);
    }

    /// <summary>Puts a person of the account into a team.</summary>
    /// <returns>False when there is no such team or person; true also when the person is in it already.</returns>
    public Task<bool> Add(Tx tx, long accountId, long? by, long id, long userId) => Change(tx, accountId, by, id, userId, "add");

    /// <summary>Takes a person out of a team.</summary>
    /// <returns>False when there is no such team or person; true also when the person is not in it.</returns>
    public Task<bool> Remove(Tx tx, long accountId, long? by, long id, long userId) => Change(tx, accountId, by, id, userId, "remove");

    private async Task<bool> Change(Tx tx, long accountId, long? by, long id, long userId, string how)
    {
        await Ids.Next(tx, accountId, "team", 0);                        // nobody comes into a team that is just being deleted
        if (await Find(tx, accountId, id) is not { } team || await tx.SingleOrNone<string>(Sql["person"], new { accountId, userId }) is not { } name) return false;
        if (await tx.Execute(Sql[how], new { accountId, id, userId }) == 0) return true;
        await AuditLog.Add(tx, clock, accountId, by, how == "add" ? AuditAction.TeamJoined : AuditAction.TeamLeft, team.Name, null, null, name);
        return true;
    }

    private static async Task<string?> NameError(Tx tx, long accountId, long id, string name) =>
        string.IsNullOrWhiteSpace(name) ? Nameless
        : name.Trim().Length > Team.MaxName ? TooLong
        : await tx.SingleOrNone<long?>(Sql["id-by-name"], new { accountId, nameKey = Key(name) }) is { } other && other != id ? Taken
        : null;

    private static string Key(string name) => name.Trim().ToLowerInvariant();
}
