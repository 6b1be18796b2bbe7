using System.ComponentModel;
using GokaAkka.Commands;

namespace GokaAkka.Web.Api.Commands;

/// <summary>What a node can be told to do.</summary>
sealed record CommandsModel(
    [property: Description("The node's address")] string Node,
    [property: Description("GokaAkka's")] string Version,
    IReadOnlyList<PaletteModel> Palettes);

/// <summary>Commands that belong together.</summary>
sealed record PaletteModel([property: Description("The first word of each command")] string Name, string Description, IReadOnlyList<CommandModel> Commands)
{
    public static PaletteModel Of(CommandPalette palette) =>
        new(palette.Name, palette.Description, [.. palette.Commands.Select(c => new CommandModel(c.Name, CommandWords.Usage(palette, c), c.Description))]);
}

/// <summary>A command.</summary>
sealed record CommandModel([property: Description("The second word")] string Name, string Usage, string Description);

/// <summary>A command as it is typed.</summary>
sealed record TypedModel([property: Description("Its words; to be completed, the last one begun")] IReadOnlyList<string>? Words);

/// <summary>How it may go on.</summary>
sealed record CompletionsModel([property: Description("The words that may stand where the last one is")] IReadOnlyList<string> Completions);
