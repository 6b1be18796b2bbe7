namespace GokaAkka.Commands;

/// <summary>
/// Commands that belong together: the node defines them, so that the tool knows none by itself. Applications add palettes of their own with
/// <see cref="CommandPalettes.Add"/>.
/// </summary>
/// <param name="Name">The first word of each command: letters, digits and dashes.</param>
/// <param name="Description">What they are about.</param>
/// <param name="Commands">The commands.</param>
public sealed record CommandPalette(string Name, string Description, IReadOnlyList<CommandDefinition> Commands);

/// <summary>A command of a palette.</summary>
/// <param name="Name">Its second word: letters, digits and dashes.</param>
/// <param name="Description">What it does.</param>
/// <param name="Run">
/// Does it, and writes to the call what came of it. A <see cref="CommandException"/> tells the user why it could not be done.
/// </param>
public sealed record CommandDefinition(string Name, string Description, Func<CommandCall, Task> Run)
{
    /// <summary>What it takes; those given by position in their order.</summary>
    public IReadOnlyList<CommandArgument> Arguments { get; init; } = [];
}

/// <summary>An argument of a command.</summary>
/// <param name="Name">Its name: <c>NAME</c> in usage lines for one given by position, <c>--name</c> for an option or a flag.</param>
/// <param name="Description">What it means.</param>
public sealed record CommandArgument(string Name, string Description)
{
    /// <summary>How it is given.</summary>
    public ArgumentKind Kind { get; init; }

    /// <summary>Whether the command cannot do without it.</summary>
    public bool IsMandatory { get; init; }

    /// <summary>What it is when it is left out; null for nothing.</summary>
    public string? Default { get; init; }

    /// <summary>The values it may have, for completion; null where they are not known.</summary>
    public Func<Goka, CancellationToken, Task<IReadOnlyList<string>>>? Values { get; init; }
}

/// <summary>How an argument is given.</summary>
public enum ArgumentKind
{
    /// <summary>By its place among the words.</summary>
    Position,

    /// <summary>As <c>--name VALUE</c> or <c>--name=VALUE</c>.</summary>
    Option,

    /// <summary>As <c>--name</c>.</summary>
    Flag,
}

/// <summary>A command could not do what it was told; the message says why, for people.</summary>
/// <param name="message">What was found and what was expected.</param>
public sealed class CommandException(string message) : Exception(message);
