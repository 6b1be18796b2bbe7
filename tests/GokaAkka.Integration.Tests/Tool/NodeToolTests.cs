using System.Text.Json;

namespace GokaAkka.Integration.Tests.Tool;

/// <summary><c>goka node</c> and <c>goka cmd</c>, as processes of their own.</summary>
[Collection(nameof(SamplesCollection))]
public sealed class NodeToolTests : IDisposable
{
    const string Token = "the-token-of-the-tests";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Three_nodes_must_share_the_example_answer_commands_and_end_cleanly()
    {
        // The example as it is, but for ports that a neighbour may have.
        File.WriteAllText(_directory["ports.conf"], $"goka.web {{ port = 0, token = {Token} }}");
        using var nodes = ChildProcess.Start(
            Builds.Tool, "node", "--nodes", "3", "--config", Path.Combine(Repository.Root, "hocon", "local.conf"), "--config", _directory["ports.conf"]);
        var first = (await nodes.Printed(@"node 1 \| (akka\.tcp://goka@127\.0\.0\.1:\d+) \| commands on (127\.0\.0\.1:\d+) \| clicks-per-user")).Groups;
        var third = (await nodes.Printed(@"node 3 \| (akka\.tcp://goka@127\.0\.0\.1:\d+) \| commands on")).Groups[1].Value;
        var address = first[2].Value;

        await Eventually.Holds(() => Spread(address) == (12, 3), () => $"The example never ran on three nodes.\n{nodes}");
        var shown = Command(address, "cluster", "show");
        shown.Code.ShouldBe(0, shown.Errors);
        shown.Output.ShouldContain($"{first[1].Value} | [worker] | up | clicks-per-user | ");
        shown.Output.ShouldEndWith("Count: 3 nodes");

        var page = Command(address, "table", "range", "clicks-per-user-table", "--prefix", "user-", "--limit", "20", "--json");
        page.Code.ShouldBe(0, page.Errors);
        page.Output.Split('\n').Select(l => JsonDocument.Parse(l).RootElement.GetProperty("partition").GetInt32()).Distinct().Count().ShouldBeGreaterThan(4, "of several nodes");
        var topics = Command(address, "topic", "list", "--json");
        topics.Code.ShouldBe(0, topics.Errors);
        JsonDocument.Parse(topics.Output.Split('\n')[0]).RootElement.GetProperty("topic").GetString().ShouldBe("clicks");

        Command(address, "group", "show", "nobody").ShouldSatisfyAllConditions(
            c => c.Code.ShouldBe(1), c => c.Errors.ShouldStartWith("No node runs group 'nobody'; found clicks-per-user on 3 nodes."));
        Command(address, "grup", "show").ShouldSatisfyAllConditions(c => c.Code.ShouldBe(2), c => c.Errors.ShouldStartWith("There is no palette 'grup'. Did you mean group?"));

        using (var stranger = await ChildProcess.Run(Builds.Tool, "cmd", address, "cluster", "show"))
        {
            (await stranger.ExitCode()).ShouldBe(3);
            stranger.Errors.ShouldEndWith("Give it by --token or GOKA_CMD_TOKEN.");
        }

        Command(address, "cluster", "leave", third).Output.ShouldBe($"{third} leaves.");
        await Eventually.Holds(() => Command(address, "cluster", "show").Output.EndsWith("Count: 2 nodes", StringComparison.Ordinal), () => $"{third} never left.\n{nodes}");

        nodes.Signal(ChildProcess.Terminate);
        (await nodes.ExitCode()).ShouldBe(0, nodes.ToString());
        nodes.Errors.ShouldBeEmpty();
        Command(address, "cluster", "show").ShouldSatisfyAllConditions(c => c.Code.ShouldBe(3), c => c.Errors.ShouldStartWith($"Cannot connect to {address}: "));
    }

    [Theory]
    [InlineData(2, "'here:there:' is no address of a node", "cmd", "here:there:")]
    [InlineData(2, "--nodes takes a number from 1 to 64, found '0'.", "node", "--nodes", "0")]
    [InlineData(1, "The HOCON file 'nowhere.conf' cannot be read: ", "node", "--config", "nowhere.conf")]
    public async Task Arguments_that_make_no_sense_must_be_named_and_end_it(int code, string complaint, params string[] arguments)
    {
        using var tool = await ChildProcess.Run(Builds.Tool, arguments);

        (await tool.ExitCode()).ShouldBe(code);
        tool.Errors.ShouldContain(complaint);
    }

    /// <summary>The partitions that run, and the nodes they are on.</summary>
    static (int Partitions, int Nodes) Spread(string address)
    {
        var running = Command(address, "partition", "show", "clicks-per-user").Output.Split('\n').Select(l => l.Split(" | ")).Where(c => c.Length > 2 && c[2] == "Running").ToList();
        return (running.Count, running.Select(c => c[1]).Distinct().Count());
    }

    static (int Code, string Output, string Errors) Command(string address, params string[] words)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            using var command = ChildProcess.Run(Builds.Tool, ["cmd", address, "--token", Token, .. words]).GetAwaiter().GetResult();
            // The tool gives up after some seconds, in which a node on a busy machine may not have come to it.
            if (!command.Errors.Contains("no answer within") || Stopwatch.GetElapsedTime(began) > Patience)
                return (command.ExitCode().GetAwaiter().GetResult(), command.Output, command.Errors);
        }
    }
}
