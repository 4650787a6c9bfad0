namespace Winnow.Lists;

/// <summary>What is known of a property that could have an index.</summary>
/// <param name="Uses">Conditions asked in the last <see cref="IndexRules.Days"/> days, on <paramref name="DaysUsed"/> of them.</param>
/// <param name="Contacts">How many contacts the account has.</param>
/// <param name="IsPresent">False once the property is archived.</param>
/// <param name="MadeAt">When its index was made; null when it has none.</param>
/// <param name="DroppedAt">When an administrator dropped it.</param>
public sealed record IndexCandidate(
    long AccountId, long PropertyId, long Uses, long DaysUsed, DateTimeOffset? LastUsedAt, long Contacts, bool IsPresent, bool Pinned, DateTimeOffset? MadeAt, DateTimeOffset? DroppedAt);

/// <summary>Which indexes are worth their writing, as a table.</summary>
/// <param name="Days">How far back uses count.</param>
/// <param name="MakeUses">So many uses, on <paramref name="MakeDays"/> days, make an index …</param>
/// <param name="FewestContacts">… in accounts with as many contacts: fewer are looked through in no time.</param>
/// <param name="DropUses">Fewer uses drop it: far fewer than made it, so that none comes and goes.</param>
/// <param name="LeastAge">An index is not dropped before, in days; nor made again when an administrator dropped it.</param>
/// <param name="PerAccount">The most indexes of an account: each makes every write of a contact's own properties dearer.</param>
/// <param name="PerInstallation">The most of all accounts.</param>
/// <param name="MostContactsWaiting">The most contacts in the database where writers wait for an index; above it only pinned ones are made.</param>
public sealed record IndexRules(int Days, long MakeUses, long MakeDays, long FewestContacts, long DropUses, int LeastAge, int PerAccount, int PerInstallation, long MostContactsWaiting)
{
    /// <summary>As shipped.</summary>
    public static readonly IndexRules Default = new(Days: 14, MakeUses: 50, MakeDays: 2, FewestContacts: 20_000, DropUses: 5, LeastAge: 14, PerAccount: 5, PerInstallation: 50, MostContactsWaiting: 300_000);
}

/// <summary>Decides which indexes to make and to drop; knows nothing but what it is given.</summary>
public static class IndexAdvice
{
    /// <summary>What to do now. Drops first: they make room.</summary>
    /// <param name="candidates">Of all accounts: what was used, what is pinned and what there is.</param>
    /// <param name="writersWait">Whether making one keeps writers waiting.</param>
    public static (IReadOnlyList<IndexCandidate> Drop, IReadOnlyList<IndexCandidate> Make) Decide(IReadOnlyCollection<IndexCandidate> candidates, IndexRules rules, bool writersWait, DateTimeOffset now)
    {
        var drop = candidates.Where(c => c.MadeAt is not null && IsIdle(c, rules, now)).ToList();
        var kept = candidates.Where(c => c.MadeAt is not null).Except(drop).ToList();
        var (all, perAccount, make) = (kept.Count, kept.CountBy(c => c.AccountId).ToDictionary(), new List<IndexCandidate>());
        var large = writersWait && candidates.DistinctBy(c => c.AccountId).Sum(c => c.Contacts) > rules.MostContactsWaiting;
        foreach (var wanted in candidates.Where(c => IsWanted(c, rules, large, now)).OrderByDescending(c => c.Pinned).ThenByDescending(c => c.Uses).ThenBy(c => c.AccountId).ThenBy(c => c.PropertyId))
        {
            if (all >= rules.PerInstallation || perAccount.GetValueOrDefault(wanted.AccountId) >= rules.PerAccount) continue;
            make.Add(wanted);
            all++;
            perAccount[wanted.AccountId] = perAccount.GetValueOrDefault(wanted.AccountId) + 1;
        }
        return (drop, make);
    }

    private static bool IsIdle(IndexCandidate c, IndexRules rules, DateTimeOffset now) =>
        !c.IsPresent || !c.Pinned && c.Uses < rules.DropUses && now - c.MadeAt >= TimeSpan.FromDays(rules.LeastAge);

    private static bool IsWanted(IndexCandidate c, IndexRules rules, bool large, DateTimeOffset now) =>
        c is { MadeAt: null, IsPresent: true } && (c.Pinned
            || !large && c.Uses >= rules.MakeUses && c.DaysUsed >= rules.MakeDays && c.Contacts >= rules.FewestContacts && !(now - c.DroppedAt < TimeSpan.FromDays(rules.LeastAge)));
}
