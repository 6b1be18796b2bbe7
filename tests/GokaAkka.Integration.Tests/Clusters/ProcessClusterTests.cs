using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GokaAkka.Integration.Tests.Samples;

namespace GokaAkka.Integration.Tests.Clusters;

/// <summary>Nodes in processes of their own, started from hocon/*.conf, which find each other by Akka.NET's remoting.</summary>
[Collection(nameof(SamplesCollection))]
public sealed class ProcessClusterTests : IDisposable
{
    const string Table = "clicks-per-user-table";
    const int Partitions = 12;

    readonly TemporaryDirectory _directory = new();
    readonly List<ChildProcess> _nodes = [];

    public void Dispose()
    {
        _nodes.ForEach(static n => n.Dispose());
        _directory.Dispose();
    }

    [Fact]
    public async Task Killed_first_node_must_leave_a_cluster_that_answers_for_all_it_had()
    {
        using var broker = await StandaloneBroker.Start($"clicks:{Partitions}");
        var seed = FreePort();
        File.WriteAllText(_directory["cluster.conf"], $$"""
            akka.cluster.seed-nodes = ["akka.tcp://goka@127.0.0.1:{{seed}}"]
            goka {
              kafka { bootstrap-servers = "{{broker.Address}}", embedded-control = "{{broker.Control}}" }
              node { embedded-broker = off, example { clicks = on, rate = 200, users = 50 } }
              web.enabled = off
              cmd { port = 0, token = secret }
            }
            """);
        File.WriteAllText(_directory["seed.conf"], $"akka.remote.dot-netty.tcp.port = {seed}");
        var first = await StartNode("seed.conf", _directory["seed.conf"]);
        var second = await StartNode("node.conf");
        var third = await StartNode("node.conf");
        await Eventually.Holds(() => Owners(second).Count == 3, () => $"The groups' partitions were never on three nodes.\n{Everything()}");
        await Eventually.Holds(() => Counts(second).Count == 50, () => $"Not every user has clicked.\n{Everything()}");
        var before = Counts(second);
        Counts(third).Keys.ShouldBe(before.Keys, ignoreOrder: true);

        _nodes[0].Signal(ChildProcess.Kill);

        foreach (var node in new[] { second, third })
            await Eventually.Holds(() => IsNoLess(Counts(node), before), () => $"Counts from {node} were lost with the node that had them.\n{Everything()}");
        await Eventually.Holds(() => Members(third) == 2, () => $"The dead node is a member still.\n{Everything()}");
        Command(first, "cluster", "show").Code.ShouldBe(3);
        _nodes[1].Signal(ChildProcess.Terminate);
        (await _nodes[1].ExitCode()).ShouldBe(0, _nodes[1].ToString());
        await Eventually.Holds(() => IsNoLess(Counts(third), before), () => $"Counts were lost with a node that left.\n{Everything()}");
    }

    async Task<string> StartNode(string file, params string[] more)
    {
        string[] files = [Hocon("local.conf"), Hocon(file), _directory["cluster.conf"], .. more];
        var node = ChildProcess.Start(Builds.Tool, ["node", .. files.SelectMany(static f => new[] { "--config", f })]);
        _nodes.Add(node);
        return (await node.Printed(@"commands on (127\.0\.0\.1:\d+)")).Groups[1].Value;
    }

    static string Hocon(string file) => Path.Combine(Builds.Root, "hocon", file);

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The nodes that have a share of the partitions, once all of those are had.</summary>
    static HashSet<string> Owners(string address)
    {
        var running = Rows(address, "partition", "show", "clicks-per-user").Where(static c => c.Length > 2 && c[2] == "Running").ToList();
        return running.Count == Partitions ? [.. running.Select(static c => c[1])] : [];
    }

    static int Members(string address) => Rows(address, "cluster", "show").Count;

    /// <summary>What the whole table has, as one node tells it: nothing while any part of it cannot be told.</summary>
    static Dictionary<string, long> Counts(string address) =>
        Rows(address, "table", "export", Table).ToDictionary(static c => c[0], static c => long.Parse(c[1], CultureInfo.InvariantCulture));

    static bool IsNoLess(Dictionary<string, long> now, Dictionary<string, long> before) =>
        before.All(b => now.TryGetValue(b.Key, out var count) && count >= b.Value);

    static List<string[]> Rows(string address, params string[] words)
    {
        var (code, output) = Command(address, words);
        return code == 0
            ? [.. output.Split('\n').Where(static l => l.Contains(" | ") && !l.StartsWith('#')).Select(static l => l.Split(" | "))]
            : [];
    }

    static (int Code, string Output) Command(string address, params string[] words)
    {
        using var command = ChildProcess.Run(Builds.Tool, ["cmd", address, "--token", "secret", .. words]).GetAwaiter().GetResult();
        return (command.ExitCode().GetAwaiter().GetResult(), command.Output);
    }

    string Everything() => string.Join("\n\n", _nodes);
}
