using Winnow.Contacts;
using Winnow.Email.Sending;

namespace Winnow.Tests;

public sealed class SendGatesTests
{
    private static readonly RecipientFacts Fine = new() { Exists = true, HasAddress = true, IsMarketing = true };

    /// <summary>The gates in their order, each with the fact that closes it.</summary>
    private static readonly (string Reason, Func<RecipientFacts, RecipientFacts> Close)[] Gates =
    [
        ("CONTACT_DELETED", f => f with { Exists = false }),
        ("INVALID_TO_ADDRESS", f => f with { HasAddress = false }),
        ("ADDRESS_CHANGED", f => f with { AddressChanged = true }),
        ("BLOCKED_ADDRESS", f => f with { IsBlocked = true }),
        ("PREVIOUSLY_BOUNCED", f => f with { IsHardBounced = true }),
        ("PREVIOUS_SPAM", f => f with { ReportedSpam = true }),
        ("PREVIOUSLY_UNSUBSCRIBED_PORTAL", f => f with { OptedOut = true }),
        ("QUARANTINED_ADDRESS", f => f with { IsQuarantined = true }),
        ("NON_MARKETABLE_CONTACT", f => f with { IsMarketing = false }),
    ];

    public static TheoryData<int> Each => [.. Enumerable.Range(0, Gates.Length)];

    [Fact]
    public void Who_nothing_is_held_against_gets_the_mail() => Assert.Null(SendGates.WhyNot(Fine));

    [Theory, MemberData(nameof(Each))]
    public void A_closed_gate_is_the_reason(int gate) => Assert.Equal(Gates[gate].Reason, SendGates.WhyNot(Gates[gate].Close(Fine)));

    [Theory, MemberData(nameof(Each))]
    public void Of_all_closed_gates_the_first_is_the_reason(int first) =>
        Assert.Equal(Gates[first].Reason, SendGates.WhyNot(Gates[first..].Aggregate(Fine, (facts, gate) => gate.Close(facts))));

    [Fact]
    public void The_tests_know_every_gate_and_every_gate_has_words()
    {
        Assert.Equal(Gates.Select(g => g.Reason), SendGates.All.Select(g => g.Reason));
        Assert.All(SendGates.All, g => Assert.Equal(g.Words, SendGates.Words(g.Reason)));
        Assert.NotEqual(SendGates.Cancelled, SendGates.Words(SendGates.Cancelled));
    }

    [Fact]
    public void Facts_are_read_from_the_contact_and_its_address()
    {
        var contact = Contact.New(1, 1);
        Assert.Equal("INVALID_TO_ADDRESS", Why(contact, null));
        contact[BuiltInProperties.Of("email")] = "ann@example.test";
        contact[ContactColumn.Of("email_key")] = "ann@example.test";
        Assert.Equal("NON_MARKETABLE_CONTACT", Why(contact, null));
        contact[BuiltInProperties.Of("hs_marketable_status")] = "true";
        Assert.Null(Why(contact, null));

        var now = DateTimeOffset.UnixEpoch;
        var address = AddressState.Of("ann@example.test", "ann@example.test");
        Assert.Equal("QUARANTINED_ADDRESS", Why(contact, address = address with { QuarantinedAt = now }));
        Assert.Equal("PREVIOUSLY_UNSUBSCRIBED_PORTAL", Why(contact, address = address with { OptedOutAt = now }));
        Assert.Equal("PREVIOUS_SPAM", Why(contact, address = address with { ComplainedAt = now }));
        Assert.Equal("PREVIOUSLY_BOUNCED", Why(contact, address = address with { HardBounceReason = "UNKNOWN_USER", HardBouncedAt = now }));
        Assert.Equal("PREVIOUS_SPAM", Why(contact, address with { UnbouncedAt = now.AddDays(1) }));          // unbounced since: no longer held against it
        contact[BuiltInProperties.Of("hs_email_is_ineligible")] = true;
        Assert.Equal("BLOCKED_ADDRESS", Why(contact, address));
        Assert.Equal("ADDRESS_CHANGED", SendGates.WhyNot(RecipientFacts.Of(contact, address, "ann@before.test")));
        Assert.Equal("CONTACT_DELETED", SendGates.WhyNot(RecipientFacts.Of(null, null, "ann@example.test")));

        static string? Why(Contact contact, AddressState? address) => SendGates.WhyNot(RecipientFacts.Of(contact, address, null));
    }
}
