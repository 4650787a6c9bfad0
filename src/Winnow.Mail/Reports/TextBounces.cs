using System.Text.RegularExpressions;
using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>
/// Bounces without a machine part (qmail, Exim, old Exchange and Sendmail, web mailers): whether it is one is told by
/// <see cref="TextBounceSigns"/>, whom it is about by the table of <see cref="RecipientForms"/>, why by the same
/// <see cref="BounceRules"/> as everywhere.
/// </summary>
internal static class TextBounces
{
    private const int MostRecipients = 100;

    public static DeliveryReport? Read(MimePart message, ReturnedMail? original, IReadOnlyList<string> traces)
    {
        if (AmazonNotice.ReadBounce(message, original, traces) is { } notice) return notice;
        if (!TextBounceSigns.Promising(message.Headers)) return null;
        var narrative = new Narrative(message);
        var text = narrative.Text;
        if (!TextBounceSigns.IsBounce(message.Headers, text)) return null;
        if (text.Contains("Final-Recipient:", StringComparison.OrdinalIgnoreCase)
            && DeliveryReportReader.Read("dsn-in-text", FieldsIn(text), narrative, original, traces) is { } fields)
            return fields;
        var (form, recipients) = Recipients(message.Headers, text, original);
        if (recipients.Count == 0) return null;
        var delayed = TextBounceSigns.IsDelay(message.Headers.Text("Subject"), text);
        return new DeliveryReport(
            $"text: {form}", "", null, [.. recipients.Take(MostRecipients).Select(r => Recipient(r, recipients.Count > 1, narrative, delayed))], original, traces);
    }

    private static (string Form, List<string> Recipients) Recipients(Headers headers, string text, ReturnedMail? original)
    {
        var named = headers.All("X-Failed-Recipients").SelectMany(Mailbox.ReadList).Select(m => m.Address).Distinct().ToList();
        if (named.Count > 0) return ("X-Failed-Recipients", named);
        // The report goes to the sender, so the sender's address in the text is no recipient, unless nothing else is there.
        var own = headers.All("To").SelectMany(Mailbox.ReadList).Select(m => m.Address).Append(original?.From ?? "")
            .Append(Mailbox.Read(headers["From"])?.Address ?? "").ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, form) in RecipientForms.Table)
        {
            var found = form.Matches(text).Take(MostRecipients).Select(m => RecipientForms.Clean(m.Groups[1].Value))
                .Where(a => a.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
            var others = found.Where(a => !own.Contains(a)).ToList();
            if (others.Count > 0) return (name, others);
            if (found.Count > 0 && name.StartsWith("line:", StringComparison.Ordinal)) return (name, found);
        }
        return original?.To is { Count: 1 } to && to[0].Contains('@', StringComparison.Ordinal) ? ("To of the returned mail", [to[0]]) : ("", []);
    }

    private static RecipientReport Recipient(string recipient, bool isOneOfMany, Narrative narrative, bool delayed)
    {
        var report = Decide(recipient, narrative.About(recipient), delayed);
        return report.Cause.Reason is BounceReason.Undefined or BounceReason.OnHold && !isOneOfMany
            ? Decide(recipient, Narrative.OneLine(narrative.Text), delayed) : report;
    }

    private static RecipientReport Decide(string recipient, string text, bool delayed)
    {
        var status = SmtpText.RepliedStatus(text) ?? SmtpText.Status(text);
        var code = SmtpText.ReplyCode(text);
        return new RecipientReport(
            recipient, null, delayed ? DeliveryAction.Delayed : DeliveryAction.Failed, status, code, text, "",
            BounceRules.Decide(code, status, text));
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

/// <summary>How free text names the recipient, most certain first; group 1 is the address. The first form that finds somebody else than the sender decides.</summary>
internal static partial class RecipientForms
{
    public static readonly (string Name, Regex Form)[] Table =
    [
        ("line: <address>:", BracketsColon()),
        ("line: address alone", Alone()),
        ("line: <address> ...", BracketsFirst()),
        ("line: address first", First()),
        ("smtp: RCPT TO", RcptTo()),
        ("words: recipient, address or mail to", AfterWords()),
        ("any address", Any()),
    ];

    /// <summary>The address without what sticks to it; empty for one that a report names for questions.</summary>
    public static string Clean(string address)
    {
        var bare = address.Trim('<', '>', '"', '\'', '.', ',', ';', ':', '(', ')', '[', ']', '*');
        return Contacts.Contains(bare.Split('@')[0]) ? "" : bare;
    }

    // whom to ask, not who failed
    private static readonly HashSet<string> Contacts =
        new(["support", "help", "helpdesk", "abuse", "mailer-daemon", "contact", "noreply", "no-reply"], StringComparer.OrdinalIgnoreCase);

    private const string Address = @"(?<![\w.+@-])[^\s<>()\[\]"",;:|]{1,120}@[^\s<>()\[\]"",;:|]{1,120}";
    private const RegexOptions Options = RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;

    [GeneratedRegex(@"^[ \t>]{0,20}<(" + Address + @")>:", Options)]
    private static partial Regex BracketsColon();

    [GeneratedRegex(@"^[ \t>*]{0,20}(?:\d+ )?<?(" + Address + @")>?:?(?:[ \t]+<" + Address + @">)?[ \t]*$", Options)]
    private static partial Regex Alone();

    [GeneratedRegex(@"^[ \t]{0,20}(?:[45]\d\d )?<(" + Address + @")>", Options)]
    private static partial Regex BracketsFirst();

    [GeneratedRegex(@"^[ \t]{0,20}(?:(?:[45]\d\d )?(?:unknown user|user unknown|no such user|invalid recipient)?[ \t:]*)(" + Address + @")(?:\.\.\.|[ \t]*[:;,(\[-]|[ \t]+(?:on |error|invalid|failed|rejected|unknown|not |user|\.\.\.))", Options)]
    private static partial Regex First();

    [GeneratedRegex(@"RCPT TO:[ ]?<?(" + Address + @")>?", Options)]
    private static partial Regex RcptTo();

    [GeneratedRegex(@"(?:recipient|recipients|recipient\(s\)|address|addressee|addresses|user|mailbox|account|deliver(?:ed|ing)?(?: your message| your mail| mail)? to|(?:mail|message) to|sent to|to)[ \t]?(?:was|were|is|are|:|=)?[ \t:=<""'(\[]{0,5}\s{0,3}[<""'(\[]?(" + Address + ")", Options)]
    private static partial Regex AfterWords();

    [GeneratedRegex("(" + Address + ")", Options)]
    private static partial Regex Any();
}
