namespace Winnow.Mail.Mime;

/// <summary>How much of a stranger's mail is looked at. What lies beyond is left alone, never an error.</summary>
/// <param name="Depth">Levels of multipart and message parts; deeper parts are leaves.</param>
/// <param name="Parts">Parts in the whole tree; further ones are ignored.</param>
/// <param name="HeaderBytes">Bytes of one header; the rest of a longer one is ignored.</param>
/// <param name="HeaderFields">Fields of one header; further ones are ignored.</param>
/// <param name="TextBytes">Decoded bytes of one part that become text.</param>
public sealed record MimeLimits(
    int Depth = 12, int Parts = 200, int HeaderBytes = 256 * 1024, int HeaderFields = 1000, int TextBytes = 1024 * 1024)
{
    /// <summary>Roomy for every report seen, small beside a message of the usual size limits.</summary>
    public static MimeLimits Default { get; } = new();
}
