using GokaAkka;
using GokaAkka.Hosting;
using GokaAkka.Hosting.Health;
using GokaAkka.Inspection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Health checks of what <see cref="GokaServices.AddGoka"/> runs.</summary>
public static class GokaHealthServices
{
    /// <summary>
    /// Adds two checks. <c>goka-live</c>, tagged <c>live</c>: no processor or view has failed and every polling thread polls; a node that is not
    /// is best started again. <c>goka-ready</c>, tagged <c>ready</c>: every processor and view is restored and running; degraded where they
    /// serve but have troubles. The data has a sentence for each processor, view and emitter.
    /// </summary>
    public static IHealthChecksBuilder AddGoka(this IHealthChecksBuilder checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks
            .Add(Check("goka-live", "live", static (part, goka) => part.Live(goka)))
            .Add(Check("goka-ready", "ready", static (part, _) => part.Ready()));
    }

    static HealthCheckRegistration Check(string name, string tag, Func<RunningPart, Goka, PartHealth> ask) =>
        new(name, provider => new GokaHealthCheck(provider.GetRequiredService<GokaRuntime>(), ask), HealthStatus.Unhealthy, [tag]);
}
