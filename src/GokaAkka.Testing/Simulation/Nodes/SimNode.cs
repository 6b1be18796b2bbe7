using GokaAkka.Actors;
using GokaAkka.Graph;
using GokaAkka.Kafka.Polling;
using GokaAkka.Processing;
using GokaAkka.Tables;

namespace GokaAkka.Testing.Simulation;

/// <summary>
/// A process that runs the group's processor: drives <see cref="GroupPoller"/> as its thread does, and partitions as the processor's actor
/// does. It lives once; what comes after a crash is another one on the same machine.
/// </summary>
sealed class SimNode : IPollListener
{
    // What the poller waits beyond the drain time-out.
    static readonly TimeSpan DrainSlack = TimeSpan.FromSeconds(5);

    readonly Mailbox _box;
    readonly SortedDictionary<int, Place> _slots = [];
    readonly SimConsumer _consumer;
    bool _pollWanted;
    bool _isLeaving;

    public SimNode(SimWorld world, string name, SimMachine machine)
    {
        World = world;
        Name = name;
        Machine = machine;
        Process = new SimProcess(world.Scheduler, name);
        Random = world.Random;
        Clock = machine.Clock;
        _box = new Mailbox(Process, Random);
        if (world.ExactlyOnce)
            Transactions = new SimTransactions(this);
        else
            Producer = NewProducer(null, fault => Fail($"its producer is of no more use: {fault.Code}"));
        _consumer = new SimConsumer(Process, world.Scheduler, Cluster, Random, Names.Group, world.Settings.Group)
        {
            Rebalanced = (how, partitions) => world.Trace.Add($"{name}: {how} {string.Join(' ', partitions)}"),
            IgnoresSeeks = world.Mutations.Has(Mutation.RestartsBehindWhatWasRead),
        };
        Tables.SetCount(Names.Partitions);
        Graph = new SimGraph(this).Build();
        Errors = new ErrorPlan(Graph, null, new ErrorSettings(
            ErrorPolicies.All(ErrorPolicy.Restart), new Dictionary<string, ErrorPolicies>(), TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(1)));
        Poller = new GroupPoller(_consumer, Names.Inputs, this, new PollOptions
        {
            Records = Random.Between(1, 60),
            QueuedRecords = Random.Between(4, 200),
            // Nobody may wait on real time here.
            Patience = TimeSpan.Zero,
            Timeout = TimeSpan.Zero,
            BusyTimeout = TimeSpan.Zero,
            CommitInterval = world.Settings.CommitInterval,
            // Waited for in virtual time, by Revoked; the poller is to find it over.
            DrainTimeout = -DrainSlack,
            IsTransactional = world.ExactlyOnce,
        }, Clock, name);
    }

    public SimWorld World { get; }

    public string Name { get; }

    public SimMachine Machine { get; }

    public SimProcess Process { get; }

    public SimRandom Random { get; }

    public SimClock Clock { get; }

    public SimCluster Cluster => World.Cluster;

    public SimDisk Disk => Machine.Disk;

    /// <summary>What its partitions send with; null in exactly-once delivery.</summary>
    public SimProducer? Producer { get; }

    /// <summary>Its transactions, in exactly-once delivery.</summary>
    public SimTransactions? Transactions { get; }

    public GroupPoller Poller { get; }

    public GroupGraph<SimState> Graph { get; }

    public ErrorPlan Errors { get; }

    public LocalTables<SimState> Tables { get; } = new(Partitioners.Fnv1a);

    /// <summary>Whether it has left the group in good order, or has failed, and its process is to end.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Batches that a defect keeps for the next life of their partition.</summary>
    public List<RecordBatch> Leftovers { get; } = [];

    /// <summary>Offsets that a defect commits for partitions that were lost.</summary>
    public SortedDictionary<(string Topic, int Partition), long> Posted { get; } = [];

    /// <summary>The group's generation that its partitions are of.</summary>
    public int Generation => _consumer.Generation;

    /// <summary>Whether a partition is its own at this moment, as the group's coordinator knows it.</summary>
    public bool Owns(int partition)
    {
        var (group, membership) = (Cluster.State.Group(Names.Group), (GroupMembership)_consumer.Membership);
        return membership.Generation == group.Generation && group.Members.Any(
            m => m.Id == membership.MemberId && m.Assignment.Any(a => a.Partition == partition));
    }

