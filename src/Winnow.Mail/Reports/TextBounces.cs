using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>Bounces without a machine part: a table of the forms that free text comes in.</summary>
internal static class TextBounces
{
    private delegate IReadOnlyList<RecipientReport> Decoder(MimePart message, string text);

    private static readonly (string Name, Func<MimePart, string, bool> Fits, Decoder Read)[] Decoders = [];

    public static DeliveryReport? Read(MimePart message, ReturnedMail? original, IReadOnlyList<string> traces)
    {
        var text = new Lazy<string>(message.ReadableText);
        foreach (var (name, fits, read) in Decoders)
            if (fits(message, text.Value) && read(message, text.Value) is { Count: > 0 } recipients)
                return new DeliveryReport(name, "", null, recipients, original, traces);
        return null;
    }
}
