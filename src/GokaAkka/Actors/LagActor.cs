using Akka.Actor;
using Akka.Event;
using GokaAkka.Kafka.Polling;

namespace GokaAkka.Actors;

/// <summary>
/// Periodically asks the brokers about the inputs' topics: which offsets they have, for the lag and for records that retention has removed unread, and whether
/// each still is the topic that it was. One round at a time; what cannot be asked keeps its last figure.
/// </summary>
sealed class LagActor : ReceiveActor, IWithTimers
{
    readonly LagSource _source;
    readonly ILoggingAdapter _log = Context.GetLogger();
    readonly IActorRef _processor = Context.Parent;
    readonly Dictionary<string, string> _ids;

    public LagActor(LagSource source)
    {
        _source = source;
        _ids = new(source.TopicIds);
        Receive<Due>(_ => Refresh().PipeTo(Self, success: () => Refreshed.Instance));
        Receive<Refreshed>(_ => Again());
        Receive<Status.Failure>(m =>
        {
            _log.Debug("Group {0}: the lag is not known at the moment: {1}", _source.Group, m.Cause.Message);
            Again();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(LagSource source) => ActorFactory.Props(() => new LagActor(source));

    protected override void PreStart() => Again();

    void Again() => Timers.StartSingleTimer(nameof(Due), Due.Instance, _source.Interval);

    async Task Refresh()
    {
        await CheckTopics().ConfigureAwait(false);
        foreach (var partition in _source.Partitions())
        {
            if (partition.State != PartitionState.Running)
                continue;
            foreach (var input in partition.Inputs)
            {
                var id = new TopicPartition(input.Topic, partition.Partition);
                // Before the offsets are asked for: where the topic began earlier says nothing of a gap that was met later.
                var gap = _source.Poller.Gaps.Widest(id);
                var range = await _source.Topics.Offsets(id.Topic, id.Partition).ConfigureAwait(false);
                if (input.DoneOffset is null)
                    input.BeginsAt(await Beginning(id, range).ConfigureAwait(false));
                input.Ends(range.High);
                if (gap is { } met)
                    CountRemoved(input, id, met, range.Low);
            }
        }
    }

    void CountRemoved(InputStatus input, TopicPartition id, (long From, long To) gap, long low)
    {
        _source.Poller.Gaps.Forget(id, gap);
        if (Math.Min(low, gap.To) - gap.From is not (> 0 and var removed))
            return;
        input.Remove(removed);
        _log.Warning(
            "Group {0}: {1} records of {2}[{3}] from offset {4} on were removed by the topic's retention before they were read; it is read on from offset {5}",
            _source.Group, removed, id.Topic, id.Partition, gap.From, gap.To);
    }

    async Task CheckTopics()
    {
        var found = await _source.Topics.Describe(_source.Inputs).ConfigureAwait(false);
        foreach (var topic in _source.Inputs)
        {
            var input = $"the input '{topic}'";
            if (!found.TryGetValue(topic, out var description))
            {
                _source.Troubles.Meet(input, "the topic does not exist any more; create it again, and it is read from its beginning, or stop the group");
                continue;
            }

            _source.Troubles.End(input);
            if (description.TopicId is not { } id)
                continue;
            if (_ids.TryGetValue(topic, out var known) && known != id)
                _processor.Tell(new TopicRecreated(topic, known, id));
            _ids[topic] = id;
        }
    }

    // Nothing has come yet of this partition, so that it stands where it began.
    async Task<long> Beginning(TopicPartition id, OffsetRange range)
    {
        var committed = await _source.Poller.AskCommitted(id).ConfigureAwait(false);
        return committed ?? (_source.StartOffset == StartOffset.Latest ? range.High : range.Low);
    }

    sealed record Due { public static readonly Due Instance = new(); }

    sealed record Refreshed { public static readonly Refreshed Instance = new(); }
}

/// <summary>What is asked about, and by whom.</summary>
sealed record LagSource(
    string Group, IReadOnlyList<string> Inputs, IReadOnlyDictionary<string, string> TopicIds, Func<IEnumerable<PartitionStatus>> Partitions, ITopicManager Topics,
    GroupPoller Poller, TroubleBoard Troubles, StartOffset StartOffset, TimeSpan Interval);

/// <summary>An input's topic was deleted and created again.</summary>
sealed record TopicRecreated(string Topic, string Before, string Now);
