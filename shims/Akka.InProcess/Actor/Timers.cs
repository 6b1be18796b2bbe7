namespace Akka.Actor;

/// <summary>An actor that gets timers of its own: they end with the instance.</summary>
public interface IWithTimers
{
    ITimerScheduler Timers { get; set; }
}

public interface ITimerScheduler
{
    IReadOnlyCollection<object> ActiveTimers { get; }

    void StartPeriodicTimer(object key, object msg, TimeSpan interval);

    void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender);

    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);

    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender);

    void StartSingleTimer(object key, object msg, TimeSpan timeout);

    void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender);

    bool IsTimerActive(object key);

    void Cancel(object key);

    void CancelAll();
}

/// <summary>The message of a timer on its way. Its generation tells a timer from its predecessor under the same key.</summary>
class TimerMessage(object key, object message, long generation, TimerScheduler owner) : IWrappedMessage, INoSerializationVerificationNeeded
{
    public object Key { get; } = key;

    public object Message { get; } = message;

    public long Generation { get; } = generation;

    public TimerScheduler Owner { get; } = owner;

    public override string ToString() => $"TimerMsg(key={Key}, generation={Generation}, message={Message})";
}

sealed class TimerMessageWithoutInfluence(object key, object message, long generation, TimerScheduler owner)
    : TimerMessage(key, message, generation, owner), INotInfluenceReceiveTimeout;

sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    readonly Dictionary<object, Running> _timers = new();
    long _generation;

    sealed record Running(bool Repeats, long Generation, ICancelable Schedule);

    public IReadOnlyCollection<object> ActiveTimers => _timers.Keys;

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) =>
        Start(key, msg, interval, interval, ActorRefs.NoSender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender) =>
        Start(key, msg, interval, interval, sender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval) =>
        Start(key, msg, initialDelay, interval, ActorRefs.NoSender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender) =>
        Start(key, msg, initialDelay, interval, sender);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout) => Start(key, msg, timeout, null, ActorRefs.NoSender);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender) => Start(key, msg, timeout, null, sender);

    public bool IsTimerActive(object key) => _timers.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_timers.Remove(key, out var timer))
            timer.Schedule.Cancel();
    }

    public void CancelAll()
    {
        foreach (var timer in _timers.Values)
            timer.Schedule.Cancel();
        _timers.Clear();
    }

    /// <summary>The message within; null when its timer was cancelled or replaced, or belongs to an earlier instance.</summary>
    public object Accept(TimerMessage message)
    {
        if (!ReferenceEquals(message.Owner, this) || !_timers.TryGetValue(message.Key, out var timer) || timer.Generation != message.Generation)
            return null;
        if (!timer.Repeats)
            _timers.Remove(message.Key);
        return message.Message;
    }

    void Start(object key, object message, TimeSpan delay, TimeSpan? interval, IActorRef sender)
    {
        Cancel(key);
        var generation = ++_generation;
        var timer = message is INotInfluenceReceiveTimeout
            ? new TimerMessageWithoutInfluence(key, message, generation, this)
            : new TimerMessage(key, message, generation, this);
        var schedule = interval is { } every
            ? cell.System.Scheduler.ScheduleTellRepeatedlyCancelable(delay, every, cell.Self, timer, sender)
            : cell.System.Scheduler.ScheduleTellOnceCancelable(delay, cell.Self, timer, sender);
        _timers[key] = new Running(interval != null, generation, schedule);
    }
}
