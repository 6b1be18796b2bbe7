using Akka.Actor;
using GokaAkka.Cluster;
using GokaAkka.Kafka.Polling;

namespace GokaAkka.Testing.Simulation;

/// <summary>
/// A process that runs the group's processor: its actors, as production runs them, on the simulation's clients, disk and clock. It lives once; what comes
/// after a crash is another one on the same machine.
/// </summary>
sealed class SimNode
{
    readonly SimRuntime _runtime;
    readonly SimKafka _kafka;
    readonly ProcessorContext<SimState> _context;
    readonly Dictionary<(int Partition, int Generation), PartitionLife> _lives = [];
    IActorRef? _actor;

    public SimNode(SimWorld world, string name, SimMachine machine)
    {
        World = world;
        Name = name;
        Machine = machine;
        Process = new SimProcess(world.Scheduler, name);
        _runtime = new SimRuntime(world, Process, machine) { HasNews = () => _kafka!.Consumer is { HasNews: true } };
        _kafka = new SimKafka(world, Process)
        {
            Asked = Restoring,
            StoreEnd = partition => machine.Disk.Position(new StorageId(Names.Group, Names.Table, partition)).NextOffset,
            Producers = producer => SenderDefects.Of(this, producer),
        };
        var graph = new SimGraph(this).Build();
        var settings = world.Settings.Of(machine.Name, world.ExactlyOnce);
        var (tables, standbys) = (new LocalTables<SimState>(Partitioners.Fnv1a), new LocalTables<SimState>(Partitioners.Fnv1a));
        _context = new ProcessorContext<SimState>
        {
            Graph = graph,
            Options = ProcessorOptions.Default,
            Settings = settings,
            Kafka = _kafka,
            Partitioner = Partitioners.Fnv1a,
            Storage = new Lazy<IStorageProvider>(machine.Disk.Of(Process)),
            Runtime = _runtime,
            Views = new RunningViews(),
            Status = new ProcessorStatus(_runtime),
            Timings = NoTimings.Instance,
            Errors = new ErrorPlan(graph, null, settings.Processor.Errors),
            Unreadable = UnreadableValues.Refused,
            Tables = tables,
            Standbys = standbys,
            Claims = new GroupClaims(Names.Group, Names.Table, tables, standbys, static () => { }),
            PassedOver = PassedOver,
        };
    }

    public SimWorld World { get; }

    public string Name { get; }

    public SimMachine Machine { get; }

    public SimProcess Process { get; }

    /// <summary>Whether it has left the group in good order, or has failed, and its process is to end.</summary>
    public bool HasEnded => Status.Done.IsCompleted;

    /// <summary>What its actors tell.</summary>
    public ProcessorStatus Status => _context.Status;

    /// <summary>The partitions of the table that it has.</summary>
    public LocalTables<SimState> Tables => _context.Tables;

    /// <summary>What is known of the table that it looks values up in, by key.</summary>
    public long[] Lookups { get; } = new long[Names.Keys];

    /// <summary>Why what it looks up is not like its table yet, or null.</summary>
    public string? LookupLag()
    {
        if (!World.Settings.LooksUp || !_context.Lookups.TryGetValue(Names.LookedUp, out var found))
            return null;
        for (var key = 0; key < Names.Keys; key++)
        {
            var (tables, latest) = ((LocalTables<long>)found, World.Versions.Latest(Names.LookedUp, key));
            if (tables.TryGet(Names.KeyBytes(key), out var value, out _) ? value != latest : latest != 0)
                return $"{Name} looks up version {value} of key {key}, which is at version {latest}";
        }

        return null;
    }

    /// <summary>The group's generation that its partitions are of.</summary>
    public int Generation => _kafka.Consumer?.Generation ?? -1;

    /// <summary>The partitions that process records here.</summary>
    public IEnumerable<PartitionStatus> Running => Status.Partitions.Values.Where(p => p.State == PartitionState.Running && Tables[p.Partition] is not null);

    /// <summary>Whether it has nothing to do for any partition it has.</summary>
    public bool IsIdle => _runtime.Working == 0 && Running.All(p => Tables[p.Partition]!.IsFlushed && p.Inputs.All(static i => i.QueuedRecords == 0));

    public void Start()
    {
        World.Trace.Add($"{Name}: starts");
        Status.Changed += state => World.Trace.Add($"{Name}: {state}");
        _actor = World.Actors.Start(Process, ProcessorActor<SimState>.Props(_context));
    }

