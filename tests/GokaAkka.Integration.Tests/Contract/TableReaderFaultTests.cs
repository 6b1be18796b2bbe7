namespace GokaAkka.Integration.Tests.Contract;

/// <summary>The plain table reader, where brokers, retention and listeners get in its way.</summary>
public sealed class ConsumerTableReaderFaultTests : TableReaderFaultContract
{
    readonly Cluster _cluster;

    public ConsumerTableReaderFaultTests() => _cluster = Open(new Cluster());

    protected override EmbeddedBroker Broker => _cluster.Broker;

    protected override IKafkaClient Client => _cluster.Client;
}
