using System.Buffers;
using System.Text;
using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>Reads the machine part of a delivery status notification (RFC 3464 §2; RFC 6533 §3 for internationalised addresses).</summary>
internal static class DeliveryReportReader
{
    private const int MostRecipients = 1000;
    private const int MostNarrated = 20; // the text for people is searched for the first ones only: it is long work for a hostile mail

    public static DeliveryReport? Read(MimePart message, Narrative narrative, ReturnedMail? original, IReadOnlyList<string> traces, bool isAddressed)
    {
        var part = message.First("message/delivery-status", "message/global-delivery-status");
        if (part is null || ReferenceEquals(part, message) || !Counts(message, isAddressed)) return null;
        var (buffer, length) = part.RentText();
        try { return Read("dsn", buffer.AsSpan(0, length), narrative, original, traces); }
        finally { ArrayPool<char>.Shared.Return(buffer); }
    }

    // A forwarded report keeps its parts, but not its frame (RFC 3462) nor its sender.
    private static bool Counts(MimePart message, bool isAddressed) =>
        isAddressed || Signs.IsMachine(message.Headers) || message.ContentType.Is("multipart/report") && !Signs.IsAnswer(message.Headers);

    /// <summary>Reads the fields wherever they stand: some servers write them into the text for people.</summary>
    internal static DeliveryReport? Read(string format, ReadOnlySpan<char> fields, Narrative narrative, ReturnedMail? original, IReadOnlyList<string> traces)
    {
        var (perMessage, groups) = ReportFields.Read(fields, MostRecipients);
        if (groups.Count == 0) return null;
        var recipients = groups.Select((group, i) => Recipient(group, i < MostNarrated ? narrative : null, original)).ToList();
        return new DeliveryReport(format, AfterType(perMessage["Reporting-MTA"]), perMessage["Original-Envelope-Id"], recipients, original, traces);
    }

    private static RecipientReport Recipient(ReportFields fields, Narrative? narrative, ReturnedMail? original)
    {
        var final = Address(fields["Final-Recipient"]);
        var first = Address(fields["Original-Recipient"]);
        var diagnostic = Narrative.OneLine(fields.All("Diagnostic-Code", AfterType));
        var about = narrative is null ? default : narrative.About(final);
        var text = diagnostic.Any(char.IsLetter) ? diagnostic : $"{diagnostic} {Narrative.OneLine(about)}".Trim();
        var status = SmtpText.RepliedStatus(diagnostic) ?? MoreTelling(Status(fields["Status"]), SmtpText.Status(text));
        var code = SmtpText.ReplyCode(diagnostic) ?? (diagnostic.Length == 0 ? SmtpText.ReplyCode(text) : null);
        var action = Action(fields["Action"], status);
        var host = AfterType(fields["Remote-MTA"]);
        if (final.Length == 0) final = first.Length > 0 ? first : original?.To is [var only] ? only : "";
        return new RecipientReport(
            final, first.Length > 0 && !first.Equals(final, StringComparison.OrdinalIgnoreCase) ? first : null, action, status, code, diagnostic, host,
            BounceRules.Reported(code, status, narrative?.Rejection ?? text, host, BounceRules.StageOf(diagnostic, about)));
    }

    private static DeliveryAction Action(string? field, string? status)
    {
        var word = (field ?? "").AsSpan().Trim();
        foreach (var (start, action) in Actions)
            if (word.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return action;
        return status is ['2', ..] ? DeliveryAction.Delivered : status is ['4', ..] ? DeliveryAction.Delayed : DeliveryAction.Failed;
    }

    private static readonly (string Start, DeliveryAction Action)[] Actions =
    [
        ("fail", DeliveryAction.Failed), ("expired", DeliveryAction.Failed), ("delay", DeliveryAction.Delayed), ("deferred", DeliveryAction.Delayed),
        ("deliver", DeliveryAction.Delivered), ("relay", DeliveryAction.Relayed), ("expand", DeliveryAction.Expanded),
    ];

    // The field often holds a catch-all (5.0.0) where the remote server was precise, and the other way round.
    private static string? MoreTelling(string? field, string? text)
    {
        if (field is null) return text;
        if (text is null || field[0] != text[0]) return field;
        return SmtpText.IsCatchAll(field) && !SmtpText.IsCatchAll(text) ? text : field;
    }

    private static string? Status(string? field) => field is null ? null : SmtpText.Status(field);

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
