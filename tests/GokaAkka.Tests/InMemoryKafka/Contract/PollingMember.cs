namespace GokaAkka.Testing.Tests;

/// <summary>A record as a group member got it.</summary>
public sealed record GotRecord(string Topic, int Partition, long Offset, long Timestamp, string Key, string? Value, Headers? Headers);

/// <summary>A group consumer that polls on a thread of its own, as a processor does, and keeps what it sees.</summary>
public sealed class PollingMember : Observed, IGroupEvents, IRecordSink, IDisposable
{
    static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(20);

    readonly IGroupConsumer _consumer;
    readonly TimeSpan _patience;
    readonly Func<IReadOnlyList<TopicPartition>, IReadOnlyList<TopicPartitionOffset>> _starts;
    readonly ConcurrentQueue<Action> _commands = new();
    readonly Thread _thread;
    readonly List<string> _events = [];
    readonly List<GotRecord> _records = [];
    readonly List<KafkaFault> _faults = [];
    readonly HashSet<TopicPartition> _assigned = [];
    volatile bool _isStopped;
    volatile Exception? _error;

    /// <param name="consumer">The consumer.</param>
    /// <param name="topics">What it subscribes to.</param>
    /// <param name="patience">How long to wait for anything.</param>
    /// <param name="starts">What <see cref="IGroupEvents.Assigned"/> answers; by default nothing.</param>
    public PollingMember(
        IGroupConsumer consumer, string[] topics, TimeSpan patience,
        Func<IReadOnlyList<TopicPartition>, IReadOnlyList<TopicPartitionOffset>>? starts = null)
    {
        _consumer = consumer;
        _patience = patience;
        _starts = starts ?? (_ => []);
        _thread = new Thread(() => Run(topics)) { IsBackground = true, Name = "polling member" };
        _thread.Start();
    }

    public int MaxRecords { get; set; } = 100;

    public Action<IGroupConsumer, IReadOnlyList<TopicPartition>> OnRevoked { get; set; } = (_, _) => { };

    /// <summary>"assigned", "revoked" and "lost" with partitions, in order.</summary>
    public IReadOnlyList<string> Events => Look(() => _events.ToArray());

    public IReadOnlyList<GotRecord> Records => Look(() => _records.ToArray());

    public IReadOnlyList<KafkaFault> Faults => Look(() => _faults.ToArray());

    public IReadOnlyCollection<TopicPartition> Assignment => Look(() => _assigned.ToArray());

    public int ThreadId => _thread.ManagedThreadId;

    public HashSet<int> Threads { get; } = [];

    /// <summary>Calls the consumer on its thread and waits for the outcome.</summary>
    public T Call<T>(Func<IGroupConsumer, T> call)
    {
        var outcome = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _commands.Enqueue(() =>
        {
            try
            {
                outcome.SetResult(call(_consumer));
            }
            catch (Exception e)
            {
                outcome.SetException(e);
            }
        });
        return outcome.Task.WaitAsync(_patience).GetAwaiter().GetResult();
    }

    public void Call(Action<IGroupConsumer> call) => Call(consumer =>
    {
        call(consumer);
        return true;
    });

    public void AwaitRecords(int count) => Await($"{count} records", _patience, () => _records.Count >= count || Rethrow());

    public void AwaitAssignment(int partitions) =>
        Await($"assignment of {partitions} partitions", _patience, () => (_assigned.Count == partitions && _events.Count > 0) || Rethrow());

    public void AwaitEvent(string named) =>
        Await($"event '{named}'", _patience, () => _events.Exists(e => e.StartsWith(named, StringComparison.Ordinal)) || Rethrow());

    public void AwaitEvents(int count) => Await($"{count} events", _patience, () => _events.Count >= count || Rethrow());

    /// <summary>Waits until the thread has ended by itself, and says why.</summary>
    public Exception? AwaitEnd()
    {
        _thread.Join(_patience).ShouldBeTrue($"the polling thread should have ended; {this}");
        _isStopped = true;
        return _error;
    }

    public void AwaitFault(Func<KafkaFault, bool> condition) => Await("fault", _patience, () => _faults.Exists(f => condition(f)) || Rethrow());

    /// <summary>Leaves the group and waits until the thread has ended.</summary>
    /// <param name="before">What happens before, while it does not poll.</param>
    public void Close(Action? before = null) => Stop(c =>
    {
        before?.Invoke();
        c.Close();
    });

    /// <summary>Stops without a word to anyone, as a crash does.</summary>
    public void Crash() => Stop(c => c.Dispose());

    /// <summary>Stops polling while <paramref name="meanwhile"/> runs, as an owner does that is stuck.</summary>
    public void WhileStuck(Action meanwhile)
    {
        using var stuck = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        _commands.Enqueue(() =>
        {
            stuck.Set();
            goOn.Wait(_patience);
        });
        stuck.Wait(_patience).ShouldBeTrue();
        try
        {
            meanwhile();
        }
        finally
        {
            goOn.Set();
            // The event is not disposed before the thread has passed it.
            Call(_ => { });
        }
    }

    public void Dispose()
    {
        if (!_isStopped)
            Close();
        _consumer.Dispose();
    }

    public IReadOnlyList<TopicPartitionOffset> Assigned(IReadOnlyList<TopicPartition> partitions)
    {
        Note("assigned", partitions, () => _assigned.UnionWith(partitions));
        return _starts(partitions);
    }

    public void Revoked(IReadOnlyList<TopicPartition> partitions)
    {
        OnRevoked(_consumer, partitions);
        Note("revoked", partitions, () => _assigned.ExceptWith(partitions));
    }

    public void Lost(IReadOnlyList<TopicPartition> partitions) => Note("lost", partitions, () => _assigned.ExceptWith(partitions));

    public void Faulted(KafkaFault fault) => See(() => _faults.Add(fault));

    public void Add(
        string topic, int partition, long offset, long timestamp, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers)
    {
        var record = new GotRecord(
            topic, partition, offset, timestamp, Encoding.UTF8.GetString(key), valueIsNull ? null : Encoding.UTF8.GetString(value), headers);
        See(() => _records.Add(record));
    }

    public override string ToString() => $"events {string.Join("; ", Events)}; {Records.Count} records; faults {string.Join("; ", Faults)}; error {_error}";

    void Run(string[] topics)
    {
        try
        {
            _consumer.Subscribe(topics, this);
            while (!_isStopped)
            {
                while (_commands.TryDequeue(out var command))
                    command();
                if (!_isStopped)
                    _consumer.Poll(PollTime, MaxRecords, this);
            }
        }
        catch (Exception e)
        {
            See(() => _error = e);
        }
    }

    void Stop(Action<IGroupConsumer> last)
    {
        _commands.Enqueue(() =>
        {
            last(_consumer);
            _isStopped = true;
        });
        _thread.Join(_patience).ShouldBeTrue($"the polling thread should have ended; {this}");
        Rethrow();
    }

    void Note(string what, IReadOnlyList<TopicPartition> partitions, Action change) => See(() =>
    {
        Threads.Add(Environment.CurrentManagedThreadId);
        change();
        _events.Add($"{what} {string.Join(",", partitions.Select(p => p.ToString()).Order(StringComparer.Ordinal))}");
    });

    bool Rethrow() => _error is null ? false : throw new InvalidOperationException("The polling thread has failed.", _error);
}
