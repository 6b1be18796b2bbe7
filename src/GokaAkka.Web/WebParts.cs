using System.Reflection;
using System.Text.Json.Nodes;
using GokaAkka.Actors;
using GokaAkka.Web.Api;
using GokaAkka.Web.Api.Changes;
using GokaAkka.Web.Api.Queries;
using GokaAkka.Web.Monitoring;
using GokaAkka.Web.Security;
using GokaAkka.Web.Topology;

namespace GokaAkka.Web;

/// <summary>All that serves one monitor.</summary>
sealed class WebParts : IAsyncDisposable
{
    public WebParts(ICluster cluster, WebSettings settings, string? token, TimeProvider time)
    {
        var seals = new Seals(time);
        Access = new Access(token is { Length: > 0 } ? new Secret(token, time) : null, seals);
        Monitor = new ClusterMonitor(cluster, time, new MonitorSettings(settings.Interval, settings.IdleInterval, settings.History));
    }

    public Access Access { get; }

    public ClusterMonitor Monitor { get; }

    /// <summary>Every operation of the API: what there is does not depend on who serves it.</summary>
    public static IReadOnlyList<ApiOperation> Operations { get; } = CreateOperations();

    public ValueTask DisposeAsync() => Monitor.DisposeAsync();

    static IReadOnlyList<ApiOperation> CreateOperations()
    {
        var version = typeof(WebParts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        List<ApiOperation> operations = [.. new ViewOperations(new TopologyMaker()).All, .. QueryOperations.All, .. ChangeOperations.All, SessionOperation.Get];
        JsonObject? document = null;
        operations.Add(ApiOperation.Get("openapi.json", "getDescription", "This description", _ =>
            Task.FromResult((JsonObject)(document ??= OpenApiDocument.Create(operations, version)).DeepClone())));
        return operations;
    }
}
