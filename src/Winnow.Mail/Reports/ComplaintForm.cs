using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>How old feedback loops write (Rules/complaints.tsv): no machine part, but a sender and a title of their own, and the mail complained about.</summary>
/// <param name="From">The sender's address; with <c>@</c> in front the end of its domain; empty for any that no person's mail program wrote.</param>
/// <param name="Subject">How the subject begins, in lower case.</param>
/// <param name="Words">How the report begins, in lower case.</param>
/// <param name="Recipient">The field of the returned mail that names who complained, or empty.</param>
internal sealed record ComplaintForm(string Name, string From, string Subject, string Words, string Recipient)
{
    private static readonly List<ComplaintForm> Table = RuleFile.Rows("complaints", 6).ConvertAll(row => new ComplaintForm(row[0], row[1], row[2], row[3], row[4]));

    /// <summary>The first row that the mail fits, or null: a person who forwards or quotes a complaint writes under a name and a title of their own.</summary>
    public static ComplaintForm? Of(MimePart message, Narrative narrative, ReturnedMail? original)
    {
        if (original is null || Signs.IsAnswer(message.Headers)) return null;
        var from = Mailbox.Read(message.Headers["From"])?.Address ?? "";
        var subject = message.Headers.Text("Subject").Trim();
        return Table.Find(form => form.IsFrom(from, message.Headers) && Begins(subject, form.Subject) && (form.Words.Length == 0 || Begins(narrative.Text.AsSpan().TrimStart(), form.Words)));
    }

    /// <summary>Who complained, as the header that was put on top of the returned mail says.</summary>
    public IEnumerable<string> Named(MimePart message) =>
        Recipient.Length == 0 ? [] : Returned(message, 2).SelectMany(m => m.Headers.All(Recipient)).Select(DeliveryReportReader.Address).Where(a => a.Contains('@', StringComparison.Ordinal)).Distinct(StringComparer.OrdinalIgnoreCase);

    // some wrap the mail twice
    private static IEnumerable<MimePart> Returned(MimePart message, int depth) =>
        message.First("message/rfc822", "message/global") is { Parts: [var inner, ..] } ? depth > 1 ? Returned(inner, depth - 1).Append(inner) : [inner] : [];

    private bool IsFrom(string from, Headers headers) => From switch
    {
        "" => !Signs.IsPerson(headers),
        ['@', ..] => from.EndsWith(From, StringComparison.OrdinalIgnoreCase),
        _ => from.Equals(From, StringComparison.OrdinalIgnoreCase),
    };

    private static bool Begins(ReadOnlySpan<char> text, string start) => text.StartsWith(start, StringComparison.OrdinalIgnoreCase);
}
