namespace GokaAkka.Commands;

/// <summary>What <c>help</c> says: made of the definitions, so that a user's palettes have it too.</summary>
static class CommandHelp
{
    /// <exception cref="UsageException">There is nothing of that name.</exception>
    public static async Task Write(IReadOnlyList<CommandPalette> palettes, IReadOnlyList<string> words, CommandCall call)
    {
        if (words.Count > 3)
            throw new UsageException("help takes a palette and a command at the most. Usage: help [PALETTE] [COMMAND]");
        if (words.Count == 1)
        {
            await call.Table("palettes", "palette", "description", "commands").ConfigureAwait(false);
            foreach (var one in palettes)
                await call.Row(one.Name, one.Description, string.Join(", ", one.Commands.Select(static c => c.Name))).ConfigureAwait(false);
            return;
        }

        var palette = CommandWords.Palette(palettes, words[1]);
        if (words.Count == 2)
        {
            await call.Table("commands", "usage", "description").ConfigureAwait(false);
            foreach (var one in palette.Commands)
                await call.Row(CommandWords.Usage(palette, one), one.Description).ConfigureAwait(false);
            return;
        }

        var command = CommandWords.Command(palette, words[2]);
        await call.Text($"{CommandWords.Usage(palette, command)}\n{command.Description}").ConfigureAwait(false);
        if (command.Arguments.Count == 0)
            return;
        await call.Table("arguments", "argument", "description", "default").ConfigureAwait(false);
        foreach (var argument in command.Arguments)
            await call.Row(CommandWords.Shown(argument), argument.Description, argument.Default).ConfigureAwait(false);
    }
}
