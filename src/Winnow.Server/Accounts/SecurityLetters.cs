using System.Globalization;
using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Data;
using Winnow.Email;
using Winnow.Server.Ui;

namespace Winnow.Server.Accounts;

/// <summary>
/// Writes to a person when a password or second factor of theirs changed: who did not do it learns of it. Ordered in the transaction of the change. A person
/// none of whose accounts can send hears nothing; the record of each account has it all the same.
/// </summary>
public sealed class SecurityLetters(AccountStore accounts, SystemMail mail, IStringLocalizer<Words> words, TimeProvider clock)
{
    /// <summary>What is told, and how; other changes are not.</summary>
    public static readonly IReadOnlyDictionary<AuditAction, string> Told = new Dictionary<AuditAction, string>
    {
        [AuditAction.PasswordChanged] = "Your password was changed.",
        [AuditAction.PasswordReset] = "A new password was chosen for you by a link in a mail.",
        [AuditAction.TwoFactorOn] = "Two-factor sign-in was turned on.",
        [AuditAction.TwoFactorOff] = "Two-factor sign-in was turned off: your password alone is enough now.",
        [AuditAction.RecoveryCodesMade] = "New recovery codes were made; the old ones are worthless.",
        [AuditAction.PasskeyAdded] = "A passkey was added: whoever holds it signs in as you.",
        [AuditAction.PasskeyRemoved] = "A passkey was removed.",
    };

    /// <summary>Orders the mail, if this is something to be told.</summary>
    public async Task Tell(Tx tx, User user, AuditAction what)
    {
        if (!Told.TryGetValue(what, out var sentence) || await accounts.WayTo(tx, user.Id) is not { } way) return;
        var letter = Speak.In(way.Language, () => Letter(user, sentence, way));
        await mail.Send(tx, way.AccountId, user.Email, letter.Subject, letter.Text, letter.Html);
    }

    // The subject is a job's title, which colleagues see: it says no more than that something changed.
    private SystemLetter Letter(User user, string sentence, WayToPerson way) => new(
        words["Your sign-in to Winnow was changed"],
        [words["Hello {0},", user.Name], words[sentence], words["That was on {0}. If it was you, there is nothing to do.", new Format(CultureInfo.CurrentCulture, Account.Zone(way.TimeZone), clock).Moment(clock.GetUtcNow())]],
        words["Look at your security settings"], $"{way.Url}/settings/security",
        [words["If it was not you: choose another password at once, sign out everywhere, and tell a super admin of your account. If you cannot sign in any more, use “Forgot your password?” at the sign-in."]]);
}
