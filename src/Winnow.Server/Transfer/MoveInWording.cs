using Microsoft.Extensions.Localization;
using Winnow.Server.Ui;
using Winnow.Transfer.HubSpot;

namespace Winnow.Server.Transfer;

/// <summary>What moving in says, in the reader's language.</summary>
public static class MoveInWording
{
    /// <summary>What can be brought, by the keys of <see cref="MoveInPart"/>.</summary>
    public static readonly IReadOnlyDictionary<string, string> Parts = new Dictionary<string, string>
    {
        ["contacts"] = "Contacts", ["properties"] = "Properties of your own", ["lists"] = "Lists", ["opt-outs"] = "Unsubscribed from all email", ["bounces"] = "Hard bounced", ["marketing"] = "Marketing contacts", ["subscriptions"] = "Kinds of email to unsubscribe from",
    };

    /// <summary>All words of tables, for the test of translations.</summary>
    public static IEnumerable<string> Words => Parts.Values.Concat(MoveInWords.All).Concat(Misfit.All.SelectMany(m => new[] { m.What, m.Why, m.Remedy })).Distinct();

    /// <summary>A refusal.</summary>
    public static string Said(this IStringLocalizer<Words> words, string said)
    {
        var (text, names) = MoveInWords.Parts(said);
        return words[text, [.. names]];
    }
}
