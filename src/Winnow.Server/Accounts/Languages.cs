namespace Winnow.Server.Accounts;

/// <summary>The languages of the pages, each under its own name.</summary>
public static class Languages
{
    /// <summary>Code and name, for a select.</summary>
    public static readonly (string Value, string Text)[] Names = [("en", "English"), ("nl", "Nederlands")];
}
