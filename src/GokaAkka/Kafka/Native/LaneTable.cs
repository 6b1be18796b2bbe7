namespace GokaAkka.Kafka.Native;

/// <summary>The lanes of a producer, found by topic and partition, and by number when a report comes. Safe for concurrent use.</summary>
sealed class LaneTable(nint client, IReadOnlyDictionary<string, int> batchLimits)
{
    readonly Lock _gate = new();

    // Both are replaced, never changed in place: read without a lock.
    volatile TopicLanes[] _topics = [];
    volatile DeliveryLane[] _all = [];
    bool _closed;

    public DeliveryLane this[int index] => _all[index];

    public DeliveryLane Get(string topic, int partition)
    {
        foreach (var known in _topics)
        {
            if (known.Name == topic)
                return known.Lanes is var lanes && partition < lanes.Length && lanes[partition] is { } lane ? lane : Add(topic, partition);
        }

        return Add(topic, partition);
    }

    public bool AnyInFlight()
    {
        foreach (var lane in _all)
        {
            lock (lane.Gate)
            {
                if (lane.InFlight > 0)
                    return true;
            }
        }

        return false;
    }

    /// <summary>Waits until nobody is sending, and lets the topics go. Nobody begins to send any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var lane in _all)
                lane.Close();
            foreach (var topic in _topics)
                NativeApi.DestroyTopic(topic.Handle);
            _topics = [];
        }
    }

    DeliveryLane Add(string topic, int partition)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            var same = _topics.FirstOrDefault(t => t.Name == topic) ?? new TopicLanes(topic, NewTopic(topic));
            if (partition >= same.Lanes.Length)
            {
                var more = new DeliveryLane?[partition + 1];
                same.Lanes.CopyTo(more, 0);
                same.Lanes = more;
            }

            if (same.Lanes[partition] is not { } lane)
            {
                lane = new DeliveryLane(_all.Length, topic, same.Handle, partition, batchLimits.GetValueOrDefault(topic, int.MaxValue));
                _all = [.. _all, lane];
                Volatile.Write(ref same.Lanes[partition], lane);
            }

            if (!_topics.Contains(same))
                _topics = [.. _topics, same];
            return lane;
        }
    }

    nint NewTopic(string name)
    {
        var handle = NativeApi.NewTopic(client, name, 0);
        return handle != 0 ? handle : throw new KafkaFaultException(
            $"Topic '{name}' cannot be written", new KafkaFault(((global::Confluent.Kafka.ErrorCode)NativeApi.LastError()).ToString(), "the client refuses it", FaultKind.Permanent));
    }

    sealed class TopicLanes(string name, nint handle)
    {
        volatile DeliveryLane?[] _lanes = [];

        public string Name { get; } = name;

        public nint Handle { get; } = handle;

        public DeliveryLane?[] Lanes
        {
            get => _lanes;
            set => _lanes = value;
        }
    }
}
