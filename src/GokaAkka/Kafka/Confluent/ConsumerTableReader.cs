using Confluent.Kafka;
using GokaAkka.Kafka.Native;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// Reads any number of table partitions with one plain consumer and one thread. Partitions are added and taken off one by one, which leaves
/// the others where they are.
/// </summary>
sealed class ConsumerTableReader : ITableReader, ITableSubscriptionOwner, IRecordSink, IFetchEvents
{
    static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan BusyTimeout = TimeSpan.FromMilliseconds(5);
    static readonly TimeSpan IdleTimeout = TimeSpan.FromMilliseconds(200);
    const int RecordsPerPoll = 10_000;

    readonly IConsumer<Ignore, Ignore> _consumer;
    readonly TopicNames _names = new();
    readonly NativeFetch _fetch;
    readonly FaultFilter _filter = new();
    readonly ConcurrentQueue<Action> _commands = new();
    readonly AutoResetEvent _commanded = new(false);
    readonly Dictionary<TopicPartition, TableSubscription> _subscriptions = [];
    readonly List<TableSubscription> _touched = [];
    readonly LeaderQuestions _leaders;
    readonly LastError _lastError = new();
    readonly string _where;
    TableSubscription? _last;
    bool _anyFull;
    int _recordBytes;
    volatile bool _stopping;

    public ConsumerTableReader(Dictionary<string, string> config, string where, ClientLog log)
    {
        _where = where;
        _consumer = new ConsumerBuilder<Ignore, Ignore>(config)
            .SetErrorHandler((_, error) =>
            {
                // It is given a group because the client wants one, and never is a member of it: no principal needs a right to it.
                if (error.Code == ErrorCode.GroupAuthorizationFailed)
                    return;
                _lastError.Note(error);
                TellAll(Faults.From(error));
            })
            .SetLogHandler((_, line) => log.Add(line))
            .SetStatisticsHandler((c, json) => log.Statistics(c.Name, json))
            .Build();
        _fetch = NativeFetch.Open(_consumer, _names);
        _leaders = new LeaderQuestions(_consumer, where, this, _lastError);
        new Thread(Run) { Name = "goka-tables-" + config["client.id"], IsBackground = true }.Start();
    }

