namespace GokaAkka.Tests.Kafka;

/// <summary>
/// A group consumer whose polls do what the test says next and otherwise nothing. Keeps what it is told, and sees to it that all of it comes
/// from one thread.
/// </summary>
sealed class FakeGroupConsumer : Observed, IGroupConsumer
{
    readonly ConcurrentQueue<Action<IGroupEvents, IRecordSink>> _script = new();
    readonly HashSet<TopicPartition> _paused = [];
    readonly List<string> _log = [];
    IGroupEvents _events = null!;
    Thread? _owner;
    int _polls;

    public IGroupMembership Membership => throw new NotSupportedException();

    public int Generation { get; set; } = 1;

    public TimeSpan Lease { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Why the next commit fails, or null.</summary>
    public KafkaFaultException? CommitFault { get; set; }

    /// <summary>Why disposal fails, or null.</summary>
    public Exception? DisposeFault { get; set; }

    /// <summary>What is assigned and so revoked by Close.</summary>
    public List<TopicPartition> Assigned { get; } = [];

    public IReadOnlyList<string> Log => Look(() => _log.ToList());

    public int Polls => Look(() => _polls);

    public void Next(Action<IGroupEvents, IRecordSink> step) => _script.Enqueue(step);

    public void Assign(params TopicPartition[] partitions) => Next((events, _) =>
    {
        Assigned.AddRange(partitions);
        events.Assigned(partitions);
    });

    public void Revoke(params TopicPartition[] partitions) => Next((events, _) =>
    {
        Assigned.RemoveAll(partitions.Contains);
        events.Revoked(partitions);
    });

    public void Lose(params TopicPartition[] partitions) => Next((events, _) =>
    {
        Assigned.RemoveAll(partitions.Contains);
        events.Lost(partitions);
    });

    public void Hand(string topic, int partition, long from, int count) => Next((_, sink) =>
    {
        for (var i = 0; i < count; i++)
            sink.Add(topic, partition, from + i, 0, "k"u8, Encoding.UTF8.GetBytes($"{from + i}"), false, null);
    });

    public bool IsPaused(TopicPartition partition) => Look(() => _paused.Contains(partition));

    public void Subscribe(IReadOnlyList<string> topics, IGroupEvents events)
    {
        _owner = Thread.CurrentThread;
        _events = events;
        Note($"subscribe {string.Join(",", topics)}");
    }

    public int Poll(TimeSpan timeout, int maxRecords, IRecordSink sink)
    {
        if (_script.TryDequeue(out var step))
            step(_events, sink);
        See(() => _polls++);
        return 0;
    }

    public void Pause(IReadOnlyCollection<TopicPartition> partitions) => See(() =>
    {
        CheckThread();
        _paused.UnionWith(partitions);
    });

    public void Resume(IReadOnlyCollection<TopicPartition> partitions) => See(() =>
    {
        CheckThread();
        _paused.ExceptWith(partitions);
    });

    public void Seek(TopicPartitionOffset position) => Note($"seek {position}");

    public void Commit(IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        Note($"commit {string.Join(" ", offsets)}");
        if (CommitFault is { } fault)
            throw fault;
    }

    public void CommitInBackground(IReadOnlyCollection<TopicPartitionOffset> offsets) => Note($"background {string.Join(" ", offsets)}");

    /// <summary>What the group has committed.</summary>
    public List<TopicPartitionOffset> Offsets { get; } = [];

    public IReadOnlyList<TopicPartitionOffset> Committed(IReadOnlyCollection<TopicPartition> partitions, TimeSpan timeout) =>
        Offsets.FindAll(o => partitions.Contains(new TopicPartition(o.Topic, o.Partition)));

    public void Close()
    {
        Note("close");
        if (Assigned.Count > 0)
            _events.Revoked([.. Assigned]);
    }

    public void Dispose()
    {
        Note("dispose");
        if (DisposeFault is { } fault)
            throw fault;
    }

    /// <summary>Waits until so many polls more have begun and ended, so that everything asked before has been seen.</summary>
    public void AwaitPolls(int count = 3)
    {
        var target = Polls + count;
        Await($"{target} polls", TimeSpan.FromSeconds(20), () => _polls >= target);
    }

    public override string ToString() => $"{_polls} polls; {string.Join("; ", _log)}";

    void Note(string what) => See(() =>
    {
        CheckThread();
        _log.Add(what);
    });

    void CheckThread() => Thread.CurrentThread.ShouldBe(_owner);
}
