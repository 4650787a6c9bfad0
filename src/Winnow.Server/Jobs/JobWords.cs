using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Email.Sending;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.MarketingContacts;
using Winnow.Server.MarketingContacts;
using Winnow.Server.Transfer;
using Winnow.Server.Ui;
using Winnow.Transfer;
using Winnow.Transfer.HubSpot;
using Winnow.Transfer.Passports;

namespace Winnow.Server.Jobs;

/// <summary>How each kind of job is shown, as a table: its icon, and what its figure counts.</summary>
public static class JobWords
{
    /// <summary>Whether a person may stop a job: one's own, and a super admin every one.</summary>
    public static bool MayStop(Job job, CurrentAccount who) => job.CreatedBy == who.UserId || who.May.SuperAdmin;

    private const string Kept = "What was done before is kept.";

    private static readonly Dictionary<string, (string Icon, string Done, string WhenStopped)> Kinds = new()
    {
        [nameof(ImportContacts)] = ("upload", "of {0} rows read", "What was imported before is kept."),
        [nameof(ImportOptOuts)] = ("upload", "of {0} rows read", "What was imported before is kept."),
        [nameof(MoveIn)] = ("upload", "of {0} contacts and members of lists read", "What was brought before is kept; start again to bring the rest."),
        [nameof(UndoImport)] = ("arrow-back-up", "of {0} contacts looked at", "What was given back before stays so. The rest can be undone later."),
        [nameof(ExportContacts)] = ("download", "of {0} contacts written", "The file is not finished and cannot be downloaded."),
        [nameof(ExportOptOuts)] = ("mail-share", "of {0} addresses written", "The file is not finished and cannot be downloaded."),
        [nameof(ExportPassport)] = ("mail-share", "of {0} addresses written", "The file is not finished and cannot be downloaded."),
        [nameof(ImportPassport)] = ("upload", "of {0} addresses taken in", "What was taken in before stays suppressed."),
        [nameof(ExportReport)] = ("download", "of {0} lines written", "The file is not finished and cannot be downloaded."),
        [nameof(DeleteContacts)] = ("trash", "of {0} contacts deleted", "What was deleted before stays deleted; the other contacts are untouched."),
        [nameof(EraseContacts)] = ("user-x", "of {0} contacts erased", "It goes on by itself within the hour: what was deleted permanently is erased to the end."),
        [nameof(SetProperty)] = ("pencil", "of {0} contacts done", "What was changed before stays changed; the other contacts are untouched."),
        [nameof(SetMarketing)] = ("tag", "of {0} contacts done", "What was changed before stays changed; the other contacts are untouched."),
        [nameof(UpdateDate)] = ("calendar", "of {0} contacts done", "Who became non-marketing stays so; the rest goes on by itself."),
        [nameof(TellBilling)] = ("gauge", "of {0} done", Kept),
        [nameof(UnbounceContacts)] = ("arrow-back-up", "of {0} contacts done", "Who was unbounced stays so; the other contacts are untouched."),
        [nameof(TellIncident)] = ("shield-bolt", "of {0} done", Kept),
        [nameof(UndoEdit)] = ("arrow-back-up", "of {0} contacts done", "Who has the old value back keeps it. The rest can be undone later."),
        [nameof(RestoreContacts)] = ("arrow-back-up", "of {0} contacts restored", Kept),
        [nameof(BuildLists)] = ("list-check", "of {0} contacts looked at", "The list has only part of its contacts until it is filled again; its page offers that."),
        [nameof(MoveMembers)] = ("list-details", "of {0} contacts done", "Who joined or left before stays so; the other contacts are untouched."),
        [nameof(UndoMove)] = ("arrow-back-up", "of {0} contacts done", "What was given back before stays so. The rest can be undone later."),
        [nameof(CollectHardBounced)] = ("list-check", "of {0} contacts looked at", Kept),
        [nameof(TellSender)] = ("alert-triangle", "of {0} done", Kept),
        [nameof(TellByMail)] = ("mail", "of {0} emails handed over", Kept),
        [nameof(TellExport)] = ("mail", "of {0} emails handed over", Kept),
        [nameof(SystemMail)] = ("mail", "of {0} emails handed over", Kept),
        [nameof(SendEmail)] = ("send", "of {0} emails handed over", "Who has it already keeps it. A stopped email cannot be sent on; a copy can be sent to the others later."),
    };

    /// <summary>Titles that Winnow itself gives jobs, in English, as it does not know who will read them. Those that people's pages give are in the language of who ordered the job.</summary>
    private static readonly Dictionary<string, Sentences> Titles = new Dictionary<string, string[]>
    {
        [nameof(ImportContacts)] = ["Import {0}"],
        [nameof(MoveIn)] = ["Move in from HubSpot {0}"],
        [nameof(EraseContacts)] = ["Erase what is left of {0} contacts"],
        [nameof(SetMarketing)] = ["Rule: {0}"],
        [nameof(UpdateDate)] = ["Update of marketing contacts"],
        [nameof(TellBilling)] = ["News of your contact tier"],
        [nameof(BuildLists)] = ["Fill the list {0}", "Fill lists that ask for other lists"],
        [nameof(CollectHardBounced)] = ["Collect hard bounced contacts in {0}"],
        [nameof(TellIncident)] = ["Many refusals at once: {0}"],
        [nameof(TellSender)] = ["Your own set-up was refused: {0}", "Bounces that you are told of: {0}"],
        [nameof(TellByMail)] = ["Tell by email that a job ended"],
        [nameof(TellExport)] = ["Tell by email that a file is ready"],
        [nameof(SendEmail)] = ["Send {0}"],
    }.ToDictionary(kind => kind.Key, kind => new Sentences(kind.Value));

