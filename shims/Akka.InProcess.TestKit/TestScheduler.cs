using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>
/// A scheduler whose time passes when the test says so. As in Akka.NET, what is repeated runs once per advance, however far it goes,
/// and its next time counts from there; an action to run once cannot be cancelled; and the monotonic clocks show real time.
/// </summary>
public class TestScheduler : IScheduler, IAdvancedScheduler
{
    readonly Lock _lock = new();
    readonly SortedDictionary<long, List<Item>> _scheduled = new();
    DateTimeOffset _now = DateTimeOffset.UtcNow;

    public TestScheduler(Config schedulerConfig, ILoggingAdapter log)
    {
    }

    public DateTimeOffset Now
    {
        get
        {
            lock (_lock)
                return _now;
        }
    }

    public TimeSpan MonotonicClock => HighResMonotonicClock;

    public TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(0);

    public IAdvancedScheduler Advanced => this;

    protected DateTimeOffset TimeNow => Now;

    /// <summary>Runs what is due then, on this thread, in the order of its time.</summary>
    public void Advance(TimeSpan offset)
    {
        List<Item> due = [];
        lock (_lock)
        {
            _now += offset;
            foreach (var at in _scheduled.Keys.TakeWhile(ticks => ticks <= _now.UtcTicks).ToList())
            {
                due.AddRange(_scheduled[at]);
                _scheduled.Remove(at);
            }
        }
        foreach (var item in due)
            if (!item.IsCancelled)
                item.Run();
        foreach (var item in due)
            if (item.Interval is { } interval && !item.IsCancelled)
                Add(interval, item);
    }

    public void AdvanceTo(DateTimeOffset when)
    {
        if (when < Now)
            throw new InvalidOperationException("You can't reverse time...");
        Advance(when - Now);
    }

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellOnce(delay, receiver, message, sender, null);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(delay, new Item(() => receiver.Tell(message, sender), null, cancelable));

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, null);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender,
        ICancelable cancelable) => Add(initialDelay, new Item(() => receiver.Tell(message, sender), interval, cancelable));

    public void ScheduleOnce(TimeSpan delay, Action action) => ScheduleOnce(delay, action, null);

    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => Add(delay, new Item(action, null, null));

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) => ScheduleRepeatedly(initialDelay, interval, action, null);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(initialDelay, new Item(action, interval, cancelable));

    void Add(TimeSpan delay, Item item)
    {
        lock (_lock)
        {
            var at = (_now + delay).UtcTicks;
            if (!_scheduled.TryGetValue(at, out var items))
                _scheduled.Add(at, items = []);
            items.Add(item);
        }
    }

    sealed record Item(Action Run, TimeSpan? Interval, ICancelable Cancelable)
    {
        public bool IsCancelled => Cancelable is { IsCancellationRequested: true };
    }
}
