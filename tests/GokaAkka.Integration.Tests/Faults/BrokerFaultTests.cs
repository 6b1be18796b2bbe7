using Confluent.Kafka;

namespace GokaAkka.Integration.Tests.Faults;

/// <summary>Brokers that go away, and brokers that refuse: processes go on by themselves.</summary>
[Collection(FaultsCollection.Name)]
public sealed class BrokerFaultTests(ITestOutputHelper output)
{
    const int Rate = 500;

    // The embedded broker does not check sequence numbers: of two batches on their way it refuses one and takes the next, and the client then
    // holds the first for written as well, which with a real broker (KIP-98) it is.
    const string OneBatchAtATime = "goka.kafka.producer { max.in.flight = 1 }";

    /// <summary>Requests of all deliveries, and how brokers refuse them for a while.</summary>
    static readonly (KafkaApi Api, ErrorCode Error)[] Refusals =
    [
        (KafkaApi.Produce, ErrorCode.NotLeaderForPartition), (KafkaApi.Produce, ErrorCode.NotEnoughReplicas),
        (KafkaApi.Produce, ErrorCode.RequestTimedOut), (KafkaApi.Produce, ErrorCode.Local_Transport),
        (KafkaApi.Fetch, ErrorCode.NotLeaderForPartition), (KafkaApi.Fetch, ErrorCode.Local_Transport),
        (KafkaApi.OffsetCommit, ErrorCode.NotCoordinatorForGroup), (KafkaApi.OffsetCommit, ErrorCode.GroupLoadInProgress),
        (KafkaApi.OffsetFetch, ErrorCode.GroupLoadInProgress), (KafkaApi.FindCoordinator, ErrorCode.GroupCoordinatorNotAvailable),
        (KafkaApi.Heartbeat, ErrorCode.NotCoordinatorForGroup), (KafkaApi.Heartbeat, ErrorCode.Local_Transport),
        (KafkaApi.ListOffsets, ErrorCode.LeaderNotAvailable),
    ];

    static readonly (KafkaApi Api, ErrorCode Error)[] TransactionRefusals =
    [
        (KafkaApi.AddPartitionsToTransaction, ErrorCode.ConcurrentTransactions), (KafkaApi.AddPartitionsToTransaction, ErrorCode.NotCoordinatorForGroup),
        (KafkaApi.AddOffsetsToTransaction, ErrorCode.GroupCoordinatorNotAvailable), (KafkaApi.TransactionOffsetCommit, ErrorCode.GroupLoadInProgress),
        (KafkaApi.TransactionOffsetCommit, ErrorCode.Local_Transport), (KafkaApi.EndTransaction, ErrorCode.NotCoordinatorForGroup),
        (KafkaApi.EndTransaction, ErrorCode.Local_Transport), (KafkaApi.EndTransaction, ErrorCode.InvalidProducerEpoch),
    ];

    /// <summary>The modes to refuse requests in: transactions too in the full form.</summary>
    public static TheoryData<string> Deliveries => FaultForm.IsFull ? ["at-least-once", "exactly-once"] : ["at-least-once"];

    [Fact]
    public async Task Processes_must_go_on_by_themselves_when_the_broker_was_away_for_longer_than_a_session()
    {
        var broker = EmbeddedBroker.Start();
        await using var cluster = await FaultCluster.Start(broker);
        using var workers = new Workers(cluster, "at-least-once");
        using var watch = new OutputWatch(cluster);
        using var load = new Load(cluster, FaultForm.Seed);
        var (first, second) = (workers.Start(0), workers.Start(1));
        watch.Beside = load.Run(long.MaxValue, Rate);
        await Task.WhenAll(first.Printed("> state running"), second.Printed("> state running"));
        await watch.UntilAllGoOn(workers.ToString);

        broker.BrokerDown();
        await Task.WhenAll(first.Printed("> lost"), second.Printed("> lost"));
        broker.BrokerUp();
        await Task.WhenAll(first.Printed("> lost[^$]*> assigned"), second.Printed("> lost[^$]*> assigned"));
        await watch.UntilAllGoOn(workers.ToString);

        await AllCounted(cluster, workers, watch, load);
    }

    [Theory]
    [MemberData(nameof(Deliveries))]
    public async Task Nothing_must_be_lost_when_brokers_refuse_requests_over_and_over(string delivery)
    {
        const int Rounds = 12;
        const int MessagesBetween = 150;
        output.WriteLine($"{delivery}, {Rounds} rounds of refusals, GOKA_SEED={FaultForm.Seed}");
        var random = new Random(FaultForm.Seed);
        var refusals = delivery == "exactly-once" ? [.. Refusals, .. TransactionRefusals] : Refusals;
        var broker = EmbeddedBroker.Start();
        await using var cluster = await FaultCluster.Start(broker);
        using var workers = new Workers(cluster, delivery);
        using var watch = new OutputWatch(cluster);
        using var load = new Load(cluster, FaultForm.Seed);
        var worker = workers.StartWith(0, OneBatchAtATime);
        watch.Beside = load.Run(long.MaxValue, Rate);
        await worker.Printed("> state running");

        for (var round = 0; round < Rounds; round++)
        {
            var next = watch.Distinct + MessagesBetween;
            await watch.Until(() => watch.Distinct >= next, worker.ToString);
            for (var i = 0; i < 3; i++)
            {
                var (api, error) = refusals[random.Next(refusals.Length)];
                output.WriteLine($"at {watch.Distinct}: {api} is answered with {error}");
                broker.FailRequests(api, error);
            }
        }

        await AllCounted(cluster, workers, watch, load);
    }

    async Task AllCounted(FaultCluster cluster, Workers workers, OutputWatch watch, Load load)
    {
        load.Stop();
        await Verdict.Awaited(cluster, load, watch, workers.ToString);
        await workers.Terminate([.. workers.Places]);
        workers.NoneFailed();
        var verdict = Verdict.Of(cluster, load, watch);
        output.WriteLine(verdict.ToString());
        output.WriteLine(workers.ToString());
        verdict.NothingLost();
    }
}
