using System.Diagnostics;
using System.Text;
using Winnow.Mail.Reports;

namespace Winnow.Tests;

public class BounceCorpusTests
{
    // measured counts of expected rows; a change may raise them and must not lower them
    [Theory]
    [InlineData("dsn", 164, 163, 163, 163, 160, 154)]
    [InlineData("text", 142, 142, 141, 139, 138, 71)]
    public void Reports_are_read_as_the_corpus_expects(
        string format, int rows, int recipients, int events, int hard, int reasons, int statuses)
    {
        var found = Score(row => row.Format == format && (row.Event is "bounce" or "delayed"));
        Assert.Equal(rows, found.Rows);
        Assert.True(
            found.Recipients >= recipients && found.Events >= events && found.Hard >= hard && found.Reasons >= reasons && found.Statuses >= statuses,
            $"{found}");
    }

    [Theory]
    [InlineData("arf", 13)]
    [InlineData("text-fbl", 2)]
    public void Complaints_are_read_with_who_complained(string format, int rows)
    {
        var found = Score(row => row.Format == format);
        Assert.Equal((rows, rows, rows), (found.Rows, found.Recipients, found.Events));
    }

    [Fact]
    public void An_address_is_called_dead_seldom_when_it_is_not_and_nearly_always_when_it_is()
    {
        var (right, wrong, missed) = (0, 0, 0);
        foreach (var (row, answer) in Matched())
        {
            if (row.Event is not ("bounce" or "delayed")) continue;
            if (answer?.Hard == true && (row.Hard || row.HardDisputed)) right++;
            else if (answer?.Hard == true) wrong++;
            else if (row.Hard && !row.HardDisputed) missed++;
        }
        Assert.True(right >= 98 && wrong <= 2 && missed <= 1, $"right {right}, wrong {wrong}, missed {missed}");
    }

    [Fact]
    public void No_ordinary_mail_delay_receipt_or_automatic_answer_is_a_bounce_or_complaint()
    {
        foreach (var file in BounceCorpus.Negatives)
            Assert.DoesNotContain(BounceCorpus.Answers(File.ReadAllBytes(file)), a => a.Event is "bounce" or "complaint");
        foreach (var row in BounceCorpus.Rows.Where(r => r.Event is "autoreply"))
            Assert.All(BounceCorpus.Answers(BounceCorpus.Mail(row)), a => Assert.Equal("autoreply", a.Event));
    }

    [Fact]
    public void Every_mail_says_the_same_with_LF_CRLF_and_CR_line_ends()
    {
        foreach (var file in BounceCorpus.Files)
        {
            var lf = Encoding.Latin1.GetString(File.ReadAllBytes(file)).ReplaceLineEndings("\n");
            var expected = Says(lf);
            Assert.Equal(expected, Says(lf.Replace("\n", "\r\n", StringComparison.Ordinal)));
            Assert.Equal(expected, Says(lf.Replace('\n', '\r')));
        }
    }

    [Fact]
    public void A_mail_cut_off_anywhere_is_read_without_an_exception()
    {
        var random = new Random(20260304);
        foreach (var file in BounceCorpus.Files)
        {
            var mail = File.ReadAllBytes(file);
            for (var i = 0; i < 12; i++)
            {
                var at = random.Next(mail.Length);
                var error = Record.Exception(() => MailReport.Read(mail.AsMemory(0, at)));
                Assert.True(error is null, $"{Path.GetFileName(file)} cut at byte {at}: {error}");
            }
        }
    }

    [Fact]
    public void A_mail_with_bytes_changed_is_read_without_an_exception()
    {
        var random = new Random(42);
        foreach (var file in BounceCorpus.Files)
        {
            var mail = File.ReadAllBytes(file);
            for (var i = 0; i < mail.Length / 50; i++) mail[random.Next(mail.Length)] = (byte)random.Next(256);
            var error = Record.Exception(() => MailReport.Read(mail));
            Assert.True(error is null, $"{Path.GetFileName(file)}: {error}");
        }
    }

    [Fact]
    public void Replies_during_sending_are_decided_as_the_corpus_expects()
    {
        var replies = BounceCorpus.Replies.ToList();
        var decided = replies.Select(r => (r, Cause: BounceRules.Decide(r.Text))).ToList();
        var reasons = decided.Count(d => d.Cause.Reason.Code() == d.r.Reason);
        var hard = decided.Count(d => d.Cause.IsHard == d.r.Hard);
        Assert.Equal(304, replies.Count);
        Assert.True(reasons >= 279 && hard >= 286, $"reasons {reasons}, hard {hard}");
        Assert.All(decided, d => Assert.True(d.Cause.Evidence.Length <= 500 && d.Cause.Rule.Length > 0));
    }

    [Fact]
    public void Reading_a_report_takes_well_under_a_millisecond()
    {
        var mails = BounceCorpus.Files.Select(File.ReadAllBytes).ToList();
        foreach (var mail in mails) MailReport.Read(mail);
        var clock = Stopwatch.StartNew();
        foreach (var mail in mails) MailReport.Read(mail);
        Assert.True(clock.Elapsed.TotalMilliseconds / mails.Count < 5, $"{clock.Elapsed.TotalMilliseconds / mails.Count:0.00} ms a mail");
    }

    private static string Says(string mail) => string.Join('\n', Describe(MailReport.Read(Encoding.Latin1.GetBytes(mail))));

    private static IEnumerable<string> Describe(MailReport report)
    {
        yield return report.GetType().Name + string.Join(' ', report.Traces);
        yield return $"{report.Original?.MessageId} {report.Original?.ReturnPath} {report.Original?.Subject}";
        if (report is DeliveryReport delivery)
            foreach (var recipient in delivery.Recipients) yield return recipient.ToString();
        if (report is ComplaintReport complaint) yield return complaint.FeedbackType + string.Join(' ', complaint.Recipients);
    }

    private sealed record Found(int Rows, int Recipients, int Events, int Hard, int Reasons, int Statuses);

    private static Found Score(Func<BounceCorpus.Expected, bool> which)
    {
        var rows = Matched().Where(m => which(m.Row)).ToList();
        var hits = rows.Where(m => m.Answer is not null).Select(m => (m.Row, Answer: m.Answer!)).ToList();
        return new Found(
            rows.Count, hits.Count, hits.Count(m => m.Answer.Event == m.Row.Event),
            hits.Count(m => m.Answer.Hard == m.Row.Hard || m.Row.HardDisputed),
            hits.Count(m => m.Row.Reasons.Contains(m.Answer.Reason)),
            hits.Count(m => m.Row.Status is not null && m.Answer.Status == m.Row.Status));
    }

    // each expected row with the answer of its recipient that no row before it took
    private static IEnumerable<(BounceCorpus.Expected Row, BounceCorpus.Answer? Answer)> Matched()
    {
        foreach (var file in BounceCorpus.Rows.GroupBy(r => r.File))
        {
            var answers = BounceCorpus.Answers(BounceCorpus.Mail(file.First()));
            foreach (var row in file)
            {
                var answer = answers.Find(a => row.Recipients.Count == 0 || row.Recipients.Contains(a.Recipient));
                if (answer is not null) answers.Remove(answer);
                yield return (row, answer);
            }
        }
    }
}
