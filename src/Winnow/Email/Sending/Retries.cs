namespace Winnow.Email.Sending;

/// <summary>When a mail that a relay did not take now ("4xx") is tried again: soon at first, as greylisting needs, then ever more
/// seldom, for close to 72 hours; then it is a soft bounce (DOMAIN §2.1, Pending).</summary>
public static class Retries
{
    /// <summary>The pauses, one after each attempt; 71 hours and 50 minutes in all.</summary>
    public static readonly IReadOnlyList<TimeSpan> Pauses =
    [
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4),
        .. Enumerable.Repeat(TimeSpan.FromHours(8), 8),
    ];

    /// <summary>How long to wait after so many attempts; null: enough was tried.</summary>
    public static TimeSpan? After(long attempts) => attempts < 1 ? TimeSpan.Zero : attempts <= Pauses.Count ? Pauses[(int)attempts - 1] : null;
}
