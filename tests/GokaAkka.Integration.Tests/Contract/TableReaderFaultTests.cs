namespace GokaAkka.Integration.Tests.Contract;

/// <summary>The plain table reader, where brokers, retention and listeners get in its way.</summary>
public sealed class ConsumerTableReaderFaultTests : TableReaderFaultContract
{
    readonly Cluster _cluster = new();

    protected override EmbeddedBroker Broker => _cluster.Broker;

    protected override IKafkaClient Client => _cluster.Client;

    public override void Dispose()
    {
        base.Dispose();
        _cluster.Dispose();
    }
}
