using GokaAkka.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace GokaAkka.Prometheus;

/// <summary>Serves <c>/metrics</c> from the web server of a node (<c>goka.web.enabled</c>), which finds this class when the program references the package.</summary>
public sealed class NodeMetricsEndpoints : INodeEndpoints
{
    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGokaMetrics();
}
