namespace GokaAkka.Testing.Simulation;

/// <summary>What a run is like: drawn from its seed.</summary>
sealed record SimSettings
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // Read once, as it takes long.
    static readonly Lazy<GokaSettings> Defaults = new(static () => GokaSettings.Create(GokaSettings.DefaultConfig()));

    public required int Nodes { get; init; }

    /// <summary>Records written to the inputs.</summary>
    public required int Records { get; init; }

    /// <summary>How long records are written and faults strike.</summary>
    public required TimeSpan Chaos { get; init; }

    /// <summary>Within this time after everything is healed, everything must be done.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(120);

    public required NetworkProfile Network { get; init; }

    /// <summary>Pause between two faults, on average, in milliseconds; 0 for none.</summary>
    public required double FaultMilliseconds { get; init; }

    /// <summary>Probability that the brokers refuse a record for good.</summary>
    public required double Refused { get; init; }

    /// <summary>Whether the second input's callback waits now and then.</summary>
    public required bool IsAsynchronous { get; init; }

    /// <summary>Callbacks of the second input at the same time.</summary>
    public required int Concurrency { get; init; }

    /// <summary>What becomes of the second input's records that fail: they are passed over, one way or the other.</summary>
    public required ErrorPolicy Errors { get; init; }

    /// <summary>A flush at least this often, in milliseconds.</summary>
    public required double FlushMilliseconds { get; init; }

    public required long CacheBytes { get; init; }

    public required long RestoreWriteBytes { get; init; }

    /// <summary>Whether an operator makes the table's topic anew or brokers lose its tail.</summary>
    public required bool LosesTable { get; init; }

    public required TimeSpan DrainTimeout { get; init; }

    public required TimeSpan CommitInterval { get; init; }

    /// <summary>How long the table's topic keeps tombstones, as the nodes know it.</summary>
    public TimeSpan? TombstoneRetention { get; init; }

    /// <summary>How long a transaction may be open.</summary>
    public required TimeSpan TransactionTimeout { get; init; }

    /// <summary>Failures of a partition within five minutes before its processor gives up.</summary>
    public required int MaxRestarts { get; init; }

    public required GroupTimings Group { get; init; }

    /// <summary>Whether each node keeps the partitions ready that are others'.</summary>
    public required bool KeepsStandbys { get; init; }

    /// <summary>Whether a node restores every partition before it joins the group.</summary>
    public required bool RecoversAhead { get; init; }

    /// <summary>
    /// Whether nodes follow partitions that they do not own. Whoever follows a log whose offsets are given out anew cannot tell once they have passed its
    /// position.
    /// </summary>
    public bool HasFollowers => KeepsStandbys || RecoversAhead;

    /// <summary>How long table records are held back; null for not at all.</summary>
    public required TimeSpan? CoalesceInterval { get; init; }

    /// <summary>How partitions are handed over.</summary>
    public required RebalanceProtocol Rebalance { get; init; }

    /// <summary>Whether the group joins a table that somebody else writes.</summary>
    public required bool Joins { get; init; }

    /// <summary>Whether it looks values up in another one.</summary>
    public required bool LooksUp { get; init; }

    public required int PollRecords { get; init; }

    /// <summary>Records that wait for a partition before it is paused.</summary>
    public required int QueuedRecords { get; init; }

    /// <summary>The same as the settings of a machine's processes.</summary>
    public GokaSettings Of(string machine, bool exactlyOnce)
    {
        var (settings, processor) = (Defaults.Value, Defaults.Value.Processor);
        return settings with
        {
            Node = settings.Node with { Id = machine },
            ViewCacheBytes = CacheBytes,
            ViewMinBackoff = FirstPause,
            ViewMaxBackoff = LongestPause,
            Table = settings.Table with
            {
                CacheBytes = CacheBytes, SmallestCache = 0, FlushInterval = TimeSpan.FromMilliseconds(FlushMilliseconds), RestoreWriteBytes = RestoreWriteBytes,
            },
            Processor = processor with
            {
                Delivery = exactlyOnce ? Processing.Delivery.ExactlyOnce : Processing.Delivery.AtLeastOnce,
                Transaction = processor.Transaction with { CommitInterval = CommitInterval, Timeout = TransactionTimeout },
                DrainTimeout = DrainTimeout,
                MinBackoff = FirstPause,
                MaxBackoff = LongestPause,
                MaxRestarts = MaxRestarts,
                LagInterval = TimeSpan.FromSeconds(2),
                Standby = KeepsStandbys ? 1 : 0,
                RecoverAhead = RecoversAhead,
                Rebalance = Rebalance,
                CoalesceInterval = CoalesceInterval,
                Errors = new ErrorSettings(
                    ErrorPolicies.All(ErrorPolicy.Restart), new Dictionary<string, ErrorPolicies>(), TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(1)),
                Poll = processor.Poll with
                {
                    Records = PollRecords,
                    QueuedRecords = QueuedRecords,
                    // The thread's steps are events: what it waits for in them is a rebalance alone.
                    Patience = TimeSpan.Zero,
                    Timeout = TimeSpan.Zero,
                    BusyTimeout = TimeSpan.FromMilliseconds(1),
                    CommitInterval = CommitInterval,
                    DrainTimeout = DrainTimeout,
                },
            },
        };
    }

    public static SimSettings Draw(SimRandom random) => new()
    {
        Nodes = random.Between(3, 4),
        Records = random.Between(40, 200),
        Chaos = random.Milliseconds(4000, 20000),
        Network = NetworkProfile.Draw(random),
        FaultMilliseconds = random.Chance(0.08) ? 0 : random.Between(200, 3000),
        Refused = random.Chance(0.25) ? random.Below(20) / 1000.0 : 0,
        IsAsynchronous = random.Chance(0.5),
        Concurrency = random.Chance(0.5) ? 1 : random.Between(2, 4),
        Errors = random.Below(4) switch
        {
            0 => ErrorPolicy.Skip,
            1 => ErrorPolicy.DeadLetter,
            2 => ErrorPolicy.Skip.AfterRetries(random.Between(1, 3)),
            _ => ErrorPolicy.DeadLetter.AfterRetries(1),
        },
        FlushMilliseconds = random.Chance(0.5) ? random.Between(20, 400) : random.Between(400, 4000),
        CacheBytes = random.Chance(0.5) ? 200 : 1 << 20,
        RestoreWriteBytes = random.Chance(0.5) ? 1 : 1 << 20,
        LosesTable = random.Chance(0.25),
        DrainTimeout = random.Milliseconds(500, 5000),
        CommitInterval = random.Milliseconds(20, 400),
        TransactionTimeout = random.Milliseconds(2500, 8000),
        MaxRestarts = random.Between(2, 10),
        Group = new GroupTimings { Session = random.Milliseconds(3000, 6000), MaxPoll = random.Milliseconds(4000, 15000) },
        PollRecords = random.Between(1, 60),
        QueuedRecords = random.Between(4, 200),
        KeepsStandbys = random.Chance(0.35),
        RecoversAhead = random.Chance(0.25),
        CoalesceInterval = random.Chance(0.3) ? random.Milliseconds(5, 300) : null,
        Rebalance = random.Chance(0.4) ? RebalanceProtocol.Cooperative : RebalanceProtocol.Eager,
        Joins = random.Chance(0.4),
        LooksUp = random.Chance(0.3),
    };
}