    /// <summary>The words of the tables, for the test of translations.</summary>
    public static IEnumerable<string> Words => Kinds.Values.SelectMany(k => new[] { k.Done, k.WhenStopped }).Append("of {0} done").Concat(Titles.Values.SelectMany(title => title.All)).Distinct();

    /// <summary>What a job is called, in the reader's language where Winnow gave it the title.</summary>
    public static string Title(Job job, IStringLocalizer<Words> words) => Title(job.Kind, job.Title, words);

    /// <inheritdoc cref="Title(Job, IStringLocalizer{Words})"/>
    public static string Title(Notification ended, IStringLocalizer<Words> words) => Title(ended.Kind, ended.Title, words);

    private static string Title(string kind, string title, IStringLocalizer<Words> words) =>
        Titles.TryGetValue(kind, out var known) && known.Find(title) is var (text, names) ? words[text, [.. names.Select(name => kind == nameof(SetMarketing) ? ManageChoices.Said(name, words) : name)]] : title;

    /// <summary>The icon's name.</summary>
    /// <param name="kind">As in the jobs table.</param>
    public static string Icon(string kind) => Kinds.TryGetValue(kind, out var known) ? known.Icon : "progress-check";

    /// <summary>"of 12,345 contacts deleted".</summary>
    public static string Done(Job job, IStringLocalizer<Words> words, Format format) => Done(job.Kind, job.Total, words, format);

    private static string Done(string kind, long total, IStringLocalizer<Words> words, Format format) => words[Kinds.TryGetValue(kind, out var known) ? known.Done : "of {0} done", format.Number(total)];

    /// <summary>State and figures in one line: "Running · 310 of 12,345 contacts deleted".</summary>
    public static string Line(Job job, IStringLocalizer<Words> words, Format format) => Line(State(job, words), job.Kind, job.Done, job.Total, words, format);

    /// <inheritdoc cref="Line(Job, IStringLocalizer{Words}, Format)"/>
    public static string Line(Notification ended, IStringLocalizer<Words> words, Format format) => Line(Outcome(ended.Outcome, words), ended.Kind, ended.Done, ended.Total, words, format);

    private static string Line(string state, string kind, long done, long total, IStringLocalizer<Words> words, Format format) =>
        total > 0 ? $"{state} · {format.Number(done)} {Done(kind, total, words, format)}" : state;

    /// <summary>Done, Stopped or Failed.</summary>
    public static string Outcome(string outcome, IStringLocalizer<Words> words) => outcome switch { "done" => words["Done"], "cancelled" => words["Stopped"], _ => words["Failed"] };

    /// <summary>Waiting, Running, Paused, Done, Stopped or Failed.</summary>
    public static string State(Job job, IStringLocalizer<Words> words) => job switch
    {
        { Outcome: { } outcome } => Outcome(outcome, words),
        { CancelAsked: true } => words["Stopping"],
        { IsPaused: true } => words["Paused"],
        { StartedAt: null } => words["Waiting"],
        _ => words["Running"],
    };

    /// <summary>The kind of its badge.</summary>
    public static string? Badge(Job job) => job.Outcome switch { "done" => "ok", "failed" => "dead", "cancelled" => "non", _ => job.IsPaused ? "non" : "scheduled" };

    /// <summary>"about 20 seconds left"; null when nothing can be said yet.</summary>
    public static string? TimeLeft(Job job, DateTimeOffset now, IStringLocalizer<Words> words)
    {
        if (job is not { IsOpen: true, IsPaused: false, Total: > 0, Done: > 0 } || job.Done >= job.Total || job.Worked(now) is not { } worked) return null;
        var left = worked / job.Done * (job.Total - job.Done);
        return left.TotalSeconds < 90 ? words.Count((long)Math.Ceiling(left.TotalSeconds), "about {0} second left", "about {0} seconds left")
            : left.TotalMinutes < 90 ? words.Count((long)Math.Ceiling(left.TotalMinutes), "about {0} minute left", "about {0} minutes left")
            : words.Count((long)Math.Ceiling(left.TotalHours), "about {0} hour left", "about {0} hours left");
    }

    /// <summary>What remains of its work when a job is stopped.</summary>
    public static string WhenStopped(Job job, IStringLocalizer<Words> words) => words[Kinds.TryGetValue(job.Kind, out var known) ? known.WhenStopped : Kept];

    /// <summary>"1,204 a second", or "18 a minute" where less than one is done in a second; null when nothing can be said yet.</summary>
    public static string? Rate(Job job, DateTimeOffset now, IStringLocalizer<Words> words, Format format)
    {
        if (job is not { IsPaused: false, Done: > 0 } || job.Worked(now)?.TotalSeconds is not (> 0.5 and var seconds)) return null;
        var aSecond = job.Done / seconds;
        return aSecond >= 1 ? words["{0} a second", format.Number((long)aSecond)] : words["{0} a minute", format.Number((long)Math.Ceiling(aSecond * 60))];
    }

    /// <summary>"12 seconds": how long a job that ended took; null for an open one.</summary>
    public static string? Took(Job job, IStringLocalizer<Words> words) => job is not { FinishedAt: { } finished } || job.Worked(finished) is not { } time ? null
        : time.TotalSeconds < 90 ? words.Count((long)Math.Ceiling(time.TotalSeconds), "{0} second", "{0} seconds")
        : time.TotalMinutes < 90 ? words.Count((long)Math.Ceiling(time.TotalMinutes), "{0} minute", "{0} minutes")
        : words.Count((long)Math.Ceiling(time.TotalHours), "{0} hour", "{0} hours");
}
