namespace GokaAkka.Specs.Clusters;

/// <summary>The base of specs of a cluster, which ends with the test.</summary>
public abstract class ClusterSpec : IAsyncLifetime
{
    protected ClusterNodes Nodes { get; } = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Nodes.DisposeAsync().AsTask();
}
