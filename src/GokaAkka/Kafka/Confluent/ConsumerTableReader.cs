using System.Collections.Concurrent;
using Confluent.Kafka;
using GokaAkka.Records;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// Reads any number of table partitions with one plain consumer and one thread. Partitions are added and taken off one by one, which leaves
/// the others where they are.
/// </summary>
sealed class ConsumerTableReader : ITableReader, IRecordSink
{
    static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan WarmUpTimeout = TimeSpan.FromSeconds(2);
    const int RecordsPerPoll = 10_000;

    readonly IConsumer<Bytes, Bytes> _consumer;
    readonly RecordCopier _copier = new();
    readonly ConcurrentQueue<Action> _commands = new();
    readonly AutoResetEvent _commanded = new(false);
    readonly Dictionary<TopicPartition, TableSubscription> _subscriptions = [];
    readonly HashSet<TableSubscription> _touched = [];
    readonly string _where;
    readonly Thread _thread;
    volatile bool _stopping;

    public ConsumerTableReader(Dictionary<string, string> config, string where)
    {
        _where = where;
        _consumer = new ConsumerBuilder<Bytes, Bytes>(config)
            .SetKeyDeserializer(_copier.Key)
            .SetValueDeserializer(_copier.Value)
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler(static (_, _) => { })
            .Build();
        _thread = new Thread(Run) { Name = "goka-tables-" + config["client.id"], IsBackground = true };
        _thread.Start();
    }

    public ITableSubscription Subscribe(string topic, int partition, long fromOffset, ITableListener listener)
    {
        var subscription = new TableSubscription(new TopicPartition(topic, partition), fromOffset, listener, this);
        Post(() => Add(subscription));
        return subscription;
    }

    public void Dispose()
    {
        _stopping = true;
        _commanded.Set();
        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    internal void Post(Action command)
    {
        _commands.Enqueue(command);
        _commanded.Set();
    }

    internal void Remove(TableSubscription subscription) => Post(() =>
    {
        if (!_subscriptions.TryGetValue(subscription.Id, out var current) || current != subscription)
            return;
        _subscriptions.Remove(subscription.Id);
        _consumer.IncrementalUnassign([Theirs(subscription.Id)]);
        subscription.Drop();
    });

    internal void Resume(TableSubscription subscription) => Post(() =>
    {
        if (subscription.IsRemoved)
            return;
        subscription.HandOver();
        if (!subscription.IsPaused || subscription.IsFull)
            return;
        subscription.IsPaused = false;
        _consumer.Resume([Theirs(subscription.Id)]);
    });

    void Run()
    {
        while (!_stopping)
        {
            while (_commands.TryDequeue(out var command))
                Guard(command);
            if (_subscriptions.Count == 0)
                _commanded.WaitOne(PollTimeout * 10);
            else
                Guard(Poll);
        }

        _consumer.Close();
        _consumer.Dispose();
        foreach (var subscription in _subscriptions.Values)
            subscription.Drop();
    }

    void Add(TableSubscription subscription)
    {
        if (subscription.IsRemoved)
            return;
        if (_subscriptions.Remove(subscription.Id, out var earlier))
        {
            // One consumer reads a partition once: the newer reader takes over.
            _consumer.IncrementalUnassign([Theirs(subscription.Id)]);
            earlier.Drop();
        }

        if (_copier.Know(subscription.Id.Topic))
            WarmUp(subscription.Id);
        _subscriptions.Add(subscription.Id, subscription);
        var from = new global::Confluent.Kafka.TopicPartitionOffset(Theirs(subscription.Id), new Offset(subscription.FromOffset));
        _consumer.IncrementalAssign([from]);
    }

    /// <summary>Learns the topic's leaders first: without them the client waits half a second before it asks for an offset again.</summary>
    void WarmUp(TopicPartition id)
    {
        try
        {
            _consumer.OffsetsForTimes([new TopicPartitionTimestamp(Theirs(id), new Timestamp(-1, TimestampType.CreateTime))], WarmUpTimeout);
        }
        catch (KafkaException)
        {
            // It is a matter of half a second; what is really wrong will be told by reading.
        }
    }

    void Poll()
    {
        var wait = PollTimeout;
        for (var taken = 0; taken < RecordsPerPoll && _consumer.Consume(wait) is { } result; taken++)
        {
            wait = TimeSpan.Zero;
            if (!result.IsPartitionEOF)
            {
                _copier.Hand(result, this);
                continue;
            }

            if (Find(result.Topic, result.Partition.Value) is { } ended)
            {
                ended.AtEnd(result.Offset.Value);
                _touched.Add(ended);
            }
        }

        foreach (var subscription in _touched)
        {
            subscription.HandOver();
            if (subscription.IsPaused || !subscription.IsFull || subscription.IsRemoved)
                continue;
            subscription.IsPaused = true;
            _consumer.Pause([Theirs(subscription.Id)]);
        }

        _touched.Clear();
    }

    void IRecordSink.Add(
        string topic, int partition, long offset, long timestamp, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull,
        Records.Headers? headers)
    {
        if (Find(topic, partition) is not { } subscription || offset < subscription.FromOffset)
            return;
        subscription.Add(offset, timestamp, key, value, valueIsNull, headers);
        _touched.Add(subscription);
    }

    TableSubscription? Find(string topic, int partition) => _subscriptions.GetValueOrDefault(new TopicPartition(topic, partition));

    void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (ConsumeException e)
        {
            var fault = Faults.From(e.Error);
            var id = e.ConsumerRecord;
            if (id?.Topic is not null && Find(id.Topic, id.Partition.Value) is { } one)
                Tell(one, fault);
            else
                TellAll(fault);
        }
        catch (KafkaException e)
        {
            TellAll(Faults.From(e.Error));
        }
    }

    void OnError(Error error)
    {
        var fault = Faults.From(error);
        if (fault.Kind is FaultKind.Retriable or FaultKind.Fatal)
            Post(() => TellAll(fault));
    }

    void TellAll(KafkaFault fault)
    {
        // What passes by itself concerns the connection, not a partition: one voice is enough for the log.
        if (fault.Kind == FaultKind.Retriable && _subscriptions.Count > 0)
        {
            Tell(_subscriptions.Values.First(), fault);
            return;
        }

        foreach (var subscription in _subscriptions.Values.ToList())
            Tell(subscription, fault);
    }

    void Tell(TableSubscription subscription, KafkaFault fault)
    {
        // A topic that is being made, or whose leader moves, is unknown for a while; the client keeps asking.
        var kind = fault.Code == nameof(ErrorCode.UnknownTopicOrPart) ? FaultKind.Retriable : fault.Kind;
        subscription.Fault(fault with { Kind = kind, Reason = $"{fault.Reason} ({_where})" });
    }

    static global::Confluent.Kafka.TopicPartition Theirs(TopicPartition p) => new(p.Topic, p.Partition);
}
