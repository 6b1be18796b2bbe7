namespace GokaAkka.Telemetry;

/// <summary>The names under which a node can be listened to. What each instrument and span means is in docs/operations.md.</summary>
public static class GokaTelemetry
{
    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/> of every node.</summary>
    public const string MeterName = "GokaAkka";

    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/>.</summary>
    public const string ActivitySourceName = "GokaAkka";

    internal static string Version { get; } = typeof(GokaTelemetry).Assembly.GetName().Version?.ToString(3) ?? "";
}
