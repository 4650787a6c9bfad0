using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>
/// Bounces without a machine part (qmail, Exim, old Exchange and Sendmail, web mailers): whether it is one is told by
/// <see cref="Signs"/>, whom it is about by the table of <see cref="RecipientForm"/>, why by the same
/// <see cref="BounceRules"/> as everywhere.
/// </summary>
internal static class TextBounces
{
    private const int MostRecipients = 100;

    public static DeliveryReport? Read(MimePart message, Narrative narrative, ReturnedMail? original, IReadOnlyList<string> traces, bool isAddressed)
    {
        if (AmazonNotice.ReadBounce(narrative, original, traces) is { } notice) return notice;
        if (!Signs.IsBounce(message.Headers, narrative, isAddressed)) return null;
        var text = narrative.Text;
        if (text.Contains("Final-Recipient:", StringComparison.OrdinalIgnoreCase)
            && DeliveryReportReader.Read("dsn-in-text", FieldsIn(text), narrative, original, traces) is { } fields)
            return fields;
        var (form, recipients) = Recipients(message.Headers, narrative, original);
        if (recipients.Count == 0) return null;
        var delayed = Signs.IsDelay(message.Headers.Text("Subject"), text);
        return new DeliveryReport(
            $"text: {form}", "", null, [.. recipients.Take(MostRecipients).Select(r => Recipient(r, recipients.Count > 1, narrative, delayed))], original, traces);
    }

    private static (string Form, List<string> Recipients) Recipients(Headers headers, Narrative narrative, ReturnedMail? original)
    {
        var named = headers.All("X-Failed-Recipients").SelectMany(Mailbox.ReadList).Select(m => m.Address).Distinct().ToList();
        if (named.Count > 0) return ("X-Failed-Recipients", named);
        // The report goes to the sender, so the sender's address in the text is no recipient, unless nothing else is there.
        var own = headers.All("To").SelectMany(Mailbox.ReadList).Select(m => m.Address).Append(original?.From ?? "")
            .Append(Mailbox.Read(headers["From"])?.Address ?? "").ToHashSet(StringComparer.OrdinalIgnoreCase);
        var found = narrative.Addresses.Select((place, i) => (Address: narrative.Text[place.Start..place.End], Form: narrative.Forms[i]))
            .Where(f => f.Form < RecipientForm.Table.Count && !IsForQuestions(f.Address))
            .GroupBy(f => RecipientForm.Table[f.Form].Name, f => (f.Address, f.Form)).OrderBy(g => g.Min(f => f.Form));
        foreach (var form in found)
        {
            var all = form.Select(f => f.Address).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
            var others = all.Where(a => !own.Contains(a)).ToList();
            if (others.Count > 0) return (form.Key, others);
            if (form.Key.StartsWith("line:", StringComparison.Ordinal)) return (form.Key, all);
        }
        return original?.To is { Count: 1 } to && !Signs.IsMachine(original.Headers) && to[0].Contains('@', StringComparison.Ordinal) ? ("To of the returned mail", [to[0]]) : ("", []);
    }

    // whom to ask, not who failed
    private static bool IsForQuestions(string address) => Contacts.Contains(address.Split('@')[0]);

    private static readonly HashSet<string> Contacts =
        new(["support", "help", "helpdesk", "abuse", "mailer-daemon", "contact", "noreply", "no-reply"], StringComparer.OrdinalIgnoreCase);

    private static RecipientReport Recipient(string recipient, bool isOneOfMany, Narrative narrative, bool delayed)
    {
        var report = Decide(recipient, Narrative.OneLine(narrative.About(recipient)), delayed);
        return report.Cause.Reason is BounceReason.Undefined or BounceReason.OnHold && !isOneOfMany
            ? Decide(recipient, Narrative.OneLine(narrative.Text), delayed) : report;
    }

    private static RecipientReport Decide(string recipient, string text, bool delayed)
    {
        var status = SmtpText.RepliedStatus(text) ?? SmtpText.Status(text);
        var code = SmtpText.ReplyCode(text);
        return new RecipientReport(
            recipient, null, delayed ? DeliveryAction.Delayed : DeliveryAction.Failed, status, code, text, "",
            BounceRules.Reported(code, status, text, null, BounceRules.StageOf(text, default)));
    }

    private static string FieldsIn(string text)
    {
        var at = FirstField(text, "Reporting-MTA:");
        if (at < 0) at = FirstField(text, "Final-Recipient:");
        return at < 0 ? text : text[at..];
    }

    private static int FirstField(string text, string name) =>
        text.StartsWith(name, StringComparison.OrdinalIgnoreCase) ? 0 : text.IndexOf("\n" + name, StringComparison.OrdinalIgnoreCase);
}
