using System.Globalization;
using Winnow.Mail.Reports;

namespace Winnow.Tests;

public class BounceRuleProofTests
{
    private static IEnumerable<string[]> Rows(string table) =>
        File.ReadLines(Root.At("src", "Winnow.Mail", "Reports", "Rules", table + ".tsv")).Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('\t'));

    [Fact]
    public void Every_rule_about_words_decides_the_reply_that_proves_it()
    {
        foreach (var row in Rows("replies"))
        {
            var (host, reply) = row[3].StartsWith('@') ? (row[3].Split(' ')[0][1..], row[3][(row[3].IndexOf(' ', StringComparison.Ordinal) + 1)..]) : (null, row[3]);
            var cause = BounceRules.Decide(SmtpText.ReplyCode(reply), SmtpText.RepliedStatus(reply) ?? SmtpText.Status(reply), reply, host);
            Assert.True((row[0], $"text: {row[2]}") == (cause.Reason.Code(), cause.Rule), $"“{reply}” should be {row[0]} by “{row[2]}” and is {cause.Reason} by “{cause.Rule}”");
        }
    }

    [Fact]
    public void Every_doubt_is_raised_by_the_reply_that_proves_it()
    {
        foreach (var row in Rows("doubts"))
        {
            var cause = BounceRules.Decide(row[2]);
            Assert.True(cause.Reason == BounceReason.Filtered && cause.Rule.StartsWith($"doubt: {row[0]}; text: ", StringComparison.Ordinal), $"“{row[2]}” should be doubted by “{row[0]}” and is {cause.Reason} by “{cause.Rule}”");
            Assert.Equal(row[1], RuleProof.Of(cause.Rule, cause.Reason)?.Text);
        }
    }

    [Fact]
    public void Every_rule_about_a_number_decides_when_there_are_no_words()
    {
        foreach (var row in Rows("statuses"))
        {
            var number = row[0].Replace('x', '5').Replace("*", "99", StringComparison.Ordinal).Split('-')[^1];
            var cause = number.Contains('.', StringComparison.Ordinal) ? BounceRules.Decide(550, number, "") : BounceRules.Decide(int.Parse(number, CultureInfo.InvariantCulture), null, "");
            Assert.Equal(row[0] == "450-459" ? "undefined" : row[1], cause.Reason.Code());
        }
    }

    [Fact]
    public void Every_reason_of_the_enumeration_stands_in_the_table_once()
    {
        Assert.Equal(Enum.GetValues<BounceReason>().Select(r => r.Code()).Order(StringComparer.Ordinal), Rows("reasons").Select(r => r[0]).Order(StringComparer.Ordinal));
    }
}
