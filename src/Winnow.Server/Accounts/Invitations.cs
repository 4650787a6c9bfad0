using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Data;
using Winnow.Email;
using Winnow.Server.Ui;

namespace Winnow.Server.Accounts;

/// <summary>What an invitation offers.</summary>
/// <param name="HasUser">The address signs in here already: the person accepts with that sign-in.</param>
public sealed record Invitation(long AccountId, string AccountName, string Email, PermissionSet May, bool HasUser);

/// <summary>Takes people into an account by a link in a real mail: it works once, within a week.</summary>
public sealed class Invitations(
    Db db, UserManager<User> users, AccountStore accounts, People people, MailSettingsStore settings, OneTimeLinks links, SystemMail mail, IStringLocalizer<Words> words, TimeProvider clock)
{
    /// <summary>How long an invitation works.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(7);

    private const string Purpose = "invitation";

    /// <summary>Sends an invitation; an older one to this address works no more.</summary>
    /// <returns>Why not, as a sentence; null when it is on its way.</returns>
    public async Task<string?> Invite(CurrentAccount by, string email, PermissionSet may, CancellationToken stop = default)
    {
        if (!by.May.Covers(may)) return words[People.TooMuch];
        if (!await mail.IsSetUp(by.Id, stop)) return words["No mail can leave yet: fill in Settings > Sending first."];
        if (await users.FindByEmailAsync(email) is { } known && await people.Find(by.Id, known.Id, stop) is { IsActive: true }) return words["{0} is in this account already.", email];
        var url = (await settings.Read(by.Id, stop)).PublicUrl;
        await db.Write(async tx =>
        {
            await links.Withdraw(tx, Purpose, by.Id, email);
            var token = await links.Create(tx, new(Purpose, clock.GetUtcNow() + Life, AccountId: by.Id, Email: email, Data: JsonSerializer.Serialize(new Offer(may.SuperAdmin, may.Text))));
            var letter = Letter(by, $"{url}/invitation/{token}");
            await mail.Send(tx, by.Id, email, letter.Subject, letter.Text, letter.Html);
            await AuditLog.Add(tx, clock, by.Id, by.UserId, AuditAction.UserInvited, email, after: may.Preset ?? may.Text);
        }, stop);
        return null;
    }

    /// <summary>What the link offers; null when it was used, is past or was replaced by a newer one.</summary>
    public async Task<Invitation?> Find(string token, CancellationToken stop = default)
    {
        if (await links.Find(Purpose, token, stop) is not { AccountId: { } account, Email: { } email } link) return null;
        var offer = JsonSerializer.Deserialize<Offer>(link.Data!)!;
        return new(account, (await accounts.Find(account, stop))!.Name, email, PermissionSet.Read(offer.SuperAdmin, offer.Permissions), await users.FindByEmailAsync(email) is not null);
    }

    /// <summary>Makes the user of a new person and takes it in.</summary>
    /// <returns>The user; or what is wrong with the password; neither when the link works no more.</returns>
    public async Task<(User? User, IReadOnlyList<IdentityError> Faults)> Accept(string token, string name, string password, CancellationToken stop = default)
    {
        if (await Find(token, stop) is not { HasUser: false } invitation) return (null, []);
        var user = new User { Name = name, Email = invitation.Email, EmailKey = users.NormalizeEmail(invitation.Email)!, SecurityStamp = Guid.NewGuid().ToString("N"), CreatedAt = clock.GetUtcNow() };
        var faults = await PasswordWords.Faults(users, user, password);
        if (faults.Count > 0) return (null, faults);
        user.PasswordHash = users.PasswordHasher.HashPassword(user, password);
        var done = await db.Write(async tx => await links.Use(tx, Purpose, token) is not null && await UserStore.Add(tx, user) && await Join(tx, invitation, user), stop);
        return (done ? user : null, []);
    }

    /// <summary>Takes in a person who is signed in with the address that was invited.</summary>
    /// <returns>False when the link works no more or is for somebody else.</returns>
    public async Task<bool> Accept(string token, string email, CancellationToken stop = default)
    {
        if (await Find(token, stop) is not { } invitation || users.NormalizeEmail(email) != users.NormalizeEmail(invitation.Email) || await users.FindByEmailAsync(email) is not { } user) return false;
        return await db.Write(async tx => await links.Use(tx, Purpose, token) is not null && await Join(tx, invitation, user), stop);
    }

    private async Task<bool> Join(Tx tx, Invitation invitation, User user)
    {
        await people.Join(tx, invitation.AccountId, user.Id, invitation.May);
        await AuditLog.Add(tx, clock, invitation.AccountId, user.Id, AuditAction.UserJoined, user.Name, after: invitation.May.Preset ?? invitation.May.Text);
        return true;
    }

    private SystemLetter Letter(CurrentAccount by, string url) => new(
        words["{0} invites you to {1} on Winnow", by.UserName, by.Name],
        [words["Hello,"], words["{0} invites you to work with the contacts of {1}.", by.UserName, by.Name]],
        words["Accept the invitation"], url,
        [words["The link works once, within {0} days.", Life.TotalDays], words["If you do not know what this is about, do nothing."]]);

    private sealed record Offer(bool SuperAdmin, string Permissions);
}
