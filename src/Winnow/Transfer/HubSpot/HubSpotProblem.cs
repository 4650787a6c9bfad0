namespace Winnow.Transfer.HubSpot;

/// <summary>Why HubSpot did not answer a question.</summary>
public enum HubSpotTrouble
{
    /// <summary>It does not know the token.</summary>
    Token,
    /// <summary>The token may not read this.</summary>
    Scope,
    /// <summary>Too many questions were asked.</summary>
    Wait,
    /// <summary>It cannot be reached, or is out of order.</summary>
    Down,
    /// <summary>It does not take the question.</summary>
    Refused,
}

/// <summary>What HubSpot said instead of an answer.</summary>
/// <param name="Says">In its words; for <see cref="HubSpotTrouble.Scope"/> the scopes by name.</param>
/// <param name="After">When to ask again, where that helps.</param>
public sealed record HubSpotProblem(HubSpotTrouble Trouble, string Says, TimeSpan After = default)
{
    /// <summary>As a sentence that says what to do.</summary>
    public override string ToString() => Trouble switch
    {
        HubSpotTrouble.Token => MoveInWords.BadToken,
        HubSpotTrouble.Scope => Lists.ListRefusal.Say(MoveInWords.NoScope, Says),
        HubSpotTrouble.Wait => MoveInWords.Busy,
        HubSpotTrouble.Down => MoveInWords.Down,
        _ => Lists.ListRefusal.Say(MoveInWords.Refused, Says),
    };
}

/// <summary>HubSpot did not answer. Who asks for a page of it turns this into words, who runs a job into a pause or an end.</summary>
public sealed class HubSpotException(HubSpotProblem problem) : Exception(problem.ToString())
{
    /// <summary>What it said.</summary>
    public HubSpotProblem Problem { get; } = problem;
}
