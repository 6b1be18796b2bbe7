using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// The scheduler of real time. It goes by the name of Akka.NET's and uses the timers of .NET, so that it has no thread of its own;
/// the settings of the wheel do not apply to it.
/// </summary>
sealed class HashedWheelTimerScheduler(Config config, ILoggingAdapter log) : IScheduler, IAdvancedScheduler, IDisposable
{
    readonly ConcurrentDictionary<Scheduled, byte> _scheduled = new();
    volatile bool _disposed;

    public IAdvancedScheduler Advanced => this;

    public Config Config { get; } = config;

    public DateTimeOffset Now => DateTimeOffset.UtcNow;

    public TimeSpan MonotonicClock => HighResMonotonicClock;

    public TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(0);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellOnce(delay, receiver, message, sender, null);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Schedule(delay, null, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, null);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender,
        ICancelable cancelable) => Schedule(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleOnce(TimeSpan delay, Action action) => ScheduleOnce(delay, action, null);

    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => Schedule(delay, null, action, cancelable);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) => ScheduleRepeatedly(initialDelay, interval, action, null);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Schedule(initialDelay, interval, action, cancelable);

    /// <summary>Runs what is still waiting, as Akka.NET's does, and takes no more.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var scheduled in _scheduled.Keys)
            if (scheduled.End())
                Run(scheduled.Action);
    }

    void Schedule(TimeSpan delay, TimeSpan? interval, Action action, ICancelable cancelable)
    {
        if (delay < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(delay), $"Delay must be >=0. It was {delay}");
        if (interval <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(interval), $"Interval must be >0. It was {interval}");
        if (_disposed)
            throw new SchedulerException("cannot enqueue after timer shutdown");
        if (cancelable is { IsCancellationRequested: true })
            return;
        var scheduled = new Scheduled(this, action, interval);
        _scheduled.TryAdd(scheduled, 0);
        scheduled.Start(delay, cancelable);
    }

    void Run(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            log.Error(e, "Exception while executing timer task.");
        }
    }

    sealed class Scheduled(HashedWheelTimerScheduler scheduler, Action action, TimeSpan? interval)
    {
        readonly Lock _lock = new();
        Timer _timer;
        CancellationTokenRegistration _cancellation;
        bool _ended;

        public Action Action => action;

        public void Start(TimeSpan delay, ICancelable cancelable)
        {
            // Not started before it is assigned: it might fire, and end, before that.
            var timer = new Timer(static self => ((Scheduled)self).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            lock (_lock)
                _timer = timer;
            if (cancelable != null)
            {
                var registration = cancelable.Token.UnsafeRegister(static self => ((Scheduled)self).End(), this);
                lock (_lock)
                {
                    _cancellation = registration;
                    if (_ended)
                        return;
                }
            }
            lock (_lock)
                if (!_ended)
                    timer.Change(delay, Timeout.InfiniteTimeSpan);
        }

        /// <summary>True for the one call that ended it.</summary>
        public bool End()
        {
            CancellationTokenRegistration cancellation;
            lock (_lock)
            {
                if (_ended)
                    return false;
                _ended = true;
                _timer?.Dispose();
                cancellation = _cancellation;
            }
            cancellation.Unregister();
            scheduler._scheduled.TryRemove(this, out _);
            return true;
        }

        void Fire()
        {
            if (interval is not { } every)
            {
                if (End())
                    scheduler.Run(action);
                return;
            }
            scheduler.Run(action);
            // Set again only now, so that a slow action does not overlap itself.
            lock (_lock)
                if (!_ended)
                    _timer.Change(every, Timeout.InfiniteTimeSpan);
        }
    }
}
