namespace GokaAkka.Testing.Simulation;

/// <summary>
/// The brokers as their clients meet them: the cluster's state behind leaders and coordinators that move, go down and answer late. Every
/// answer says what a broker would say; every record and commit that is accepted is told to the witness.
/// </summary>
sealed partial class SimCluster
{
    static readonly TimeSpan LongPoll = TimeSpan.FromMilliseconds(500);

    readonly Scheduler _scheduler;
    readonly Dictionary<TopicPartition, int> _leaders = [];
    readonly Dictionary<TopicPartition, List<FetchExchange>> _waiting = [];
    readonly SimRandom _random;
    readonly MutationSet _mutations;
    bool _isTicking;
    int _groupCoordinator;
    int _transactionCoordinator;

    public SimCluster(Scheduler scheduler, SimClock clock, SimRandom random, FaultCounts faults, IWitness witness, MutationSet mutations)
    {
        _scheduler = scheduler;
        _random = random;
        _mutations = mutations;
        Faults = faults;
        Witness = witness;
        State = new KafkaCluster(clock) { TransactionEnded = TransactionEnded };
        Network = new BrokerNetwork(scheduler, random, faults, brokers: 3);
        _groupCoordinator = random.Below(3);
        _transactionCoordinator = random.Below(3);
    }

    /// <summary>What the brokers hold, without anything between.</summary>
    public KafkaCluster State { get; }

    public BrokerNetwork Network { get; }

    public FaultCounts Faults { get; }

    public IWitness Witness { get; }

    /// <summary>Who coordinates groups; -1 while nobody does.</summary>
    public int GroupCoordinator => _groupCoordinator >= 0 && Network.IsUp(_groupCoordinator) ? _groupCoordinator : -1;

    /// <summary>Who coordinates transactions; -1 while nobody does.</summary>
    public int TransactionCoordinator =>
        _transactionCoordinator >= 0 && Network.IsUp(_transactionCoordinator) ? _transactionCoordinator : -1;

    /// <summary>The leader of a partition; -1 while there is none.</summary>
    public int Leader(TopicPartition partition) =>
        _leaders.TryGetValue(partition, out var leader) && leader >= 0 && Network.IsUp(leader) ? leader : -1;

    /// <summary>Makes a topic whose partitions have leaders everywhere.</summary>
    public void CreateTopic(TopicSpec topic)
    {
        State.CreateTopic(topic, out _);
        for (var p = 0; p < topic.Partitions; p++)
            _leaders[new TopicPartition(topic.Name, p)] = _random.Below(Network.Brokers);
    }

    /// <summary>Another broker leads the partition, after a time without any.</summary>
    public void MoveLeader(TopicPartition partition, TimeSpan election)
    {
        Faults.Add(Fault.LeaderMoved);
        LoseUnreplicated(partition);
        Elect(partition, election);
    }

    /// <summary>Another broker coordinates the groups, after a time in which none does.</summary>
    public void MoveGroupCoordinator(TimeSpan election)
    {
        Faults.Add(Fault.CoordinatorMoved);
        _groupCoordinator = -1;
        _scheduler.After(election, () => _groupCoordinator = AnyUp());
    }

    /// <summary>Another broker coordinates the transactions, after a time in which none does.</summary>
    public void MoveTransactionCoordinator(TimeSpan election)
    {
        Faults.Add(Fault.CoordinatorMoved);
        _transactionCoordinator = -1;
        _scheduler.After(election, () => _transactionCoordinator = AnyUp());
    }

    /// <summary>A broker goes down and comes back; what it led and coordinated goes to others in between, or waits.</summary>
    public void BounceBroker(int broker, TimeSpan down, bool failsOver)
    {
        if (!Network.IsUp(broker))
            return;
        Faults.Add(Fault.BrokerDown);
        Network.TakeDown(broker);
        // Sorted: the order of a hashed collection must not decide anything.
        foreach (var partition in _leaders.Keys.OrderBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition))
        {
            if (_leaders[partition] != broker)
                continue;
            LoseUnreplicated(partition);
            if (failsOver)
                Elect(partition, _random.Milliseconds(50, 1500));
        }

        if (failsOver && _groupCoordinator == broker)
            MoveGroupCoordinator(_random.Milliseconds(100, 2000));
        if (failsOver && _transactionCoordinator == broker)
            MoveTransactionCoordinator(_random.Milliseconds(100, 2000));
        _scheduler.After(down, () =>
        {
            Network.BringUp(broker);
            // While nobody could reach the coordinator, nobody's session ended there either.
            State.RefreshSessions();
        });
    }

    /// <summary>Everything answers again.</summary>
    public void Heal()
    {
        Network.Profile = NetworkProfile.Healthy;
        for (var b = 0; b < Network.Brokers; b++)
            Network.BringUp(b);
        _groupCoordinator = Math.Max(_groupCoordinator, 0);
        _transactionCoordinator = Math.Max(_transactionCoordinator, 0);
        foreach (var partition in _leaders.Keys.ToArray())
            _leaders[partition] = Math.Max(_leaders[partition], 0);
        State.RefreshSessions();
    }

    /// <summary>Time-outs that are due at the brokers strike: sessions, rebalances, transactions.</summary>
    public void Tick()
    {
        _isTicking = true;
        State.Advance();
        _isTicking = false;
        AnswerJoins();
        ServeWaiting();
    }

    void Elect(TopicPartition partition, TimeSpan election)
    {
        _leaders[partition] = -1;
        _scheduler.After(election, () => _leaders[partition] = AnyUp());
    }

    int AnyUp()
    {
        var first = _random.Below(Network.Brokers);
        for (var i = 0; i < Network.Brokers; i++)
        {
            if (Network.IsUp((first + i) % Network.Brokers))
                return (first + i) % Network.Brokers;
        }

        return first;
    }
}

/// <summary>Sees what the brokers accept, at the moment they do.</summary>
interface IWitness
{
    void Appended(TopicPartition partition, LogRecord record, SimProcess writer);

    /// <summary>A record is refused, for good.</summary>
    void Refused(TopicPartition partition, in NewRecord record);

    /// <summary>Offsets are about to be committed for a group, by a member beside whom others have these partitions.</summary>
    void Committing(IReadOnlyCollection<TopicPartitionOffset> offsets, IReadOnlyList<TopicPartition> others, SimProcess writer);

    /// <summary>A transaction of a producer has ended: its records are visible, or never will be.</summary>
    void TransactionEnded(long producerId, bool committed);
}
