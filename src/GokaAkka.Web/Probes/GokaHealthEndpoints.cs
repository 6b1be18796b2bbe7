using System.Text.Json;
using GokaAkka.Inspection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>A node's health for whoever starts it again and sends it requests, such as Kubernetes.</summary>
public static class GokaHealthEndpoints
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>
    /// Answers whether the <see cref="GokaAkka.Goka"/> among the application's services is alive, and ready: 200, or 503 where it is not. The body, in
    /// JSON, has a reason for each processor and view. What serves but has troubles is degraded, and answered with 200.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="live">Where liveness is asked for.</param>
    /// <param name="ready">Where readiness is asked for.</param>
    /// <returns>Both, to be given conventions such as authorization.</returns>
    public static IEndpointConventionBuilder MapGokaHealth(this IEndpointRouteBuilder endpoints, string live = "/healthz", string ready = "/readyz")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var group = endpoints.MapGroup("");
        group.MapGet(live, static context => Answer(context, static health => health.Live()));
        group.MapGet(ready, static context => Answer(context, static health => health.Ready()));
        return group;
    }

    static Task Answer(HttpContext context, Func<NodeHealth, NodeHealthReport> ask)
    {
        var report = ask(context.RequestServices.GetRequiredService<GokaAkka.Goka>().Health);
        context.Response.StatusCode = report.Level == HealthLevel.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(
            new { status = Name(report.Level), parts = report.Parts.Select(static p => new { p.Part, Status = Name(p.Level), p.Reason }) }, Json, context.RequestAborted);
    }

    static string Name(HealthLevel level) => level.ToString().ToLowerInvariant();
}
