namespace Winnow.Lists;

/// <summary>How many contacts to take in one transaction, so that nobody who writes a contact waits long for it: five thousand where
/// the machine is fast enough, fewer where it is not.</summary>
internal sealed class PacedBatches(TimeProvider clock)
{
    /// <summary>The most contacts in one transaction.</summary>
    public const int Most = 5_000;
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(250), Short = TimeSpan.FromMilliseconds(100);
    private long began;

    /// <summary>How many to take now.</summary>
    public int Size { get; private set; } = 1_000;

    /// <summary>The transaction begins.</summary>
    public void Begin() => began = clock.GetTimestamp();

    /// <summary>The transaction has committed.</summary>
    public void End()
    {
        var took = clock.GetElapsedTime(began);
        if (took > Long) Size = Math.Max(100, Size / 2);
        else if (took < Short) Size = Math.Min(Most, Size * 2);
    }
}
