using System.Globalization;

namespace Winnow.Mail.Reports;

/// <summary>What is known of a reply besides its words.</summary>
internal sealed record ReplyFacts(int? Code, string? Status, string? Host, RefusalStage Stage);

/// <summary>One line of Rules/replies.tsv: when the words hold the phrase and the facts fit, the reason is this.</summary>
/// <param name="When">Conditions that must all hold, parted by blanks: <c>status:x.7.1</c>, <c>stage:data</c>, <c>host:example.com</c> (and what ends so).</param>
/// <param name="Proof">A reply that this rule decides; a test holds each to it.</param>
internal sealed record ReplyRule(BounceReason Reason, string When, string Phrase, string Proof)
{
    private const string Weak = "weak", Sure = "sure";

    /// <summary>Whether a telling number outweighs the phrase.</summary>
    public bool IsWeak { get; } = When.Split(' ').Contains(Weak);

    /// <summary>Whether only who looked the user up says so: believed without status and stage (<see cref="BounceRules.Reported"/>).</summary>
    public bool IsSure { get; } = When.Split(' ').Contains(Sure);

    private readonly Conditions conditions = new([.. When.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(c => c is not (Weak or Sure))]);

    /// <summary>Whether the facts fit.</summary>
    public bool Admits(ReplyFacts facts) => conditions.Hold(facts);
}

/// <summary>One line of Rules/doubts.tsv: when words of death prove none.</summary>
/// <param name="Words">The reason that the words give.</param>
/// <param name="Becomes">What it is judged instead.</param>
internal sealed record DoubtRule(BounceReason Words, BounceReason Becomes, string When)
{
    private readonly Conditions conditions = new(When.Split(' '));

    /// <summary>Whether the facts fit.</summary>
    public bool Admits(ReplyFacts facts) => conditions.Hold(facts);
}

/// <summary>What must hold of a reply besides its words: <c>status:x.7.1</c>, <c>stage:data</c> … (see <see cref="ReplyRule"/>).</summary>
internal sealed class Conditions(string[] written)
{
    private readonly (string Fact, string Value)[] all =
        [.. written.Select(c => c.Split(':') is [var fact, { Length: > 0 } value] ? (fact, value) : throw new InvalidOperationException($"“{c}” is no condition of a rule."))];

    /// <summary>Whether all hold.</summary>
    public bool Hold(ReplyFacts facts) => all.Length == 0 || Array.TrueForAll(all, c => Holds(c.Fact, c.Value, facts));

    private static bool Holds(string fact, string value, ReplyFacts facts) => fact switch
    {
        "status" => value[0] == '!' ? !ReplyTable.Fits(facts.Status, value[1..]) : ReplyTable.Fits(facts.Status, value),
        "code" => facts.Code?.ToString(CultureInfo.InvariantCulture) == value,
        "stage" => facts.Stage.ToString().Equals(value, StringComparison.OrdinalIgnoreCase),
        "host" => facts.Host?.EndsWith(value, StringComparison.OrdinalIgnoreCase) == true,
        _ => throw new InvalidOperationException($"“{fact}” is no fact of a reply."),
    };
}

/// <summary>One line of Rules/statuses.tsv: an enhanced status code (<c>x.1.1</c>) or reply codes (<c>550</c>, <c>550-559</c>).</summary>
/// <param name="IsSure">Whether it outweighs weak phrases.</param>
internal sealed record CodeRule(string Code, BounceReason Reason, bool IsSure)
{
    /// <summary>The first reply code, or null for a status; <see cref="High"/> the last.</summary>
    public int? Low { get; } = Code[1] == '.' ? null : int.Parse(Code.AsSpan(0, 3), CultureInfo.InvariantCulture);

    public int? High { get; } = Code[1] == '.' ? null : int.Parse(Code.AsSpan(Code.Length - 3), CultureInfo.InvariantCulture);
}

/// <summary>The tables of <see cref="BounceRules"/>, read once.</summary>
internal static class ReplyTable
{
    /// <summary>Order matters: the more specific stands first.</summary>
    public static readonly List<ReplyRule> Rules =
        RuleFile.Rows("replies", 4).ConvertAll(row => new ReplyRule(BounceReasons.Parse(row[0]), row[1], row[2], row[3]));

