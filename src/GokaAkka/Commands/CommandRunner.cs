using Akka.Event;

namespace GokaAkka.Commands;

/// <summary>Runs commands of a node's palettes.</summary>
sealed class CommandRunner(Goka goka, ILoggingAdapter log)
{
    public IReadOnlyList<CommandPalette> Palettes => goka.Commands.All;

    public Task<IReadOnlyList<string>> Complete(IReadOnlyList<string> words, CancellationToken cancellation) =>
        CommandWords.Complete(goka, Palettes, words, cancellation);

    /// <exception cref="UsageException">The words are no command.</exception>
    /// <exception cref="CommandException">It could not be done.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task Run(IReadOnlyList<string> words, ICommandOutput output, CancellationToken cancellation)
    {
        var palettes = Palettes;
        if (words.Count > 0 && words[0] == CommandWords.Help)
        {
            await CommandHelp.Write(palettes, words, output, cancellation).ConfigureAwait(false);
            return;
        }

        var (palette, command) = CommandWords.Find(palettes, words);
        var values = CommandWords.Arguments(palette, command, [.. words.Skip(2)]);
        try
        {
            await command.Run(new CommandCall(goka, values, output, cancellation)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (CommandException or OperationCanceledException))
        {
            log.Debug("The command {0} {1} has failed: {2}", palette.Name, command.Name, e);
            throw new CommandException(e.Message);
        }
    }
}
