namespace Winnow.Mail.Reports;

/// <summary>What proves a rule of <see cref="BounceRules"/>.</summary>
/// <param name="Text">A reply that the rule decides, or where the meaning of the number is written down (RFC, maker).</param>
/// <param name="IsReply">Whether it is a reply.</param>
public sealed record RuleProof(string Text, bool IsReply)
{
    private static readonly List<(CodeRule Rule, string Source)> Numbers =
        RuleFile.Rows("statuses", 4).ConvertAll(row => (new CodeRule(row[0], BounceReasons.Parse(row[1]), row[2] == "sure"), row[3]));

    private static readonly List<string[]> Doubts = RuleFile.Rows("doubts", 5), Complaints = RuleFile.Rows("complaints", 6);

    /// <summary>The proof of a rule by its name, such as <c>text: user unknown</c> or <c>status: 5.1.1</c>; null for a rule that stands in no table.</summary>
    /// <param name="reason">What it decided: a phrase may stand in several rows.</param>
    public static RuleProof? Of(string rule, BounceReason reason) => rule.Split(": ", 2) switch
    {
        ["doubt", var doubt] => Doubts.Find(row => row[1] == reason.Code() && doubt.StartsWith(row[2] + ";", StringComparison.Ordinal)) is { } found ? new(found[3], IsReply: false) : null,
        ["no status; text", _] => new("RFC 3464 §2.3.4", IsReply: false),
        ["complaint", var form] => Complaints.Find(row => row[0] == form) is { } found ? new(found[5].Replace("|", " ", StringComparison.Ordinal), IsReply: true) : null,
        ["text", var phrase] => OfPhrase(phrase, reason),
        ["status", var status] => OfNumber(n => n.Code[1] == '.' && ReplyTable.Fits(status, n.Code), reason),
        ["code", var code] when int.TryParse(code, out var number) => OfNumber(n => number >= n.Low && number <= n.High, reason),
        _ => null,
    };

    /// <summary>The rows of signs, recipients, returned, stages and reasonmarks whose proof is decided by another row, or by none: a fault of the tables.</summary>
    public static IReadOnlyList<string> Unproved() =>
        [.. Signs.Unproved(), .. RecipientForm.Unproved(), .. OriginalMark.Unproved(), .. ReplyTable.UnprovedStages(), .. Narrative.UnprovedMarks()];

    private static RuleProof? OfPhrase(string phrase, BounceReason reason)
    {
        var rows = ReplyTable.Rules.Where(r => r.Phrase == phrase).ToList();
        if ((rows.Find(r => r.Reason == reason) ?? rows.FirstOrDefault()) is not { Proof: var proof }) return null;
        return new(proof.StartsWith("@host:", StringComparison.Ordinal) && proof.IndexOf(' ', StringComparison.Ordinal) is > 0 and var blank ? proof[(blank + 1)..] : proof, IsReply: true);
    }

    private static RuleProof? OfNumber(Func<CodeRule, bool> fits, BounceReason reason)
    {
        var found = Numbers.Find(n => n.Rule.Reason == reason && fits(n.Rule));
        return found.Source is { Length: > 0 } source ? new(source, IsReply: false) : null;
    }
}
