using System.Text;
using Winnow.Email.Bounces.Webhooks;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces;

/// <summary>What came in by a door, read once.</summary>
/// <param name="Marks">Makes the text in which a mark of ours is looked for, most telling first; a mail to a return path needs none.</param>
/// <param name="Named">The addresses it says it is about.</param>
/// <param name="About">What it says about the one with this normalised address.</param>
internal sealed record Incoming(Func<string> Marks, IReadOnlyList<string> Named, Func<string, Finding> About)
{
    private const int MostSearched = 256 * 1024;

    /// <summary>Reads a stored row.</summary>
    /// <param name="isAddressed">Whether it came to a return path of ours.</param>
    public static Incoming Read(string door, string recipient, byte[] raw, bool isAddressed) =>
        WebhookProvider.Find(door) is { } provider ? OfEvent(provider, recipient, raw) : OfMail(raw, isAddressed);

    /// <summary>The header of a mail, as text in which a mark is looked for before anything is read.</summary>
    public static string Head(byte[] raw)
    {
        var head = raw.AsSpan(0, Math.Min(raw.Length, MostSearched));
        var end = head.IndexOf("\n\r\n"u8) is >= 0 and var crlf ? crlf : head.IndexOf("\n\n"u8) is >= 0 and var lf ? lf : head.Length;
        return Encoding.Latin1.GetString(head[..end]);
    }

    // Headers come first, so the mark in the return path of this very mail is found before one in a mail that it quotes.
    private static Incoming OfMail(byte[] raw, bool isAddressed)
    {
        var report = MailReport.Read(raw, isAddressed: isAddressed);
        string Marks() => $"{Encoding.Latin1.GetString(raw, 0, Math.Min(raw.Length, MostSearched))}\n{string.Join('\n', report.Traces)}";
        return new(Marks, NamedBy(report), key => Finding.Of(report, key));
    }

    private static Incoming OfEvent(WebhookProvider provider, string recipient, byte[] raw)
    {
        var json = JsonReading.Parse(raw) ?? throw new InvalidOperationException($"An event of {provider.Name} that was JSON when it came is none now.");
        var events = provider.Read(json).Where(e => e.Matters).ToList();
        var one = events.Find(e => e.Recipient == recipient) ?? events[0];
        return new(() => string.Join('\n', json.Texts()), [one.Recipient], key => one.Judge(provider.Code, key));
    }

    private static IReadOnlyList<string> NamedBy(MailReport report) => report switch
    {
        DeliveryReport delivery => [.. delivery.Recipients.SelectMany(r => new[] { r.OriginalRecipient, r.Recipient }).OfType<string>().Take(100)],
        ComplaintReport complaint => [.. complaint.Recipients.Take(100)],
        _ => [],
    };
}
