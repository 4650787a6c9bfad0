using Winnow.Mail.Mime;

namespace Winnow.Mail.Compose;

/// <summary>
/// What a mail says, before anybody's name is on it. Subject, bodies and header values may hold slots
/// <c>{{name}}</c>; <see cref="Prepare"/> does all work that is the same for every recipient once.
/// </summary>
public sealed record MessageBuilder
{
    /// <summary>The author (RFC 5322 §3.6.2).</summary>
    public required Mailbox From { get; init; }

    /// <summary>Where answers go, when not to the author.</summary>
    public Mailbox? ReplyTo { get; init; }

    /// <summary>The subject; may hold slots.</summary>
    public required string Subject { get; init; }

    /// <summary>The plain text; may hold slots. At least one of <see cref="Text"/> and <see cref="Html"/> is set.</summary>
    public string? Text { get; init; }

    /// <summary>The HTML; may hold slots, whose values are escaped as HTML text.</summary>
    public string? Html { get; init; }

    /// <summary>Further fields; values may hold slots.</summary>
    public IReadOnlyList<HeaderField> Headers { get; init; } = [];

    /// <summary>Encodes everything once.</summary>
    /// <exception cref="ArgumentException">A name or value holds a line break or another control character, or there is no body: a bug or an attack, never sent.</exception>
    public PreparedMessage Prepare() => new(this);
}

/// <summary>What differs from one recipient's copy to the next, beside the slots.</summary>
/// <param name="To">The recipient.</param>
/// <param name="Date">When it is sent; written with its offset.</param>
/// <param name="MessageId">Unique for ever, <c>left@right</c> without angle brackets (RFC 5322 §3.6.4).</param>
/// <param name="Unsubscribe">The way out, for every mail to a list.</param>
/// <param name="More">Further fields without slots, or null.</param>
public readonly record struct MessageHead(
    Mailbox To, DateTimeOffset Date, string MessageId, ListUnsubscribe? Unsubscribe = null, IReadOnlyList<HeaderField>? More = null);
