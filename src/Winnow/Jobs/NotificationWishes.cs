using Winnow.Data;

namespace Winnow.Jobs;

/// <summary>When a job that ended is told by e-mail. Stored by name.</summary>
public enum MailWhen
{
    /// <summary>Never.</summary>
    Never,
    /// <summary>When it failed: what needs somebody.</summary>
    Failed,
    /// <summary>Whatever came of it.</summary>
    Always,
}

/// <summary>A kind of work that one chooses for how to be told of its end.</summary>
/// <param name="Name">As stored.</param>
/// <param name="Jobs">The jobs of this kind, by class name; empty for all the others.</param>
public sealed record NotificationKind(string Name, string Label, string Hint, IReadOnlyList<string> Jobs)
{
    /// <summary>All kinds, in the order of the page; the last takes every job that no other names.</summary>
    public static readonly IReadOnlyList<NotificationKind> All =
    [
        new("imports", "Imports and exports", "A file of contacts was brought in or made.", ["ImportContacts", "ImportOptOuts", "UndoImport", "MoveIn", "ExportContacts", "ExportOptOuts", "ExportReport", "ExportPassport", "ImportPassport"]),
        new("sends", "Sending of emails", "A marketing email of yours went out to everyone, could not, or was refused for your own set-up.", ["SendEmail", "TellSender", "TellIncident"]),
        new("bulk", "Work on many contacts", "Deletes, restores, changed properties, marketing status, lists and unbounces.", ["DeleteContacts", "RestoreContacts", "SetProperty", "SetMarketing", "MoveMembers", "UndoEdit", "UndoMove", "UnbounceContacts"]),
        new("billing", "Contact tier", "The update date, and a tier that is nearly taken, raised or lowered. A letter of this comes to everyone with the permission Billing.", ["TellBilling", "UpdateDate"]),
        new("other", "Lists and other long work", "Lists that are filled, and all the rest.", []),
    ];

    /// <summary>The kind that a job belongs to.</summary>
    public static NotificationKind Of(string job) => All.FirstOrDefault(kind => kind.Jobs.Contains(job)) ?? All[^1];
}

/// <summary>How a person wants to be told of one kind of work.</summary>
/// <param name="Kind">Name of a <see cref="NotificationKind"/>.</param>
/// <param name="Bell">Under the bell.</param>
/// <param name="Mail">By e-mail.</param>
public sealed record NotificationWish(string Kind, bool Bell, MailWhen Mail)
{
    /// <summary>What holds until somebody chooses: the bell rings, and what failed is mailed.</summary>
    public static NotificationWish Usual(string kind) => new(kind, true, MailWhen.Failed);

    /// <summary>Whether the end of a job is mailed.</summary>
    /// <param name="outcome">done, failed or cancelled.</param>
    public bool Mails(string outcome) => Mail == MailWhen.Always || Mail == MailWhen.Failed && outcome == "failed";
}

/// <summary>How each person wants to be told that their jobs ended, in each account for itself.</summary>
public sealed class NotificationWishes(Db db)
{
    private static readonly SqlFile Sql = SqlFile.Beside<NotificationWishes>();

    /// <summary>One for each kind, in the order of the page.</summary>
    public Task<List<NotificationWish>> Of(long accountId, long userId, CancellationToken stop = default) => db.Read(tx => Of(tx, accountId, userId), stop);

    /// <summary>Writes what a person chose.</summary>
    /// <returns>False when nothing is another than before.</returns>
    public static async Task<bool> Save(Tx tx, long accountId, long userId, IReadOnlyCollection<NotificationWish> wishes)
    {
        var changed = wishes.Except(await Of(tx, accountId, userId)).ToList();
        foreach (var wish in changed) await tx.Execute(Sql["save"], new { accountId, userId, wish.Kind, wish.Bell, mail = wish.Mail.ToString() });
        return changed.Count > 0;
    }

    /// <summary>What holds for a job of this person.</summary>
    internal static async Task<NotificationWish> For(Tx tx, long accountId, long userId, string job) =>
        (await Of(tx, accountId, userId)).Single(wish => wish.Kind == NotificationKind.Of(job).Name);

    private static async Task<List<NotificationWish>> Of(Tx tx, long accountId, long userId)
    {
        var stored = (await tx.Query<Row>(Sql["of-user"], new { accountId, userId })).ToDictionary(row => row.Kind);
        return [.. NotificationKind.All.Select(kind => stored.GetValueOrDefault(kind.Name) is { } row ? new(kind.Name, row.Bell, Enum.TryParse<MailWhen>(row.Mail, out var when) ? when : MailWhen.Failed) : NotificationWish.Usual(kind.Name))];
    }

    private sealed record Row(string Kind, bool Bell, string Mail);
}
