using System.Net;
using System.Net.Sockets;
using Akka.Configuration;
using Akka.Event;
using GokaAkka.Commands.Protocol;

namespace GokaAkka.Commands;

/// <summary>The command endpoint of a node: takes clients, a bounded number, until it is disposed.</summary>
sealed class CommandListener : IAsyncDisposable
{
    /// <summary>The longest line of a client, in bytes.</summary>
    public const int LongestLine = 64 * 1024;

    static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(10);
    static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    readonly Socket _socket;
    readonly CommandRunner _runner;
    readonly CommandSettings _settings;
    readonly Func<(string Node, string Version)> _identity;
    readonly ILoggingAdapter _log;
    readonly CancellationTokenSource _stop = new();
    readonly HashSet<Task> _sessions = [];
    readonly Task _accepting;
    int _clients;

    /// <exception cref="ConfigurationException">It cannot listen there; the message says why and what to do.</exception>
    public CommandListener(CommandSettings settings, CommandRunner runner, Func<(string Node, string Version)> identity, ILoggingAdapter log)
    {
        _settings = settings;
        _runner = runner;
        _identity = identity;
        _log = log;
        var where = settings.EndPoint!;
        _socket = new Socket(where.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(where);
            _socket.Listen();
        }
        catch (SocketException e)
        {
            _socket.Dispose();
            throw new ConfigurationException(
                $"goka.cmd: commands cannot be taken on {where}: {e.Message}. Set goka.cmd.port to one that is free, to 0 for any, or to off.", e);
        }

        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _log.Info("Commands are taken on {0}.", EndPoint);
        _accepting = Accept();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task all;
        lock (_sessions)
            all = Task.WhenAll(_sessions);
        await all.WaitAsync(EndTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    async Task Accept()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _socket.AcceptAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Of one client that went before it was taken; or this process has too many files open, and then fewer later.
                _log.Warning("A client of the command endpoint could not be taken: {0}", e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100), _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            var session = Serve(client, Interlocked.Increment(ref _clients));
            lock (_sessions)
                _sessions.Add(session);
            _ = session.ContinueWith(Forget, TaskScheduler.Default);
        }
    }

    void Forget(Task session)
    {
        lock (_sessions)
            _sessions.Remove(session);
    }

    async Task Serve(Socket client, int number)
    {
        await Task.Yield();
        client.NoDelay = true;
        client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        await using var line = new CommandLine<ClientMessage, ServerMessage>(new NetworkStream(client, ownsSocket: true), LongestLine, WriteTimeout);
        try
        {
            if (number > _settings.MaxClients)
            {
                await line.Write(
                    new ServerMessage { Error = $"This node has {_settings.MaxClients} clients already, goka.cmd.max-clients: try again later." }, _stop.Token)
                    .ConfigureAwait(false);
                return;
            }

            var (node, version) = _identity();
            await new CommandSession(line, _runner, _settings, node, version, _log).Run(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or TimeoutException or ObjectDisposedException)
        {
            // The client is gone, says nothing, or the node stops.
        }
        catch (Exception e)
        {
            _log.Error(e, "A client of the command endpoint was dropped: {0}", e.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _clients);
        }
    }
}
