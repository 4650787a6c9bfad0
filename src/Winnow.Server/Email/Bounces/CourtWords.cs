using Microsoft.Extensions.Localization;
using Winnow.Email.Bounces;
using Winnow.Email.Bounces.Webhooks;
using Winnow.Mail.Reports;
using Winnow.Server.Ui;

namespace Winnow.Server.Email.Bounces;

/// <summary>The words of the bounce court: rules and their proof, whose fault, what happens next, what people said.</summary>
public static class CourtWords
{
    /// <summary>Whose fault it was.</summary>
    public static string Fault(this IStringLocalizer<Words> words, FaultSide side) => side switch
    {
        FaultSide.Theirs => words["Theirs"],
        FaultSide.Ours => words["Ours"],
        _ => words["Unknown"],
    };

    /// <summary>Whose fault it was, as a heading over those it holds for.</summary>
    public static string FaultOf(this IStringLocalizer<Words> words, FaultSide side) => side switch
    {
        FaultSide.Theirs => words["Theirs: the recipient or their server"],
        FaultSide.Ours => words["Ours: set-up, reputation or content"],
        _ => words["Nobody can tell whose fault"],
    };

    /// <summary>The name of a rule.</summary>
    public static string Rule(this IStringLocalizer<Words> words, string? rule) => (rule ?? "none").Split(": ", 2) switch
    {
        ["doubt", var doubt] => words["{0}, which the status or the moment contradicts", words.Rule(doubt[(doubt.IndexOf("; ", StringComparison.Ordinal) + 2)..])],
        ["no status; text", var passedOn] => words["{0}, passed on without a status", words.Rule("text: " + passedOn)],
        ["text", var phrase] => words["The words “{0}”", phrase.Trim('|').Replace("*", " … ", StringComparison.Ordinal)],
        ["status", var status] => words["Status code {0}", status],
        ["code", var code] => words["Reply code {0}", code],
        ["stage", _] => words["Refused before the recipient was named"],
        ["header", var header] => words["The header {0}", header],
        ["complaint", var form] => words["A complaint in the form of {0}", form],
        ["part", var part] => words["A part of type {0}", part],
        ["none"] => words["No rule knew it"],
        [var door, var type] when WebhookProvider.Find(door) is { } provider => words["{0} calls it {1}", provider.Name, type],
        _ => rule!,
    };

    /// <summary>What proves a rule.</summary>
    public static string Proof(this IStringLocalizer<Words> words, string? rule, BounceReason reason) => (RuleProof.Of(rule ?? "none", reason), rule) switch
    {
        ({ IsReply: true } proof, _) => words["Proved by: {0}", proof.Text],
        ({ } proof, _) => words["Written down in: {0}", proof.Text],
        (_, { } stage) when stage.StartsWith("stage:", StringComparison.Ordinal) => words["Who has not heard the recipient's name cannot speak of it (RFC 5321)."],
        (_, { } named) when WebhookProvider.Find(named.Split(':')[0]) is { } provider => words["The classes of bounces in the documentation of {0}.", provider.Name],
        (_, null or "none") => words["Nothing in it is in our tables: what it says stays open."],
        _ => "",
    };

    /// <summary>What happens next to the address.</summary>
    public static string Next(this IStringLocalizer<Words> words, NextStep step) => step.What switch
    {
        Winnow.Email.Bounces.Next.Never => words["No email is ever sent to this address"],
        Winnow.Email.Bounces.Next.Stopped => words["No email is sent to this address"],
        Winnow.Email.Bounces.Next.Lifted => words["Unbounced: mailed again"],
        Winnow.Email.Bounces.Next.Counts => words["Counts {0} of {1} within {2} days, then mailing stops", step.Score, step.Times, step.Days],
        Winnow.Email.Bounces.Next.Told => words["The sender was told; tried again with the next email"],
        Winnow.Email.Bounces.Next.OtherAddress => words["Nothing: the contact has another address now"],
        _ => words["Tried again with the next email"],
    };

    /// <summary>What a person said.</summary>
    public static string Said(this IStringLocalizer<Words> words, Overruling said) => said switch
    {
        { Type: Overrulings.MarkedDead } => words["Marked as dead"],
        { Reason: "parole" } => words["Back from parole: mailed again"],
        { Reason: "undone" } => words["Unbounce undone"],
        _ => words["Unbounced"],
    };
}
