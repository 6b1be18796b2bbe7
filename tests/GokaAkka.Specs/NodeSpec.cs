using GokaAkka.Actors.Configuration;
using GokaAkka.Nodes;

namespace GokaAkka.Specs;

/// <summary>A program that is a node: what it takes, how it ends.</summary>
public sealed class NodeSpec(ITestOutputHelper output) : GokaSpec(output)
{
    readonly StringWriter _errors = new();
    readonly StringWriter _output = new();
    readonly CancellationTokenSource _stop = new();

    [Theory]
    [InlineData("hocon/local.conf")]
    [InlineData("hocon/kafka.conf")]
    public void Examples_must_have_no_unknown_key(string file)
    {
        var settings = GokaSettings.Create(SettingsLayers.Of(HoconFile.Read(Path.Combine(Repository.Root, file)).WithFallback(GokaSettings.DefaultConfig())));

        settings.Kafka.Consumer["session.timeout.ms"].ShouldNotBeEmpty();
    }

    [Fact]
    public void Examples_must_be_sound_and_those_of_a_cluster_agree_on_its_seed_node()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "hocon")).Select(f => (Name: Path.GetFileName(f), Config: HoconFile.Read(f).WithFallback(GokaSettings.DefaultConfig()))).ToList();

        foreach (var (name, config) in files)
        {
            var settings = GokaSettings.Create(SettingsLayers.Of(config));
            if (config.GetString("akka.actor.provider") != "cluster" || name == "local.conf")
                continue;
            config.GetStringList("akka.cluster.seed-nodes").ShouldBe([$"akka.tcp://{settings.Node.Name}@127.0.0.1:4053", $"akka.tcp://{settings.Node.Name}@127.0.0.1:4054"], name);
            config.GetInt("akka.remote.dot-netty.tcp.port").ShouldBe(name == "seed.conf" ? 4053 : 0, name);
            config.GetTimeSpan("akka.coordinated-shutdown.phases.before-cluster-shutdown.timeout").ShouldBeGreaterThan(settings.Processor.DrainTimeout, name);
        }

        files.Find(static f => f.Name == "tls.conf").Config.GetStringList("akka.cluster.seed-nodes").ShouldBe(["akka.ssl.tcp://goka@127.0.0.1:4053", "akka.ssl.tcp://goka@127.0.0.1:4054"]);
        foreach (var name in new[] { "seed.conf", "node.conf", "standby.conf", "web.conf" })
            files.Select(f => f.Name).ShouldContain(name);
    }

    [Fact]
    public void Node_must_send_only_what_has_a_serializer_unless_its_files_say_otherwise_and_goka_must_not_ask_that_of_other_systems()
    {
        using var files = new Files();
        const string key = "akka.actor.serialization-settings.allow-unregistered-types";

        GokaNode.Read([]).GetBoolean(key, true).ShouldBeFalse();
        GokaNode.Read([files.Write($"{key} = true")]).GetBoolean(key).ShouldBeTrue();
        GokaSettings.DefaultConfig().HasPath(key).ShouldBeFalse();
    }

    [Fact]
    public async Task Node_must_join_its_cluster_before_it_runs_anything_and_found_one_where_no_seed_is_named()
    {
        using var files = new Files();
        GokaNode? node = null;
        var run = Run(["--config", files.Write(InCluster + "goka.node.name = alone")], n => node = n);
        AwaitCondition(() => node is not null, Patience);

        node!.Goka.Inspector.Describe().ShouldSatisfyAllConditions(
            n => n.Status.ShouldBeOneOf("Joining", "Up"), n => n.Address.ShouldStartWith("akka.tcp://alone@127.0.0.1:"));
        await _stop.CancelAsync();

        (await run.WaitAsync(Patience)).ShouldBe(0, _errors.ToString());
    }

    [Fact]
    public async Task Node_must_end_with_4_and_name_the_seed_that_does_not_let_it_in()
    {
        using var files = new Files();
        var config = files.Write(InCluster + """
            akka.cluster.seed-nodes = ["akka.tcp://goka@127.0.0.1:1"]
            goka.node.join-timeout = 200ms
            """);

        (await Run(["--config", config], _ => throw new InvalidOperationException("started")).WaitAsync(Patience)).ShouldBe(4);

        _errors.ToString().ShouldContain("has not joined its cluster after ");
        _errors.ToString().ShouldContain("none of the seed nodes lets it in (akka.tcp://goka@127.0.0.1:1). Start the first of them");
    }

    [Fact]
    public async Task Node_must_end_with_1_and_name_the_port_that_is_in_use()
    {
        using var files = new Files();
        var other = SecondSystem(InCluster);
        var port = Akka.Cluster.Cluster.Get(other).SelfAddress.Port;

        (await Run(["--config", files.Write(InCluster + $"akka.remote.dot-netty.tcp.port = {port}")], _ => { }).WaitAsync(Patience)).ShouldBe(1);

        _errors.ToString().ShouldStartWith($"The node cannot listen on 127.0.0.1:{port}: ");
        _errors.ToString().ShouldContain("Set akka.remote.dot-netty.tcp.port to one that is free, or to 0 for any.");
    }

    [Fact]
    public async Task Node_that_the_cluster_removes_must_end_with_3_and_one_that_leaves_with_0()
    {
        using var files = new Files();
        var other = SecondSystem(InCluster);
        var cluster = Akka.Cluster.Cluster.Get(other);
        cluster.Join(cluster.SelfAddress);
        var config = files.Write(InCluster + $"akka.cluster.seed-nodes = [\"{cluster.SelfAddress}\"]\ngoka.node.name = second");

        foreach (var (act, code, told) in new (Action<Address>, int, string)[]
        {
            (cluster.Down, 3, "The cluster has removed this node: the others could not reach it, or somebody has told them that it is down."), (cluster.Leave, 0, ""),
        })
        {
            _errors.GetStringBuilder().Clear();
            GokaNode? node = null;
            var run = Run(["--config", config], n => node = n);
            AwaitCondition(() => node?.Goka.Inspector.Describe().Status == "Up", Patience);
            act(Address.Parse(node!.Goka.Inspector.Describe().Address));

            (await run.WaitAsync(Patience)).ShouldBe(code, _errors.ToString());
            _errors.ToString().ShouldStartWith(told);
        }
    }

    [Fact]
    public async Task Node_must_run_the_graphs_and_views_that_hocon_names_where_its_roles_say_so()
    {
        using var files = new Files();
        var config = files.Write("""
            akka.cluster.roles = [worker]
            goka.node {
              groups {
                "counts" { graph = "GokaAkka.Specs.NodeSpec.Graph, GokaAkka.Specs", roles = [worker, spare] }
                "elsewhere" { roles = [web] }
              }
              views { "counts-table" { codec = int64 } }
            }
            """);
        GokaNode? node = null;
        var run = GokaNode.Run(
            GokaNode.Read([config]), n =>
            {
                new NodeParts(n).Start();
                node = n;
                return Task.CompletedTask;
            },
            new GokaOptions { Kafka = Kafka, Storage = Storage }, _stop.Token);
        AwaitCondition(() => node is not null, Patience);
        Send("alice");
        AwaitCommitted();

        node!.Goka.Processors.ShouldHaveSingleItem().Graph.Group.ShouldBe(Group);
        Eventually(() => node.Goka.Inspector.Describe().Views.ShouldHaveSingleItem().State.ShouldBe("Running"));
        (node.Runs("counts"), node.Runs("elsewhere"), node.Runs("whatever")).ShouldBe((true, false, true));
        await _stop.CancelAsync();
        await run.WaitAsync(Patience);
    }

    [Theory]
    [InlineData("groups { g { graph = \"Nowhere.Graphs.G, Nowhere\" } }", "goka.node.groups.\"g\".graph = 'Nowhere.Graphs.G, Nowhere': there is no type 'Nowhere.Graphs, Nowhere'")]
    [InlineData("groups { g { graph = G } }", "goka.node.groups.\"g\".graph = 'G': expected 'Namespace.Type.Member, Assembly'")]
    [InlineData("groups { g { graph = \"GokaAkka.Specs.NodeSpec.Nothing, GokaAkka.Specs\" } }", "GokaAkka.Specs.NodeSpec.Nothing is not there, or is null")]
    [InlineData("groups { g { graph = \"GokaAkka.Specs.NodeSpec.Graph, GokaAkka.Specs\" } }", "that graph is of group 'counts', not 'g'.")]
    [InlineData("groups { g { rolls = [a] } }", "goka.node.groups.g has 'rolls': expected graph or roles.")]
    [InlineData("groups = all", "goka.node.groups = 'all': expected names, each with { graph = …, roles = […] }.")]
    [InlineData("views { t { codec = xml } }", "goka.node.views.\"t\".codec = 'xml': expected bytes, string or int64.")]
    [InlineData("assemblies = [\"/nowhere/shop.dll\"]", "goka.node.assemblies: '/nowhere/shop.dll' cannot be loaded: ")]
    public async Task Node_must_name_what_is_wrong_with_what_it_is_to_run(string hocon, string told)
    {
        using var files = new Files();

        var error = await Should.ThrowAsync<Exception>(GokaNode.Run(
            GokaNode.Read([files.Write($"goka.node {{ {hocon} }}")]), n =>
            {
                new NodeParts(n).Start();
                return Task.CompletedTask;
            },
            new GokaOptions { Kafka = Kafka, Storage = Storage }, _stop.Token).WaitAsync(Patience));

        GokaNode.TextOf(error).ShouldContain(told);
    }

    internal static GroupGraph<long> Graph => Counting();

    const string InCluster = """
        akka.actor.provider = cluster
        akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0, tcp-reuse-addr = off }

        """;

    [Fact]
    public async Task Node_must_run_its_processor_and_leave_with_0_when_it_is_told_to_stop()
    {
        Processor<long>? processor = null;
        var run = Run([], node => processor = node.Process(Counting()));
        Send("alice");
        AwaitCondition(() => processor?.State == ProcessorState.Running, Patience);
        AwaitCommitted();

        await _stop.CancelAsync();

        (await run.WaitAsync(Patience)).ShouldBe(0, _errors.ToString());
        processor!.State.ShouldBe(ProcessorState.Stopped);
        Kafka.Members(Group).ShouldBeEmpty();
        _errors.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task Node_must_end_with_0_when_it_is_told_to_stop_while_it_starts()
    {
        (await Run([], node =>
        {
            _stop.Cancel();
            node.Stopping.ThrowIfCancellationRequested();
        }).WaitAsync(Patience)).ShouldBe(0);

        _errors.ToString().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("goka.processor.drain-timeout = 100ms")]
    [InlineData("akka.coordinated-shutdown.phases.before-cluster-shutdown.timeout = 100ms")]
    public async Task Node_must_end_with_5_when_its_processor_was_cut_off(string shorter)
    {
        using var files = new Files();
        using var called = new ManualResetEventSlim();
        var done = new TaskCompletionSource();
        var run = Run(["--config", files.Write(shorter)], node => node.Process(GroupGraph.Define<long>(Group, g => g
            .Input("in", Codec.String, async (ctx, _) =>
            {
                called.Set();
                await done.Task;
            })
            .Persist(Codec.Int64))));
        Send("alice");
        called.Wait(Patience).ShouldBeTrue();

        await _stop.CancelAsync();

        (await run.WaitAsync(Patience)).ShouldBe(5);
        _errors.ToString().ShouldStartWith("Not everything had ended when the time to stop was over: processor counts.");
        done.SetResult();
    }

    [Fact]
    public async Task Node_must_end_with_1_and_the_reason_when_its_processor_fails()
    {
        Kafka.DeleteTopic("in");

        (await Run([], node => node.Process(Counting())).WaitAsync(Patience)).ShouldBe(1);

        _errors.ToString().ShouldStartWith("'counts' cannot start:");
    }

    [Fact]
    public async Task Node_must_end_with_1_and_the_reason_when_its_program_cannot_start_it()
    {
        (await Run([], _ => throw new InvalidOperationException("no clicks today")).WaitAsync(Patience)).ShouldBe(1);

        _errors.ToString().ShouldBe($"no clicks today{Environment.NewLine}");
    }

    [Fact]
    public async Task Node_must_take_the_later_file_over_the_earlier_one()
    {
        using var files = new Files();
        var (first, second) = (files.Write("goka.kafka { client-id = first, connect-timeout = 3s }"), files.Write("goka.kafka.client-id = second"));
        GokaSettings? settings = null;

        var run = Run(["--config", first, $"--config={second}"], node => settings = node.Goka.Settings);
        AwaitCondition(() => settings is not null, Patience);
        await _stop.CancelAsync();

        (await run.WaitAsync(Patience)).ShouldBe(0, _errors.ToString());
        (settings!.Kafka.ClientId, settings.Kafka.ConnectTimeout).ShouldBe(("second", TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public async Task Node_must_name_what_is_wrong_in_its_files()
    {
        using var files = new Files();
        var (unknown, broken) = (files.Write("goka.kafka.bootstrap-server = x"), files.Write("goka { kafka { }, view { } }"));

        foreach (var file in new[] { unknown, broken, "nowhere.conf" })
            (await Run(["--config", file], _ => throw new InvalidOperationException("started")).WaitAsync(Patience)).ShouldBe(1);

        var lines = _errors.ToString().Split(Environment.NewLine);
        lines[0].ShouldBe("goka.kafka.bootstrap-server is no setting of GokaAkka. Did you mean goka.kafka.bootstrap-servers? reference.conf has every setting.");
        _errors.ToString().ShouldContain($"The HOCON file '{broken}' cannot be read: ");
        _errors.ToString().ShouldContain("The HOCON file 'nowhere.conf' cannot be read: ");
    }

    [Theory]
    [InlineData("--config", "--config: expected a file after it.")]
    [InlineData("--nodes", "'--nodes' is no argument of a node.")]
    public async Task Node_must_refuse_arguments_that_it_does_not_know(string arg, string expected)
    {
        (await Run([arg], _ => { }).WaitAsync(Patience)).ShouldBe(2);

        _errors.ToString().ShouldStartWith(expected);
    }

    [Fact]
    public async Task Node_must_print_its_arguments_when_asked()
    {
        (await Run(["--help"], _ => throw new InvalidOperationException("started")).WaitAsync(Patience)).ShouldBe(0);

        _output.ToString().ShouldContain("--config FILE");
        _output.ToString().ShouldContain("\n  3         the cluster has removed the node");
    }

    Task<int> Run(string[] args, Action<GokaNode> start) =>
        GokaNode.Run(args, start, new GokaOptions { Kafka = Kafka, Storage = Storage }, _output, _errors, _stop.Token);

    sealed class Files : IDisposable
    {
        readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("goka-node-");

        public string Write(string hocon)
        {
            var path = Path.Combine(_directory.FullName, $"{Guid.NewGuid():N}.conf");
            File.WriteAllText(path, hocon);
            return path;
        }

        public void Dispose() => _directory.Delete(recursive: true);
    }
}
