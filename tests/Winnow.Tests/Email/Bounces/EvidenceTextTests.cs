using System.Text;
using Winnow.Contacts;
using Winnow.Email.Bounces;
using Winnow.Mail.Reports;

namespace Winnow.Tests;

/// <summary>A raw report as people read it, the line that decided found in it; and what is said to happen next.</summary>
public sealed class EvidenceTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_line_that_decided_is_found_though_the_report_folds_it()
    {
        var text = Of("smtp", "Subject: failed\n\nDiagnostic: smtp; 550 5.1.1 No such\n   user here\nThe end", "550 5.1.1 No such user here");
        Assert.Equal(["Diagnostic: smtp; 550 5.1.1 No such", "   user here"], text.Decisive);
        Assert.Equal(["The end"], text.After);
    }

    [Fact]
    public void A_part_in_base64_is_read_and_an_attachment_only_named()
    {
        var said = Convert.ToBase64String(Encoding.UTF8.GetBytes("Sorry.\nMailbox full: ann\n"));
        var text = Of("smtp", $"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n{said}\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--b--\n", "Mailbox full: ann");
        Assert.Equal(["Mailbox full: ann"], text.Decisive);
        Assert.Contains(text.Lines, line => line.StartsWith("[image/png", StringComparison.Ordinal));
    }

    [Fact]
    public void An_event_of_a_provider_is_indented_and_its_escapes_do_not_hide_the_line()
    {
        var text = Of("brevo", """{"event":"hard_bounce","reason":"550 5.1.1 <ann@dead.test>: \"no such\" user","id":7}""", "550 5.1.1 <ann@dead.test>: \"no such\" user");
        Assert.Contains("\"reason\"", Assert.Single(text.Decisive), StringComparison.Ordinal);
        Assert.Equal(5, text.Lines.Count);
    }

    [Fact]
    public void Of_a_reply_in_several_lines_the_telling_one_is_found() =>
        Assert.Equal(["S: 550-5.7.1 Our system has detected that this message is likely unsolicited mail."],
            Of("reply", "C: DATA\nS: 550-5.7.1 Our system has detected that this message is likely unsolicited mail.\nS: 550 5.7.1 See our site", "550 5.7.1 Our system has detected that this message is likely unsolicited mail. See our site").Decisive);

    [Fact]
    public void What_is_far_from_the_line_is_folded_away_and_nothing_is_lost()
    {
        var text = Of("reply", string.Join('\n', Enumerable.Range(1, 300).Select(n => n == 150 ? "550 gone for good" : $"line {n}")), "550 gone for good");
        Assert.Equal((137, 12, 1, 12, 138), (text.Above.Count, text.Before.Count, text.Decisive.Count, text.After.Count, text.Below.Count));
        Assert.Equal(text.Lines, [.. text.Above, .. text.Before, .. text.Decisive, .. text.After, .. text.Below]);
        var unknown = Of("reply", string.Join('\n', Enumerable.Range(1, 300)), "said elsewhere");
        Assert.Equal((0, 0, 40, 260), (unknown.Above.Count, unknown.Decisive.Count, unknown.After.Count, unknown.Below.Count));
    }

    [Fact]
    public void Characters_that_turn_or_hide_text_are_shown_as_such() =>
        Assert.Equal("evil \uFFFDtxt\uFFFD", Assert.Single(Of("reply", "evil \u202Etxt\u0007", null).Lines));

    [Fact]
    public void Whatever_bytes_come_they_are_read()
    {
        var random = new Random(5);
        foreach (var door in new[] { "smtp", "reply", "brevo" })
            for (var i = 0; i < 200; i++)
            {
                var raw = new byte[random.Next(400)];
                random.NextBytes(raw);
                Assert.NotNull(EvidenceText.Of(door, raw, "550 5.1.1 gone"));
            }
    }

    [Fact]
    public void Every_rule_of_the_tables_has_its_proof()
    {
        Assert.Equal(new("550 5.1.1 <ann@example.com>: Relay access denied: User unknown", true), RuleProof.Of("text: relay access denied: user unknown", BounceReason.UserUnknown));
        Assert.Equal(new("RFC 3463: bad destination mailbox address", false), RuleProof.Of("status: 5.1.1", BounceReason.UserUnknown));
        Assert.NotNull(RuleProof.Of(BounceRules.Decide("550 nope").Rule, BounceRules.Decide("550 nope").Reason));
        Assert.Null(RuleProof.Of("none", BounceReason.Undefined));
    }

    [Fact]
    public void What_happens_next_follows_from_the_address_and_the_policy()
    {
        var (state, policy) = (AddressState.Of("ann@live.test", "ann@live.test"), BouncePolicy.Default);
        NextStep Next(AddressState address, Verdict verdict, params int[] daysAgo) => NextStep.Of(address, policy, verdict, [.. daysAgo.Select(d => Now.AddDays(-d))], Now);
        Assert.Equal(new(Winnow.Email.Bounces.Next.Counts, 2, 3, 90), Next(state, Verdict.MailboxFull, 10, 5));
        Assert.Equal(new(Winnow.Email.Bounces.Next.TriedAgain), Next(state, Verdict.MailboxFull, 120));
        Assert.Equal(new(Winnow.Email.Bounces.Next.TriedAgain), Next(state, Verdict.Blocked, 1));
        Assert.Equal(new(Winnow.Email.Bounces.Next.Told), Next(state, Verdict.OwnSetup, 1));
        var bounced = state with { HardBounceReason = "OTHER", HardBouncedAt = Now };
        Assert.Equal(new(Winnow.Email.Bounces.Next.Stopped), Next(bounced, Verdict.AddressDead, 0));
        Assert.Equal(new(Winnow.Email.Bounces.Next.Lifted), Next(bounced with { UnbouncedAt = Now }, Verdict.AddressDead, 0));
        Assert.Equal(new(Winnow.Email.Bounces.Next.Never), Next(bounced with { ComplainedAt = Now }, Verdict.AddressDead, 0));
    }

    private static EvidenceText Of(string door, string raw, string? decisive) => EvidenceText.Of(door, Encoding.UTF8.GetBytes(raw), decisive);
}
