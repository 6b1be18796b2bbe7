namespace GokaAkka.Tests.Processing;

/// <summary>A partition's task with everything around it in the test's hands: partition 2, generation 7, time 5000.</summary>
sealed class TaskRig<TState> : ITaskHost, IDisposable
{
    public const int Partition = 2;
    public const int Generation = 7;
    public const long Now = 5000;

    readonly Dictionary<string, long> _offsets = [];
    int _woken;

    public TaskRig(GroupGraph<TState> graph, ErrorPolicies? errors = null, long cacheBytes = 1 << 20, IStorage? store = null)
    {
        Graph = graph;
        Store = store ?? new MemoryStorage();
        if (Store.Position == StorePosition.None)
        {
            // Restored up to where the sender's topics go on.
            using var nothing = new WriteBatch();
            Store.Apply(nothing, new StorePosition(FakeSender.FirstOffset, 0, 0));
        }

        if (graph.Persist is { } persist)
            Table = new PartitionTable<TState>(new StorageId(graph.Group, persist.Topic, Partition), persist.Codec, Store, cacheBytes);
        Task = NewTask(errors);
    }

    public GroupGraph<TState> Graph { get; }

    public IStorage Store { get; }

    public PartitionTable<TState>? Table { get; }

    public FakeSender Sender { get; } = new();

    public PartitionTask<TState> Task { get; private set; }

    public List<RecordException> Skipped { get; } = [];

    public List<(RecordException Error, string Topic)> DeadLettered { get; } = [];

    /// <summary>Records that are tried again, with the pause before that.</summary>
    public List<(RecordException Error, TimeSpan Pause)> Retries { get; } = [];

    /// <summary>Pauses that have not ended, in the order in which they began.</summary>
    public List<TaskCompletionSource> Pauses { get; } = [];

    public List<Key> Misplaced { get; } = [];

    /// <summary>Records whose room was given back.</summary>
    public int Consumed { get; private set; }

    public bool IsWoken => Volatile.Read(ref _woken) > 0;

    public bool TakeWoken() => Interlocked.Exchange(ref _woken, 0) > 0;

    public static TaskRig<TState> Of(Action<GroupGraphBuilder<TState>> define, ErrorPolicies? errors = null, long cacheBytes = 1 << 20) =>
        new(GroupGraph.Define<TState>("group", define), errors, cacheBytes);

    public PartitionTask<TState> NewTask(
        ErrorPolicies? errors = null, bool isTransactional = false, bool isCoalescing = false, long inFlightBytes = long.MaxValue,
        MembershipLease? lease = null, Func<bool>? isLost = null) => Task = new PartitionTask<TState>(
        Graph, Partition, Generation, Table, Sender, this,
        new TaskOptions(Partitioners.Fnv1a, ErrorPlans.Of(Graph, errors))
        {
            PartitionCount = Sender.CountOf, IsTransactional = isTransactional, IsCoalescing = isCoalescing, InFlightBytes = inFlightBytes,
            Lease = lease ?? MembershipLease.Endless, IsLost = isLost ?? (static () => false),
        });

    /// <summary>Adds a batch of records; offsets go on from the last batch of the topic, from 0.</summary>
    public TaskRig<TState> Feed(string topic, params (string Key, string? Value)[] records)
    {
        Task.Add(Batch(topic, Generation, records));
        return this;
    }

    public RecordBatch Batch(string topic, int generation, params (string Key, string? Value)[] records)
    {
        var batch = new RecordBatch(topic, Partition, generation);
        foreach (var (key, value) in records)
        {
            var offset = _offsets.GetValueOrDefault(topic);
            _offsets[topic] = offset + 1;
            batch.Add(offset, 1000 + offset, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value ?? ""), value is null);
        }

        return batch;
    }

    /// <summary>Works off what is queued, as far as callbacks let it.</summary>
    public TaskRig<TState> Run(int budget = 1000)
    {
        do
            Task.Run(Now, budget);
        while (Task.HasWork);
        return this;
    }

    /// <summary>Ends the oldest pause and goes on.</summary>
    public TaskRig<TState> EndPause()
    {
        var pause = Pauses[0];
        Pauses.RemoveAt(0);
        pause.SetResult();
        return Run();
    }

    /// <summary>What may be committed now and was not before, as "topic@offset".</summary>
    public string Commits()
    {
        Interlocked.Exchange(ref _woken, 0);
        Task.Advance();
        var commits = new List<TopicPartitionOffset>();
        Task.Watermark.TakeCommits(commits);
        commits.ShouldAllBe(c => c.Partition == Partition);
        return string.Join(" ", commits.Select(c => $"{c.Topic}@{c.Offset}"));
    }

    /// <summary>What the task that is held could be committed with, as "topic@offset"; null while something is not done.</summary>
    public string? Cut()
    {
        var offsets = new List<TopicPartitionOffset>();
        return Task.TryCut(offsets) ? string.Join(" ", offsets.Select(c => $"{c.Topic}@{c.Offset}")) : null;
    }

    /// <summary>Carries a flush that is ready to the store, as the partition's actor does when it is woken. False when there is none.</summary>
    public bool WriteFlush()
    {
        Task.Advance();
        if (Task.TakeFlush() is not { } flush)
            return false;
        Table!.WriteFlush(flush);
        Task.EndFlush();
        return true;
    }

    public string? Stored(string key) => Store.Get(Encoding.UTF8.GetBytes(key)) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    public TState? Value(string key) => Table!.TryGet(Encoding.UTF8.GetBytes(key), out var value) ? value : default;

    public void Dispose()
    {
        Task.Dispose();
        Table?.Dispose();
    }

    void ITaskHost.Woken() => Interlocked.Increment(ref _woken);

    void ITaskHost.Consumed(string topic, int records, int bytes) => Consumed += records;

    void ITaskHost.Misplaced(ReadOnlySpan<byte> key) => Misplaced.Add(Key.Copy(key));

    void ITaskHost.Skipped(RecordException error) => Skipped.Add(error);

    void ITaskHost.DeadLettered(RecordException error, string topic) => DeadLettered.Add((error, topic));

    void ITaskHost.Retrying(RecordException error, TimeSpan pause) => Retries.Add((error, pause));

    Task ITaskHost.Delay(TimeSpan pause, CancellationToken cancellation)
    {
        var end = new TaskCompletionSource();
        cancellation.Register(() => end.TrySetCanceled(cancellation));
        Pauses.Add(end);
        return end.Task;
    }
}

/// <summary>Error policies as a processor has them.</summary>
static class ErrorPlans
{
    /// <summary>What the policies say, for every input; retries pause 100 ms to 1 s.</summary>
    public static ErrorPlan Of(GroupGraph graph, ErrorPolicies? errors = null, params (string Input, ErrorPolicies Errors)[] configured) => new(
        graph, null,
        new ErrorSettings(
            errors ?? ErrorPolicy.Restart, configured.ToDictionary(c => c.Input, c => c.Errors), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)));
}

/// <summary>The graph most tests need.</summary>
static class Graphs
{
    public static Action<GroupGraphBuilder<long>> Counting => g => g
        .Input("in", Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + 1))
        .Persist(Codec.Int64);
}
