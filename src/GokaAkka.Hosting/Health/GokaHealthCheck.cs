using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GokaAkka.Hosting.Health;

/// <summary>Asks every part that a host runs; the worst is the answer, and the data has each one's reason.</summary>
sealed class GokaHealthCheck(GokaRuntime runtime, Func<RunningPart, Goka, PartHealth> ask) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (runtime.Started is not { } started)
            return Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, "GokaAkka is not started."));
        var (worst, reasons, data) = (HealthStatus.Healthy, new List<string>(), new Dictionary<string, object>());
        foreach (var (part, running) in started)
        {
            var health = ask(running, runtime.Goka);
            data[part.ToString()] = health.Reason;
            if (health.Status != HealthStatus.Healthy)
                reasons.Add($"{part}: {health.Reason}");
            // The lowest is the worst.
            if (health.Status < worst)
                worst = health.Status;
        }

        return Task.FromResult(new HealthCheckResult(
            worst == HealthStatus.Unhealthy ? context.Registration.FailureStatus : worst, reasons.Count > 0 ? string.Join(". ", reasons) : null, null, data));
    }
}
