using System.Globalization;
using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Email;
using Winnow.Jobs;
using Winnow.Server.Ui;
using Winnow.Transfer;
using Winnow.Transfer.Passports;

namespace Winnow.Server.Transfer;

/// <summary>Mails the link to a finished export, in the language of who ordered it. Ordered with the end of the export; it orders the mail in its one step, so that
/// a crash neither loses nor doubles it. An account that cannot send has no mail to tell by: the page of the job and the bell have the file too.</summary>
public sealed class TellExport(JobQueue jobs, AccountStore accounts, MailSettingsStore settings, SystemMail mail, IStringLocalizer<Words> words, TimeProvider clock) : IJob
{
    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var ready = run.State<ExportReady>();
        var (sender, reader) = (await settings.Read(run.AccountId, stop), await accounts.Person(run.AccountId, ready.UserId, stop));
        if (!sender.Complete || reader is null || run.Done > 0 || await jobs.Find(run.AccountId, ready.JobId) is not { } export) return null;
        if (export.IsOpen) throw new JobPostponedException("The export has written its file and is about to end.", TimeSpan.FromSeconds(1));
        if (export.Outcome != "done" || export.ResultAs<ExportedFile>() is not { ExpiresAt: { } until } file) return null;
        var letter = Speak.In(reader.Language, () => Letter(export, file.Rows, until, reader, sender.PublicUrl));
        await run.Step(async tx =>
        {
            await mail.Send(tx, run.AccountId, ready.To ?? reader.Email, letter.Subject, letter.Text, letter.Html);
            return new Step<ExportReady>(ready, 1);
        }, stop);
        return null;
    }

    private SystemLetter Letter(Job export, long rows, DateTimeOffset until, SignedInPerson reader, string url)
    {
        var format = new Format(CultureInfo.CurrentCulture, Account.Zone(reader.TimeZone), clock);
        var (subject, holds) = export.Kind switch
        {
            nameof(ExportOptOuts) => (words["Unsubscribes and bounces: the file is ready"], words.Count(rows, "The file of unsubscribes and bounces is ready. It holds {0} address.", "The file of unsubscribes and bounces is ready. It holds {0} addresses.")),
            nameof(ExportPassport) => (words["{0}: the file is ready", export.Title].Value, words.Count(rows, "The suppression passport is ready. It holds {0} address.", "The suppression passport is ready. It holds {0} addresses.")),
            _ => (words["{0}: the file is ready", export.Title].Value, words.Count(rows, "The file is ready. It holds {0} line below the heading.", "The file is ready. It holds {0} lines below the heading.")),
        };
        return new(subject, [words["Hello {0},", reader.UserName], holds], words["Download the file"], $"{url}/exports/{export.Id}",
            [words["The link works until {0}, and only for {1}, who ordered the file and must be signed in.", format.Moment(until), reader.UserName]]);
    }
}
