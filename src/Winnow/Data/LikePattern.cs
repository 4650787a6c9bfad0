namespace Winnow.Data;

/// <summary>Patterns for <c>like @like escape '\'</c>: what people typed is text, its % and _ included.</summary>
public static class LikePattern
{
    /// <summary>Finds the text anywhere, small letters against small letters.</summary>
    public static string Containing(string text) => $"%{text.Trim().ToLowerInvariant().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
}
