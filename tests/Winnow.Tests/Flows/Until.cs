using System.Diagnostics;

namespace Winnow.Tests;

/// <summary>Waits for what must come to pass, with a bound that only a fault reaches.</summary>
internal static class Until
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(3);

    /// <summary>Asks again and again until it holds.</summary>
    /// <param name="what">What is waited for, for the message when it does not come.</param>
    public static async Task Holds(string what, Func<Task<bool>> condition, Func<string>? log = null)
    {
        for (var watch = Stopwatch.StartNew(); !await condition(); await Task.Delay(10))
            Assert.True(watch.Elapsed < Bound, $"Waited {Bound.TotalSeconds:N0} s in vain until {what}.\n{log?.Invoke()}");
    }

    /// <inheritdoc cref="Holds(string, Func{Task{bool}}, Func{string}?)"/>
    public static Task Holds(string what, Func<bool> condition, Func<string>? log = null) => Holds(what, () => Task.FromResult(condition()), log);
}
