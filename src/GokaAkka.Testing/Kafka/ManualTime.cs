namespace GokaAkka.Testing;

/// <summary>
/// A clock that stands still until it is moved. Timers strike inside <see cref="Advance"/>, on its thread, in the order of their times. Safe for
/// concurrent use.
/// </summary>
public sealed class ManualTime : TimeProvider
{
    readonly object _lock = new();
    readonly List<ManualTimer> _timers = [];
    DateTimeOffset _now;
    TimeSpan _elapsed;
    long _armed;

    /// <summary>A clock that stands at <paramref name="start"/>, by default 2000-01-01 UTC.</summary>
    public ManualTime(DateTimeOffset? start = null) => _now = start ?? new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_lock)
            return _elapsed.Ticks;
    }

    /// <summary>Moves the clock forward. A timer that arms another one within this time sees it strike as well.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan end;
        lock (_lock)
            end = _elapsed + by;
        while (NextDue(end) is { } timer)
            timer.Strike();
        lock (_lock)
            MoveTo(end);
    }

    /// <summary>How long until the next timer strikes; null when none is armed.</summary>
    internal TimeSpan? UntilNext
    {
        get
        {
            lock (_lock)
            {
                var next = TimeSpan.MaxValue;
                foreach (var timer in _timers)
                    next = timer.Due < next ? timer.Due : next;
                return next == TimeSpan.MaxValue ? null : next > _elapsed ? next - _elapsed : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Moves the wall clock alone, as an administrator does: timers and elapsed time do not notice.</summary>
    public void JumpWallClock(TimeSpan by)
    {
        lock (_lock)
            _now += by;
    }

    /// <summary>Waits, in real time, until timers have been armed so many times since the start: until somebody waits for this clock.</summary>
    /// <exception cref="TimeoutException">They were not in time.</exception>
    public void AwaitArmed(long times, TimeSpan patience)
    {
        var end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        lock (_lock)
        {
            while (_armed < times)
            {
                var left = end - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_lock, (int)left))
                    throw new TimeoutException($"Timers were armed {_armed} times within {patience.TotalSeconds:F0} s, not {times} times.");
            }
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        lock (_lock)
            _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    ManualTimer? NextDue(TimeSpan end)
    {
        lock (_lock)
        {
            ManualTimer? next = null;
            foreach (var timer in _timers)
            {
                if (timer.Due <= end && (next is null || timer.Due < next.Due))
                    next = timer;
            }

            if (next is null)
                return null;
            MoveTo(next.Due);
            next.Due = next.Period > TimeSpan.Zero ? next.Due + next.Period : TimeSpan.MaxValue;
            return next;
        }
    }

    // A timer that was overdue when it was armed does not move the clock back.
    void MoveTo(TimeSpan time)
    {
        if (time <= _elapsed)
            return;
        _now += time - _elapsed;
        _elapsed = time;
    }

    sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; set; } = TimeSpan.MaxValue;

        public TimeSpan Period { get; private set; }

        public void Strike() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                if (!time._timers.Contains(this))
                    return false;
                Period = period;
                Due = dueTime < TimeSpan.Zero ? TimeSpan.MaxValue : time._elapsed + dueTime;
                if (dueTime >= TimeSpan.Zero)
                    time._armed++;
                Monitor.PulseAll(time._lock);
            }

            // What is due at once does not wait for the clock to be moved.
            if (dueTime == TimeSpan.Zero)
                time.Advance(TimeSpan.Zero);
            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
                time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
