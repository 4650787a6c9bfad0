using System.Globalization;
using Microsoft.Extensions.Localization;
using Winnow.Email.Bounces;
using Winnow.Mail.Reports;
using Winnow.Server.Ui;

namespace Winnow.Server.Email.Bounces;

/// <summary>The fields of the page, as chosen and typed: a line for each group of reasons, by the name of its <see cref="Verdict"/>.</summary>
public sealed class BouncePolicyForm
{
    /// <summary>One line.</summary>
    public sealed class Line
    {
        public string? Deed { get; set; }
        public string? Times { get; set; }
        public string? Days { get; set; }
    }

    public Dictionary<string, Line> Rules { get; set; } = [];

    /// <summary>The groups in the order of the page, with the words that explain them.</summary>
    public static readonly IReadOnlyList<(Verdict Verdict, string Says)> Groups =
    [
        (Verdict.AddressDead, "The mailbox or the domain does not exist, moved, or takes no mail at all."),
        (Verdict.AddressDoubtful, "The account is suspended, or a filter of the recipient refused without calling the address unknown."),
        (Verdict.MailboxFull, "Nobody empties it, or not yet."),
        (Verdict.OwnSetup, "SPF, DKIM, DMARC, the name of your server, the form of your email: you can repair it."),
        (Verdict.Blocked, "Their rules, or what they think of your server or domain. The address may live."),
        (Verdict.Content, "Seen as spam, a forbidden attachment, too large. The address may live."),
        (Verdict.Temporary, "Their server or the network failed for as long as the email was tried, up to 72 hours."),
        (Verdict.Unclear, "Refused without a word why."),
    ];

    /// <summary>A policy in the fields.</summary>
    public static BouncePolicyForm Of(BouncePolicy policy) => new()
    {
        Rules = Groups.ToDictionary(g => g.Verdict.ToString(), g => new Line { Deed = policy[g.Verdict].Deed.ToString(), Times = Text(policy[g.Verdict].Times), Days = Text(policy[g.Verdict].Days) }),
    };

    /// <summary>What a group does, in the order of the select.</summary>
    public static IEnumerable<(string Value, string Text)> Deeds(IStringLocalizer<Words> words) =>
    [
        (nameof(BounceDeed.Suppress), words["Stop mailing the address at once"]), (nameof(BounceDeed.Score), words["Stop mailing it after some failures"]),
        (nameof(BounceDeed.Tell), words["Tell the sender"]), (nameof(BounceDeed.Ignore), words["Only count it"]),
    ];

    /// <summary>The policy that the fields mean, or null with what is wrong in <paramref name="errors"/>.</summary>
    public BouncePolicy? Read(FormErrors errors, IStringLocalizer<Words> words)
    {
        var rules = new Dictionary<Verdict, BounceRule>();
        foreach (var verdict in Groups.Select(g => g.Verdict))
        {
            var line = Rules.GetValueOrDefault(verdict.ToString()) ?? new();
            var known = Enum.TryParse<BounceDeed>(line.Deed, out var deed) && Enum.IsDefined(deed);
            errors.AddIf(!known, $"{verdict}.Deed", words["Choose one of the list."]);
            var (times, days) = (Number(line.Times, BounceRule.MostTimes), Number(line.Days, BounceRule.MostDays));
            errors.AddIf(deed == BounceDeed.Score && times is null, $"{verdict}.Times", words["A whole number from {0} to {1}.", 1, BounceRule.MostTimes]);
            errors.AddIf(deed == BounceDeed.Score && days is null, $"{verdict}.Days", words["A whole number from {0} to {1}.", 1, BounceRule.MostDays]);
            rules[verdict] = new(deed, times ?? BouncePolicy.Default[verdict].Times, days ?? BouncePolicy.Default[verdict].Days);
        }
        return errors.None ? new(rules) : null;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    private static int? Number(string? text, int most) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number : null;
}
