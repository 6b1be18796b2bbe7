using GokaAkka.Processing;
using GokaAkka.Processing.Transactions;

namespace GokaAkka.Testing.Simulation;

/// <summary>
/// The transactions of a node: drives <see cref="TransactionRounds"/> as the transactions' actor does, with requests that get lost and answers
/// that come late.
/// </summary>
sealed class SimTransactions : ITransactionHost
{
    readonly SimNode _node;
    readonly TransactionRounds _rounds;
    readonly Mailbox _box;
    readonly List<Action> _waiting = [];
    readonly string _id;
    SimProducer? _producer;
    int _number;
    int _round;

    public SimTransactions(SimNode node)
    {
        _node = node;
        _rounds = new TransactionRounds(this);
        _box = new Mailbox(node.Process, node.Random);
        // A new one for every life of the process, as a random one is.
        _id = $"{Names.Group}-{node.Name}";
    }

    TimeSpan Timeout => _node.World.Settings.TransactionTimeout;

    public void Start() => Tell(_rounds.Start);

    /// <summary>Calls back once the state that the brokers call committed is final.</summary>
    public void WhenDecided(Action action) => Tell(() => _waiting.Add(action));

    /// <summary>Something is told to the rounds, in turn.</summary>
    public void Tell(Action<TransactionRounds> message) => Tell(() => message(_rounds));

    public void Open()
    {
        var number = ++_number;
        _round++;
        _producer?.Dispose();
        _producer = null;
        var producer = _node.NewProducer(_id, fault => Tell(() =>
        {
            if (number == _number)
                Broken(new KafkaFaultException("The producer is of no more use", fault));
        }));
        Identify();

        void Identify() => _node.Cluster.InitProducer(_node.Process, _id, Timeout, answer => Tell(() =>
        {
            if (number != _number)
                return;
            if (answer.Error != ClusterError.None)
            {
                TryAgain();
                return;
            }

            producer.Identity = answer.Identity;
            _producer = producer;
            _rounds.Opened(producer);
        }), TryAgain);

        void TryAgain() => _node.Process.After(_node.Random.Milliseconds(20, 200), () =>
        {
            if (number == _number)
                Identify();
        });
    }

    public void ScheduleRound() => Later(_node.World.Settings.CommitInterval, _rounds.RoundDue);

    public void AwaitCut()
    {
        var round = ++_round;
        Later(Timeout, () =>
        {
            if (round == _round)
                _rounds.CutOverdue();
        });
    }

    public void Commit(IReadOnlyList<TopicPartitionOffset> offsets)
    {
        var (number, producer, membership, end) = (_number, _producer!, (GroupMembership?)_node.Poller.Membership, _node.World.Scheduler.Now + Timeout);
        _round++;
        if (offsets.Count == 0)
            End();
        else if (membership is null)
            Break("no member of the group");
        else
            SendOffsets();

        void SendOffsets() => _node.Cluster.CommitInTransaction(
            _node.Process, producer.Identity, membership!, offsets, error => Answered(error, End, SendOffsets), () => Again(SendOffsets));

        void End() => _node.Cluster.EndTransaction(
            _node.Process, producer.Identity, commit: true, error => Answered(error, () => Tell(() =>
            {
                if (number == _number)
                    _rounds.Committed();
            }), End), () => Again(End));

        void Answered(ClusterError error, Action next, Action retry)
        {
            if (error == ClusterError.None)
                next();
            else if (error == ClusterError.NotCoordinatorForGroup)
                Again(retry);
            else
                Break(error.ToString());
        }

        void Again(Action retry)
        {
            if (_node.World.Scheduler.Now >= end)
                Break("no answer in time");
            else
                _node.Process.After(_node.Random.Milliseconds(5, 50), retry);
        }

        void Break(string why) => Tell(() =>
        {
            if (number == _number)
                Broken(new KafkaFaultException("Could not commit", new KafkaFault(why, "the transaction is not committed, or nobody knows", FaultKind.AbortsTransaction)));
        });
    }

    void Broken(Exception error)
    {
        _node.World.Trace.Add($"{_node.Name}: transaction broken: {error.Message}");
        _rounds.Failed(error);
    }

    void Later(TimeSpan delay, Action action)
    {
        var number = _number;
        _node.Process.After(delay, () => Tell(() =>
        {
            // Timers of a producer that is given up are cancelled.
            if (number == _number)
                action();
        }));
    }

    void Tell(Action action) => _box.Tell(() =>
    {
        action();
        if (!_rounds.IsDecided)
            return;
        foreach (var waiting in _waiting)
            waiting();
        _waiting.Clear();
    });
}
