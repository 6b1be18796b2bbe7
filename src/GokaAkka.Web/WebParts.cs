using GokaAkka.Actors;
using GokaAkka.Web.Monitoring;
using GokaAkka.Web.Security;

namespace GokaAkka.Web;

/// <summary>All that serves one monitor.</summary>
sealed class WebParts(ICluster cluster, WebSettings settings, string? token, TimeProvider time) : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();

    public Access Access { get; } = new(token is { Length: > 0 } ? new Secret(token) : null);

    public ClusterMonitor Monitor { get; } = new(cluster, time, settings);

    /// <summary>Cancelled when the monitor ends: commands that go on would hold up the server's end.</summary>
    public CancellationToken Stopping => _stop.Token;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Monitor.DisposeAsync().ConfigureAwait(false);
    }
}
