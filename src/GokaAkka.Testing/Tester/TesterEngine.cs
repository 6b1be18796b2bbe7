using GokaAkka.Actors;

namespace GokaAkka.Testing;

/// <summary>
/// What a tester runs, and how it goes on until everything has settled: round after round in a fixed order, then the next moment at which
/// something happens. One thread at a time; the same calls lead to the same records in the same order.
/// </summary>
sealed class TesterEngine
{
    // Against clocks that never come to rest: a timer that goes on striking while a callback waits for something else.
    const int MostJumps = 100_000;

    // Read once: a test makes a tester of its own, and parsing takes longer than most tests.
    static readonly Lazy<GokaSettings> Defaults = new(() => GokaSettings.Create(GokaSettings.DefaultConfig()));

    readonly TesterOptions _options;
    readonly List<GroupDriver> _groups = [];
    readonly List<TesterNode> _nodes = [];
    readonly List<(TableCopy Copy, string Name)> _views = [];
    readonly List<NodeSender> _emitters = [];
    readonly HashSet<NodeDriver> _told = [];
    int _busy;

    public TesterEngine(TesterOptions options)
    {
        _options = options;
        Time = new ManualTime(options.Start);
        Broker = new TesterBroker(new KafkaCluster(Time));
        var processor = Defaults.Value.Processor;
        Settings = Defaults.Value with
        {
            Processor = processor with
            {
                Partitioner = options.Partitioner ?? processor.Partitioner,
                StartOffset = options.StartOffset ?? processor.StartOffset,
                Errors = processor.Errors with { OnError = options.OnError ?? processor.Errors.OnError },
                MaxRestarts = options.MaxRestarts ?? processor.MaxRestarts,
            },
        };
    }

    public ManualTime Time { get; }

    public TesterBroker Broker { get; }

    public GokaSettings Settings { get; }

    public PumpedContext Context { get; } = new();

    public StoreFaults Stores { get; } = new();

    public IReadOnlyList<GroupDriver> Groups => _groups;

    public IReadOnlyList<TesterNode> Nodes => _nodes;

    /// <summary>Whether this thread is inside of <see cref="Settle"/>: a callback calls.</summary>
    public bool IsInside => Volatile.Read(ref _busy) == Environment.CurrentManagedThreadId;

    /// <summary>Whether some thread is.</summary>
    public bool IsBusy => Volatile.Read(ref _busy) != 0;

    public void Add(GroupDriver group) => _groups.Add(group);

    public void Add(TesterNode node) => _nodes.Add(node);

    public void Add(TableCopy view, string name) => _views.Add((view, name));

    public void Remove(TableCopy view) => _views.RemoveAll(v => ReferenceEquals(v.Copy, view));

    public void Add(NodeSender emitter) => _emitters.Add(emitter);

    /// <summary>
    /// Goes on until nothing is left to do. Waits for callbacks: for those that wait for the virtual clock by moving it, for others in real time.
    /// </summary>
    /// <param name="waits">False to leave callbacks that wait, partitions that pause and the clock as they are.</param>
    /// <exception cref="TesterException">Something has failed, waits for too long, or never settles.</exception>
    public void Settle(bool waits = true)
    {
        Enter();
        try
        {
            var before = Fed();
            for (var jumps = 0; ; jumps++)
            {
                while (Round() || (_options.FlushWhenSettled && Flush()))
                    CheckLoop(before);
                if (!waits || !GoOn())
                    break;
                if (jumps == MostJumps)
                    throw new TesterException($"The clock has moved {MostJumps} times and something still waits: {Waiting()}. A timer seems to be armed again for ever.");
            }
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }

        ThrowFailures();
    }

    /// <summary>Moves the clock, from one moment at which something happens to the next, and lets everything happen.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var end = Broker.Cluster.Now + by;
        Settle(waits: false);
        for (var jumps = 0; jumps < MostJumps && NextEvent() is { } next && next <= end; jumps++)
        {
            Time.Advance(Later(next));
            Settle(waits: false);
        }

