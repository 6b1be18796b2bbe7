using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace GokaAkka.RealKafka.Faults;

/// <summary>A broker of three that dies, or stands still, under load: its partitions and groups go to the others, and nothing is lost.</summary>
[Collection(FaultsCollection.Name)]
public sealed class BrokerLossTests(ThreeBrokers three, ITestOutputHelper output) : IClassFixture<ThreeBrokers>
{
    const int Rate = 200;

    KafkaCluster Brokers => three.Cluster;

    [OwnBrokersTheory]
    [InlineData("at-least-once")]
    [InlineData("exactly-once")]
    public Task A_killed_broker_must_cost_no_message(string delivery) => Count(delivery, "", async (victim, goOn) =>
    {
        await victim.Kill();
        await goOn();
        await victim.Start();
    });

    [OwnBrokersFact]
    public Task A_broker_that_stands_still_must_cost_no_message() => Count(
        "exactly-once", "", async (victim, goOn) =>
        {
            victim.Signal(ChildProcess.Stop);
            try
            {
                await goOn();
            }
            finally
            {
                victim.Signal(ChildProcess.Continue);
            }
        });

    [OwnBrokersFact]
    public async Task Offsets_must_be_told_by_the_next_leader_while_the_one_before_stands_still()
    {
        await using var cluster = await FaultCluster.On(Brokers.Bootstrap);
        await using var node = KafkaNodes.On(Brokers.Bootstrap);
        using var topics = node.Goka.CreateTopicManager();
        await topics.Offsets(cluster.Topic, 0);
        var leader = Brokers[Clients.LeaderOf(Brokers.Bootstrap, cluster.Topic, 0)];

        leader.Signal(ChildProcess.Stop);
        try
        {
            OffsetRange? found = null;
            for (var standing = Stopwatch.StartNew(); found is null;)
            {
                try
                {
                    found = await topics.Offsets(cluster.Topic, 0);
                }
                catch (KafkaFaultException e) when (e.Fault.Kind == FaultKind.Retriable && standing.Elapsed < Clients.Deadline)
                {
                    // The brokers have not noticed yet.
                }
            }
        }
        finally
        {
            leader.Signal(ChildProcess.Continue);
            await Brokers.IsWhole();
        }
    }

