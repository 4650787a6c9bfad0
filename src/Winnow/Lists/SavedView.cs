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

/// <summary>Who sees a view besides its owner: nobody, one team, or everyone in the account.</summary>
/// <param name="TeamId">The team; null for the two others.</param>
public readonly record struct SharedWith(bool Everyone, long? TeamId = null)
{
    /// <summary>Whether anybody else sees it.</summary>
    public bool Anybody => Everyone || TeamId is not null;

    /// <summary>Everyone; by default it is nobody.</summary>
    public static readonly SharedWith All = new(true);

    /// <summary>The people of a team.</summary>
    public static SharedWith Team(long id) => new(false, id);
}

/// <summary>A view of the contacts that a person keeps under a name.</summary>
/// <param name="OwnerId">Who made it and alone changes it.</param>
/// <param name="OwnerName">Their name; null when that person is gone.</param>
/// <param name="Shared">Whether everyone in the account sees it.</param>
/// <param name="TeamId">The team whose people see it; null when it is for everyone or for nobody else.</param>
/// <param name="TeamName">The team's name.</param>
/// <param name="UpdatedAt">When it was last changed (UTC).</param>
public sealed record SavedView(
    long Id, long OwnerId, string? OwnerName, string Name, bool Shared, long? TeamId, string? TeamName, string? Filter, string Columns, string Sort, DateTimeOffset UpdatedAt)
{
    /// <summary>Who sees it besides its owner.</summary>
    public SharedWith With => new(Shared, TeamId);

    /// <summary>Longest name, in characters.</summary>
    public const int MaxName = 60;

    /// <summary>Most views of one person in an account.</summary>
    public const int Most = 50;

    /// <summary>What it shows.</summary>
    public ViewContent Content => new(Filter, Columns, Sort);
}
