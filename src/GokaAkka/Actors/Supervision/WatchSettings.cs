namespace GokaAkka.Actors;

/// <summary>Settings under <c>goka.processor.watchdog</c>.</summary>
public sealed record WatchSettings
{
    /// <summary>How often to look.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>How long beyond a drain the polling thread may not poll before that is told.</summary>
    public required TimeSpan PollStalledAfter { get; init; }

    /// <summary>How long it may not poll before the processor fails.</summary>
    public required TimeSpan PollGivenUpAfter { get; init; }

    /// <summary>How long what a partition wrote may not be acknowledged before that is told.</summary>
    public required TimeSpan UnacknowledgedAfter { get; init; }

    internal static WatchSettings Read(SettingsSection watchdog) => new()
    {
        Interval = watchdog.Duration("interval"),
        PollStalledAfter = watchdog.Duration("poll-stalled-after"),
        PollGivenUpAfter = watchdog.Duration("poll-given-up-after"),
        UnacknowledgedAfter = watchdog.Duration("unacknowledged-after"),
    };
}
