namespace Winnow.Email;

/// <summary>How far an e-mail is.</summary>
public static class EmailState
{
    /// <summary>Being written; may be changed and deleted.</summary>
    public const string Draft = "draft";
    /// <summary>Ordered: recipients are frozen, mails go out.</summary>
    public const string Sending = "sending";
    /// <summary>Every recipient was tried once; some may still be tried again for up to 72 hours.</summary>
    public const string Sent = "sent";
    /// <summary>Someone stopped it; whoever had not got it will not.</summary>
    public const string Stopped = "stopped";
}

/// <summary>A marketing e-mail. Instants are UTC.</summary>
/// <param name="Name">For the people who write it; recipients do not see it.</param>
/// <param name="Subject">May hold tokens, as may preview text and bodies (<see cref="TokenText"/>).</param>
/// <param name="PreviewText">Shown behind the subject in the inbox.</param>
/// <param name="Text">The text body; made from the HTML while empty.</param>
/// <param name="IncludedLists">Members of any of these get it …</param>
/// <param name="ExcludedLists">… but members of any of these do not.</param>
/// <param name="State">One of <see cref="EmailState"/>.</param>
/// <param name="JobId">The job that sends or sent it.</param>
/// <param name="SentAt">When sending was ordered.</param>
/// <param name="ResumeAt">When sending goes on by itself: retries are due, or the relay could not be reached. Null while nothing waits.</param>
/// <param name="Problem">What keeps mails from leaving, in the words of the relay; null while all is well.</param>
public sealed record MarketingEmail(
    long AccountId, long Id, string Name, string Subject, string PreviewText, string FromName, string FromAddress, string Html, string Text,
    IReadOnlyList<long> IncludedLists, IReadOnlyList<long> ExcludedLists, string State, long? JobId, long? CreatedBy,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? SentAt, DateTimeOffset? ResumeAt, string? Problem)
{
    /// <summary>Whether it may still be changed.</summary>
    public bool IsDraft => State == EmailState.Draft;

    /// <summary>The texts that may hold tokens, by the name of the field.</summary>
    public IReadOnlyList<(string Field, string Text)> Texts => [(nameof(Subject), Subject), (nameof(PreviewText), PreviewText), (nameof(Html), Html), (nameof(Text), Text)];

    /// <summary>What stands in the way of sending besides its texts (<see cref="Template.Faults"/>).</summary>
    public IReadOnlyList<Fault> Faults()
    {
        List<Fault> faults = [];
        if (Winnow.Mail.Mime.EmailAddress.Normalize(FromAddress) is null) faults.Add(new(nameof(FromAddress), "The from address is not an email address."));
        if (FromName.Any(char.IsControl)) faults.Add(new(nameof(FromName), "The from name holds a line break."));
        if (IncludedLists.Count == 0) faults.Add(new(nameof(IncludedLists), "Choose at least one list."));
        return faults;
    }
}
