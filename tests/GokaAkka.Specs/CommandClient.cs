using System.Net;
using System.Net.Sockets;
using GokaAkka.Commands.Protocol;

namespace GokaAkka.Specs;

/// <summary>A client of a node's command endpoint, as plain as can be.</summary>
sealed class CommandClient : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly NetworkStream _stream;
    readonly CommandLine<ServerMessage, ClientMessage> _line;
    int _id;

    CommandClient(NetworkStream stream)
    {
        _stream = stream;
        _line = new CommandLine<ServerMessage, ClientMessage>(stream, 1024 * 1024, Patience);
    }

    /// <summary>Connects without a word.</summary>
    public static async Task<CommandClient> Open(Goka goka)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, goka.Commands.EndPoint!.Port)).WaitAsync(Patience);
        return new CommandClient(new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>Connects and is let in.</summary>
    public static async Task<CommandClient> Connect(Goka goka, string? token = null)
    {
        var client = await Open(goka);
        (await client.Read())!.Hello.ShouldBe(1);
        await client.Write(new ClientMessage { Hello = 1, Token = token });
        var welcome = (await client.Read())!;
        welcome.Palettes.ShouldNotBeNull(welcome.Error);
        return client;
    }

    public Task<ServerMessage?> Read() => _line.Read(CancellationToken.None).WaitAsync(Patience);

    public Task Write(ClientMessage message) => _line.Write(message, CancellationToken.None);

    public async Task WriteRaw(byte[] bytes) => await _stream.WriteAsync(bytes);

    /// <summary>Runs a command to its end.</summary>
    public async Task<Answer> Run(string command)
    {
        var id = await Begin(command);
        var messages = new List<ServerMessage>();
        while (true)
        {
            var message = await Read() ?? throw new InvalidOperationException("The node has closed the connection.");
            message.Id.ShouldBe(id, message.Error);
            messages.Add(message);
            if (message.End == true || message.Error is not null)
                return new Answer(messages);
        }
    }

    public async Task<int> Begin(string command)
    {
        await Write(new ClientMessage { Id = ++_id, Run = command.Split(' ') });
        return _id;
    }

    public async Task<IReadOnlyList<string>> Complete(params string[] words)
    {
        await Write(new ClientMessage { Id = ++_id, Complete = words });
        return (await Read())!.Completions!;
    }

    public ValueTask DisposeAsync() => _line.DisposeAsync();
}

/// <summary>What a command said.</summary>
sealed class Answer(IReadOnlyList<ServerMessage> messages)
{
    public string? Error => messages[^1].Error;

    public bool IsUsage => messages[^1].Usage == true;

    public IReadOnlyList<string> Rows => [.. messages.Where(m => m.Row is not null).Select(m => string.Join(" | ", m.Row!.Select(c => c ?? "-")))];

    public IReadOnlyList<string> Columns => messages.First(m => m.Columns is not null).Columns!;

    public string Text => string.Join('\n', messages.Where(m => m.Text is not null).Select(m => m.Text));

    public string Notes => string.Join('\n', messages.Where(m => m.Note is not null).Select(m => m.Note));

    /// <summary>The cells of a column.</summary>
    public IReadOnlyList<string?> this[string column] =>
        [.. messages.Where(m => m.Row is not null).Select(m => m.Row![Columns.ToList().IndexOf(column)])];

    public Answer Ok()
    {
        Error.ShouldBeNull();
        return this;
    }
}