    /// <summary>Gives up its partitions and leaves the group, as on SIGTERM.</summary>
    public void Stop()
    {
        World.Trace.Add($"{Name}: stops");
        _actor.Tell(StopProcessor.Instance);
    }

    /// <summary>The process is gone.</summary>
    public void Kill()
    {
        foreach (var partition in Status.Partitions.Values)
        {
            World.Faults.Add(Fault.RecordRetried, partition.Retries);
            World.Faults.Add(Fault.PartitionRestarted, partition.Restarts);
        }

        World.Actors.Kill(Process);
    }

    /// <summary>Visits every key of the partitions here.</summary>
    public void Visit() => _actor.Tell(new StartVisits<SimState>(
        new VisitRun<SimState>(Names.Visitor, new SimGraph(this).Visit, CancellationToken.None), Names.Group));

    /// <summary>Somebody wants a partition to start again.</summary>
    public void RestartPartition(int partition) => _actor.Tell(new RestartPartition(partition, new TaskCompletionSource<PartitionRestart>()));

    /// <summary>Whether a partition is its own at this moment, as the group's coordinator knows it.</summary>
    public bool Owns(int partition)
    {
        if (_kafka.Consumer is not { } consumer)
            return false;
        var (group, membership) = (World.Cluster.State.Group(Names.Group), (GroupMembership)consumer.Membership);
        // A cooperative member keeps what it has from one generation to the next, unless somebody else is given it.
        if (World.Settings.Rebalance == RebalanceProtocol.Cooperative)
            return group.Members.Any(m => m.Id == membership.MemberId) && !group.Members.Any(m => m.Id != membership.MemberId && Has(m));
        return membership.Generation == group.Generation && group.Members.Any(m => m.Id == membership.MemberId && Has(m));

        bool Has(GroupMember member) => member.Assignment.Any(a => a.Partition == partition);
    }

    public PartitionLife LifeOf(int partition)
    {
        var status = Status.Partitions[partition];
        if (!_lives.TryGetValue((partition, status.Generation), out var life))
            _lives[(partition, status.Generation)] = life = new PartitionLife(status, ++World.Lives);
        return life;
    }

    /// <summary>Somebody is about to see what a partition has.</summary>
    public PartitionLife Seen(int partition)
    {
        var life = LifeOf(partition);
        if (life.Restored is null)
            World.Ledger.Serves(life);
        return life;
    }

    /// <summary>Commits an offset of an input, whatever the watermark says: a defect.</summary>
    public void CommitAnyway(TopicPartitionOffset offset) =>
        Status.Poller?.Board.Add([offset], Status.Partitions[offset.Partition].Generation);

    /// <summary>Waits on the node's clock, as asynchronous callbacks do.</summary>
    public Task Wait(TimeSpan time)
    {
        var over = new TaskCompletionSource();
        Process.After(time, over.SetResult);
        return over.Task;
    }

    /// <summary>What it is at, for messages.</summary>
    public override string ToString() =>
        $"{Name} {Status.State} ({string.Join("; ", Status.Partitions.Values.Select(p => $"partition {p.Partition}: {p.Role} {p.State}, {Tables[p.Partition]?.DirtyCount} to flush, {p.Inputs.Sum(static i => i.QueuedRecords)} queued, {p.LastError?.Message}"))}, {_runtime.Working} at work)"
        + string.Concat(Status.Troubles.Current.Select(static t => $" [{t.What}: {t.Reason}]"));

    void Restoring(TopicPartition id)
    {
        if (!Process.IsAlive)
            return;
        if (id.Topic == Names.LookedUp && Status.State == ProcessorState.Starting)
            World.Versions.Asked(id, Lookups);
        if (id.Topic == Names.Joined && Status.Partitions.TryGetValue(id.Partition, out var joining)
            && joining is { Role: PartitionRole.Active, State: PartitionState.Restoring })
        {
            World.Versions.Asked(id, LifeOf(id.Partition).Joined);
        }

        if (id.Topic == Names.Table && Process.IsAlive && Status.Partitions.TryGetValue(id.Partition, out var status)
            && status is { Role: PartitionRole.Active, State: PartitionState.Restoring })
        {
            World.Ledger.Restoring(LifeOf(id.Partition), Owns(id.Partition));
        }
    }

    void PassedOver(RecordException error, string? deadLetters)
    {
        World.Faults.Add(deadLetters is null ? Fault.RecordSkipped : Fault.RecordDeadLettered);
        World.Ledger.PassedOver(new TopicPartition(error.Topic, error.Partition), error.Offset, isDone: deadLetters is null);
    }
}
