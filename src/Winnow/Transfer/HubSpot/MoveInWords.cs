using Winnow.Lists;

namespace Winnow.Transfer.HubSpot;

/// <summary>What moving in refuses or waits for: English sentences, {0} the name in them.</summary>
public static class MoveInWords
{
    internal const string NoToken = "Paste the access token of a private app of HubSpot.", BadToken = "HubSpot does not know this token. Make a new one there, or copy it again, and enter it here.",
        NoScope = "The token may not read this. Give the private app in HubSpot the scope {0}, and try again.", Busy = "HubSpot asks to wait: too many questions for now. It goes on by itself.",
        Down = "HubSpot does not answer. It is asked again.", Refused = "HubSpot does not take the question: {0}",
        Other = "The token belongs to another account of HubSpot now.", Gone = "There is no such account of HubSpot here.";

    /// <summary>There is no token to ask with.</summary>
    public const string Forgotten = "The token was forgotten. Enter it again, and start once more: what was brought is not brought twice.";

    /// <summary>All of them, for translation.</summary>
    public static readonly IReadOnlyList<string> All = [NoToken, BadToken, NoScope, Busy, Down, Refused, Forgotten, Other, Gone];

    private static readonly Sentences Said = new(All);

    /// <summary>Which sentence was said, and the names in it; the text itself when it is none of these.</summary>
    public static (string Text, string[] Names) Parts(string said) => Said.Parts(said);
}
