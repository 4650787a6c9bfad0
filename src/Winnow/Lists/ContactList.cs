namespace Winnow.Lists;

/// <summary>Who decides the members of a list; HubSpot's processingType.</summary>
public enum ListKind
{
    /// <summary>Static: people and programs.</summary>
    Manual,
    /// <summary>Static: a filter, once, then people and programs.</summary>
    Snapshot,
    /// <summary>Active: a filter, always.</summary>
    Dynamic,
    /// <summary>The frozen selection of a bulk operation; never shown as a list.</summary>
    Selection,
}

/// <summary>Whether the members are all there.</summary>
public enum ListState
{
    /// <summary>The members are right.</summary>
    Complete,
    /// <summary>A job is looking for the members (<see cref="BuildLists"/>): what is there so far is part of them. Do not send to it, do not delete from it.</summary>
    Processing,
    /// <summary>That job was stopped or failed: only part of the members is there, until somebody has it filled again.</summary>
    Stopped,
}

/// <summary>A list of contacts.</summary>
/// <param name="Filter">HubSpot's filterBranch as JSON; null for a list without one.</param>
/// <param name="TimeZone">The account's time zone when the filter was set: its days are days there.</param>
/// <param name="BuiltAt">When a build last ended.</param>
/// <param name="FolderId">Its folder; 0 for none.</param>
/// <param name="ConvertsAt">When an active list becomes static (UTC).</param>
/// <param name="ConvertsAfterDays">It becomes static after so many days in which nobody joined or left.</param>
/// <param name="ConversionSetAt">When one of these was said.</param>
/// <param name="ConvertedAt">When it became static; null for a list that always was.</param>
public sealed record ContactList(
    long Id, string Name, ListKind Kind, ListState State, string? Filter, string TimeZone,
    long? CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset FiltersUpdatedAt, DateTimeOffset? BuiltAt,
    long FolderId, DateTimeOffset? ConvertsAt, long? ConvertsAfterDays, DateTimeOffset? ConversionSetAt, DateTimeOffset? ConvertedAt)
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxName = 200;

    /// <summary>Whether it keeps itself up to date.</summary>
    public bool IsActive => Kind == ListKind.Dynamic;

    /// <summary>Whether its members are all there.</summary>
    public bool IsReady => State == ListState.Complete;
}

/// <summary>A list and how many members it has.</summary>
public sealed record ListSize(ContactList List, long Members);
