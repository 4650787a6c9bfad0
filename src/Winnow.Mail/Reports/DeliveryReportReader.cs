using System.Text;
using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>Reads the machine part of a delivery status notification (RFC 3464 §2; RFC 6533 §3 for internationalised addresses).</summary>
internal static class DeliveryReportReader
{
    private const int MostRecipients = 1000;

    public static DeliveryReport? Read(MimePart message, ReturnedMail? original, IReadOnlyList<string> traces)
    {
        var part = message.First("message/delivery-status", "message/global-delivery-status");
        if (part is null || ReferenceEquals(part, message)) return null;
        return Read("dsn", part.Text(), new Narrative(message), original, traces);
    }

    /// <summary>Reads the fields wherever they stand: some servers write them into the text for people.</summary>
    internal static DeliveryReport? Read(
        string format, string fields, Narrative narrative, ReturnedMail? original, IReadOnlyList<string> traces)
    {
        var (perMessage, groups) = Groups(Unfold(fields));
        if (groups.Count == 0) return null;
        var recipients = groups.Select(group => Recipient(group, narrative, original)).ToList();
        return new DeliveryReport(
            format, AfterType(perMessage["Reporting-MTA"]), perMessage["Original-Envelope-Id"], recipients, original, traces);
    }

    // Lines of a reply are sometimes put into Diagnostic-Code without the white space that continues a field.
    private static string Unfold(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (!line.IsEmpty && char.IsAsciiDigit(line[0])) result.Append(' ');
            result.Append(line).Append('\n');
        }
        return result.ToString();
    }

    // Groups are parted by empty lines. Some servers put empty lines inside a group, or leave out the first group.
    private static (Headers PerMessage, List<Headers> Recipients) Groups(string text)
    {
        var perMessage = Headers.Empty;
        var result = new List<List<HeaderField>>();
        foreach (var block in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = HeaderReader.Read(block);
            if (fields.Count == 0) continue;
            if (fields.Has("Final-Recipient") || fields.Has("Original-Recipient") && !fields.Has("Reporting-MTA"))
            {
                if (result.Count == MostRecipients) break;
                result.Add([.. fields]);
            }
            else if (result.Count > 0) result[^1].AddRange(fields);
            else perMessage = new Headers([.. perMessage, .. fields]);
        }
        return (perMessage, [.. result.Select(fields => new Headers(fields))]);
    }

    private static RecipientReport Recipient(Headers fields, Narrative narrative, ReturnedMail? original)
    {
        var final = Address(fields["Final-Recipient"]);
        var first = Address(fields["Original-Recipient"]);
        var diagnostic = Narrative.OneLine(string.Join(" ", fields.All("Diagnostic-Code").Select(AfterType)));
        var text = diagnostic.Length > 0 && !IsOnlyNumbers(diagnostic) ? diagnostic : $"{diagnostic} {narrative.About(final)}".Trim();
        var status = SmtpText.RepliedStatus(diagnostic) ?? MoreTelling(Status(fields["Status"]), SmtpText.Status(text));
        var code = SmtpText.ReplyCode(diagnostic) ?? (diagnostic.Length == 0 ? SmtpText.ReplyCode(text) : null);
        var action = Action(fields["Action"], status);
        if (final.Length == 0) final = first.Length > 0 ? first : original?.To is [var only] ? only : "";
        return new RecipientReport(
            final, first.Length > 0 && !first.Equals(final, StringComparison.OrdinalIgnoreCase) ? first : null,
            action, status, code, diagnostic, AfterType(fields["Remote-MTA"]),
            BounceRules.Decide(code, status, AfterData(final, narrative) ? text + EndOfData : text));
    }

    // Whether the server refused after it had seen the content stands only in the text of the report.
    private const string EndOfData = " (in reply to end of DATA command)";

    private static bool AfterData(string recipient, Narrative narrative) =>
        narrative.Text.Contains("end of DATA", StringComparison.OrdinalIgnoreCase)
        && narrative.About(recipient).Contains("in reply to end of DATA", StringComparison.OrdinalIgnoreCase);

    private static DeliveryAction Action(string? field, string? status) =>
        new string([.. (field ?? "").TrimStart().TakeWhile(char.IsLetter)]).ToLowerInvariant() switch
        {
            "failed" or "failure" or "fail" or "expired" => DeliveryAction.Failed,
            "delayed" or "delay" or "deferred" => DeliveryAction.Delayed,
            "delivered" or "deliverable" => DeliveryAction.Delivered,
            "relayed" => DeliveryAction.Relayed,
            "expanded" => DeliveryAction.Expanded,
            _ => status is ['2', ..] ? DeliveryAction.Delivered : status is ['4', ..] ? DeliveryAction.Delayed : DeliveryAction.Failed,
        };

    // The field often holds a catch-all (5.0.0) where the remote server was precise, and the other way round.
    private static string? MoreTelling(string? field, string? text)
    {
        if (field is null) return text;
        if (text is null || field[0] != text[0]) return field;
        return IsGeneric(field) && !IsGeneric(text) ? text : field;
    }

    private static bool IsGeneric(string status) => status.EndsWith(".0.0", StringComparison.Ordinal);

    private static string? Status(string? field)
    {
        if (field is null) return null;
        return SmtpText.Status(field);
    }

    private static bool IsOnlyNumbers(string diagnostic) => !diagnostic.Any(char.IsLetter);

    /// <summary>The value after "type;" (RFC 3464 §2.1.2): "smtp; 550 ..." gives "550 ...".</summary>
    internal static string AfterType(string? field)
    {
        if (field is null) return "";
        var semicolon = field.IndexOf(';', StringComparison.Ordinal);
        var isType = semicolon is >= 0 and < 30 && !field.AsSpan(0, semicolon).Trim().ContainsAny(" \t<@(");
        return (isType ? field[(semicolon + 1)..] : field).Trim();
    }

    internal static string Address(string? field)
    {
        var value = AfterType(field).Trim('<', '>', '"', '\'', ' ');
        if (value.Contains('<', StringComparison.Ordinal) && Mailbox.Read(value) is { } mailbox) value = mailbox.Address;
        return value.Contains("\\x{", StringComparison.Ordinal) ? Unescape(value) : value;
    }

    // utf-8-addr-xtext (RFC 6533 §3): \x{hex} is a code point.
    private static string Unescape(string value)
    {
        var result = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            var end = value.AsSpan(i).StartsWith(@"\x{") ? value.IndexOf('}', i) : -1;
            if (end > i && int.TryParse(value.AsSpan(i + 3, end - i - 3), System.Globalization.NumberStyles.HexNumber, null, out var code)
                && Rune.IsValid(code))
            {
                result.Append(new Rune(code).ToString());
                i = end;
            }
            else result.Append(value[i]);
        }
        return result.ToString();
    }
}
