using Akka.Actor;
using GokaAkka.Kafka;
using GokaAkka.Kafka.Streams;
using GokaAkka.Testing.Tests;

namespace GokaAkka.Integration.Tests.Contract.Streams;

/// <summary>The table reader on Akka.Streams.Kafka is held to what the plain one is.</summary>
public sealed class StreamsTableReaderTests : TableReaderContract, IClassFixture<StreamsCluster>
{
    readonly StreamsCluster _cluster;

    public StreamsTableReaderTests(StreamsCluster cluster) => _cluster = cluster;

    protected override IKafkaClient Client => _cluster.Client;

    protected override TimeSpan Patience => TimeSpan.FromSeconds(30);
}

/// <summary>The same where brokers, retention and listeners get in its way.</summary>
public sealed class StreamsTableReaderFaultTests : TableReaderFaultContract
{
    readonly ActorSystem _system = ActorSystem.Create("streams");

    public StreamsTableReaderFaultTests() => Client = _cluster.ClientReadingTablesBy(TableStreams.In(_system));

    protected override IKafkaClient Client { get; }

    public override void Dispose()
    {
        base.Dispose();
        _system.Terminate().Wait(Patience);
    }
}

/// <summary>An embedded broker, and a client that reads tables by streams.</summary>
public sealed class StreamsCluster : IDisposable
{
    readonly Cluster _cluster = new();
    readonly ActorSystem _system = ActorSystem.Create("streams");

    public StreamsCluster() => Client = _cluster.ClientReadingTablesBy(TableStreams.In(_system));

    internal IKafkaClient Client { get; }

    public void Dispose()
    {
        _system.Terminate().Wait(TimeSpan.FromSeconds(30));
        _cluster.Dispose();
    }
}