    private static readonly PhraseSet Phrases = new(Rules.ConvertAll(r => r.Phrase));
    private static readonly string[] Names = [.. Rules.Select(r => "text: " + r.Phrase)];
    private static readonly List<CodeRule> Numbers = RuleFile.Rows("statuses", 4).ConvertAll(row => new CodeRule(row[0], BounceReasons.Parse(row[1]), row[2] == "sure"));
    private static readonly List<DoubtRule> Doubts = RuleFile.Rows("doubts", 5).ConvertAll(row => new DoubtRule(BounceReasons.Parse(row[0]), BounceReasons.Parse(row[1]), row[2]));
    private static readonly List<string[]> StageRows = RuleFile.Rows("stages", 3);
    private static readonly PhraseSet StagePhrases = new(StageRows.ConvertAll(row => row[1]));

    private static readonly HashSet<string> SureNames = [.. Rules.Where(r => r.IsSure).Select(r => "text: " + r.Phrase)];

    /// <summary>Whether the rule of that name needs no witness: a number, or words marked so.</summary>
    public static bool IsSure(string rule) => !rule.StartsWith("text: ", StringComparison.Ordinal) || SureNames.Contains(rule);

    /// <summary>The reason and the rule that gave it.</summary>
    public static (BounceReason Reason, string Rule) Reason(ReadOnlySpan<char> words, ReplyFacts facts)
    {
        var rule = Phrases.First(words, facts, static (facts, rule) => Rules[rule].Admits(facts));
        if (rule >= 0 && !(Rules[rule].IsWeak && Number(facts, sure: true) is not null)) return Weighed(rule, facts);
        return Number(facts, sure: true) ?? Number(facts, sure: false) ?? (words.Length > 1 ? (BounceReason.OnHold, "none") : (BounceReason.Undefined, "none"));
    }

    private static (BounceReason, string) Weighed(int rule, ReplyFacts facts) => Rules[rule] switch
    {
        { Reason: BounceReason.HostUnknown } when facts.Status is ['4', ..] => (BounceReason.NetworkError, Names[rule]), // not found for now
        { IsSure: false } said when Doubts.Find(d => d.Words == said.Reason && d.Admits(facts)) is { } doubt => (doubt.Becomes, $"doubt: {doubt.When}; {Names[rule]}"),
        var decided => (decided.Reason, Names[rule]),
    };

    private static (BounceReason, string)? Number(ReplyFacts facts, bool sure)
    {
        foreach (var number in Numbers)
        {
            if (number.IsSure != sure) continue;
            if (number.Code[1] == '.' && Fits(facts.Status, number.Code)) return (number.Reason, $"status: {facts.Status}");
            if (facts.Code >= number.Low && facts.Code <= number.High) return (number.Reason, $"code: {facts.Code}");
        }
        return null;
    }

    /// <summary>When in the conversation it was said, if the words tell.</summary>
    public static RefusalStage StageOf(ReadOnlySpan<char> words) =>
        StagePhrases.First(words) is >= 0 and var row ? Enum.Parse<RefusalStage>(StageRows[row][0], ignoreCase: true) : RefusalStage.Unknown;

    /// <summary>The rows of the stages whose proof another row places, or none.</summary>
    internal static IEnumerable<string> UnprovedStages()
    {
        foreach (var row in StageRows)
        {
            var words = new char[row[2].Length + 1];
            if (StagePhrases.First(words.AsSpan(0, ReplyWords.Write(row[2], words))) is not (>= 0 and var found) || StageRows[found] != row) yield return $"stages: “{row[1]}”";
        }
    }

    /// <summary>"x.1.1" fits 5.1.1 and 4.1.1; a final * fits any ending.</summary>
    public static bool Fits(string? status, string pattern)
    {
        if (string.IsNullOrEmpty(status) || pattern[0] != 'x' && pattern[0] != status[0]) return false;
        return pattern[^1] == '*'
            ? status.AsSpan(1).StartsWith(pattern.AsSpan(1, pattern.Length - 2), StringComparison.Ordinal)
            : status.AsSpan(1).SequenceEqual(pattern.AsSpan(1));
    }
}
