using System.Text.RegularExpressions;

namespace Winnow.Email.Bounces;

/// <summary>Why a report is about nobody, as stored.</summary>
public static class WhyUnmatched
{
    /// <summary>It carries no mark of ours, and matching by address is off or it names no address.</summary>
    public const string NoMark = "no-mark";
    /// <summary>It carries a mark that looks like ours and is not genuine.</summary>
    public const string Forged = "forged";
    /// <summary>Its mark is of another account.</summary>
    public const string Foreign = "foreign";
    /// <summary>Its mark is genuine, but the email or its recipient is gone, or it was a test.</summary>
    public const string Gone = "gone";
    /// <summary>An ordinary mail.</summary>
    public const string NoReport = "no-report";
    /// <summary>No contact has an address that it names.</summary>
    public const string UnknownAddress = "unknown-address";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [NoMark, Forged, Foreign, Gone, NoReport, UnknownAddress];
}

/// <summary>Whose a report is by its mark, or why that cannot be told.</summary>
/// <param name="IsPath">Whether the mark is a return path: such a mail came to an address that only our mail carries.</param>
internal sealed record Whose(MailToken? Token, string Why, bool IsPath = false);

/// <summary>Looks for our signed mark (return path, Message-ID, or what a provider echoes) in whatever came. Strangers wrote it: only a
/// genuine mark of this account is believed.</summary>
public sealed partial class ReportMarks(MailTokens tokens)
{
    private const int Most = 50;

    /// <summary>The first genuine mark.</summary>
    internal async Task<Whose> Of(long accountId, string text, CancellationToken stop)
    {
        var why = WhyUnmatched.NoMark;
        foreach (var (token, isPath, claim) in Candidates(text))
            if (await tokens.Read(token, isPath ? TokenPurpose.ReturnPath : TokenPurpose.MessageId, stop) is { } genuine)
            {
                if (genuine.AccountId == accountId) return new(genuine, "", isPath);
                why = WhyUnmatched.Foreign;
            }
            else if (why == WhyUnmatched.NoMark && (isPath || claim.AccountId == accountId)) why = WhyUnmatched.Forged;
        return new(null, why);
    }

    private static HashSet<(string Token, bool IsPath, MailToken Claim)> Candidates(string text)
    {
        var found = new HashSet<(string, bool, MailToken)>();                   // in the order they stand in
        foreach (var match in Mark().EnumerateMatches(text))
        {
            var written = text.AsSpan(match.Index, match.Length);
            var isPath = written.StartsWith("b+", StringComparison.OrdinalIgnoreCase);
            var token = (isPath ? written[2..] : written).ToString();
            if (MailToken.Claim(token) is { } claim && found.Add((token, isPath, claim)) && found.Count == Most) break;
        }
        return found;
    }

    [GeneratedRegex("(?<![a-z2-7])(?:b\\+)?[a-z2-7]{21,60}(?![a-z2-7])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Mark();
}
