namespace Winnow.Server.Commands;

/// <summary>What a command ends with; documented in docs/guide/command-line.md, never given another meaning.</summary>
public enum ExitCode
{
    /// <summary>Done.</summary>
    Done = 0,
    /// <summary>Done, but something needs a look: rejected rows, differences found.</summary>
    Look = 1,
    /// <summary>The command was not understood, or names something that is not there; nothing was done.</summary>
    WrongUse = 2,
    /// <summary>It could not be done.</summary>
    Failed = 3,
    /// <summary>Somebody stopped it; what was done until then stays.</summary>
    Stopped = 4,
}

/// <summary>A command cannot go on; the sentence says what was tried and what to do next.</summary>
public sealed class CommandException(string sentence, ExitCode code = ExitCode.WrongUse) : Exception(sentence)
{
    /// <summary>What the command ends with.</summary>
    public ExitCode Code { get; } = code;
}