    public ITableSubscription Subscribe(string topic, int partition, long fromOffset, ITableListener listener)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromOffset);
        ObjectDisposedException.ThrowIf(_stopping, this);
        var subscription = new TableSubscription(new TopicPartition(topic, partition), fromOffset, listener, this);
        Post(() => Add(subscription));
        return subscription;
    }

    public Task<IReadOnlyList<long>> Ends(string topic, int partitions, TimeSpan timeout) => _leaders.Ends(topic, partitions, timeout);

    /// <remarks>Returns at once: the thread lets the client go, which may take its time.</remarks>
    public void Dispose()
    {
        _stopping = true;
        _leaders.Shut();
        _commanded.Set();
    }

    /// <summary>The subscription was disposed, on any thread.</summary>
    public void Dropped(TableSubscription subscription) => Post(() => Remove(subscription));

    /// <summary>The listener has asked for more, on any thread.</summary>
    public void Requested(TableSubscription subscription) => Post(() =>
    {
        subscription.HandOver();
        if (!subscription.IsPaused || subscription.IsFull || subscription.IsRemoved)
            return;
        subscription.IsPaused = false;
        _consumer.Resume([Theirs(subscription.Id)]);
        FetcherWake.Wake(_consumer, [Theirs(subscription.Id)]);
    });

    void Post(Action command)
    {
        _commands.Enqueue(command);
        _commanded.Set();
    }

    void Run()
    {
        while (!_stopping)
        {
            while (_commands.TryDequeue(out var command))
                Guard(command);
            if (IsAnyHungry())
                Guard(Poll);
            else
                _commanded.WaitOne(IdleTimeout);
        }

        foreach (var subscription in _subscriptions.Values)
            subscription.Drop();
        _leaders.Close();
        _fetch.Dispose();
        Guard(_consumer.Close);
        _consumer.Dispose();
    }

    /// <summary>Whether any partition may be read. Where none may, waiting for a listener costs less than pausing, which reads again.</summary>
    bool IsAnyHungry()
    {
        foreach (var subscription in _subscriptions.Values)
        {
            if (!subscription.IsFull)
                return true;
        }

        return false;
    }

    void Add(TableSubscription subscription)
    {
        if (subscription.IsRemoved)
            return;
        // One consumer reads a partition once: the newer reader takes over.
        if (_subscriptions.TryGetValue(subscription.Id, out var earlier))
            Remove(earlier);
        if (_names.Know(subscription.Id.Topic))
            LeaderQuestions.Learn(_consumer.OffsetsForTimes, subscription.Id);
        try
        {
            Assign(subscription.Id, new Offset(subscription.FromOffset));
            _subscriptions.Add(subscription.Id, subscription);
        }
        catch (KafkaException e)
        {
            subscription.Fault(TableFaults.Of(e.Error));
        }
    }

    void Remove(TableSubscription subscription)
    {
        if (!_subscriptions.TryGetValue(subscription.Id, out var current) || current != subscription)
            return;
        _subscriptions.Remove(subscription.Id);
        _touched.Remove(subscription);
        _last = null;
        subscription.Drop();
        try
        {
            // The client keeps a pause for whoever reads the partition next.
            if (subscription.IsPaused)
                _consumer.Resume([Theirs(subscription.Id)]);
            _consumer.IncrementalUnassign([Theirs(subscription.Id)]);
        }
        catch (KafkaException)
        {
            // The client has let go of the partition by itself.
        }
    }

    void Assign(TopicPartition id, Offset from) =>
        _consumer.IncrementalAssign([new global::Confluent.Kafka.TopicPartitionOffset(Theirs(id), from)]);

    void Poll()
    {
        var wait = PauseFull() ? BusyTimeout : PollTimeout;
        _anyFull = false;
        try
        {
            // All that one call takes goes into one batch, however full that is: of large records it takes few.
            for (var taken = 0; taken < RecordsPerPoll && !_anyFull; wait = TimeSpan.Zero)
            {
                var more = _fetch.Take(wait, 1 + (TableSubscription.FullBytes / (1 + _recordBytes)), this, this);
                if (more == 0)
                    break;
                taken += more;
            }
        }
        finally
        {
            foreach (var subscription in _touched)
                subscription.HandOver();
            _touched.Clear();
        }
    }

    public void AtEnd(string topic, int partition, long offset)
    {
        if (Find(topic, partition) is { } ended)
        {
            ended.AtEnd(offset);
            Touch(ended);
        }
    }

    void IFetchEvents.Failed(TopicPartitionOffset at, Error error) => ReadFailed(at.Topic, at.Partition, at.Offset, error);

    void Touch(TableSubscription subscription)
    {
        if (subscription.IsTouched)
            return;
        subscription.IsTouched = true;
        _touched.Add(subscription);
    }

    /// <returns>Whether any partition is paused, and may be resumed at any moment.</returns>
    bool PauseFull()
    {
        var paused = false;
        foreach (var subscription in _subscriptions.Values)
        {
            if (!subscription.IsPaused && subscription.IsFull)
            {
                subscription.IsPaused = true;
                _consumer.Pause([Theirs(subscription.Id)]);
            }

            paused |= subscription.IsPaused;
        }

        return paused;
    }

    void IRecordSink.Add(
        string topic, int partition, long offset, long timestamp, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull,
        Records.Headers? headers)
    {
        if (Find(topic, partition) is not { } subscription)
            return;
        subscription.Add(offset, timestamp, key, value, valueIsNull, headers);
        _recordBytes = key.Length + value.Length;
        Touch(subscription);
        _anyFull |= subscription.IsFull;
    }

    TableSubscription? Find(string topic, int partition) =>
        // Records come in runs of a partition.
        _last is { } last && last.Id.Partition == partition && last.Id.Topic == topic
            ? last
            : _last = _subscriptions.GetValueOrDefault(new TopicPartition(topic, partition));

    void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (KafkaException e)
        {
            TellAll(Faults.From(e.Error));
        }
        catch (Exception e)
        {
            // A defect, or the process's end: it ends what is read, which can be started again, and not the process.
            TellAll(new KafkaFault("Local_Application", $"reading tables has failed: {e}", FaultKind.Fatal));
        }
    }

    void ReadFailed(string topic, int partition, long offset, Error error)
    {
        if (Find(topic, partition) is not { } one)
            TellAll(Faults.From(error));
        else if (error.Code == ErrorCode.Local_AutoOffsetReset)
            ReadFromFirstKept(one, offset);
        else
            Tell(one, TableFaults.Of(error));
    }

    /// <inheritdoc cref="TableFaults.NotHeld"/>
    void ReadFromFirstKept(TableSubscription subscription, long offset)
    {
        Tell(subscription, TableFaults.NotHeld(subscription.Id, offset));
        Guard(() =>
        {
            _consumer.IncrementalUnassign([Theirs(subscription.Id)]);
            Assign(subscription.Id, Offset.Beginning);
        });
    }

    /// <summary>What the client goes on from concerns the connection, not a partition: one voice is enough for the log.</summary>
    void TellAll(KafkaFault fault)
    {
        if (fault.Kind == FaultKind.Fatal)
        {
            foreach (var subscription in _subscriptions.Values.ToList())
                Tell(subscription, fault);
        }
        else if (_subscriptions.Count > 0 && _filter.IsNews("", fault))
        {
            _subscriptions.Values.First().Fault(Here(fault with { Kind = FaultKind.Retriable }));
        }
    }

    void Tell(TableSubscription subscription, KafkaFault fault)
    {
        if (fault.Kind != FaultKind.Retriable)
            Remove(subscription);
        else if (!_filter.IsNews(subscription.Id.ToString(), fault))
            return;
        subscription.Fault(Here(fault));
    }

    KafkaFault Here(KafkaFault fault) => fault with { Reason = $"{fault.Reason} ({_where})" };

    static global::Confluent.Kafka.TopicPartition Theirs(TopicPartition p) => new(p.Topic, p.Partition);
}
