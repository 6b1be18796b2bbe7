using Confluent.Kafka;
using TopicPartition = Confluent.Kafka.TopicPartition;

namespace GokaAkka.RealKafka.Tool;

/// <summary><c>goka node</c> and <c>goka cmd</c>, as processes of their own, on real brokers.</summary>
public sealed class ToolTests : IDisposable
{
    const int Partitions = 4;
    const int Early = 6;
    const int Late = 4;
    const int CannotConnect = 3;
    const int Attempts = 5;
    const string Token = "the-token-of-the-tests";

    /// <summary>One key for each partition, where the group's partitioner has it.</summary>
    static readonly string[] Keys =
        [.. Enumerable.Range(0, 100).Select(static i => $"key-{i}").DistinctBy(PartitionOf).OrderBy(PartitionOf)];

    // Brokers remove records that are older than a topic's retention, whoever has just written them: a week by default.
    static readonly DateTime Between = DateTime.UtcNow.Date.AddDays(-2);

    readonly string _group = KafkaClientContract.Unique("tool");
    readonly TemporaryDirectory _directory = new();

    string In => _group + "-in";

    string Table => _group + "-table";

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Nodes_must_share_a_group_show_it_its_topics_and_its_table_pause_it_and_leave_it_cleanly()
    {
        await Fill();
        Environment.SetEnvironmentVariable(NodeGraph.Variable, _group);
        using var nodes = Start(2, $$"""
            goka.node {
              groups { "{{_group}}" { graph = "GokaAkka.RealKafka.Tool.NodeGraph.Sums, GokaAkka.Kafka.Tests" } }
              assemblies = ["{{typeof(NodeGraph).Assembly.Location}}"]
            }
            """);
        var node = await AddressOf(nodes);
        await Lists(node, $"{_group} | Running | 2 | {Partitions} of {Partitions} | 0 | {Partitions * (Early + Late)}", "group", "list");

        (await Run(node, "group", "members", _group)).Split('\n').Count(l => l.EndsWith(" | Running | 0-1 | -", StringComparison.Ordinal) || l.EndsWith(" | Running | 2-3 | -", StringComparison.Ordinal))
            .ShouldBe(2, nodes.ToString());
        var topics = await Run(node, "topic", "list");
        topics.ShouldContain($"{In} | {Partitions} | ");
        topics.ShouldContain($" | delete | {_group} (input)");
        topics.ShouldContain($" | compact | {_group} (persist)");
        (await Run(node, "topic", "show", In)).ShouldSatisfyAllConditions(
            t => t.ShouldContain($"3 | 0 | {Early + Late} | {Early + Late}"), t => t.ShouldContain("cleanup.policy = delete"));
        (await Run(node, "table", "get", Table, Keys[1], "--json")).ShouldContain($"\"value\":\"{Early + Late}\"");
        (await Run(node, "table", "export", Table)).ShouldContain($"Count: {Partitions} entries");

        await Refused(node, $"Group '{_group}' runs: Running on ", "group", "reset", _group, "--to", "earliest");
        await Run(node, "group", "pause", _group);
        Produce(DateTime.UtcNow, 1);
        await Lists(node, $"{_group} | Running | 2 | {Partitions} of {Partitions} | {Partitions} | {Partitions * (Early + Late)}", "group", "list");
        await Run(node, "group", "resume", _group);
        await Lists(node, $"{_group} | Running | 2 | {Partitions} of {Partitions} | 0 | {Partitions * (Early + Late + 1)}", "group", "list");

        nodes.Signal(ChildProcess.Terminate);
        (await nodes.ExitCode()).ShouldBe(0, nodes.ToString());
        Committed().ShouldBe(Enumerable.Repeat<long>(Early + Late + 1, Partitions));
    }

