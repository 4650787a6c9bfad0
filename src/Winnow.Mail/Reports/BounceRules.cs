namespace Winnow.Mail.Reports;

/// <summary>
/// From what a server said to why and what it means: one pure function for delivery reports and for SMTP replies
/// during sending. The rules are the table in <see cref="BounceRuleTable"/>; the first that applies decides, words
/// before numbers, because servers choose words with more care than codes.
/// </summary>
public static class BounceRules
{
    private const int MostText = 4000;
    private const int MostEvidence = 500;

    /// <summary>Decides from a reply or a diagnostic. Any argument may be missing.</summary>
    /// <param name="replyCode">The SMTP reply code, such as 550.</param>
    /// <param name="status">The enhanced status code, such as <c>5.1.1</c>.</param>
    /// <param name="text">What the server said, with or without the codes.</param>
    public static BounceCause Decide(int? replyCode, string? status, string? text)
    {
        var words = SmtpText.OneLine(text is { Length: > MostText } ? text[..MostText] : text ?? "");
        var lower = SmtpText.WithoutLineCodes(words).ToLowerInvariant();
        var (reason, rule) = ByText(lower, status) ?? ByStatus(status) ?? ByCode(replyCode) ?? (BounceReason.Undefined, "none");
        if (reason.Facts().Verdict == Verdict.AddressDead && BeforeRecipient(lower) is { } command)
            (reason, rule) = (BounceReason.Rejected, $"command: {command}");
        var permanent = IsPermanent(replyCode, status);
        var evidence = words.Length > 0 ? words : $"{replyCode} {status}".Trim();
        return new BounceCause(reason, VerdictOf(reason, permanent), permanent, rule, Cut(evidence, rule));
    }

    /// <summary>Decides from the lines of a reply, such as <c>550 5.1.1 No such user</c>.</summary>
    public static BounceCause Decide(string reply) => Decide(SmtpText.ReplyCode(reply), SmtpText.Status(reply), reply);

    // What is refused before the recipient is named says nothing about the recipient, whatever words it uses.
    private static string? BeforeRecipient(string words)
    {
        foreach (var command in (ReadOnlySpan<string>)["in reply to mail from", "after mail from", "in reply to ehlo", "in reply to helo", "[mail_from]"])
            if (words.Contains(command, StringComparison.Ordinal)) return command;
        return null;
    }

    private static (BounceReason, string)? ByText(string words, string? status)
    {
        if (words.Length == 0) return null;
        foreach (var rule in BounceRuleTable.Texts)
        {
            if (rule.Status is { } needed && !Matches(status, needed) || !words.AsSpan().ContainsAny(rule.Heads)) continue;
            foreach (var phrase in rule.Phrases)
                if (Phrase.In(words, phrase))
                    return (rule.Reason, $"text: {phrase}");
        }
        return null;
    }

    private static (BounceReason, string)? ByStatus(string? status)
    {
        if (status is not [_, '.', ..]) return null;
        foreach (var (pattern, reason) in BounceRuleTable.Statuses)
            if (Matches(status, pattern)) return (reason, $"status: {status}");
        return null;
    }

    private static (BounceReason, string)? ByCode(int? code)
    {
        foreach (var (low, high, reason) in BounceRuleTable.Codes)
            if (code >= low && code <= high) return (reason, $"code: {code}");
        return null;
    }

    // "x.1.1" fits 5.1.1 and 4.1.1; a final * fits any ending.
    private static bool Matches(string? status, string pattern)
    {
        if (status is null || status.Length == 0) return false;
        if (pattern[0] != 'x' && pattern[0] != status[0]) return false;
        return pattern[^1] == '*'
            ? status.AsSpan(1).StartsWith(pattern.AsSpan(1, pattern.Length - 2), StringComparison.Ordinal)
            : status.AsSpan(1).SequenceEqual(pattern.AsSpan(1));
    }

    // The enhanced code is the more careful statement; a reply without one speaks by its first digit.
    private static bool IsPermanent(int? code, string? status) => status is [var c, ..] ? c != '4' : code is null or >= 500 or < 400;

    private static Verdict VerdictOf(BounceReason reason, bool permanent)
    {
        var verdict = reason.Facts().Verdict;
        return !permanent && verdict is Verdict.AddressDead or Verdict.AddressDoubtful ? Verdict.Temporary : verdict;
    }

    private static string Cut(string evidence, string rule)
    {
        if (evidence.Length <= MostEvidence) return evidence;
        var phrase = rule.StartsWith("text: ", StringComparison.Ordinal) ? rule[6..].Split('*')[0] : "";
        var at = phrase.Length == 0 ? 0 : evidence.IndexOf(phrase, StringComparison.OrdinalIgnoreCase);
        var start = Math.Clamp(at - 200, 0, evidence.Length - MostEvidence);
        return evidence.Substring(start, MostEvidence);
    }
}
