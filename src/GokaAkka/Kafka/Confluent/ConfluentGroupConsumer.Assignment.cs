using System.Runtime.ExceptionServices;
using Confluent.Kafka;

namespace GokaAkka.Kafka.Confluent;

// What the client is assigned, and what is taken along with it. An eager member answers an assignment with more partitions than it was given.
// The client takes such an answer of a cooperative one as an error, and calls from inside the handler, too: there the partitions that come
// along follow once the handler has returned.
sealed partial class ConfluentGroupConsumer
{
    readonly List<global::Confluent.Kafka.TopicPartitionOffset> _coming = [];
    readonly List<global::Confluent.Kafka.TopicPartition> _going = [];
    readonly StillHere _passing;

    // What the owner has thrown in a rebalance, until the client has returned.
    ExceptionDispatchInfo? _failure;

    /// <summary>
    /// Keeps what the owner throws from the client: it would answer by giving up all partitions, which a cooperative one may not, and that would end
    /// the process.
    /// </summary>
    T? Guarded<T>(Func<T> handle) where T : class
    {
        try
        {
            return handle();
        }
        catch (Exception e)
        {
            _failure ??= ExceptionDispatchInfo.Capture(e);
            return null;
        }
    }

    void Guarded(Action handle) => Guarded(() =>
    {
        handle();
        return this;
    });

    void ThrowFailure()
    {
        if (_failure is not { } failure)
            return;
        _failure = null;
        failure.Throw();
    }

    static List<global::Confluent.Kafka.TopicPartitionOffset> AsCommitted(List<global::Confluent.Kafka.TopicPartition> partitions) =>
        partitions.ConvertAll(static p => new global::Confluent.Kafka.TopicPartitionOffset(p, Offset.Unset));

    List<global::Confluent.Kafka.TopicPartitionOffset> Assigned(List<global::Confluent.Kafka.TopicPartition> partitions)
    {
        // What comes while it closes is given back at once: nobody is to begin with it, nor to ask a client that ends for its generation.
        if (_closed)
            return AsCommitted(partitions);
        var ours = _topics.With(partitions.ConvertAll(Ours));
        _assigned.UnionWith(ours);
        // The client keeps a pause beyond the assignment it was made in.
        if (ours.FindAll(_paused.Remove) is { Count: > 0 } paused)
            _consumer.Resume(paused.Select(Theirs));
        var starts = _events!.Assigned(ours).ToDictionary(s => new TopicPartition(s.Topic, s.Partition), s => s.Offset);
        var all = ours.ConvertAll(p => new global::Confluent.Kafka.TopicPartitionOffset(
            Theirs(p), starts.TryGetValue(p, out var start) ? new Offset(start) : Offset.Unset));
        if (!_isCooperative)
            return all;
        _coming.AddRange(all.Where(p => _topics.ComesAlong(p.Topic)));
        return all.FindAll(p => !_topics.ComesAlong(p.Topic));
    }

    void Gone(List<global::Confluent.Kafka.TopicPartitionOffset> partitions, Action<IReadOnlyList<TopicPartition>> tell)
    {
        var ours = _topics.With(partitions.ConvertAll(p => Ours(p.TopicPartition)));
        // A member that closes has taken its leave before, and what came while closing was never begun.
        if (_isCooperative || _closed)
            ours.RemoveAll(p => !_assigned.Contains(p));
        if (ours.Count > 0 || !(_isCooperative || _closed))
            TakeLeave(ours, tell);
    }

    void TakeLeave(List<TopicPartition> partitions, Action<IReadOnlyList<TopicPartition>> tell)
    {
        _fetch.Drop(partitions);
        tell(partitions);
        if (_isCooperative)
            partitions.ForEach(LetGo);
        _assigned.ExceptWith(partitions);
        _stored.ExceptWith(partitions);
        partitions.ForEach(p => _seeks.Remove(p));
    }

    void LetGo(TopicPartition id)
    {
        var theirs = Theirs(id);
        // What was stored would be committed as the partition goes, which may be when it is another's already, who has committed more. One that leaves
        // is a member until it has committed.
        if (!_closed && _stored.Contains(id))
            Unstore(theirs);
        // It may have come within the same poll.
        if (_topics.ComesAlong(id.Topic) && _coming.RemoveAll(c => c.TopicPartition == theirs) == 0)
            _going.Add(theirs);
    }

    /// <summary>Takes and lets go what comes along with the anchor's partitions.</summary>
    void FollowAnchor()
    {
        if (_going.Count > 0)
        {
            Try($"Letting go of partitions of {_where}", () => _consumer.IncrementalUnassign(_going));
            _going.Clear();
        }

        if (_coming.Count > 0)
        {
            Try($"Taking partitions of {_where}", () => _consumer.IncrementalAssign(_coming));
            _coming.Clear();
        }
    }

    void Unstore(global::Confluent.Kafka.TopicPartition id)
    {
        try
        {
            _consumer.StoreOffset(new global::Confluent.Kafka.TopicPartitionOffset(id, Offset.Unset));
        }
        catch (KafkaException)
        {
            // Gone already, and what was stored with it.
        }
    }

    /// <summary>
    /// Passes over what the client still hands out of partitions that come along and are to go, however soon they come back, and of those that a seek waits for.
    /// </summary>
    sealed class StillHere(List<global::Confluent.Kafka.TopicPartition> going, Dictionary<TopicPartition, long> seeks) : IRecordSink
    {
        IRecordSink? _sink;

        public StillHere To(IRecordSink sink)
        {
            _sink = sink;
            return this;
        }

        public void Add(
            string topic, int partition, long offset, long timestamp, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull,
            Records.Headers? headers)
        {
            if (going.Count > 0 && going.Contains(new global::Confluent.Kafka.TopicPartition(topic, partition)))
                return;
            if (seeks.Count > 0 && seeks.ContainsKey(new TopicPartition(topic, partition)))
                return;
            _sink!.Add(topic, partition, offset, timestamp, key, value, valueIsNull, headers);
        }
    }
}
