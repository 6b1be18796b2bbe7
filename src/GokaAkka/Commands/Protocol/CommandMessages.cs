namespace GokaAkka.Commands.Protocol;

/// <summary>What a client says: one of its parts a line, as JSON. The first line is <see cref="Hello"/>; after the welcome, commands one at a time.</summary>
sealed record ClientMessage
{
    /// <summary>The version of the protocol that the client speaks.</summary>
    public int? Hello { get; init; }

    /// <summary>With the hello: what the node asks its clients for.</summary>
    public string? Token { get; init; }

    /// <summary>Goes with every answer.</summary>
    public int? Id { get; init; }

    /// <summary>The words of a command to run.</summary>
    public IReadOnlyList<string>? Run { get; init; }

    /// <summary>The words of a command that is being typed, the last of them begun.</summary>
    public IReadOnlyList<string>? Complete { get; init; }

    /// <summary>The command at work is to end.</summary>
    public bool? Cancel { get; init; }
}

/// <summary>What a node says: one of its parts a line, as JSON. A reader passes over what it does not know.</summary>
sealed record ServerMessage
{
    /// <summary>The version of the protocol that the node speaks.</summary>
    public int? Hello { get; init; }

    /// <summary>With the hello: the node's address.</summary>
    public string? Node { get; init; }

    /// <summary>With the hello: GokaAkka's version.</summary>
    public string? Version { get; init; }

    /// <summary>With the hello: whether a token is expected.</summary>
    public bool? NeedsToken { get; init; }

    /// <summary>The welcome: what can be asked for.</summary>
    public IReadOnlyList<PaletteInfo>? Palettes { get; init; }

    /// <summary>Which command this belongs to.</summary>
    public int? Id { get; init; }

    /// <summary>Rows of these columns follow.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>With columns: what the rows are.</summary>
    public string? Of { get; init; }

    /// <summary>A row.</summary>
    public IReadOnlyList<string?>? Row { get; init; }

    /// <summary>Text as it is.</summary>
    public string? Text { get; init; }

    /// <summary>A remark.</summary>
    public string? Note { get; init; }

    /// <summary>The answer to <see cref="ClientMessage.Complete"/>.</summary>
    public IReadOnlyList<string>? Completions { get; init; }

    /// <summary>The command has ended well.</summary>
    public bool? End { get; init; }

    /// <summary>It has not, or what was said is not understood.</summary>
    public string? Error { get; init; }

    /// <summary>With the error: what was typed is no command.</summary>
    public bool? Usage { get; init; }
}

/// <summary>A palette, for clients.</summary>
sealed record PaletteInfo(string Name, string Description, IReadOnlyList<CommandInfo> Commands);

/// <summary>A command, for clients.</summary>
sealed record CommandInfo(string Name, string Usage, string Description);
