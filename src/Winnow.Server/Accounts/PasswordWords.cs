using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Server.Ui;

namespace Winnow.Server.Accounts;

/// <summary>What Identity finds wrong with a password, and that in our words.</summary>
public static class PasswordWords
{
    /// <summary>What is wrong with a new password of this person, who need not be stored yet.</summary>
    public static async Task<List<IdentityError>> Faults(UserManager<User> users, User user, string password)
    {
        List<IdentityError> faults = [];
        foreach (var validator in users.PasswordValidators) faults.AddRange((await validator.ValidateAsync(users, user, password)).Errors);
        return faults;
    }

    /// <summary>The sentence beside the field.</summary>
    public static string Of(IdentityError fault, IStringLocalizer<Words> words) => fault.Code switch
    {
        nameof(IdentityErrorDescriber.PasswordMismatch) => words["This is not your present password."],
        nameof(IdentityErrorDescriber.PasswordRequiresUniqueChars) => words["The password needs at least {0} different characters.", 4],
        _ => words["A password has between {0} and {1} characters.", 10, 200],
    };
}
