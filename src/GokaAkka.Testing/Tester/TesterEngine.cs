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
    readonly List<TesterGroup> _groups = [];
    readonly List<TesterNode> _nodes = [];
    readonly List<TesterProcess> _views = [];
    readonly List<TesterSender> _emitters = [];
    readonly HashSet<TesterProcess> _told = [];
    int _busy;

    public TesterEngine(TesterOptions options)
    {
        _options = options;
        Time = new ManualTime(options.Start);
        Broker = new TesterBroker(new KafkaCluster(Time));
        Actors = new TesterActors(() => Now, Context);
        var (settings, processor) = (Defaults.Value, Defaults.Value.Processor);
        Settings = settings with
        {
            ViewCheckInterval = TesterActors.Never,
            Table = settings.Table with { FlushInterval = TesterActors.FlushInterval },
            Processor = processor with
            {
                Partitioner = options.Partitioner ?? processor.Partitioner,
                StartOffset = options.StartOffset ?? processor.StartOffset,
                Errors = processor.Errors with { OnError = options.OnError ?? processor.Errors.OnError },
                MaxRestarts = options.MaxRestarts ?? processor.MaxRestarts,
                LagInterval = TesterActors.Never,
                Watch = processor.Watch with { Interval = TesterActors.Never },
                Poll = processor.Poll with
                {
                    Patience = TimeSpan.Zero, Timeout = TimeSpan.Zero, BusyTimeout = TimeSpan.FromMilliseconds(1), CommitInterval = TimeSpan.Zero,
                },
            },
        };
    }

    public ManualTime Time { get; }

    /// <summary>How far the virtual clock has come.</summary>
    public TimeSpan Now => Broker.Cluster.Now;

    public TesterBroker Broker { get; }

    public GokaSettings Settings { get; }

    /// <summary>The most records of a partition that are handed over at once.</summary>
    public int BatchRecords => _options.BatchRecords;

    public PumpedContext Context { get; } = new();

    public TesterActors Actors { get; }

    public StoreFaults Stores { get; } = new();

    public IReadOnlyList<TesterGroup> Groups => _groups;

    public IReadOnlyList<TesterNode> Nodes => _nodes;

    /// <summary>Whether this thread is inside of <see cref="Settle"/>: a callback calls.</summary>
    public bool IsInside => Volatile.Read(ref _busy) == Environment.CurrentManagedThreadId;

    /// <summary>Whether some thread is.</summary>
    public bool IsBusy => Volatile.Read(ref _busy) != 0;

    public void Add(TesterGroup group) => _groups.Add(group);

    public void Add(TesterNode node) => _nodes.Add(node);

    public void Add(TesterProcess view) => _views.Add(view);

    public void Remove(TesterProcess view) => _views.Remove(view);

    public void Add(TesterSender emitter) => _emitters.Add(emitter);

    /// <summary>
    /// Goes on until nothing is left to do. Waits for callbacks: for those that wait for the virtual clock by moving it, for others in real time.
    /// </summary>
    /// <param name="waits">False to leave callbacks that wait, partitions that pause and the clock as they are.</param>
    /// <exception cref="TesterException">Something has failed, waits for too long, or never settles.</exception>
    public void Settle(bool waits = true)
    {
        Enter();
        // Whatever goes on of the actors' own goes on in place; callbacks have a context of the tester's.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var before = Fed();
            for (var jumps = 0; ; jumps++)
            {
                do
                {
                    while (Round())
                        CheckLoop(before);
                }
                while (StrikePeriodic(_options.FlushWhenSettled));

                if (!waits || !GoOn())
                    break;
                if (jumps == MostJumps)
                    throw new TesterException($"The clock has moved {MostJumps} times and something still waits: {Waiting()}. A timer seems to be armed again for ever.");
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
            Volatile.Write(ref _busy, 0);
        }

        ThrowFailures();
    }

    /// <summary>Moves the clock, from one moment at which something happens to the next, and lets everything happen.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var end = Now + by;
        Settle(waits: false);
        for (var jumps = 0; jumps < MostJumps && NextEvent() is { } next && next <= end; jumps++)
        {
            MoveTo(next);
            Settle(waits: false);
        }

        MoveTo(end);
        Settle(waits: false);
    }

    /// <summary>Writes what tables have changed to their stores, as far as it is acknowledged.</summary>
    public void Flush()
    {
        Actors.StrikePeriodic(flushes: true);
        Settle();
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
        var did = Actors.Pump() > 0;
        foreach (var group in _groups)
            did |= group.Rebalance();
        foreach (var process in Processes().ToList())
            did |= process.Step();
        foreach (var emitter in _emitters)
            did |= emitter.Deliver();
        Context.Run(() => did |= Context.Pump());
        foreach (var node in _nodes)
            node.Update();
        return did | Actors.IsReady;
    }

    /// <summary>Nothing can be done now: what is done now and then is. False when nothing came of it.</summary>
    bool StrikePeriodic(bool flushes)
    {
        var told = Actors.StrikePeriodic(flushes);
        return Actors.Pump() > told | Round();
    }

    /// <summary>Nothing can be done now: goes to the moment at which something can. False when there is none.</summary>
    bool GoOn()
    {
        var deadline = NextDeadline();
        // In this order: a callback that ends on its own thread meanwhile is seen by one of the two.
        var isWaiting = Tasks().Any(static t => t.AtWork.Count > 0);
        if (Actors.IsReady)
            return true;
        if (isWaiting || Tasks().Any(static t => t.Pending is { IsCompleted: true }))
        {
            if (isWaiting && Time.UntilNext is { } timer)
                deadline = Min(deadline, Now + timer);
            else if (Context.Wait(_options.CallbackPatience))
                return true;
            else if (deadline == TimeSpan.MaxValue)
                throw new TesterException(
                    $"A callback has not ended within {_options.CallbackPatience.TotalSeconds:0.#} s: {Waiting()}. What it waits for has not "
                    + "happened. Have it happen first, or take Append and Run, which leave waiting callbacks at it, or raise TesterOptions.CallbackPatience.");
        }

        if (deadline == TimeSpan.MaxValue)
            return false;
        MoveTo(deadline);
        return true;
    }

    TimeSpan NextDeadline() => Processes().Select(static p => p.Runtime.NextDeadline).Append(Actors.NextDeadline).Min();

    TimeSpan? NextEvent()
    {
        var next = NextDeadline();
        if (Time.UntilNext is { } timer)
            next = Min(next, Now + timer);
        return next == TimeSpan.MaxValue ? null : next;
    }

    void MoveTo(TimeSpan moment)
    {
        Time.Advance(moment > Now ? moment - Now : TimeSpan.Zero);
        Actors.StrikeDue();
    }

    string Waiting() => string.Join("; ", _nodes.SelectMany(static n => n.AtWork).DefaultIfEmpty("no callback"));

    IEnumerable<TesterProcess> Processes() => _nodes.Select(static n => n.Process).Where(static p => p.IsAlive).Concat(_views);

    IEnumerable<ITaskProgress> Tasks() => _nodes.SelectMany(static n => n.Tasks);

    long Fed() => Processes().Sum(static p => p.Consumer?.Fed.Values.Sum() ?? 0);

    void CheckLoop(long before)
    {
        if (Fed() - before <= _options.SettleRecords)
            return;
        var busiest = _nodes.SelectMany(static n => (n.Process.Consumer?.Fed ?? []).Select(f => (n.Group, Topic: f.Key, Records: f.Value))).MaxBy(f => f.Records);
        throw new TesterException(
            $"After {_options.SettleRecords} records nothing has settled, so this is taken for an endless loop: most of them were read by group "
            + $"'{busiest.Group}' from '{busiest.Topic}' ({busiest.Records}). End the loop, or raise TesterOptions.SettleRecords if there are so many.");
    }

    void ThrowFailures()
    {
        var failed = Processes().Where(p => p.Failure is not null && _told.Add(p)).ToList();
        if (failed.Count > 0)
            throw new TesterException(string.Join("\n", failed.Select(static p => p.Failure!.Message)), failed[0].Failure);
    }

    static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
