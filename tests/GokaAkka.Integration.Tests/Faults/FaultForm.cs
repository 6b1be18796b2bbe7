namespace GokaAkka.Integration.Tests.Faults;

/// <summary>How large a fault test is: a quick form for every day, the full one for figures.</summary>
/// <param name="Messages">Messages to count.</param>
/// <param name="Faults">Kills, or stops.</param>
/// <param name="Rate">Messages per second.</param>
sealed record FaultForm(int Messages, int Faults, int Rate)
{
    /// <summary>Whether the full form is asked for: <c>GOKA_FAULTS=full</c>.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("GOKA_FAULTS") == "full";

    /// <summary>What random choices come from: <c>GOKA_SEED</c>, or another one each time.</summary>
    public static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable("GOKA_SEED"), out var seed) ? seed : Random.Shared.Next(1, int.MaxValue);
}
