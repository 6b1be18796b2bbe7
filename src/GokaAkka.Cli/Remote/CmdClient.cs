using System.Net.Sockets;
using System.Runtime.CompilerServices;
using GokaAkka.Commands.Protocol;

namespace GokaAkka.Cli.Remote;

/// <summary>A connection to a node's command endpoint. For one command, or completion, at a time.</summary>
sealed class CmdClient : IAsyncDisposable
{
    // A row may hold a whole value of a table.
    const int LongestLine = 32 * 1024 * 1024;

    static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    static readonly TimeSpan CompletionTimeout = TimeSpan.FromSeconds(5);
    static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(10);

    readonly CommandLine<ServerMessage, ClientMessage> _line;
    int _id;

    CmdClient(CommandLine<ServerMessage, ClientMessage> line, ServerMessage hello, IReadOnlyList<PaletteInfo> palettes)
    {
        _line = line;
        Node = hello.Node ?? "?";
        Version = hello.Version ?? "?";
        Palettes = palettes;
    }

    /// <summary>The node's address.</summary>
    public string Node { get; }

    /// <summary>The node's version of GokaAkka.</summary>
    public string Version { get; }

    /// <summary>What it can be asked.</summary>
    public IReadOnlyList<PaletteInfo> Palettes { get; }

    /// <exception cref="CmdConnectionException">There is no such node, or it does not let this client in.</exception>
    public static async Task<CmdClient> Connect(CmdAddress address, string? token, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(ConnectTimeout);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        CommandLine<ServerMessage, ClientMessage>? line = null;
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, late.Token).ConfigureAwait(false);
            line = new CommandLine<ServerMessage, ClientMessage>(new NetworkStream(socket, ownsSocket: true), LongestLine, WriteTimeout);
            var hello = await Next(line, late.Token).ConfigureAwait(false);
            if (hello.Hello != CommandLine<ServerMessage, ClientMessage>.Version)
                throw new CmdConnectionException($"{address} speaks {(hello.Hello is { } other ? $"version {other} of the protocol" : "something else")}: expected version {CommandLine<ServerMessage, ClientMessage>.Version}.");
            await line.Write(new ClientMessage { Hello = CommandLine<ServerMessage, ClientMessage>.Version, Token = token }, late.Token).ConfigureAwait(false);
            var welcome = await Next(line, late.Token).ConfigureAwait(false);
            return new CmdClient(line, hello, welcome.Palettes ?? throw new CmdConnectionException($"{address} did not answer with what it can do."));
        }
        catch (Exception e)
        {
            if (line is not null)
                await line.DisposeAsync().ConfigureAwait(false);
            else
                socket.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw e switch
            {
                CmdConnectionException => e,
                OperationCanceledException => new CmdConnectionException($"Cannot connect to {address}: no answer within {ConnectTimeout.TotalSeconds:0} s."),
                SocketException => new CmdConnectionException($"Cannot connect to {address}: {e.Message}. Does a node run there with goka.cmd.port set?"),
                ProtocolException => new CmdConnectionException($"{address} is no command endpoint of a node: {e.Message}"),
                _ => new CmdConnectionException($"Cannot connect to {address}: {e.Message}"),
            };
        }
    }

    /// <summary>Runs a command; the last message has <see cref="ServerMessage.End"/> or <see cref="ServerMessage.Error"/>.</summary>
    /// <param name="words">The command's words.</param>
    /// <param name="cancel">Asks the node to end the command; its last message follows.</param>
    /// <exception cref="CmdConnectionException">The connection is lost.</exception>
    public async IAsyncEnumerable<ServerMessage> Run(IReadOnlyList<string> words, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var id = ++_id;
        await Tell(new ClientMessage { Id = id, Run = words }).ConfigureAwait(false);
        await using var cancelling = cancel.Register(() => _ = Cancel()).ConfigureAwait(false);
        while (true)
        {
            var message = await Next(_line, CancellationToken.None).ConfigureAwait(false);
            if (message.Id != id)
                continue;
            yield return message;
            if (message.End == true || message.Error is not null)
                yield break;
        }
    }

    /// <summary>The words that may stand where the last one is; none when the node does not say in time.</summary>
    /// <exception cref="CmdConnectionException">The connection is lost.</exception>
    public async Task<IReadOnlyList<string>> Complete(IReadOnlyList<string> words)
    {
        var id = ++_id;
        using var late = new CancellationTokenSource(CompletionTimeout);
        await Tell(new ClientMessage { Id = id, Complete = words }).ConfigureAwait(false);
        try
        {
            while (true)
            {
                var message = await Next(_line, late.Token).ConfigureAwait(false);
                if (message.Id == id && message.Completions is { } found)
                    return found;
            }
        }
        catch (OperationCanceledException)
        {
            return [];
        }
    }

    public ValueTask DisposeAsync() => _line.DisposeAsync();

    async Task Cancel()
    {
        try
        {
            await Tell(new ClientMessage { Cancel = true }).ConfigureAwait(false);
        }
        catch (CmdConnectionException)
        {
            // Whoever reads the answers hears of it.
        }
    }

    async Task Tell(ClientMessage message)
    {
        try
        {
            await _line.Write(message, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw new CmdConnectionException($"The connection is lost: {e.Message}");
        }
    }

    static async Task<ServerMessage> Next(CommandLine<ServerMessage, ClientMessage> line, CancellationToken cancellation)
    {
        ServerMessage? message;
        try
        {
            message = await line.Read(cancellation).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new CmdConnectionException($"The connection is lost: {e.Message}");
        }

        if (message is null)
            throw new CmdConnectionException("The node has closed the connection.");
        return message is { Id: null, Error: { } error } ? throw new CmdConnectionException(error) : message;
    }
}

/// <summary>There is no connection to a node, or none any more.</summary>
sealed class CmdConnectionException(string message) : Exception(message);
