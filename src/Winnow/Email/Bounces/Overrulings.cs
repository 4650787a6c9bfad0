using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Email.Bounces;

/// <summary>What a person said about an address against its verdict.</summary>
/// <param name="Type"><see cref="Overrulings.Unbounced"/> or <see cref="Overrulings.MarkedDead"/>.</param>
/// <param name="Reason">undone: an unbounce was taken back.</param>
/// <param name="Note">Why, in the person's words; null where none was asked for.</param>
public sealed record Overruling(DateTimeOffset At, string Type, string? Reason, string? Note, long? UserId)
{
    /// <summary>Who, by name; null for someone who left.</summary>
    public string? UserName { get; init; }
}

/// <summary>A person's word against a verdict: an event with the note, and a mark on the report whose rule was overruled. A rule is overruled
/// when the person says the opposite of what it did: an unbounce after it ended the mailing, a mark as dead after it did not.</summary>
public static class Overrulings
{
    /// <summary>Types of e-mail events.</summary>
    public const string Unbounced = "UNBOUNCE", MarkedDead = "MARKEDDEAD";

    /// <summary>The longest note, in characters.</summary>
    public const int LongestNote = 1000;

    private static readonly SqlFile Sql = SqlFile.Of("Email/Bounces/Overrulings.sql");

    /// <summary>A note as it is kept; null when nothing was written. PostgreSQL keeps no text with a NUL in it.</summary>
    public static string? Note(string? text) => text?.Replace('\0', ' ').Trim() is { Length: > 0 } note ? note[..Math.Min(note.Length, LongestNote)] : null;

    /// <summary>What is marked on a report when a person says that the address is dead, or that it lives; null when that is what its rule said.</summary>
    /// <param name="effect">What the verdict did: <see cref="BounceEffect.Code"/>.</param>
    public static string? Against(string? effect, bool dead) => (effect == "hard", dead) switch { (true, false) => "unbounced", (false, true) => "dead", _ => null };

    /// <summary>All that was said about an address, newest first; at most 20.</summary>
    internal static async Task<List<Overruling>> Of(Tx tx, long accountId, string key)
    {
        var said = await tx.Query<Said>(Sql["of"], new { accountId, key });
        var names = await PropertyHistory.UserNames(tx, accountId, [.. said.Select(s => s.UserId).OfType<long>()]);
        return said.ConvertAll(s => new Overruling(s.At, s.Type, s.Reason, s.Note, s.UserId) { UserName = s.UserId is { } user ? names.GetValueOrDefault(user) : null });
    }

    /// <summary>Whether the bounce that this state holds was put there by a person.</summary>
    public static bool IsByHand(AddressState state, IEnumerable<Overruling> said) =>
        state.HardBouncedAt is { } bounced && said.Any(s => s.Type == MarkedDead && s.At.ToUnixTimeMilliseconds() == bounced.ToUnixTimeMilliseconds());

    /// <summary>Writes what was said, in the transaction that changed the address.</summary>
    /// <param name="bounced">The state that holds the bounce: before an unbounce, after its undo or a mark as dead.</param>
    /// <param name="dead">What the person says of the address.</param>
    internal static async Task Write(Tx tx, long accountId, long contactId, AddressState bounced, bool dead, Overruling said)
    {
        var key = bounced.EmailKey;
        var byHand = said.Type == MarkedDead || IsByHand(bounced, await Of(tx, accountId, key));
        if (!dead) await tx.Execute(Sql["revive"], new { accountId, key });
        // a report that spared the address said nothing that an unbounce could contradict
        var report = byHand || bounced.IsHardBounced ? await tx.SingleOrNone<Judged>(Sql["newest"], new { accountId, key, any = byHand }) : null;
        if (report is not null) await tx.Execute(Sql["overrule"], new { accountId, report.Id, overruled = Against(report.Effect, dead) });
        await tx.Execute(Sql["event"], new
        {
            accountId, id = await Ids.Next(tx, accountId, "email_event"), said.At, said.Type, contactId, emailId = bounced.HardBounceEmailId, key, said.Reason, said.Note, inboxId = report?.Id, said.UserId,
        });
    }

    private sealed record Judged(long Id, string? Effect);

    private sealed record Said(DateTimeOffset At, string Type, string? Reason, string? Note, long? UserId);
}
