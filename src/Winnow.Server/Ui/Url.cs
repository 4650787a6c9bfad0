using Microsoft.AspNetCore.Components;

namespace Winnow.Server.Ui;

/// <summary>Links that keep the state of the page, which lives in the address.</summary>
public static class Url
{
    /// <summary>
    /// The present path and query with some values set, or taken out where null:
    /// <c>Nav.With(("sort", "name"), ("after", null))</c>.
    /// </summary>
    public static string With(this NavigationManager nav, params (string Name, string? Value)[] changes) =>
        new Uri(nav.GetUriWithQueryParameters(changes.ToDictionary(change => change.Name, change => (object?)change.Value))).PathAndQuery;

    /// <summary>The present path without its query.</summary>
    public static string Path(this NavigationManager nav) => new Uri(nav.Uri).AbsolutePath;

    /// <summary>
    /// A way back given in an address, or <paramref name="fallback"/> when it leads to another site: a link that a
    /// stranger made must not send people away after they signed in.
    /// </summary>
    public static string Local(string? path, string fallback) =>
        path is ['/', ..] && !path.StartsWith("//", StringComparison.Ordinal) && !path.StartsWith("/\\", StringComparison.Ordinal) && !path.Any(char.IsControl)
            ? path
            : fallback;
}
