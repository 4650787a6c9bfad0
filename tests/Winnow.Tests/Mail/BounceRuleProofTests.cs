using System.Globalization;
using System.Text;
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
    public void Every_sign_form_mark_and_stage_is_known_by_the_line_that_proves_it() => Assert.Empty(RuleProof.Unproved());

    [Fact]
    public void Every_doubt_is_raised_by_the_reply_that_proves_it()
    {
        foreach (var row in Rows("doubts"))
        {
            var cause = BounceRules.Decide(row[4]);
            Assert.True(cause.Reason.Code() == row[1] && cause.Rule.StartsWith($"doubt: {row[2]}; text: ", StringComparison.Ordinal), $"“{row[4]}” should be doubted by “{row[2]}” and is {cause.Reason} by “{cause.Rule}”");
            Assert.False(cause.IsHard);
            Assert.StartsWith(row[3][..9], RuleProof.Of(cause.Rule, cause.Reason)!.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_form_of_complaint_is_known_by_the_report_that_proves_it()
    {
        foreach (var row in Rows("complaints"))
        {
            var report = Assert.IsType<ComplaintReport>(Complaint(row[5], ""));
            Assert.Equal(($"complaint: {row[0]}", true, "1@acme.example"), (report.Rule, report.IsUnwanted, report.Original?.MessageId));
            Assert.Equal(row[4] == "-" ? "hidden@example.com" : "ann@example.com", Assert.Single(report.Recipients));
            Assert.Contains(row[5].Split('|')[1][9..], RuleProof.Of(report.Rule, BounceReason.Undefined)!.Text, StringComparison.Ordinal);
            // a person who answers, forwards, or sends from another address
            Assert.IsType<OtherMail>(Complaint(row[5].Replace("Subject: ", "Subject: Fwd: ", StringComparison.Ordinal), ""));
            Assert.IsType<OtherMail>(Complaint(row[5].Replace("From: ", "From: ivy@example.net, ", StringComparison.Ordinal), "User-Agent: Mail of people\n"));
        }
    }

    // the head of a report (lines parted by |, the text after an empty one) with the mail that it is about
    private static MailReport Complaint(string head, string more) => MailReport.Read(Encoding.UTF8.GetBytes($"""
        {head.Split("||")[0].Replace('|', '\n')}
        {more}MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=b

        --b

        {(head.Split("||") is [_, var text] ? text : "")}
        --b
        Content-Type: message/rfc822

        X-HmXmrOriginalRecipient: ann@example.com
        Received: from mx.acme.example by mx.provider.example
        From: news@acme.example
        To: hidden@example.com
        Subject: Spring news
        Message-ID: <1@acme.example>

        Spring is here.
        --b--
        """));

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
