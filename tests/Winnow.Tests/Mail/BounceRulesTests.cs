using Winnow.Mail.Reports;
using static Winnow.Mail.Reports.BounceReason;

namespace Winnow.Tests;

public class BounceRulesTests
{
    [Theory]
    [InlineData("550 5.1.1 <ann@example.com>: Recipient address rejected: User unknown in virtual mailbox table", UserUnknown, Verdict.AddressDead)]
    [InlineData("550-5.1.1 The email account that you tried to reach does not exist. Please try\n550 5.1.1 double-checking", UserUnknown, Verdict.AddressDead)]
    [InlineData("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", UserUnknown, Verdict.AddressDead)]
    [InlineData("550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", UserUnknown, Verdict.AddressDead)]
    [InlineData("550 5.1.1", UserUnknown, Verdict.AddressDead)]
    [InlineData("450 4.1.1 <ann@example.com>: Recipient address rejected: unverified address: user unknown", UserUnknown, Verdict.Temporary)]
    [InlineData("550 5.1.2 Host unknown (Name server: host not found)", HostUnknown, Verdict.AddressDead)]
    [InlineData("550 5.4.310 DNS domain nowhere.example does not exist", HostUnknown, Verdict.AddressDead)]
    [InlineData("556 5.1.10 Recipient address rejected: Domain nowhere.example does not accept mail (nullMX)", NotAccept, Verdict.AddressDead)]
    [InlineData("551 5.1.6 User has moved", HasMoved, Verdict.AddressDead)]
    [InlineData("554 5.7.1 <ann@here.example>: Sender address rejected: Domain not found", Rejected, Verdict.Blocked)]
    [InlineData("550 5.1.8 sender domain does not exist", Rejected, Verdict.Blocked)]
    [InlineData("550 no such user (in reply to MAIL FROM command)", Rejected, Verdict.Blocked)]
    [InlineData("552-5.2.2 The recipient's inbox is out of storage space and inactive.", MailboxFull, Verdict.MailboxFull)]
    [InlineData("452 4.2.2 Mailbox full", MailboxFull, Verdict.MailboxFull)]
    [InlineData("550 5.2.1 The email account that you tried to reach is disabled.", Suspend, Verdict.AddressDoubtful)]
    [InlineData("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", Blocked, Verdict.Blocked)]
    [InlineData("550 5.7.606 Access denied, banned sending IP [192.0.2.1]", Blocked, Verdict.Blocked)]
    [InlineData("421 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation.", BadReputation, Verdict.Blocked)]
    [InlineData("550 5.7.26 This mail has been blocked because the sender is unauthenticated.", AuthFailure, Verdict.OwnSetup)]
    [InlineData("550 5.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]", RequirePtr, Verdict.OwnSetup)]
    [InlineData("554 5.7.1 <ann@example.com>: Relay access denied", NoRelaying, Verdict.OwnSetup)]
    [InlineData("530 5.7.0 Must issue a STARTTLS command first", FailedStartTls, Verdict.OwnSetup)]
    [InlineData("535 5.7.8 Error: authentication failed", SecurityError, Verdict.OwnSetup)]
    [InlineData("550-5.7.1 [192.0.2.1] Our system has detected that this message is likely\n550-5.7.1 unsolicited mail.", SpamDetected, Verdict.Content)]
    [InlineData("552 5.3.4 Message size exceeds fixed limit", EmailTooLarge, Verdict.Content)]
    [InlineData("451 4.7.1 Greylisted, please try again in 300 seconds", Greylisted, Verdict.Temporary)]
    [InlineData("421 4.7.0 Too many connections from your host", RateLimited, Verdict.Temporary)]
    [InlineData("550 5.4.5 Daily sending quota exceeded", RateLimited, Verdict.Temporary)]
    [InlineData("connect to mx.example.com[192.0.2.1]:25: Connection timed out", Expired, Verdict.Temporary)]
    [InlineData("550 5.7.1 <ann@example.com>: Recipient address rejected: User unknown", Filtered, Verdict.AddressDoubtful)]
    [InlineData("550 5.2.1 <ann@example.com>... User unknown", Filtered, Verdict.AddressDoubtful)]
    [InlineData("550 5.2.1 <ann@example.com>: User unknown (in reply to RCPT TO command)", UserUnknown, Verdict.AddressDead)]
    [InlineData("550 Invalid recipient (in reply to end of DATA command)", Filtered, Verdict.AddressDoubtful)]
    [InlineData("554 delivery error: dd This user doesn't have a yahoo.com account (in reply to end of DATA command)", UserUnknown, Verdict.AddressDead)]
    [InlineData("550 5.2.1 Account disabled (in reply to MAIL FROM command)", Rejected, Verdict.Blocked)]
    [InlineData("550 Requested action not taken: mailbox unavailable", UserUnknown, Verdict.AddressDead)]
    [InlineData("550 Requested action not taken: mailbox unavailable\n550 Reject due to policy restrictions.", PolicyViolation, Verdict.Blocked)]
    [InlineData("192.0.2.9 does not like recipient. Remote host said: 554 5.7.1 Message rejected as spam", SpamDetected, Verdict.Content)]
    [InlineData("550 5.1.0 marbled", Filtered, Verdict.AddressDoubtful)]
    [InlineData("553 marbled", Filtered, Verdict.AddressDoubtful)]
    [InlineData("550 5.1.90 You've reached your daily limit for message recipients", RateLimited, Verdict.Temporary)]
    [InlineData("550 marbled and garbled, we reduce nothing", OnHold, Verdict.Unclear)]
    [InlineData("", Undefined, Verdict.Unclear)]
    public void A_refusal_tells_why_and_who_must_act(string reply, BounceReason reason, Verdict verdict)
    {
        var cause = BounceRules.Decide(reply);
        Assert.True((reason, verdict) == (cause.Reason, cause.Verdict), cause.ToString());
    }

    [Theory]
    [InlineData(RefusalStage.BeforeRecipient, Rejected)]
    [InlineData(RefusalStage.Recipient, UserUnknown)]
    [InlineData(RefusalStage.Data, Filtered)]
    [InlineData(RefusalStage.Unknown, UserUnknown)]
    public void The_moment_of_the_refusal_tells_whom_it_is_about(RefusalStage stage, BounceReason reason) =>
        Assert.Equal(reason, BounceRules.Decide(550, null, "No such user here", null, stage).Reason);

    [Fact]
    public void Every_reason_has_its_facts_and_HubSpots_words()
    {
        foreach (var reason in Enum.GetValues<BounceReason>()) Assert.NotEmpty(reason.Facts().EventCategory);
        Assert.Equal("UNKNOWN_USER", UserUnknown.Facts().HardBounce.HubSpotValue());
        Assert.Equal("MAILBOX_FULL", MailboxFull.Facts().HardBounce.HubSpotValue());
        Assert.Equal("mailboxfull", MailboxFull.Code());
        Assert.Equal(
            ["CONTENT", "MAILBOX_FULL", "OTHER", "POLICY", "SPAM", "UNKNOWN_USER"],
            Enum.GetValues<HardBounceReason>().Select(r => r.HubSpotValue()));
    }

    [Fact]
    public void The_evidence_shows_the_words_that_decided_even_in_a_long_text()
    {
        var cause = BounceRules.Decide(550, null, new string('x', 3000) + " no such user here " + new string('y', 3000));
        Assert.Equal("text: no such user", cause.Rule);
        Assert.Contains("no such user here", cause.Evidence, StringComparison.Ordinal);
        Assert.Equal(500, cause.Evidence.Length);
    }
}
