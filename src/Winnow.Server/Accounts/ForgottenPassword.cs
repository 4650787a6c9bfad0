using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Data;
using Winnow.Email;
using Winnow.Server.Ui;

namespace Winnow.Server.Accounts;

/// <summary>A new password by a link in a mail. Whoever asks hears the same after the same time, whether the address is known or not.</summary>
public sealed class ForgottenPassword(
    Db db, UserManager<User> users, UserStore store, AccountStore accounts, MailSettingsStore settings, OneTimeLinks links, SystemMail mail, SignInPlace place, IStringLocalizer<Words> words, TimeProvider clock)
{
    /// <summary>How long a link works.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private const string Purpose = "password";
    private const int MostAnHour = 5;
    private static readonly TimeSpan AnswerAfter = TimeSpan.FromMilliseconds(400);

    /// <summary>Sends a link to the address if it is somebody's, at most five times an hour.</summary>
    public async Task Ask(string email, CancellationToken stop = default)
    {
        var answer = Task.Delay(AnswerAfter, clock, stop);
        if (await users.FindByEmailAsync(email) is { } user && await accounts.MailingAccountOf(user.Id, stop) is { } accountId) await Send(user, accountId, stop);
        await answer;
    }

    /// <summary>Whether a link still works; used up by <see cref="Choose"/> only, as mail programs look at links, too.</summary>
    public async Task<bool> Works(string token, CancellationToken stop = default) => await Whose(token, stop) is not null;

    /// <summary>Sets the password, ends every session of the person and makes all their other links worthless.</summary>
    /// <returns>What is wrong with the password; null when the link works no more; empty when done.</returns>
    public async Task<IReadOnlyList<IdentityError>?> Choose(string token, string password, CancellationToken stop = default)
    {
        if (await Whose(token, stop) is not { } user) return null;
        var faults = await PasswordWords.Faults(users, user, password);
        if (faults.Count > 0) return faults;
        user.PasswordHash = users.PasswordHasher.HashPassword(user, password);
        (user.SecurityStamp, user.FailedSignIns, user.LockedUntil) = (Guid.NewGuid().ToString("N"), 0, null);
        var done = await db.Write(async tx =>
        {
            if (await links.Use(tx, Purpose, token) is null) return false;
            user.Note(AuditAction.PasswordReset);
            await store.Save(tx, user);
            await links.Withdraw(tx, Purpose, user.Id);
            return true;
        }, stop);
        if (!done) return null;
        place.Remember(user);                           // who reads the person's mail is the person
        return [];
    }

    // A link is of the password it replaces: who changed it, or signed out everywhere, made older links worthless.
    private async Task<User?> Whose(string token, CancellationToken stop) =>
        await links.Find(Purpose, token, stop) is { UserId: { } id } link && await users.FindByIdAsync(id.ToString(CultureInfo.InvariantCulture)) is { } user && user.SecurityStamp == link.Data ? user : null;

    private async Task Send(User user, long accountId, CancellationToken stop)
    {
        var account = (await accounts.Find(accountId, stop))!;
        var url = (await settings.Read(accountId, stop)).PublicUrl;
        await db.Write(async tx =>
        {
            var now = clock.GetUtcNow();
            if (await links.CountSince(tx, Purpose, user.Id, now - Life) >= MostAnHour) return;
            var token = await links.Create(tx, new(Purpose, now + Life, user.Id, accountId, user.Email, user.SecurityStamp));
            var letter = Speak.In(user.Language ?? account.Language, () => Letter(user, account, $"{url}/reset-password/{token}"));
            await mail.Send(tx, accountId, user.Email, letter.Subject, letter.Text, letter.Html);
        }, stop);
    }

    private SystemLetter Letter(User user, Account account, string url) => new(
        words["Choose a new password for Winnow"],
        [words["Hello {0},", user.Name], words["Somebody asked for a new password for your sign-in to Winnow at {0}.", account.Name]],
        words["Choose a new password"], url,
        [words["The link works once, within {0} minutes.", Life.TotalMinutes], words["If it was not you, do nothing: your password stays as it is."]]);
}
