using GokaAkka.Inspection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GokaAkka.Hosting.Health;

/// <summary>Asks every part that a host runs; the worst is the answer, and the data has each one's reason.</summary>
sealed class GokaHealthCheck(GokaRuntime runtime, Func<RunningPart, Goka, PartHealth> ask) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (runtime.Started is not { } started)
            return Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, "GokaAkka is not started."));
        var report = new NodeHealthReport([.. started.Select(p => ask(p.Running, runtime.Goka))]);
        var status = report.Level switch
        {
            HealthLevel.Healthy => HealthStatus.Healthy,
            HealthLevel.Degraded => HealthStatus.Degraded,
            _ => context.Registration.FailureStatus,
        };
        return Task.FromResult(new HealthCheckResult(
            status, report.Reason, null, report.Parts.ToDictionary(static p => p.Part, static p => (object)p.Reason)));
    }
}
