namespace Winnow.Filters;

/// <summary>What may have happened to an e-mail: a row of the table <see cref="All"/>. Types are those of <c>email_events</c>.</summary>
/// <param name="Name">HubSpot's operator of EMAIL_EVENT.</param>
/// <param name="Type">The event that there must be.</param>
/// <param name="Reason">Its reason, where that matters.</param>
/// <param name="Phrase">English words for it, {0} the e-mail; a key of the dictionary of words.</param>
/// <param name="With">Of the same e-mail there must be one of these events too.</param>
/// <param name="Without">Of the same e-mail there must be none of these events.</param>
public sealed record EmailOperator(string Name, string Type, string? Reason, string Phrase, IReadOnlyList<string> With, IReadOnlyList<string> Without)
{
    /// <summary>All of them. Received: it was handed over and did not come back.</summary>
    public static readonly IReadOnlyList<EmailOperator> All =
    [
        new("SENT", "SENT", null, "was sent {0}", [], []),
        new("RECEIVED", "SENT", null, "received {0}", [], ["BOUNCE"]),
        new("OPENED", "OPEN", null, "opened {0}", [], []),
        new("LINK_CLICKED", "CLICK", null, "clicked a link in {0}", [], []),
        new("REPLIED", "REPLY", null, "replied to {0}", [], []),
        new("BOUNCED", "BOUNCE", null, "bounced {0}", [], []),
        new("MARKED_SPAM", "SPAMREPORT", null, "marked {0} as spam", [], []),
        new("UNSUBSCRIBED", "STATUSCHANGE", "UNSUBSCRIBED", "unsubscribed by {0}", [], []),
        new("OPENED_BUT_LINK_NOT_CLICKED", "OPEN", null, "opened {0} but clicked no link", [], ["CLICK"]),
        new("OPENED_BUT_NOT_REPLIED", "OPEN", null, "opened {0} but did not reply", [], ["REPLY"]),
        new("RECEIVED_BUT_NOT_OPENED", "SENT", null, "received {0} but did not open it", [], ["BOUNCE", "OPEN"]),
        new("SENT_BUT_LINK_NOT_CLICKED", "SENT", null, "was sent {0} but clicked no link", [], ["CLICK"]),
        new("SENT_BUT_NOT_RECEIVED", "SENT", null, "was sent {0} but did not receive it", ["BOUNCE"], []),
    ];

    /// <summary>The operator of this name, or null.</summary>
    public static EmailOperator? Find(string? name) => All.FirstOrDefault(o => o.Name == name);
}

/// <summary>How often.</summary>
public sealed record Times(long Least, long Most);

/// <summary>Whether something happened to an e-mail that the contact was sent.</summary>
/// <param name="EmailId">Which e-mail; null for any.</param>
/// <param name="ClickUrl">Which link was clicked; null for any.</param>
/// <param name="When">In which stretch of time (<see cref="Span"/> or <see cref="MovingSpan"/>); null for any. <paramref name="Outside"/>: outside of it.</param>
/// <param name="Times">How often; null for once or more.</param>
/// <param name="Source">The fields that it came from, as a JSON object.</param>
public sealed record EmailFilter(EmailOperator Operator, long? EmailId, string? ClickUrl, Operand? When, bool Outside, Times? Times, string Source) : Condition
{
    /// <inheritdoc/>
    public override bool Moves => When is MovingSpan;

    /// <inheritdoc/>
    public override bool Asks => true;

    /// <inheritdoc/>
    public override Condition At(DateTimeOffset now) => When is MovingSpan span ? this with { When = span.At(now) } : this;
}
