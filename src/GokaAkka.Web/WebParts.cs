using GokaAkka.Actors;
using GokaAkka.Web.Monitoring;
using GokaAkka.Web.Security;

namespace GokaAkka.Web;

/// <summary>All that serves one monitor.</summary>
sealed class WebParts(ICluster cluster, WebSettings settings, string? token, TimeProvider time) : IAsyncDisposable
{
    public Access Access { get; } = new(token is { Length: > 0 } ? new Secret(token) : null);

    public ClusterMonitor Monitor { get; } = new(cluster, time, settings);

    public ValueTask DisposeAsync() => Monitor.DisposeAsync();
}
