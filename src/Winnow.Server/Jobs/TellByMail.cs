using System.Globalization;
using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Email;
using Winnow.Jobs;
using Winnow.Server.Ui;
using Winnow.Transfer;

namespace Winnow.Server.Jobs;

/// <summary>
/// Tells by e-mail that a job ended, in the language of who started it. Ordered by <see cref="Notifications"/> with the end of the job; it orders the mail
/// in its one step, so that a crash neither loses nor doubles it. An account that cannot send has no mail to tell by, and nothing waits for it.
/// </summary>
public sealed class TellByMail(JobQueue jobs, AccountStore accounts, MailSettingsStore settings, SystemMail mail, IStringLocalizer<Words> words, TimeProvider clock) : IJob
{
    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var what = run.State<JobEnded>();
        var (sender, reader) = (await settings.Read(run.AccountId, stop), await accounts.Person(run.AccountId, what.UserId, stop));
        if (!sender.Complete || reader is null || await jobs.Find(run.AccountId, what.JobId) is not { Outcome: { } outcome } job || run.Done > 0) return null;
        if (outcome == "done" && job.Kind == nameof(ExportContacts) && job.ResultAs<ExportState>()?.Tells == true) return null;           // the mail with the link tells it
        var letter = Speak.In(reader.Language, () => Letter(job, outcome, reader, sender.PublicUrl));
        await run.Step(async tx =>
        {
            await mail.Send(tx, run.AccountId, reader.Email, letter.Subject, letter.Text, letter.Html);
            return new Step<JobEnded>(what, 1);
        }, stop);
        return null;
    }

    private SystemLetter Letter(Job job, string outcome, SignedInPerson reader, string url)
    {
        var format = new Format(CultureInfo.CurrentCulture, Account.Zone(reader.TimeZone), clock);
        string[] before = [words["Hello {0},", reader.UserName], $"{JobWords.Title(job, words)}: {JobWords.Line(job, words, format)}", .. job.Error is { Length: > 0 } error && outcome == "failed" ? [error] : Array.Empty<string>()];
        return new($"{JobWords.Title(job, words)}: {JobWords.Outcome(outcome, words)}", before, words["Look at the job"], $"{url}/jobs/{job.Id}",
            [words["You choose what is mailed to you under Settings > Notifications."]]);
    }
}
