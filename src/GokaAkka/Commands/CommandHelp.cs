namespace GokaAkka.Commands;

/// <summary>What <c>help</c> says: made of the definitions, so that a user's palettes have it too.</summary>
static class CommandHelp
{
    /// <exception cref="UsageException">There is nothing of that name.</exception>
    public static async Task Write(IReadOnlyList<CommandPalette> palettes, IReadOnlyList<string> words, ICommandOutput output, CancellationToken cancellation)
    {
        if (words.Count > 3)
            throw new UsageException("help takes a palette and a command at the most. Usage: help [PALETTE] [COMMAND]");
        if (words.Count == 1)
        {
            await output.Table("palettes", ["palette", "description", "commands"], cancellation).ConfigureAwait(false);
            foreach (var one in palettes)
                await output.Row([one.Name, one.Description, string.Join(", ", one.Commands.Select(static c => c.Name))], cancellation).ConfigureAwait(false);
            return;
        }

        var palette = CommandWords.Palette(palettes, words[1]);
        if (words.Count == 2)
        {
            await output.Table("commands", ["usage", "description"], cancellation).ConfigureAwait(false);
            foreach (var one in palette.Commands)
                await output.Row([CommandWords.Usage(palette, one), one.Description], cancellation).ConfigureAwait(false);
            return;
        }

        var command = CommandWords.Command(palette, words[2]);
        await output.Text($"{CommandWords.Usage(palette, command)}\n{command.Description}", cancellation).ConfigureAwait(false);
        if (command.Arguments.Count == 0)
            return;
        await output.Table("arguments", ["argument", "description", "default"], cancellation).ConfigureAwait(false);
        foreach (var argument in command.Arguments)
            await output.Row([CommandWords.Shown(argument), argument.Description, argument.Default], cancellation).ConfigureAwait(false);
    }
}
