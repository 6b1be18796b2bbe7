namespace GokaAkka.Integration.Tests.Clusters;

/// <summary>Three nodes under load, of which one ends after the other.</summary>
[Collection(nameof(ClustersCollection))]
public sealed class RollingRestartTests
{
    [Fact]
    public async Task Nodes_must_answer_for_every_key_through_a_rolling_restart_and_after_a_kill()
    {
        var (first, second) = (ProcessCluster.FreePort(), ProcessCluster.FreePort());
        // What is removed from the cluster here has left it: nobody is to be taken for dead because the machine is busy.
        await using var cluster = new ProcessCluster($$"""
            akka.cluster {
              seed-nodes = ["akka.tcp://goka@127.0.0.1:{{first}}", "akka.tcp://goka@127.0.0.1:{{second}}"]
              failure-detector.acceptable-heartbeat-pause = 10s
              split-brain-resolver.stable-after = 60s
            }
            # A read waits while its partition moves; on the embedded broker and a busy machine that takes longer than on others.
            goka.query.timeout = 60s
            """);
        cluster.Clicks.Start();
        string[] ports = [Port(first), Port(second), Port(0)];
        NodeProcess[] nodes = [await cluster.Start(ports[0]), .. await Task.WhenAll(cluster.Start(ports[1]), cluster.Start(ports[2]))];
        await cluster.Shared(nodes);
        await cluster.Answered(nodes);

        for (var i = 0; i < nodes.Length; i++)
        {
            var others = nodes.Where((_, n) => n != i).ToArray();
            await using (var reader = new SteadyReader(others))
            {
                nodes[i].Process.Signal(ChildProcess.Terminate);
                (await nodes[i].Process.ExitCode()).ShouldBe(0, nodes[i].Process.ToString());
                nodes[i] = await cluster.Start(ports[i]);
                await cluster.Shared(nodes);
                (await reader.Stop()).ShouldBeEmpty(cluster.ToString());
            }

            await cluster.Answered(nodes);
        }

        // The oldest by now: the coordinator of the shards goes with it.
        nodes[0].Process.Signal(ChildProcess.Kill);
        var left = nodes[1..];
        await cluster.Processed(left);
        await cluster.Clicks.Stop();
        await cluster.Answered(left);
    }

    static string Port(int port) => $"akka.remote.dot-netty.tcp.port = {port}";

    /// <summary>Reads one key after the other on one node after the other, and notes what fails or goes back.</summary>
    sealed class SteadyReader : IAsyncDisposable
    {
        readonly NodeProcess[] _nodes;
        readonly CancellationTokenSource _stop = new();
        readonly Task<List<string>> _running;

        public SteadyReader(NodeProcess[] nodes)
        {
            _nodes = nodes;
            _running = Task.Run(Run);
        }

        public async Task<List<string>> Stop()
        {
            await _stop.CancelAsync();
            return await _running;
        }

        public async ValueTask DisposeAsync() => await Stop();

        async Task<List<string>> Run()
        {
            var (wrong, last) = (new List<string>(), new Dictionary<string, long>());
            for (var i = 0; !_stop.IsCancellationRequested; i++)
            {
                var (node, user) = (_nodes[i % _nodes.Length], ClickLoad.Users[i * 7 % ClickLoad.Users.Length]);
                var (count, owner, error) = await node.Read(user);
                if (error is not null)
                    wrong.Add($"{user} on {node.Address}: {error}");
                else if (count < last.GetValueOrDefault(user))
                    wrong.Add($"{user} on {node.Address}: {count} by {owner} after {last[user]}");
                last[user] = count;
            }

            return wrong;
        }
    }
}
