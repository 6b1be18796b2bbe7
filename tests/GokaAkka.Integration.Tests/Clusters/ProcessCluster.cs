namespace GokaAkka.Integration.Tests.Clusters;

/// <summary>
/// Nodes in processes of their own, started from hocon/, which find each other by Akka.NET's remoting; a broker in this process; and users that click. All
/// ends with the test.
/// </summary>
sealed class ProcessCluster : IAsyncDisposable
{
    // Soon, but not so soon that a machine with other work loses nodes that are well.
    const string Quick = """
        akka {
          loglevel = WARNING
          cluster {
            gossip-interval = 200ms
            leader-actions-interval = 200ms
            failure-detector { heartbeat-interval = 300ms, acceptable-heartbeat-pause = 5s }
            split-brain-resolver { stable-after = 5s, down-all-when-unstable = off }
            seed-node-timeout = 3s
          }
        }
        goka {
          node { embedded-broker = off, example.rate = 0, join-timeout = 60s }
          query { timeout = 15s, attempt-timeout = 500ms }
          inspection.answer-timeout = 1s
          web { enabled = on, host = 127.0.0.1, port = 0, token = the-token-of-the-tests }
        }

        """;

    readonly TemporaryDirectory _files = new();
    readonly EmbeddedBroker _broker = EmbeddedBroker.Start();
    readonly List<NodeProcess> _nodes = [];

    /// <param name="settings">HOCON of all nodes.</param>
    public ProcessCluster(string settings)
    {
        _broker.CreateTopic(ClickLoad.Topic, ClickLoad.Partitions);
        Clicks = new ClickLoad(_broker.BootstrapServers);
        File.WriteAllText(_files["cluster.conf"], $$"""
            {{Quick}}
            goka.kafka { bootstrap-servers = "{{_broker.BootstrapServers}}", embedded-control = "{{_broker.ControlAddress}}" }
            {{settings}}
            """);
    }

    public ClickLoad Clicks { get; }

    /// <summary>Where the broker and its control port are.</summary>
    public IReadOnlyList<string> Broker => [_broker.BootstrapServers, _broker.ControlAddress];

    /// <summary>A port that is free.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts a node.</summary>
    /// <param name="settings">HOCON of its own.</param>
    /// <param name="at">Its network.</param>
    /// <param name="environment">More of its environment.</param>
    public async Task<NodeProcess> Start(string settings = "", NetworkNamespace? at = null, IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        var node = await NodeProcess.Start(Files(settings), at, environment);
        lock (_nodes)
            _nodes.Add(node);
        return node;
    }

    /// <summary>The files of a node.</summary>
    public IReadOnlyList<string> Files(string settings)
    {
        var own = _files[$"{Guid.NewGuid():N}.conf"];
        File.WriteAllText(own, settings);
        return [Hocon("local.conf"), Hocon("node.conf"), _files["cluster.conf"], own];
    }

    /// <summary>
    /// Waits until these nodes are the cluster, as each of them says, and share the partitions: each partition runs on one of them, each of them has some.
    /// </summary>
    public async Task Shared(params NodeProcess[] nodes)
    {
        await Eventually.Holds(
            async () => (await Task.WhenAll(nodes.Select(static n => n.Members()))).All(m => m.Count == nodes.Length && m.Values.All(static s => s == "up")),
            () => $"{string.Join(", ", nodes.Select(static n => n.Address))} were never a cluster of their own.\n{this}");
        await Processed(nodes);
    }

    /// <summary>Waits until these nodes share the partitions, whoever else is in the cluster.</summary>
    public Task Processed(params NodeProcess[] nodes) => Eventually.Holds(
        async () =>
        {
            foreach (var node in nodes)
            {
                var owners = await node.Owners();
                if (owners.Count != ClickLoad.Partitions || owners.Any(static o => o.Count() > 1)
                    || !owners.SelectMany(static o => o).ToHashSet().SetEquals(nodes.Select(static n => n.Address)))
                    return false;
            }

            return true;
        },
        () => $"The partitions were never shared by {string.Join(", ", nodes.Select(static n => n.Address))}.\n{this}");

    /// <summary>Waits until each of these nodes answers for each user with no less than was clicked by now, and says who does: one node for a partition.</summary>
    public async Task<Dictionary<string, long>> Answered(params NodeProcess[] nodes)
    {
        var least = Clicks.Acknowledged;
        var found = new Dictionary<string, long>();
        foreach (var (node, user) in from node in nodes from user in ClickLoad.Users select (node, user))
        {
            var (count, owner, error) = (0L, "", (string?)"not asked");
            await Eventually.Holds(
                async () =>
                {
                    (count, owner, error) = await node.Read(user);
                    return error is null && count >= least[user];
                },
                () => $"{node.Address} says that {user} has {count} clicks by {owner} ({error}): expected {least[user]} at least.\n{this}");
            nodes.Select(static n => n.Address).ShouldContain(owner, $"{user} as {node.Address} says");
            found[user] = count;
        }

        return found;
    }

    public override string ToString() => string.Join("\n\n", _nodes.Select(static n => $"{n.Address} {n.Process}"));

    public async ValueTask DisposeAsync()
    {
        _nodes.ForEach(static n => n.Dispose());
        await Clicks.DisposeAsync();
        await _broker.DisposeAsync();
        _files.Dispose();
    }

    static string Hocon(string file) => Path.Combine(Repository.Root, "hocon", file);
}

/// <summary>Tests of clusters of processes: one after the other.</summary>
[CollectionDefinition(nameof(ClustersCollection))]
public sealed class ClustersCollection;
