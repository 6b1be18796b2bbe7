namespace GokaAkka.Inspection;

/// <summary>How something is; the lowest is the worst.</summary>
public enum HealthLevel
{
    /// <summary>It does not do what it is there for.</summary>
    Unhealthy,

    /// <summary>It does, and something is wrong that may pass by itself.</summary>
    Degraded,

    /// <summary>All is well.</summary>
    Healthy,
}

/// <summary>How a processor, view or emitter is, and why.</summary>
/// <param name="Part">What it is, <c>processor GROUP</c> or <c>view TABLE</c>.</param>
/// <param name="Level">How it is.</param>
/// <param name="Reason">Why, for people: a clause without a full stop.</param>
public sealed record PartHealth(string Part, HealthLevel Level, string Reason);
