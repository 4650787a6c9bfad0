using System.Text.RegularExpressions;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces;

/// <summary>A block: a bounce that speaks of the sender or of a passing trouble, never of the address.</summary>
/// <param name="Provider">Whose servers said so.</param>
/// <param name="Words">What they said, without what differs from mail to mail; empty when that is too little to tell blocks apart.</param>
/// <param name="Sample">What they said, as it stands there.</param>
public sealed record Block(string Provider, string Words, string Sample, string EmailKey);

/// <summary>When blocks are one incident. A table of constants and pure functions; see docs/decisions/0074.</summary>
public static partial class IncidentRules
{
    /// <summary>So many people within <see cref="Window"/> …</summary>
    public const int PeopleOfOneText = 10, PeopleOfOneProvider = 25;

    /// <summary>… make an incident.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>It lasts until so long passed without another block.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromHours(1);

    /// <summary>Reputation, policy, rate, network, system: what a provider's bad hour, a blocklist or a storm of mail brings.</summary>
    public static readonly IReadOnlySet<BounceReason> Reasons = new HashSet<BounceReason>
    {
        BounceReason.Blocked, BounceReason.BadReputation, BounceReason.PolicyViolation, BounceReason.Rejected, BounceReason.RateLimited,
        BounceReason.NetworkError, BounceReason.MailerError, BounceReason.SystemError, BounceReason.SystemFull, BounceReason.Expired,
    };

    /// <summary>The fewest letters that words need to tell blocks apart: "550 rejected" says nothing of its own.</summary>
    private const int FewestLetters = 12;

    private const int MostWords = 200;

    /// <summary>The block that a bounce is, or null when it is none.</summary>
    public static Block? BlockOf(Finding finding, string emailKey) =>
        finding.Cause is { } cause && Reasons.Contains(cause.Reason) && cause.Verdict is Verdict.Blocked or Verdict.Temporary
            ? new(MailProviders.Of(finding.RefusedBy, emailKey), Normalise(finding.Decisive), finding.Decisive, emailKey) : null;

    /// <summary>The words of a refusal without addresses, hosts, links, numbers and names of queues: two mails that met the same refusal have the same.</summary>
    public static string Normalise(string text)
    {
        var words = Spaces().Replace(Marks().Replace(Varying().Replace(text.ToLowerInvariant(), " "), " "), " ").Trim();
        if (words.Count(char.IsLetter) < FewestLetters) return "";
        return words.Length <= MostWords ? words : words[..MostWords];
    }

    /// <summary>Whether some window around a block holds blocks of enough people.</summary>
    /// <param name="blocks">When each came and whom it was about, in any order.</param>
    public static bool IsBurst(IEnumerable<(DateTimeOffset At, string EmailKey)> blocks, DateTimeOffset at, int people)
    {
        var near = blocks.Where(b => (b.At - at).Duration() <= Window).OrderBy(b => b.At).ToList();
        return near.Where(first => first.At <= at)
            .Any(first => near.Where(b => b.At >= first.At && b.At - first.At <= Window).Select(b => b.EmailKey).Distinct().Count() >= people);
    }

    // Strangers wrote the words: nothing here goes back over what it read.
    // Links, addresses, hosts and IP addresses, words with a digit in them (codes, queue names, times), long hexadecimal numbers
    [GeneratedRegex(@"https?://\S+|\S*@\S+|\b[\w-]+(\.[\w-]+)+\b|[0-9a-f:]*::?[0-9a-f:]+|\S*\d\S*", RegexOptions.NonBacktracking)]
    private static partial Regex Varying();

    [GeneratedRegex(@"[^\p{L}]+")]
    private static partial Regex Marks();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
