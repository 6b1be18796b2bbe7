using Akka.Actor;
using Akka.Event;
using GokaAkka.Kafka.Polling;
using GokaAkka.Runtime;

namespace GokaAkka.Actors;

/// <summary>What the task of a partition tells its actor, and what it asks for that it has not itself: room, a clock, somebody to count and to log.</summary>
sealed class TaskHost(PartitionStatus status, PartitionFlow[] flows, GroupPoller poller, NodeRuntime runtime, IActorRef actor, ILoggingAdapter log) : ITaskHost
{
    int _woken;

    /// <summary>Whom keys are placed by, to say so of one that is elsewhere.</summary>
    public required string Group { get; init; }

    /// <inheritdoc cref="Group"/>
    public required string Partitioner { get; init; }

    /// <inheritdoc cref="ProcessorContext{TState}.PassedOver"/>
    public Action<RecordException, string?>? PassedOver { get; init; }

    /// <summary>The actor looks now: what happens from here on is told again.</summary>
    public void Look() => Volatile.Write(ref _woken, 0);

    public void Woken()
    {
        // One message for any number of deliveries until it is handled.
        if (Interlocked.Exchange(ref _woken, 1) == 0)
            actor.Tell(Awake.Instance);
    }

    public void Consumed(string topic, int records, int bytes)
    {
        foreach (var flow in flows)
        {
            if (flow.Id.Topic == topic)
                flow.Return(records, bytes);
        }

        poller.RoomMade();
    }

    public void Misplaced(ReadOnlySpan<byte> key)
    {
        if (status.Misplaced++ > 0)
            return;
        log.Warning(
            "Group {0}: key '{1}' came in partition {2}, and the partitioner {3} places it elsewhere: the input was written with another one. "
            + "Its value is kept in partition {2}, where views and queries that go by {3} do not find it. Set goka.processor.partitioner to that "
            + "of the input's writers. Further keys are counted, not logged.",
            Group, Records.Key.Copy(key), status.Partition, Partitioner);
    }

    public void Skipped(RecordException error)
    {
        status.Skipped++;
        status.LastError = error;
        log.Warning("Passed over: {0}", error.Message);
        PassedOver?.Invoke(error, null);
    }

    public void DeadLettered(RecordException error, string topic)
    {
        status.DeadLetters++;
        status.LastError = error;
        log.Warning("Dead-lettered to {0}: {1}", topic, error.Message);
        PassedOver?.Invoke(error, topic);
    }

    public void Retrying(RecordException error, TimeSpan pause)
    {
        status.Retries++;
        status.LastError = error;
        // Once for a record; what becomes of it is told in the end.
        if (error.Attempts == 1)
            log.Warning("Tried again in {0} ms: {1}", (long)pause.TotalMilliseconds, error.Message);
    }

    public Task Delay(TimeSpan pause, CancellationToken cancellation) => runtime.Delay(pause, cancellation);

    /// <summary>Something the task waits for has happened.</summary>
    public sealed record Awake { public static readonly Awake Instance = new(); }
}
