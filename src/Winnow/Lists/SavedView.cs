namespace Winnow.Lists;

/// <summary>What a view of the contacts shows.</summary>
/// <param name="Filter">HubSpot's filterBranch as JSON; null: everyone.</param>
/// <param name="Columns">Names of properties with spaces between; empty: the usual ones.</param>
/// <param name="Sort">A name of <see cref="ContactIndex.Sorts"/>, with "-" before it for descending.</param>
public sealed record ViewContent(string? Filter, string Columns, string Sort)
{
    /// <summary>The order when nobody chose one: the newest first.</summary>
    public const string UsualSort = "-created";

    /// <summary>Most columns besides the contact itself.</summary>
    public const int MaxColumns = 12;

    /// <summary>Everyone, as the contacts look from the start.</summary>
    public static readonly ViewContent Everyone = new(null, "", UsualSort);

    /// <summary>The columns one by one.</summary>
    public string[] ColumnNames => Columns.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A view of the contacts that a person keeps under a name.</summary>
/// <param name="OwnerId">Who made it and alone changes it.</param>
/// <param name="OwnerName">Their name; null when that person is gone.</param>
/// <param name="Shared">Whether everyone in the account sees it.</param>
/// <param name="UpdatedAt">When it was last changed (UTC).</param>
public sealed record SavedView(long Id, long OwnerId, string? OwnerName, string Name, bool Shared, string? Filter, string Columns, string Sort, DateTimeOffset UpdatedAt)
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxName = 60;

    /// <summary>Most views of one person in an account.</summary>
    public const int Most = 50;

    /// <summary>What it shows.</summary>
    public ViewContent Content => new(Filter, Columns, Sort);
}
