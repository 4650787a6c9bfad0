using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Localization;
using Winnow.Server.Ui;

namespace Winnow.Server.Accounts;

/// <summary>What Identity finds wrong with a password, in our words.</summary>
public static class PasswordWords
{
    /// <summary>The sentence beside the field.</summary>
    public static string Of(IdentityError fault, IStringLocalizer<Words> words) => fault.Code switch
    {
        nameof(IdentityErrorDescriber.PasswordMismatch) => words["This is not your present password."],
        nameof(IdentityErrorDescriber.PasswordRequiresUniqueChars) => words["The password needs at least {0} different characters.", 4],
        _ => words["A password has between {0} and {1} characters.", 10, 200],
    };
}
