using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GokaAkka.Hosting.Health;

/// <summary>How a part is, and why.</summary>
readonly record struct PartHealth(HealthStatus Status, string Reason);
