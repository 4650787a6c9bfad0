using Winnow.Data;

namespace Winnow.Email;

/// <summary>How mailbox providers see an account, by the e-mails whose sending began in the last <see cref="Days"/> days.</summary>
/// <param name="Sent">Handed over, or tried at least once.</param>
/// <param name="Delivered">Taken, and no bounce came back.</param>
/// <param name="HardBounced">Hard bounced.</param>
/// <param name="Complaints">People who reported one of these e-mails as spam, each once an e-mail.</param>
public sealed record SendingHealth(long Sent, long Delivered, long HardBounced, long Complaints)
{
    /// <summary>How far it looks back.</summary>
    public const int Days = 30;

    /// <summary>Shares that providers publish. Spam reports: Google's and Yahoo's rules for senders ask for less than 0.1 % and never 0.3 %. Hard bounces:
    /// DOMAIN §2.10, less than 2 %, and at 5 % sending is suspended.</summary>
    public const double ComplaintsWarn = 0.001, ComplaintsBad = 0.003, BouncesWarn = 0.02, BouncesBad = 0.05;

    /// <summary>Spam reports among what was delivered; 0 when nothing was.</summary>
    public double ComplaintRate => Share(Complaints, Delivered);

    /// <summary>Hard bounces among what was sent; 0 when nothing was.</summary>
    public double BounceRate => Share(HardBounced, Sent);

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}

/// <summary>Reads it.</summary>
public sealed class SendingFigures(Db db, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<SendingFigures>();

    /// <summary>The account's.</summary>
    public Task<SendingHealth> Of(long accountId, CancellationToken stop = default) =>
        db.Read(tx => tx.Single<SendingHealth>(Sql["health"], new { accountId, since = clock.GetUtcNow().AddDays(-SendingHealth.Days) }), stop);

    /// <summary>How many people reported an e-mail as spam.</summary>
    public static Task<long> Complaints(Tx tx, long accountId, long emailId) => tx.Single<long>(Sql["complaints"], new { accountId, emailId });
}
