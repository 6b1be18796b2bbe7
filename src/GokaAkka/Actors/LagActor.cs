using Akka.Actor;
using Akka.Event;
using GokaAkka.Kafka;
using GokaAkka.Kafka.Polling;

namespace GokaAkka.Actors;

/// <summary>
/// Asks now and then how far the inputs' topics reach, so that partitions can say how far behind they are. One round at a time; what cannot be
/// asked keeps its last figure.
/// </summary>
sealed class LagActor : ReceiveActor, IWithTimers
{
    readonly LagSource _source;
    readonly ILoggingAdapter _log = Context.GetLogger();

    public LagActor(LagSource source)
    {
        _source = source;
        Receive<Due>(_ => Refresh().PipeTo(Self, success: () => Refreshed.Instance));
        Receive<Refreshed>(_ => Again());
        Receive<Status.Failure>(m =>
        {
            _log.Debug("Group {0}: the lag is not known at the moment: {1}", _source.Group, m.Cause.Message);
            Again();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(LagSource source) => Akka.Actor.Props.Create(() => new LagActor(source));

    protected override void PreStart() => Again();

    void Again() => Timers.StartSingleTimer(nameof(Due), Due.Instance, _source.Interval);

    async Task Refresh()
    {
        foreach (var partition in _source.Partitions())
        {
            if (partition.State != PartitionState.Running)
                continue;
            foreach (var input in partition.Inputs)
            {
                var range = await _source.Topics.Offsets(input.Topic, partition.Partition).ConfigureAwait(false);
                if (input.DoneOffset is null)
                    input.BeginsAt(await Beginning(new TopicPartition(input.Topic, partition.Partition), range).ConfigureAwait(false));
                input.Ends(range.High);
            }
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

/// <summary>What a processor's lag is made of.</summary>
sealed record LagSource(
    string Group, Func<IEnumerable<PartitionStatus>> Partitions, ITopicManager Topics, GroupPoller Poller, StartOffset StartOffset, TimeSpan Interval);