    /// <summary>Whether it has nothing to do for any partition it has.</summary>
    public bool IsIdle => _slots.Values.All(s => s.Flows is null ? s.Running is null : s.Running is { IsIdle: true });

    /// <summary>The partitions that process records here.</summary>
    public IEnumerable<SimPartition> Running => _slots.Values.Select(s => s.Running).OfType<SimPartition>().Where(p => p.IsRunning);

    /// <summary>What it is at, for messages.</summary>
    public override string ToString() => $"{Name} ({string.Join("; ", _slots.Values.Select(s => s.Running).OfType<SimPartition>())})";

    public void Start()
    {
        World.Trace.Add($"{Name}: starts");
        Transactions?.Start();
        Poller.Begin();
        PollAfter(TimeSpan.Zero);
    }

    /// <summary>Gives up its partitions and leaves the group, as on SIGTERM.</summary>
    public void Stop()
    {
        if (_isLeaving)
            return;
        _isLeaving = true;
        World.Trace.Add($"{Name}: stops");
        Poller.Stop();
    }

    /// <summary>The number of the life that a partition is in.</summary>
    public int LifeOf(int partition) => _slots[partition].Running!.Life;

    /// <summary>Waits on the node's clock, as asynchronous callbacks do.</summary>
    public Task Wait(TimeSpan time, CancellationToken cancellation = default)
    {
        // Continued in place, on the one thread there is.
        var over = new TaskCompletionSource();
        cancellation.Register(() => over.TrySetCanceled(cancellation));
        Process.After(time, () =>
        {
            if (!over.TrySetResult())
                return;
            foreach (var slot in _slots.Values)
                slot.Running?.Nudge();
        });
        return over.Task;
    }

    /// <summary>Visits every key of the partitions here.</summary>
    public void Visit() => _box.Tell(() =>
    {
        var running = Running.ToList();
        var run = new VisitRun<SimState>(Names.Visitor, new SimGraph(this).Visit, CancellationToken.None);
        run.Begin(running.Count);
        running.ForEach(p => p.Visit(run));
    });

    /// <summary>The partition processes records.</summary>
    public void PartitionReady(SimPartition partition) => World.Trace.Add($"{Name}: partition {partition.Number} is ready");

    /// <summary>The partition has failed and is about to end.</summary>
    public void PartitionFailed(SimPartition partition, Exception error) => _box.Tell(() =>
    {
        var slot = _slots[partition.Number];
        if (slot.Flows?[0].Generation != partition.Generation)
            return;
        slot.IsEnding = true;
        if (ErrorRules.IsFinal(error) || slot.Backoff.Next(Clock.GetUtcNow()) is not { } pause)
        {
            Fail(error.Message);
            return;
        }

        World.Faults.Add(Fault.PartitionRestarted);
        // Where it starts is what is committed, which has to be decided first.
        Process.After(pause, () => WhenDecided(() => Poller.Restart(
            partition.Number, partition.Generation, flows => _box.Tell(() => Assign(flows)))));
    });

    /// <summary>A producer of this process.</summary>
    public SimProducer NewProducer(string? transactionalId, Action<KafkaFault> failed) => new(Process, Cluster, Random, World.Settings.Refused)
    {
        TransactionalId = transactionalId,
        TransactionTimeout = World.Settings.TransactionTimeout,
        Refuses = () => World.IsChaotic,
        Failed = failed,
    };

    /// <summary>The partition is gone, its store closed.</summary>
    public void PartitionEnded(SimPartition partition) => _box.Tell(() =>
    {
        var slot = _slots[partition.Number];
        if (!ReferenceEquals(slot.Running, partition))
            return;
        slot.Running = null;
        if (slot.Flows is { } next && next[0].Generation != partition.Generation)
            Start(slot);
    });

    void IPollListener.Assigned(IReadOnlyList<PartitionFlow> flows)
    {
        if (Posted.Count > 0)
        {
            _consumer.CommitInBackground([.. Posted.Select(p => new TopicPartitionOffset(p.Key.Topic, p.Key.Partition, p.Value))]);
            Posted.Clear();
        }

        _box.Tell(() => Assign(flows));
    }

