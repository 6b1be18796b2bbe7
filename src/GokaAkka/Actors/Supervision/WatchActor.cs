using Akka.Actor;
using GokaAkka.Kafka.Polling;
using GokaAkka.Runtime;

namespace GokaAkka.Actors;

/// <summary>
/// Watches over a processor: that its polling thread polls, that its brokers answer again after a fault was told, and has its partitions look
/// after their acknowledgements. Says what it finds on the trouble board; gives up only a thread that does not come back.
/// </summary>
sealed class WatchActor : ReceiveActor, IWithTimers
{
    const string Polling = "the polling thread";
    const string Brokers = "the brokers";

    // A process that was stopped for a while finds its thread far behind, which is about to go on.
    const int LooksBeforeGivingUp = 3;

    readonly WatchSource _source;
    int _stalls;
    bool _isAsking;
    bool _isUnanswered;

    public WatchActor(WatchSource source)
    {
        _source = source;
        Receive<Look>(_ => LookAround());
        Receive<PollFaulted>(m => Faulted(m.Fault));
        Receive<AskDue>(_ => Ask());
        Receive<Answered>(_ => Answer());
        Receive<Status.Failure>(m => NoAnswer(m.Cause));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(WatchSource source) => ActorFactory.Props(() => new WatchActor(source));

    protected override void PreStart() => LookLater();

    // One by one: looks do not pile up where the process stands still.
    void LookLater() => Timers.StartSingleTimer(nameof(Look), Look.Instance, _source.Settings.Watch.Interval);

    void LookAround()
    {
        var age = _source.Poller.PollAge;
        var watch = _source.Settings.Watch;
        var bound = _source.Settings.DrainTimeout + watch.PollStalledAfter;
        if (age > bound)
        {
            _stalls++;
            _source.Troubles.Meet(Polling, $"it has not polled for {age.TotalSeconds:0.#} s: a rebalance callback or the native client holds it");
        }
        else
        {
            _stalls = 0;
            _source.Troubles.End(Polling);
        }

        if (_stalls >= LooksBeforeGivingUp && age > watch.PollGivenUpAfter)
        {
            Context.Parent.Tell(new PollingGivenUp(age));
            return;
        }

        Context.Parent.Tell(LookAfterAcknowledgements.Instance);
        LookLater();
    }

    void Faulted(KafkaFault fault)
    {
        _source.Troubles.Meet(Brokers, fault.ToString());
        _isUnanswered = true;
        if (!_isAsking)
            AskLater();
    }

    void AskLater() => Timers.StartSingleTimer(nameof(AskDue), AskDue.Instance, _source.Runtime.Jitter(_source.Settings.Watch.Interval));

    void Ask()
    {
        if (_isAsking)
            return;
        _isAsking = true;
        _isUnanswered = false;
        AskAll().PipeTo(Self, success: () => Answered.Instance);
    }

    /// <summary>Each leader of the inputs' partitions, and the group's coordinator.</summary>
    async Task AskAll()
    {
        foreach (var topic in _source.Topics)
            await _source.Reader.Ends(topic, _source.Partitions, _source.Settings.Watch.Interval).ConfigureAwait(false);
        await _source.Poller.AskCommitted(new TopicPartition(_source.Topics[0], 0)).ConfigureAwait(false);
    }

    void Answer()
    {
        _isAsking = false;
        // What was told while the question was on its way may be newer than the answer.
        if (_isUnanswered)
            AskLater();
        else
            _source.Troubles.End(Brokers);
    }

    void NoAnswer(Exception error)
    {
        _isAsking = false;
        _source.Troubles.Meet(Brokers, error.Message);
        AskLater();
    }

    sealed record Look { public static readonly Look Instance = new(); }

    sealed record AskDue { public static readonly AskDue Instance = new(); }

    sealed record Answered { public static readonly Answered Instance = new(); }
}

/// <summary>What is watched over.</summary>
sealed record WatchSource(
    ProcessorSettings Settings, TroubleBoard Troubles, GroupPoller Poller, ITableReader Reader, IReadOnlyList<string> Topics, int Partitions,
    NodeRuntime Runtime);

/// <summary>The polling thread does not come back.</summary>
sealed record PollingGivenUp(TimeSpan Age);

/// <summary>See whether what was sent is being acknowledged.</summary>
sealed record LookAfterAcknowledgements { public static readonly LookAfterAcknowledgements Instance = new(); }

/// <summary>The thread that polls a processor's consumer has stopped or hangs. The group gives its partitions to others.</summary>
public sealed class PollingStoppedException : Exception
{
    internal PollingStoppedException(string group, TimeSpan age)
        : base(
            $"The polling thread of group '{group}' has not polled for {age.TotalSeconds:0} s and is given up: a rebalance callback, or the native client, "
            + "does not return. What was not committed is read again by the partitions' next owners.")
    {
    }
}
