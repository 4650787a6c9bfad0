using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Server.Ui;

namespace Winnow.Server.Accounts;

/// <summary>What the forms about accounts and people ask of their fields; each fault under the field's own name.</summary>
public static class AccountErrors
{
    private const int MaxName = 200, MinPassword = 10, MaxPassword = 200;

    /// <summary>Company, Zone and Language.</summary>
    public static void CheckAccount(this FormErrors errors, string? company, string? zone, string? language, IStringLocalizer<Words> words)
    {
        errors.AddIf(string.IsNullOrWhiteSpace(company) || company.Length > MaxName, "Company", words["The company needs a name of at most {0} characters.", MaxName]);
        errors.AddIf(!Account.TimeZones.Contains(zone ?? ""), "Zone", words["Choose a time zone from the list."]);
        errors.AddIf(!Account.Languages.Contains(language ?? ""), "Language", words["Choose a language from the list."]);
    }

    /// <summary>Person: a name.</summary>
    public static void CheckPerson(this FormErrors errors, string? name, IStringLocalizer<Words> words) =>
        errors.AddIf(string.IsNullOrWhiteSpace(name) || name.Length > MaxName, "Person", words["You need a name of at most {0} characters.", MaxName]);

    /// <summary>A new password, as far as that can be said without Identity: that it is there, and no novel.</summary>
    public static void CheckPassword(this FormErrors errors, string field, string? password, IStringLocalizer<Words> words) =>
        errors.AddIf(password is not { Length: > 0 and <= MaxPassword }, field, words["A password has between {0} and {1} characters.", MinPassword, MaxPassword]);
}