    [OwnBrokersFact]
    public async Task Questions_for_topics_must_be_answered_or_fail_in_time_while_nobody_has_the_topic()
    {
        var topic = $"alone-{Guid.NewGuid():N}";
        using var admin = Clients.Admin(Brokers.Bootstrap);
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 1, ReplicationFactor = 1 }]);
        await using var node = KafkaNodes.On(Brokers.Bootstrap);
        using var topics = node.Goka.CreateTopicManager();
        (await Described()).ShouldBe([topic]);
        var only = Brokers[Clients.LeaderOf(Brokers.Bootstrap, topic, 0)];

        await only.Kill();
        (await Described()).ShouldBeSubsetOf([topic]);
        await Should.ThrowAsync<KafkaFaultException>(() => topics.Offsets(topic, 0).WaitAsync(Clients.Deadline));
        await only.Start();
        await Brokers.IsWhole();
        (await Described()).ShouldBe([topic]);
        (await topics.Offsets(topic, 0).WaitAsync(Clients.Deadline)).High.ShouldBe(0);

        async Task<IEnumerable<string>> Described()
        {
            try
            {
                return (await topics.Describe([topic]).WaitAsync(Clients.Deadline)).Keys;
            }
            catch (KafkaFaultException e) when (e.Fault.Kind == FaultKind.Retriable)
            {
                return [];
            }
        }
    }

    [OwnBrokersFact]
    public Task A_rolling_restart_of_all_brokers_must_cost_no_message() => Count("exactly-once", "", async (_, goOn) =>
    {
        for (var id = 1; id <= 3; id++)
        {
            await Brokers[id].Stop();
            await goOn();
            await Brokers[id].Start();
            await Brokers.IsWhole();
        }
    });

    [OwnBrokersFact]
    public async Task A_killed_coordinator_of_transactions_must_cost_no_message()
    {
        // Java's hash of the id names the partition of the brokers' own topic whose leader coordinates it.
        const string Id = "a-stable-id";
        var partition = Id.Aggregate(0, static (hash, c) => unchecked((31 * hash) + c)) & int.MaxValue;
        await Count("exactly-once", "", async (_, goOn) =>
        {
            using var admin = Clients.Admin(Brokers.Bootstrap);
            var transactions = admin.GetMetadata("__transaction_state", Clients.Deadline).Topics.Single().Partitions;
            var coordinator = Brokers[transactions.Single(p => p.PartitionId == partition % transactions.Count).Leader];
            await coordinator.Kill();
            await goOn();
            await coordinator.Start();
        }, $"goka.processor.transaction.id = {Id}");
    }

    [OwnBrokersTheory]
    [InlineData("at-least-once")]
    [InlineData("exactly-once")]
    public Task Two_of_three_brokers_that_are_down_for_a_while_must_cost_no_message_and_no_restart(string delivery) => Count(delivery, "", async (_, goOn) =>
    {
        await Task.WhenAll(Brokers[1].Kill(), Brokers[2].Kill());
        // Nobody takes anything with one of three, and how long that lasts is what is tried.
        await Task.Delay(TimeSpan.FromSeconds(15));
        await Task.WhenAll(Brokers[1].Start(), Brokers[2].Start());
        await Brokers.IsWhole();
        await goOn();
    });

    [OwnBrokersFact]
    public async Task Topics_must_be_made_with_the_replicas_that_are_set_and_those_with_fewer_be_refused()
    {
        await using var cluster = await FaultCluster.On(Brokers.Bootstrap);
        await using var node = KafkaNodes.On(Brokers.Bootstrap, hocon: "goka.kafka.replication-factor = 2");
        using var admin = Clients.Admin(Brokers.Bootstrap);
        await node.Goka.Process(Graph(cluster)).Ready.WaitAsync(Integration.Tests.Restore.Node.Patience);

        var made = admin.GetMetadata(cluster.Table, Clients.Deadline).Topics.Single();
        made.Partitions.Count.ShouldBe(FaultCluster.Partitions);
        made.Partitions.ShouldAllBe(p => p.Replicas.Length == 2);

        await using var pickier = KafkaNodes.On(Brokers.Bootstrap, hocon: "goka.kafka.replication-factor = 3");
        var refused = await Should.ThrowAsync<StartupException>(() => pickier.Goka.Process(Graph(cluster)).Ready.WaitAsync(Integration.Tests.Restore.Node.Patience));
        refused.Message.ShouldContain($"Topic '{cluster.Table}' has 2 replicas, expected at least 3.");
    }

    static GroupGraph<long> Graph(FaultCluster cluster) =>
        GroupGraph.Define<long>(cluster.Group, g => g.Input(cluster.Topic, Codec.Int64, static (_, _) => { }).Persist(Codec.Int64));

    /// <summary>
    /// Has two processes count messages while something happens to the broker that coordinates their group, and leads partitions as each does, and then
    /// holds what they have counted against what was sent.
    /// </summary>
    /// <param name="delivery">What is promised.</param>
    /// <param name="config">Settings of both processes.</param>
    /// <param name="happens">What happens, given the group's coordinator and a wait until all partitions have gone on.</param>
    /// <param name="first">More settings of the first process.</param>
    async Task Count(string delivery, string config, Func<KafkaBroker, Func<Task>, Task> happens, string first = "")
    {
        output.WriteLine($"{delivery}, GOKA_SEED={FaultForm.Seed}");
        await using var cluster = await FaultCluster.On(Brokers.Bootstrap);
        using var workers = new Workers(cluster, delivery);
        using var watch = new OutputWatch(cluster);
        using var load = new Load(cluster, FaultForm.Seed);
        var both = new[] { workers.StartWith(0, $"{config}\n{first}"), workers.StartWith(1, config) };
        watch.Beside = load.Run(long.MaxValue, Rate);
        await Task.WhenAll(both.Select(w => w.Printed("> state running")));
        await watch.UntilAllGoOn(workers.ToString);

        await happens(Brokers[CoordinatorOf(cluster)], () => watch.UntilAllGoOn(workers.ToString));
        await Brokers.IsWhole();
        await watch.UntilAllGoOn(workers.ToString);
        load.Stop();
        await Verdict.Awaited(cluster, load, watch, workers.ToString);
        await workers.Terminate(0, 1);

        workers.NoneFailed();
        both.ShouldAllBe(w => w.Output.Contains(" restarts=0", StringComparison.Ordinal), workers.ToString());
        var verdict = Verdict.Of(cluster, load, watch);
        output.WriteLine($"{verdict}, silent for at most {watch.TakeSilences().Max().TotalSeconds:0.0} s");
        if (delivery == "exactly-once")
            verdict.ExactlyOnce();
        else
            verdict.NothingLost();
    }

    static int CoordinatorOf(FaultCluster cluster)
    {
        using var admin = Clients.Admin(cluster.Bootstrap);
        return admin.DescribeConsumerGroupsAsync([cluster.Group]).GetAwaiter().GetResult().ConsumerGroupDescriptions.Single().Coordinator.Id;
    }
}
