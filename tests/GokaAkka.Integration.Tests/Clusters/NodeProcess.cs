using GokaAkka.Cli.Remote;

namespace GokaAkka.Integration.Tests.Clusters;

/// <summary>A <c>goka node</c> with the clicks example in a process of its own, and a client for its commands.</summary>
sealed class NodeProcess : IDisposable
{
    public const string Table = "clicks-per-user-table";

    const string Group = "clicks-per-user";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly CmdClient _client;

    NodeProcess(ChildProcess process, string address, CmdClient client) => (Process, Address, _client) = (process, address, client);

    public ChildProcess Process { get; }

    /// <summary>Its address in the cluster.</summary>
    public string Address { get; }

    /// <summary>Starts one, and waits until it has joined its cluster and runs the group.</summary>
    /// <param name="files">Its HOCON, the later over the earlier one.</param>
    /// <param name="at">The network that it is in; this machine's where it is left out.</param>
    /// <param name="environment">More of its environment.</param>
    public static async Task<NodeProcess> Start(
        IEnumerable<string> files, NetworkNamespace? at = null, IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        var process = In(at, () => Launch(files, environment));
        try
        {
            var told = (await process.Printed(@"node 1 \| (akka\S+) \| commands on (127\.0\.0\.1:\d+)")).Groups;
            return new NodeProcess(process, told[1].Value, new CmdClient(CmdAddress.Parse(told[2].Value)!, "the-token-of-the-tests", Network(at)));
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Starts one that may not come so far.</summary>
    public static ChildProcess Launch(IEnumerable<string> files, IEnumerable<KeyValuePair<string, string>>? environment = null) =>
        ChildProcess.Start(environment ?? [], Builds.Tool, ["node", .. files.SelectMany(static f => new[] { "--config", f })]);

    /// <summary>Runs a command: its rows, and what was wrong.</summary>
    public async Task<(List<string[]> Rows, string? Error)> Ask(params string[] words)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var rows = new List<string[]>();
            try
            {
                string? error = null;
                await foreach (var message in _client.Run(words))
                {
                    if (message.Row is { } row)
                        rows.Add([.. row.Select(static c => c?.ToString() ?? "")]);
                    error = message.Error;
                }

                return (rows, error);
            }
            catch (CmdConnectionException e) when (e.Message.Contains("no answer within") && Stopwatch.GetElapsedTime(began) < Patience)
            {
                // The client gives up after some seconds, in which a node on a busy machine may not have come to it.
            }
            catch (Exception e) when (e is CmdConnectionException or IOException)
            {
                return ([], e.Message);
            }
        }
    }

    /// <summary>Reads a key: its value, which is 0 where there is none, and the node that says so; or why it could not be read.</summary>
    public async Task<(long Count, string Owner, string? Error)> Read(string key)
    {
        var (rows, error) = await Ask("table", "get", Table, key);
        return rows is [var row] ? (long.Parse(row[1], CultureInfo.InvariantCulture), row[5], error) : (0, "", error);
    }

    /// <summary>The nodes of the partitions that run, by partition, as this node finds them.</summary>
    public async Task<ILookup<int, string>> Owners() => (await Ask("partition", "show", Group)).Rows.Where(static r => r[2] == "Running")
        .ToLookup(static r => int.Parse(r[0], CultureInfo.InvariantCulture), static r => r[1]);

    /// <summary>The members of the cluster and their status, as this node finds them.</summary>
    public async Task<Dictionary<string, string>> Members() => (await Ask("cluster", "show")).Rows.ToDictionary(static r => r[0], static r => r[2]);

    public void Dispose()
    {
        _client.Dispose();
        Process.Dispose();
    }

    // A socket stays in the network that it was made in.
    static SocketsHttpHandler Network(NetworkNamespace? at) => new()
    {
        UseProxy = false,
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = In(at, static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    static T In<T>(NetworkNamespace? at, Func<T> work) => at is null ? work() : at.Run(work);
}
