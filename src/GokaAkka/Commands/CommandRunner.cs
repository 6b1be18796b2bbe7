using Akka.Event;

namespace GokaAkka.Commands;

/// <summary>Runs commands of a node's palettes. Safe for concurrent use.</summary>
sealed class CommandRunner(Goka goka)
{
    public IReadOnlyList<CommandPalette> Palettes => goka.Commands.All;

    /// <summary>The words that may stand where the last one is, which is begun; none where that cannot be said.</summary>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<IReadOnlyList<string>> Complete(IReadOnlyList<string> words, CancellationToken cancellation)
    {
        try
        {
            return await CommandWords.Complete(goka, Palettes, words, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // Whoever presses a key for help is not to be shown an error for it.
            goka.Log.Debug("Completing a command has failed: {0}", e);
            return [];
        }
    }

    /// <summary>Runs a command and writes what it says, one message after the other.</summary>
    /// <exception cref="OperationCanceledException">It was given up, without a last message.</exception>
    public async Task Run(IReadOnlyList<string> words, Func<CommandMessage, Task> write, CancellationToken cancellation) =>
        await write(await Execute(words, write, cancellation).ConfigureAwait(false)).ConfigureAwait(false);

    /// <returns>The last message.</returns>
    async Task<CommandMessage> Execute(IReadOnlyList<string> words, Func<CommandMessage, Task> write, CancellationToken cancellation)
    {
        try
        {
            var palettes = Palettes;
            if (words.Count > 0 && words[0] == CommandWords.Help)
            {
                await CommandHelp.Write(palettes, words, new CommandCall(goka, new Dictionary<string, string>(), write, cancellation)).ConfigureAwait(false);
            }
            else
            {
                var (palette, command) = CommandWords.Find(palettes, words);
                var values = CommandWords.Arguments(palette, command, [.. words.Skip(2)]);
                await command.Run(new CommandCall(goka, values, write, cancellation)).ConfigureAwait(false);
            }

            return new CommandMessage { End = true };
        }
        catch (UsageException e)
        {
            return new CommandMessage { Error = e.Message, Usage = true };
        }
        catch (CommandException e)
        {
            return new CommandMessage { Error = e.Message };
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            goka.Log.Debug("The command {0} has failed: {1}", string.Join(' ', words), e);
            return new CommandMessage { Error = e.Message };
        }
    }
}
