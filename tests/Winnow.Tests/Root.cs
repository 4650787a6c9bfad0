using System.Runtime.CompilerServices;

namespace Winnow.Tests;

/// <summary>The checkout, for tests that read sources, mails and pages.</summary>
public static class Root
{
    /// <summary>The top folder of the checkout.</summary>
    public static string Folder { get; } = Path.GetFullPath("../..", Here());

    /// <summary>A path under the top folder.</summary>
    public static string At(params string[] parts) => Path.Combine([Folder, .. parts]);

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
