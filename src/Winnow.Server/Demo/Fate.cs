using System.Text;
using Winnow.Mail.Reports;

namespace Winnow.Server.Demo;

/// <summary>What the practice relay does with a mail.</summary>
public enum Deed
{
    /// <summary>Takes it; nothing comes back.</summary>
    Deliver,
    /// <summary>Refuses the recipient while the mail is being sent.</summary>
    Refuse,
    /// <summary>Says "not now" the first time, then takes it.</summary>
    Greylist,
    /// <summary>Takes it, and a delivery report (RFC 3464) comes back.</summary>
    Report,
    /// <summary>Takes it, and a complaint (ARF, RFC 5965) comes back.</summary>
    Complain,
    /// <summary>Takes it, and an out-of-office reply comes back.</summary>
    OutOfOffice,
}

/// <summary>What becomes of mail to an address: always the same for the same address.</summary>
/// <param name="Share">How many of 10,000 addresses.</param>
/// <param name="Deed">What the relay does.</param>
/// <param name="Status">The enhanced status code (RFC 3463) of a report or refusal.</param>
/// <param name="Diagnostic">What the other server is said to have said.</param>
/// <param name="Action">Failed, or delayed and delivered later.</param>
public sealed record Fate(int Share, Deed Deed, string Status = "", string Diagnostic = "", DeliveryAction Action = DeliveryAction.Failed)
{
    private static readonly Fate Delivered = new(0, Deed.Deliver);

    /// <summary>The table: about 7 % of the addresses have a story, the others just get their mail.</summary>
    public static readonly IReadOnlyList<Fate> All =
    [
        new(300, Deed.Report, "5.1.1", "550 5.1.1 The email account that you tried to reach does not exist"),
        new(60, Deed.Refuse, "5.1.1", "No such user here"),
        new(40, Deed.Report, "5.1.2", "550 5.1.2 Host unknown: domain name not found"),
        new(100, Deed.Report, "5.2.2", "552 5.2.2 Mailbox full, quota exceeded"),
        new(50, Deed.Report, "5.7.1", "550 5.7.1 Message rejected due to local policy"),
        new(30, Deed.Report, "5.7.1", "554 5.7.1 This message was classified as spam"),
        new(15, Deed.Report, "5.6.0", "554 5.6.0 Message content of a kind that is not taken here: malformed MIME"),
        new(15, Deed.Report, "5.0.0", "550 Delivery refused"),
        new(20, Deed.Report, "5.2.1", "550 5.2.1 The account is disabled"),
        new(20, Deed.Report, "5.7.1", "554 5.7.1 Service refused, client host [192.0.2.25] blocked using a block list"),
        new(10, Deed.Report, "5.7.26", "550 5.7.26 Unauthenticated email is not accepted due to the domain's DMARC policy"),
        new(15, Deed.Report, "4.4.1", "connection timed out; still trying", DeliveryAction.Delayed),
        new(50, Deed.Greylist, "4.7.1", "Greylisted, please try again in a minute"),
        new(30, Deed.Complain),
        new(50, Deed.OutOfOffice),
    ];

    /// <summary>The fate of an address.</summary>
    public static Fate Of(string address)
    {
        var left = (int)(Hash(address) % 10_000);
        foreach (var fate in All)
            if ((left -= fate.Share) < 0) return fate;
        return Delivered;
    }

    /// <summary>FNV-1a with a last mix: the same on every machine, and even over addresses that look alike.</summary>
    private static uint Hash(string address)
    {
        var hash = 2166136261u;
        foreach (var one in Encoding.UTF8.GetBytes(address.ToLowerInvariant())) hash = (hash ^ one) * 16777619;
        hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
        return hash ^ (hash >> 13);
    }
}