    [Fact]
    public async Task Offsets_of_a_group_that_nobody_runs_must_be_set_to_where_they_are_asked_for_and_not_while_it_has_members()
    {
        await Fill();
        using var nodes = Start(1, "");
        var node = await AddressOf(nodes);

        (await Run(node, "group", "reset", _group, "--to", "latest", "--topic", In, "--dry-run")).ShouldContain($"{In} | 0 | - | {Early + Late} | no, dry run");
        Committed().ShouldAllBe(o => o < 0);
        (await Run(node, "group", "reset", _group, "--to", $"{Between:O}", "--topic", In)).ShouldContain($"{In} | 3 | - | {Early} | yes");
        Committed().ShouldBe(Enumerable.Repeat<long>(Early, Partitions));
        (await Run(node, "group", "reset", _group, "--to", "earliest", "--topic", In)).ShouldContain($"{In} | 0 | {Early} | 0 | yes");

        using (var member = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = KafkaRun.Bootstrap, GroupId = _group, AutoOffsetReset = AutoOffsetReset.Earliest }).Build())
        {
            member.Subscribe(In);
            await Eventually.Holds(() => member.Consume(TimeSpan.FromMilliseconds(100)) is not null, () => "the member was assigned nothing");
            await Refused(node, $"Setting the offsets of group '{_group}' on {KafkaRun.Bootstrap} failed (brokers refuse it while the group has members)", "group", "reset", _group, "--to", "latest", "--topic", In);
            member.Close();
        }

        await Run(node, "group", "reset", _group, "--to", "latest", "--topic", In);
        Committed().ShouldBe(Enumerable.Repeat<long>(Early + Late, Partitions));
        await Refused(node, $"There is no topic '{_group}-none'.", "group", "reset", _group, "--to", "latest", "--topic", _group + "-none");
    }

    /// <summary>Makes the input and writes to each partition.</summary>
    async Task Fill()
    {
        await using (var node = KafkaNodes.Start())
        {
            using var topics = node.Goka.CreateTopicManager();
            await topics.Create(new TopicSpec(In, Partitions));
        }

        Produce(Between.AddDays(-1), Early);
        Produce(Between.AddDays(1), Late);
    }

    void Produce(DateTime at, int count)
    {
        using var producer = Clients.Producer(KafkaRun.Bootstrap);
        foreach (var key in Keys.SelectMany(k => Enumerable.Repeat(k, count)))
        {
            var message = Clients.Message(key, "1");
            message.Timestamp = new Timestamp(at);
            producer.Produce(new TopicPartition(In, PartitionOf(key)), message);
        }

        producer.Flush(Clients.Deadline).ShouldBe(0);
    }

    static int PartitionOf(string key) => Partitioners.Fnv1a.Partition(Encoding.UTF8.GetBytes(key), Partitions);

    ChildProcess Start(int nodes, string hocon)
    {
        File.WriteAllText(_directory["node.conf"], $$"""
            goka {
              node { embedded-broker = off, example.clicks = off }
              kafka { bootstrap-servers = "{{KafkaRun.Bootstrap}}", consumer.session.timeout.ms = 30000 }
              web { port = 0, token = {{Token}} }
            }
            {{hocon}}
            """);
        return ChildProcess.Start(
            Builds.Tool, "node", "--nodes", $"{nodes}", "--config", Path.Combine(Repository.Root, "hocon", "local.conf"), "--config", _directory["node.conf"]);
    }

    static async Task<string> AddressOf(ChildProcess nodes) => (await nodes.Printed(@"node 1 \| .*commands on (127\.0\.0\.1:\d+)")).Groups[1].Value;

    static async Task<string> Run(string node, params string[] words)
    {
        using var command = await Command(node, words);
        (await command.ExitCode()).ShouldBe(0, command.ToString());
        return command.Output;
    }

    static async Task Refused(string node, string complaint, params string[] words)
    {
        using var command = await Command(node, words);
        (await command.ExitCode()).ShouldBe(1, command.ToString());
        command.Errors.ShouldContain(complaint);
    }

    /// <summary>Runs a command, and again where the node was too busy to take it.</summary>
    static async Task<ChildProcess> Command(string node, string[] words)
    {
        for (var attempt = 1; ; attempt++)
        {
            var command = await ChildProcess.Run(Builds.Tool, ["cmd", node, "--token", Token, .. words]);
            if (await command.ExitCode() != CannotConnect || attempt == Attempts)
                return command;
            command.Dispose();
        }
    }

    static async Task Lists(string node, string line, params string[] words)
    {
        var shown = "";
        await Eventually.Holds(async () => (shown = await Run(node, words)).Split('\n').Contains(line), () => $"'{line}' never came up, but\n{shown}");
    }

    IEnumerable<long> Committed()
    {
        using var consumer = Clients.Consumer(KafkaRun.Bootstrap, _group);
        return consumer.Committed(Enumerable.Range(0, Partitions).Select(p => new TopicPartition(In, p)), Clients.Deadline).Select(o => o.Offset.Value);
    }
}
