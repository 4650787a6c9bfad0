namespace Winnow.Bench;

/// <summary>The figures of people and the shell: the first page, the sign-in throttle, what a permission costs.</summary>
public static class People
{
    /// <summary>Name and measurement, in the order in which they run.</summary>
    public static readonly IReadOnlyList<(string Name, Func<Place, int, Task<IReadOnlyList<Figure>>> Measure)> Figures =
    [
        ("first page", FirstPage.Measure),
        ("permission", PermissionCost.Measure),
        ("sign-in", SignInThrottle.Measure),
    ];
}
