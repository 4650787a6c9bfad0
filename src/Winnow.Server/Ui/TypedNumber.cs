using System.Text.RegularExpressions;

namespace Winnow.Server.Ui;

/// <summary>A count as people type it: 12345, 12,345, 12.345 and 12 345 are the same number.</summary>
public static partial class TypedNumber
{
    /// <summary>
    /// The number, or null when the text is no whole number. Groups must be of three digits with one kind of
    /// separator, so that 12.34 or 1,2345 is not read as something else than was meant.
    /// </summary>
    public static long? Read(string? text)
    {
        var tidy = (text ?? "").Trim().Replace('\u00a0', ' ').Replace('\u202f', ' ');
        if (!Plain().IsMatch(tidy) && !Grouped().IsMatch(tidy)) return null;
        return long.TryParse(string.Concat(tidy.Where(char.IsAsciiDigit)), out var number) ? number : null;
    }

    [GeneratedRegex(@"^[0-9]+\z")]
    private static partial Regex Plain();

    [GeneratedRegex(@"^[0-9]{1,3}([., ])[0-9]{3}(\1[0-9]{3})*\z")]
    private static partial Regex Grouped();
}