    Task IPollListener.Revoked(IReadOnlyList<TopicPartition> partitions)
    {
        // The polling thread waits in here: only because of that may this be one thread with everything else.
        var (isOver, isDrained) = (false, false);
        Process.After(World.Settings.DrainTimeout + DrainSlack, () => isOver = true);
        _box.Tell(() => Revoke(partitions, () => isOver = isDrained = true));
        World.Scheduler.RunUntil(() => !Process.IsAlive || (Process.IsRunning && isOver), TimeSpan.MaxValue);
        if (!Process.IsAlive || World.Scheduler.IsStopped)
            throw new ProcessDiedException();
        return isDrained ? Task.CompletedTask : new TaskCompletionSource().Task;
    }

    void IPollListener.Lost(IReadOnlyList<TopicPartition> partitions) => _box.Tell(() =>
    {
        foreach (var slot in Slots(partitions))
        {
            slot.Flows = null;
            slot.Running?.Discard();
        }
    });

    void IPollListener.Faulted(KafkaFault fault) => World.Trace.Add($"{Name}: {fault.Code}");

    void IPollListener.Ended(Exception? error)
    {
        World.Trace.Add($"{Name}: has left: {error?.Message}");
        HasEnded = true;
    }

    void Assign(IReadOnlyList<PartitionFlow> flows)
    {
        foreach (var group in flows.GroupBy(f => f.Id.Partition))
        {
            var slot = Slot(group.Key);
            slot.Flows = [.. group];
            if (slot.Flows.Length != Names.Inputs.Length)
                World.Violate($"{Name} was given {slot.Flows.Length} inputs of partition {group.Key}, and there are {Names.Inputs.Length}");
            if (slot.Running is null)
                Start(slot);
        }
    }

    void Start(Place slot)
    {
        slot.IsEnding = false;
        slot.Running = new SimPartition(this, slot.Number, slot.Flows!, ++World.Lives);
        slot.Running.Start();
    }

    void Revoke(IReadOnlyList<TopicPartition> partitions, Action drained)
    {
        var waiting = new List<Place>();
        foreach (var slot in Slots(partitions))
        {
            slot.Flows = null;
            slot.Running?.Drain();
            if (slot.Running is not null)
                waiting.Add(slot);
        }

        Check();

        void Check()
        {
            if (waiting.TrueForAll(static s => s.Running is null))
                drained();
            else
                Process.After(TimeSpan.FromMilliseconds(5), Check);
        }
    }

    void WhenDecided(Action action)
    {
        if (Transactions is null)
            action();
        else
            Transactions.WhenDecided(action);
    }

    List<Place> Slots(IReadOnlyList<TopicPartition> partitions) =>
        [.. partitions.Select(p => p.Partition).Distinct().Where(_slots.ContainsKey).Select(p => _slots[p])];

    Place Slot(int partition)
    {
        if (!_slots.TryGetValue(partition, out var slot))
            _slots[partition] = slot = new Place(partition, World.Settings.MaxRestarts);
        return slot;
    }

    /// <summary>The processor gives up, loudly.</summary>
    public void Fail(string why)
    {
        World.Faults.Add(Fault.ProcessorFailed);
        World.Trace.Add($"{Name}: fails: {why}");
        Stop();
    }

    void PollAfter(TimeSpan delay)
    {
        _pollWanted = true;
        Process.After(delay, Poll);
    }

    void Poll()
    {
        if (!_pollWanted)
            return;
        _pollWanted = false;
        try
        {
            if (Poller.IsStopping)
            {
                Poller.End(null);
                return;
            }

            Poller.Step();
        }
        catch (ProcessDiedException)
        {
            return;
        }
        catch (Exception e)
        {
            World.Violate($"the polling thread of {Name} has ended: {e}");
            return;
        }

        PollAfter(_consumer.HasNews ? Random.Milliseconds(0.1, 3) : Random.Milliseconds(5, 50));
    }

    sealed class Place(int number, int maxRestarts)
    {
        public int Number { get; } = number;

        public RestartBackoff Backoff { get; } =
            new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), maxRestarts, TimeSpan.FromMinutes(5));

        public PartitionFlow[]? Flows { get; set; }

        public SimPartition? Running { get; set; }

        public bool IsEnding { get; set; }
    }
}
