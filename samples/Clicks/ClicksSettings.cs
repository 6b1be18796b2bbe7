namespace GokaAkka.Samples.Clicks;

/// <summary>What the clicks demo does.</summary>
/// <param name="Node">Where it runs.</param>
/// <param name="Topics">The streams of clicks.</param>
/// <param name="Rate">Clicks per second.</param>
/// <param name="Users">How many users click.</param>
/// <param name="Duration">How long they click, or null for until stopped.</param>
/// <param name="Fault">What goes wrong.</param>
sealed record ClicksSettings(NodeSettings Node, IReadOnlyList<string> Topics, int Rate, int Users, TimeSpan? Duration, Fault Fault);

/// <summary>What goes wrong in the demo, on purpose.</summary>
enum Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A click that the callback throws for.</summary>
    Callback,

    /// <summary>A click whose value does not decode.</summary>
    Value,
}
