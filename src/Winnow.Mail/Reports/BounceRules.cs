using System.Buffers;

namespace Winnow.Mail.Reports;

/// <summary>When in the SMTP conversation the other server spoke.</summary>
public enum RefusalStage
{
    /// <summary>Not known; the words may tell.</summary>
    Unknown,
    /// <summary>Before RCPT TO: greeting, EHLO, STARTTLS, AUTH, MAIL FROM. It judged the sender.</summary>
    BeforeRecipient,
    /// <summary>In answer to RCPT TO.</summary>
    Recipient,
    /// <summary>In answer to DATA or the mail itself.</summary>
    Data,
}

/// <summary>
/// From what a server said to why and what it means: one pure function for delivery reports and for SMTP replies during sending.
/// The rules are Rules/replies.tsv and Rules/statuses.tsv; the first that applies decides, words before numbers, because servers
/// choose words with more care than codes.
/// </summary>
public static class BounceRules
{
    private const int MostText = 4000;
    private const int MostEvidence = 500;

    /// <summary>Decides from a reply or a diagnostic. Any argument may be missing.</summary>
    /// <param name="replyCode">The SMTP reply code, such as 550.</param>
    /// <param name="status">The enhanced status code, such as <c>5.1.1</c>.</param>
    /// <param name="text">What the server said, with or without the codes.</param>
    /// <param name="remoteHost">The server that said so, or null.</param>
    /// <param name="stage">When it said so.</param>
    public static BounceCause Decide(int? replyCode, string? status, string? text, string? remoteHost = null, RefusalStage stage = RefusalStage.Unknown)
    {
        var said = text is { Length: > MostText } ? text.AsSpan(0, MostText) : text;
        var buffer = ArrayPool<char>.Shared.Rent(said.Length + 1);
        try
        {
            var words = buffer.AsSpan(0, ReplyWords.Write(said, buffer));
            if (stage == RefusalStage.Unknown) stage = ReplyTable.StageOf(words);
            var (reason, rule) = ReplyTable.Reason(words, new ReplyFacts(replyCode, status, remoteHost, stage));
            if (stage == RefusalStage.BeforeRecipient && AboutRecipient(reason)) (reason, rule) = (BounceReason.Rejected, "stage: before the recipient was named");
            var permanent = IsPermanent(replyCode, status);
            return new BounceCause(reason, VerdictOf(reason, permanent), permanent, rule, Evidence(said, replyCode, status, rule));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    /// <summary>Decides from the lines of a reply, such as <c>550 5.1.1 No such user</c>.</summary>
    public static BounceCause Decide(string reply) =>
        Decide(SmtpText.ReplyCode(reply), SmtpText.RepliedStatus(reply) ?? SmtpText.Status(reply), reply);

    /// <summary>
    /// Decides what a report passes on. "Unknown user" with a reply code and nothing else is hearsay: without a status (RFC 3464 §2.3.4 demands
    /// one) and without the stage, a filter may have said so after it saw the mail. It proves no death, but a doubt. What the reporting system
    /// says for itself, without another's code, is believed, and so are words marked <c>sure</c>.
    /// </summary>
    internal static BounceCause Reported(int? code, string? status, string text, string? host, RefusalStage stage)
    {
        var cause = Decide(code, status, text, host, stage);
        return cause.Reason == BounceReason.UserUnknown && code is not null && (status is null || SmtpText.IsCatchAll(status)) && stage == RefusalStage.Unknown && !ReplyTable.IsSure(cause.Rule)
            ? cause with { Reason = BounceReason.Filtered, Verdict = Verdict.AddressDoubtful, Rule = $"no status; {cause.Rule}" } : cause;
    }

    /// <summary>When in the conversation it was said, if the diagnostic tells or else what stands around it.</summary>
    internal static RefusalStage StageOf(ReadOnlySpan<char> diagnostic, ReadOnlySpan<char> around) =>
        StageOf(diagnostic) is var stage && stage != RefusalStage.Unknown ? stage : StageOf(Narrative.Start(around));

    private static RefusalStage StageOf(ReadOnlySpan<char> text)
    {
        var buffer = ArrayPool<char>.Shared.Rent(text.Length + 1);
        try { return ReplyTable.StageOf(buffer.AsSpan(0, ReplyWords.Write(text, buffer))); }
        finally { ArrayPool<char>.Shared.Return(buffer); }
    }

    // What is refused before the recipient is named says nothing about the recipient, whatever words it uses.
    private static bool AboutRecipient(BounceReason reason) => reason.Facts().Verdict is Verdict.AddressDead or Verdict.AddressDoubtful or Verdict.MailboxFull;

    // The enhanced code is the more careful statement; a reply without one speaks by its first digit.
    private static bool IsPermanent(int? code, string? status) => status is [var c, ..] ? c != '4' : code is null or >= 500 or < 400;

    private static Verdict VerdictOf(BounceReason reason, bool permanent)
    {
        var verdict = reason.Facts().Verdict;
        return !permanent && verdict is Verdict.AddressDead or Verdict.AddressDoubtful ? Verdict.Temporary : verdict;
    }

    // The words that decided, with what stands around them.
    private static string Evidence(ReadOnlySpan<char> said, int? code, string? status, string rule)
    {
        var line = SmtpText.OneLine(said);
        if (line.Length == 0) return $"{code} {status}".Trim();
        if (line.Length <= MostEvidence) return line;
        var phrase = rule.IndexOf("text: ", StringComparison.Ordinal) is >= 0 and var words ? rule.AsSpan(words + 6).Trim('|') : default;
        if (phrase.IndexOf('*') is >= 0 and var star) phrase = phrase[..star];
        var at = phrase.IsEmpty ? 0 : line.AsSpan().IndexOf(phrase, StringComparison.OrdinalIgnoreCase);
        return line.Substring(Math.Clamp(at - 200, 0, line.Length - MostEvidence), MostEvidence);
    }
}
