using System.Globalization;
using Microsoft.Extensions.Localization;
using Winnow.Contacts;
using Winnow.Email;
using Winnow.Email.Sending;
using Winnow.Mail.Mime;
using Winnow.MarketingContacts;
using Winnow.Server.Email.Bounces;
using Winnow.Server.MarketingContacts;
using Winnow.Server.Ui;

namespace Winnow.Server.Contacts;

/// <summary>What an event looks like on the timeline.</summary>
/// <param name="Icon">A symbol of icons.svg.</param>
/// <param name="Tone">good, bad or nothing.</param>
/// <param name="Title">What happened.</param>
/// <param name="Sub">The small line below.</param>
public sealed record EventWords(string Icon, string? Tone, string Title, string? Sub);

/// <summary>The words of the contact pages that depend on data: values, faults, events.</summary>
public static class ContactWording
{
    /// <summary>A value as plain text; a dash for none.</summary>
    public static string Value(Property property, object? value, IStringLocalizer<Words> words, Format format) => value switch
    {
        null => "–",
        bool flag => flag ? words["Yes"] : words["No"],
        double number when Math.Floor(number) == number && Math.Abs(number) < 1e15 => format.Number((long)number),
        double number => number.ToString(CultureInfo.CurrentCulture),
        long day when property.Type == PropertyType.Date => format.Day(day),
        long instant => format.Moment(DateTimeOffset.FromUnixTimeMilliseconds(instant)),
        string text when property.Type == PropertyType.Enumeration => string.Join(", ", text.Split(';').Select(v => words[property.OptionLabel(v)].Value)),
        _ => (string)value,
    };

    /// <summary>What is wrong with a value that was filled in.</summary>
    /// <param name="text">As it was typed.</param>
    public static string Fault(ContactFault fault, string text, IStringLocalizer<Words> words, Format format) => fault.Kind switch
    {
        FaultKind.NothingToGoBy => words["A contact needs an email address or a name."],
        FaultKind.AddressTaken => words["Another contact has this address."],
        FaultKind.AddressBlocked => words["This address was deleted permanently and cannot come back."],
        FaultKind.ChangedMeanwhile => words["Someone changed this to {0} meanwhile. Take that over, or load the form again and change it.", Value(fault.Property, fault.Now, words, format)],
        _ when text.Length > PropertyValue.MaxLength => words["At most {0} characters.", format.Number(PropertyValue.MaxLength)],
        _ => fault.Property switch
        {
            { Name: "email" } => Address(text, words),
            { Type: PropertyType.Number } => words["Write a number, such as 1234.5."],
            { Type: PropertyType.Date or PropertyType.DateTime } => words["Write a date, such as 2026-11-30."],
            _ => words["Choose one of the options."],
        },
    };

    /// <summary>What is wrong with an address.</summary>
    public static string Address(string? text, IStringLocalizer<Words> words) => EmailAddress.Check(text) switch
    {
        AddressFault.Empty => words["Write an email address."],
        AddressFault.TooLong => words["This address is too long."],
        AddressFault.NoAt => words["This address has no @."],
        AddressFault.ManyAts => words["This address has more than one @."],
        AddressFault.BadDomain => words["The part behind the @ is no domain name."],
        _ => words["This is not a valid email address."],
    };

    /// <summary>By whom or what a contact was changed.</summary>
    public static string By(ContactEdit edit, IStringLocalizer<Words> words) => edit switch
    {
        { Rule: { } rule } => words["by the rule: {0}", ManageChoices.Say(new(Enum.Parse<StoppingKind>(rule.Kind), rule.Number), rule.ListName, words)],
        { Source: "CRM_UI", UserName: { } name } => words["by {0}", name],
        { Source: "IMPORT", UserName: { } name } => words["by an import of {0}", name],
        { Source: "IMPORT" } => words["by an import"],
        { Source: "EMAIL" } => words["by an email event"],
        { Source: UpdateDate.ActorSource } => words["by the update date"],
        { Source: "CRM_UI" } => words["by someone"],
        _ => words["by {0}", edit.Source],
    };

    /// <summary>What an event of e-mail looks like.</summary>
    public static EventWords Event(EmailFact fact, IStringLocalizer<Words> words) => fact.Type switch
    {
        "SENT" => new("send", null, words["Sent"], null),
        "DELIVERED" => new("mail-check", "good", words["Delivered"], null),
        "OPEN" => new("eye", "good", words["Opened"], null),
        "CLICK" => new("click", "good", words["Clicked"], null),
        "BOUNCE" => new("mail-x", "bad", words["Bounced"], Joined(fact.Reason is null ? null : words.Reason(fact.Reason), fact.Detail)),
        "SPAMREPORT" => new("alert-triangle", "bad", words["Reported as spam"], null),
        "DROPPED" => new("mail-off", null, words["Not sent"], fact.Reason is null ? null : words[SendGates.Words(fact.Reason)].Value),
        "DEFERRED" => new("clock", null, words["Delayed, still being tried"], fact.Detail),
        "STATUSCHANGE" when fact.Reason?.StartsWith("UN", StringComparison.OrdinalIgnoreCase) != false => new("mail-off", "bad", words["Unsubscribed from all email"], null),
        "STATUSCHANGE" => new("mail-check", "good", words["Subscribed to email again"], null),
        "UNBOUNCE" when fact.Reason == "undone" => new("arrow-back-up", null, words["Unbounce undone"], Person(fact, words)),
        "UNBOUNCE" when fact.Reason == "parole" => new("arrow-back-up", "good", words["Back from parole: mailed again"], null),
        "UNBOUNCE" => new("arrow-back-up", "good", words["Unbounced"], Joined(Person(fact, words), fact.Detail)),
        Winnow.Email.Bounces.Overrulings.MarkedDead => new("mail-off", "bad", words["Marked as dead"], Joined(Person(fact, words), fact.Detail)),
        _ => new("mail", null, fact.Type, fact.Detail),
    };

    private static string? Person(EmailFact fact, IStringLocalizer<Words> words) => fact.UserName is { } name ? words["by {0}", name].Value : null;

    private static string? Joined(params string?[] parts) => string.Join(" · ", parts.Where(p => !string.IsNullOrWhiteSpace(p))) is { Length: > 0 } text ? text : null;
}
