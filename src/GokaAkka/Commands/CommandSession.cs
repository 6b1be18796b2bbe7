using System.Security.Cryptography;
using Akka.Event;
using GokaAkka.Commands.Protocol;

namespace GokaAkka.Commands;

/// <summary>One client of the command endpoint, from its hello to its end. Commands run one at a time; completions beside them.</summary>
sealed class CommandSession(
    CommandLine<ClientMessage, ServerMessage> line, CommandRunner runner, CommandSettings settings, string node, string version, ILoggingAdapter log)
{
    static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(10);

    CancellationTokenSource? _command;

    // From the moment a command is read until its last word is about to be written: whoever has read that may give the next one.
    volatile bool _isBusy;

    /// <exception cref="IOException">The connection is broken.</exception>
    /// <exception cref="OperationCanceledException">The node stops, or nothing came in time.</exception>
    public async Task Run(CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = Task.CompletedTask;
        try
        {
            if (!await Greet(ended.Token).ConfigureAwait(false))
                return;
            while (await line.Read(ended.Token).ConfigureAwait(false) is { } message)
            {
                if (message.Cancel == true)
                    CancelCommand();
                else if (message is { Id: { } completed, Complete: { } begun })
                    await Complete(completed, begun, ended.Token).ConfigureAwait(false);
                else if (message is not { Id: { } id, Run: { } words })
                    throw new ProtocolException("Expected 'run' or 'complete' with an 'id', or 'cancel'.");
                else if (_isBusy)
                    await line.Write(new ServerMessage { Id = id, Error = "Another command is at work: wait for its end, or cancel it." }, ended.Token).ConfigureAwait(false);
                else
                    running = running.IsCompleted ? Execute(id, words, ended.Token) : Task.WhenAll(running, Execute(id, words, ended.Token));
            }
        }
        catch (ProtocolException e)
        {
            await line.Write(new ServerMessage { Error = e.Message, Usage = true }, stop).ConfigureAwait(false);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task<bool> Greet(CancellationToken stop)
    {
        await line.Write(
            new ServerMessage { Hello = CommandLine<ClientMessage, ServerMessage>.Version, Node = node, Version = version, NeedsToken = settings.Token.Length > 0 }, stop)
            .ConfigureAwait(false);
        var hello = await line.Read(stop).WaitAsync(HelloTimeout, stop).ConfigureAwait(false);
        if (hello is null)
            return false;
        if (hello.Hello != CommandLine<ClientMessage, ServerMessage>.Version)
            throw new ProtocolException($"Expected a hello of version {CommandLine<ClientMessage, ServerMessage>.Version}, found {hello.Hello?.ToString() ?? "none"}.");
        if (!Knows(hello.Token ?? ""))
        {
            log.Warning("A client of the command endpoint was refused: {0}.", hello.Token is null ? "it gave no token" : "its token is another one");
            await line.Write(new ServerMessage { Error = "This node expects a token, and this is not it: give the value of goka.cmd.token." }, stop).ConfigureAwait(false);
            return false;
        }

        await line.Write(new ServerMessage { Palettes = [.. runner.Palettes.Select(Describe)] }, stop).ConfigureAwait(false);
        return true;
    }

    // In a time that does not tell how much of it is right.
    bool Knows(string token) => settings.Token.Length == 0 || CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(token)), SHA256.HashData(Encoding.UTF8.GetBytes(settings.Token)));

    async Task Complete(int id, IReadOnlyList<string> words, CancellationToken stop)
    {
        IReadOnlyList<string> found;
        try
        {
            found = await runner.Complete(words, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whoever presses a key for help is not to be shown an error for it.
            log.Debug("Completing a command has failed: {0}", e);
            found = [];
        }

        await line.Write(new ServerMessage { Id = id, Completions = found }, stop).ConfigureAwait(false);
    }

    async Task Execute(int id, IReadOnlyList<string> words, CancellationToken stop)
    {
        _isBusy = true;
        // Beside the reading of what the client says meanwhile.
        await Task.Yield();
        using var command = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Volatile.Write(ref _command, command);
        ServerMessage last;
        try
        {
            await runner.Run(words, new Output(line, id), command.Token).ConfigureAwait(false);
            last = new ServerMessage { Id = id, End = true };
        }
        catch (UsageException e)
        {
            last = new ServerMessage { Id = id, Error = e.Message, Usage = true };
        }
        catch (CommandException e)
        {
            last = new ServerMessage { Id = id, Error = e.Message };
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            last = new ServerMessage { Id = id, Error = "cancelled" };
        }
        finally
        {
            Volatile.Write(ref _command, null);
            _isBusy = false;
        }

        await line.Write(last, stop).ConfigureAwait(false);
    }

    void CancelCommand()
    {
        try
        {
            Volatile.Read(ref _command)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
    }

    static PaletteInfo Describe(CommandPalette palette) => new(
        palette.Name, palette.Description, [.. palette.Commands.Select(c => new CommandInfo(c.Name, CommandWords.Usage(palette, c), c.Description))]);

    sealed class Output(CommandLine<ClientMessage, ServerMessage> line, int id) : ICommandOutput
    {
        public Task Table(string of, IReadOnlyList<string> columns, CancellationToken cancellation) =>
            line.Write(new ServerMessage { Id = id, Of = of, Columns = columns }, cancellation);

        public Task Row(IReadOnlyList<string?> values, CancellationToken cancellation) => line.Write(new ServerMessage { Id = id, Row = values }, cancellation);

        public Task Text(string text, CancellationToken cancellation) => line.Write(new ServerMessage { Id = id, Text = text }, cancellation);

        public Task Note(string text, CancellationToken cancellation) => line.Write(new ServerMessage { Id = id, Note = text }, cancellation);
    }
}
