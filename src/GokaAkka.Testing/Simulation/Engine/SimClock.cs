namespace GokaAkka.Testing.Simulation;

/// <summary>A machine's clock: virtual time, and a wall clock that can be set wrong.</summary>
sealed class SimClock(Scheduler scheduler) : TimeProvider
{
    static readonly DateTimeOffset Start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>By how much the wall clock is wrong.</summary>
    public TimeSpan Skew { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => scheduler.Now.Ticks;

    public override DateTimeOffset GetUtcNow() => Start + scheduler.Now + Skew;
}
