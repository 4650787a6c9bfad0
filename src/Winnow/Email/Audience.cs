using Winnow.Data;
using Winnow.Email.Bounces;
using Winnow.Email.Sending;
using Winnow.Lists;

namespace Winnow.Email;

/// <summary>Whom an e-mail is for: members of the lists included, without members of the lists excluded, each once.</summary>
public sealed class Audience(ListMembers members, Parole parole)
{
    private static readonly SqlFile Sql = SqlFile.Beside<Audience>();

    /// <summary>The contacts.</summary>
    public async Task<MemberSet> Read(Tx tx, MarketingEmail email)
    {
        var audience = new MemberSet();
        foreach (var list in email.IncludedLists) audience = audience.Union(await members.Read(tx, email.AccountId, list));
        foreach (var list in email.ExcludedLists) audience = audience.Except(await members.Read(tx, email.AccountId, list));
        return audience;
    }

    /// <summary>How many of them would be left out now, and why: the database groups the facts, the gates judge each group.</summary>
    public async Task<Outlook> Outlook(Tx tx, long accountId, MemberSet audience)
    {
        var (leftOut, held, looks) = (new Dictionary<string, long>(), new List<string>(), await parole.IsOn(tx, accountId));
        foreach (var chunk in audience.ChunkNumbers)
        {
            var ids = audience.Only(chunk).Ids.ToArray();
            if (looks) held.AddRange((await tx.Query<Facts>(Sql["bounced"], new { accountId, ids })).Where(f => SendGates.OnlyBounced(f.ToFacts())).Select(f => f.EmailKey!));
            foreach (var group in await tx.Query<Facts>(Sql["facts"], new { accountId, ids }))
                if (SendGates.WhyNot(group.ToFacts()) is { } reason) leftOut[reason] = leftOut.GetValueOrDefault(reason) + group.Contacts;
        }
        return new(audience.Count, [.. SendGates.All.Where(g => leftOut.ContainsKey(g.Reason)).Select(g => (g, leftOut[g.Reason]))], await parole.Outlook(tx, accountId, held));
    }

    private sealed record Facts(bool HasAddress, bool IsMarketing, bool IsBlocked, bool IsHardBounced, bool ReportedSpam, bool OptedOut, bool IsQuarantined, long Contacts, string? EmailKey)
    {
        public RecipientFacts ToFacts() => new()
        {
            Exists = true, HasAddress = HasAddress, IsMarketing = IsMarketing, IsBlocked = IsBlocked, IsHardBounced = IsHardBounced,
            ReportedSpam = ReportedSpam, OptedOut = OptedOut, IsQuarantined = IsQuarantined,
        };
    }
}

/// <summary>What sending would do now.</summary>
/// <param name="Selected">Contacts in the lists.</param>
/// <param name="LeftOut">How many of them each gate would keep away.</param>
/// <param name="OnParole">How many of those who bounced get it all the same, on parole, unless other e-mails use the day's budget first.</param>
public sealed record Outlook(long Selected, IReadOnlyList<(SendGate Gate, long Contacts)> LeftOut, long OnParole = 0)
{
    /// <summary>Contacts that would get the mail.</summary>
    public long WouldGetIt => Selected - LeftOut.Sum(l => l.Contacts);
}
