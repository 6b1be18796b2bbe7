namespace GokaAkka.Testing.Simulation;

/// <summary>A machine's clock as one of its processes has it: timers end with the process, and strike late when it was paused.</summary>
sealed class ProcessClock(SimProcess process, SimClock machine) : TimeProvider
{
    public override long TimestampFrequency => machine.TimestampFrequency;

    public override long GetTimestamp() => machine.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => machine.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ProcessTimer(process, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    sealed class ProcessTimer(SimProcess process, Action strike) : ITimer
    {
        // Changes with every change, so that a strike that was meant before is none.
        int _version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _version++;
            if (dueTime != Timeout.InfiniteTimeSpan)
                StrikeAfter(dueTime, period, _version);
            return true;
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        void StrikeAfter(TimeSpan time, TimeSpan period, int version) => process.After(time, () =>
        {
            if (version != _version)
                return;
            if (period > TimeSpan.Zero)
                StrikeAfter(period, period, version);
            strike();
        });
    }
}
