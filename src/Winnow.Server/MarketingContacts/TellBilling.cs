using System.Globalization;
using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Email;
using Winnow.Jobs;
using Winnow.MarketingContacts;
using Winnow.Server.Ui;

namespace Winnow.Server.MarketingContacts;

/// <summary>Tells one person who pays what became of the contact tier, by a letter and, with its own end, under the bell; both in that person's language. It orders the
/// letter in its one step, so that a crash neither loses nor doubles it. An account that cannot send has no letter to tell by.</summary>
public sealed class TellBilling(AccountStore accounts, MailSettingsStore settings, SystemMail mail, JobQueue jobs, IStringLocalizer<Words> words, TimeProvider clock) : IJob
{
    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var (news, sender) = (run.State<News>(), await settings.Read(run.AccountId, stop));
        if (run.Done > 0 || run.UserId is not { } user || await accounts.Person(run.AccountId, user, stop) is not { } reader) return news;
        var (title, letter) = Speak.In(reader.Language, () => (Title(news, Format(reader)), Letter(news, reader, sender.PublicUrl)));
        await run.Step(async tx =>
        {
            await jobs.Retitle(tx, run.AccountId, run.Id, title);
            if (sender.Complete) await mail.Send(tx, run.AccountId, reader.Email, letter.Subject, letter.Text, letter.Html);
            return new Step<News>(news, 1);
        }, stop);
        return news;
    }

    private Format Format(SignedInPerson reader) => new(CultureInfo.CurrentCulture, Account.Zone(reader.TimeZone), clock);

    private string Title(News news, Format f) => news.Kind switch
    {
        NewsKind.UpdateComes => words.Count(news.Scheduled, "{1} is the next update date: {0} marketing contact will become non-marketing", "{1} is the next update date: {0} marketing contacts will become non-marketing", f.LongDate(news.Day!.Value)),
        NewsKind.Updated => words.Count(news.Scheduled, "{0} marketing contact became non-marketing on {1}", "{0} marketing contacts became non-marketing on {1}", f.LongDate(news.Day!.Value)),
        NewsKind.TierNear => words["{0}% of your contact tier is taken", news.Percent],
        NewsKind.TierRaised => words["Your contact tier was raised to {0}", f.Number(news.Tier!.Value)],
        NewsKind.TierLowered => words["Your contact tier was lowered to {0}", f.Number(news.Tier!.Value)],
        NewsKind.ApprovalAsked => words.Count(news.Waiting!.Contacts, "{0} contact waits for your approval", "{0} contacts wait for your approval"),
        NewsKind.ApprovalWaits => words.Count(news.Waiting!.Contacts, "{0} contact waits for an approval", "{0} contacts wait for an approval"),
        NewsKind.ApprovalRefused => words.Count(news.Waiting!.Contacts, "Refused: set {0} contact as marketing contact", "Refused: set {0} contacts as marketing contacts"),
        _ => words["Your contact tier could not be lowered to {0}", f.Number(news.Tier!.Value)],
    };

    private SystemLetter Letter(News news, SignedInPerson reader, string url)
    {
        var f = Format(reader);
        return new($"{reader.AccountName}: {Title(news, f)}", [words["Hello {0},", reader.UserName], Title(news, f) + ".", .. Body(news, f), .. Rules(news, f)],
            news.Waiting is null ? words["Look at usage and limits"] : words["Look at what waits"], news.Waiting is { } waiting ? $"{url}/usage/approvals/{waiting.Id}" : $"{url}/usage",
            [news.Kind is NewsKind.ApprovalWaits or NewsKind.ApprovalRefused ? words["You get this letter because you asked for it in {0}.", reader.AccountName] : words["You get this letter because you may change the contact tier of {0}.", reader.AccountName]]);
    }

    private IEnumerable<string> Body(News news, Format f) => news.Kind switch
    {
        NewsKind.UpdateComes =>
        [
            words.Count(news.Counting, "{0} marketing contact counts now; after that day it will be {1}.", "{0} marketing contacts count now; after that day it will be {1}.", f.Number(news.Counting - news.Scheduled)),
            words.Count(news.Scheduled, "Until then it can be set as a marketing contact again, and others can still be set as non-marketing.", "Until then each of them can be set as a marketing contact again, and others can still be set as non-marketing."),
        ],
        NewsKind.Updated => [words.Count(news.Counting, "{0} marketing contact counts now.", "{0} marketing contacts count now.")],
        NewsKind.TierNear => [words.Count(news.Counting, "{0} of {1} marketing contacts is taken. When they are exceeded, the tier is raised by itself.", "{0} of {1} marketing contacts are taken. When they are exceeded, the tier is raised by itself.", f.Number(news.Tier!.Value))],
        NewsKind.TierRaised => [words["There were {0} marketing contacts, more than your tier of {1}. It is not lowered by itself: ask for a lower one with your next renewal.", f.Number(news.Counting), f.Number(news.Was!.Value)]],
        NewsKind.TierLowered => [words["Your contract renewed on {0}. Before, the tier was {1}.", f.LongDate(news.Day!.Value), f.Number(news.Was!.Value)]],
        NewsKind.ApprovalAsked =>
        [
            words.Count(news.Waiting!.Contacts, "{1} wants to set {0} contact as marketing contact: {2}.", "{1} wants to set {0} contacts as marketing contacts: {2}.", Or(news.Waiting.Who), Or(news.Waiting.Words)),
            words.Count(news.Waiting.Contacts, "That is more than may become marketing contacts in a day without an approval. Until you decide it stays as it is, and nothing is lost.", "That is more than may become marketing contacts in a day without an approval. Until you decide they stay as they are, and nothing is lost."),
        ],
        NewsKind.ApprovalWaits => [words.Count(news.Waiting!.Contacts, "That is more than may become marketing contacts in a day without an approval. Until somebody with the permission “Billing” decides it stays as it is, and nothing is lost.", "That is more than may become marketing contacts in a day without an approval. Until somebody with the permission “Billing” decides they stay as they are, and nothing is lost.")],
        NewsKind.ApprovalRefused => [words["{0} refused it: {1}", Or(news.Waiting!.Who), Or(news.Waiting.Words)]],
        _ => [words["{0} marketing contacts count, which is more. The tier stays {1}. Set contacts as non-marketing and ask again.", f.Number(news.Counting), f.Number(news.Was!.Value)]],
    };

    private static string Or(string text) => text.Length > 0 ? text : "–";

    private IEnumerable<string> Rules(News news, Format f) => news.Rules is not { Count: > 0 } rules ? []
        : [words["Since the update date before, your rules scheduled: {0}.", string.Join("; ", rules.Select(rule => $"{ManageChoices.Say(rule.Group, rule.ListName, words)}: {f.Number(rule.Contacts)}"))]];
}
