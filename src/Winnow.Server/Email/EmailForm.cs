using Winnow.Email;

namespace Winnow.Server.Email;

/// <summary>What people fill in for an e-mail.</summary>
public sealed class EmailForm
{
    /// <summary>For the people who write it.</summary>
    public string? Name { get; set; }
    /// <summary>The subject, tokens allowed.</summary>
    public string? Subject { get; set; }
    /// <summary>Behind the subject in the inbox.</summary>
    public string? PreviewText { get; set; }
    /// <summary>The sender's name.</summary>
    public string? FromName { get; set; }
    /// <summary>The sender's address.</summary>
    public string? FromAddress { get; set; }
    /// <summary>The HTML body.</summary>
    public string? Html { get; set; }
    /// <summary>The text body.</summary>
    public string? Text { get; set; }
    /// <summary>The lists whose members get it.</summary>
    public long[]? Include { get; set; }
    /// <summary>The lists whose members do not.</summary>
    public long[]? Exclude { get; set; }

    /// <summary>The form of an e-mail as it is.</summary>
    public static EmailForm Of(MarketingEmail email) => new()
    {
        Name = email.Name, Subject = email.Subject, PreviewText = email.PreviewText, FromName = email.FromName, FromAddress = email.FromAddress,
        Html = email.Html, Text = email.Text, Include = [.. email.IncludedLists], Exclude = [.. email.ExcludedLists],
    };

    /// <summary>The e-mail as the form says.</summary>
    public MarketingEmail On(MarketingEmail email) => email with
    {
        Name = Name?.Trim() is { Length: > 0 } name ? name : email.Name, Subject = Subject ?? "", PreviewText = PreviewText ?? "", FromName = FromName ?? "",
        FromAddress = FromAddress?.Trim() ?? "", Html = Html ?? "", Text = Text ?? "", IncludedLists = [.. (Include ?? []).Distinct()], ExcludedLists = [.. (Exclude ?? []).Distinct()],
    };
}