        Time.Advance(Later(end));
        Settle(waits: false);
    }

    /// <summary>Begins to flush every table. False when there was nothing to flush.</summary>
    public bool Flush()
    {
        var did = false;
        foreach (var node in Drivers())
            did |= node.Flush();
        return did;
    }

    /// <summary>Nobody may change what is being run.</summary>
    /// <exception cref="TesterException">A callback calls, or another thread does.</exception>
    public void CheckIdle()
    {
        if (IsInside)
            throw new TesterException("The tester was called from inside a callback. Callbacks write through their context; call the tester when it has returned.");
        if (IsBusy)
            throw new TesterException("The tester is used by two threads at the same time. It is single-threaded: call it from one after the other.");
    }

    void Enter()
    {
        CheckIdle();
        if (Interlocked.CompareExchange(ref _busy, Environment.CurrentManagedThreadId, 0) != 0)
            CheckIdle();
    }

    bool Round()
    {
        var did = false;
        foreach (var (view, name) in _views)
            did |= Step(view, name);
        foreach (var group in _groups)
            did |= group.Step();
        foreach (var emitter in _emitters)
            did |= emitter.Deliver();
        Context.Run(() => did |= Context.Pump());
        foreach (var node in _nodes)
            node.Update();
        return did;
    }

    static bool Step(TableCopy view, string name)
    {
        try
        {
            return view.Step();
        }
        catch (Exception e)
        {
            throw new TesterException($"The view of '{name}' has failed: {e.Message}", e);
        }
    }

    /// <summary>Nothing can be done now: goes to the moment at which something can. False when there is none.</summary>
    bool GoOn()
    {
        var deadline = Drivers().Select(n => n.NextDeadline).DefaultIfEmpty(TimeSpan.MaxValue).Min();
        // In this order: a callback that ends on its own thread meanwhile is seen by one of the two.
        var isWaiting = Drivers().SelectMany(n => n.AtWork).Any();
        if (Drivers().Any(n => n.CanWork))
            return true;
        if (isWaiting)
        {
            if (Time.UntilNext is { } timer)
                deadline = Min(deadline, Broker.Cluster.Now + timer);
            else if (Context.Wait(_options.CallbackPatience))
                return true;
            else if (deadline == TimeSpan.MaxValue)
                throw new TesterException(
                    $"A callback has not ended within {_options.CallbackPatience.TotalSeconds:0.#} s: {Waiting()}. What it waits for has not "
                    + "happened. Have it happen first, or take Append and Run, which leave waiting callbacks at it, or raise TesterOptions.CallbackPatience.");
        }

        if (deadline == TimeSpan.MaxValue)
            return false;
        Time.Advance(Later(deadline));
        return true;
    }

    TimeSpan? NextEvent()
    {
        var next = Drivers().Select(n => n.NextDeadline).DefaultIfEmpty(TimeSpan.MaxValue).Min();
        if (Time.UntilNext is { } timer)
            next = Min(next, Broker.Cluster.Now + timer);
        return next == TimeSpan.MaxValue ? null : next;
    }

    TimeSpan Later(TimeSpan moment) => moment > Broker.Cluster.Now ? moment - Broker.Cluster.Now : TimeSpan.Zero;

    string Waiting() => string.Join("; ", Drivers().SelectMany(n => n.AtWork).DefaultIfEmpty("no callback"));

    IEnumerable<NodeDriver> Drivers() => _groups.SelectMany(g => g.Nodes);

    long Fed() => Drivers().Sum(n => n.Fed.Values.Sum());

    void CheckLoop(long before)
    {
        if (Fed() - before <= _options.SettleRecords)
            return;
        var busiest = Drivers().SelectMany(n => n.Fed.Select(f => (n.Group, Topic: f.Key, Records: f.Value))).MaxBy(f => f.Records);
        throw new TesterException(
            $"After {_options.SettleRecords} records nothing has settled, so this is taken for an endless loop: most of them were read by group "
            + $"'{busiest.Group}' from '{busiest.Topic}' ({busiest.Records}). End the loop, or raise TesterOptions.SettleRecords if there are so many.");
    }

    void ThrowFailures()
    {
        var failed = _nodes.Select(n => n.Driver).Where(d => d.Failure is not null && _told.Add(d)).ToList();
        if (failed.Count == 0)
            return;
        throw new TesterException(string.Join("\n", failed.Select(d => d.Failure!.Message)), failed[0].Failure);
    }

    static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
