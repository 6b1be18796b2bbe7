namespace GokaAkka.RealKafka.Faults;

/// <summary>Three brokers for the tests of a class, which stop them.</summary>
public sealed class ThreeBrokers : IAsyncLifetime
{
    KafkaCluster? _cluster;

    internal KafkaCluster Cluster => _cluster ?? throw new InvalidOperationException("The brokers are not started.");

    public async Task InitializeAsync()
    {
        if (OwnBrokers.Missing is null)
            _cluster = await KafkaCluster.Start(3);
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }
}
