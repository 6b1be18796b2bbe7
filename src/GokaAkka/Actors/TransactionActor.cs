using Akka.Actor;
using Akka.Event;
using GokaAkka.Processing.Transactions;
using GokaAkka.Runtime;

namespace GokaAkka.Actors;

/// <summary>
/// The transactional producer of a processor on this node and the rounds of its transactions. What waits for the brokers runs on threads of its
/// own; its outcome comes back as a message. The client does not always keep to its time-outs (librdkafka's issues 5456 and 5511: the coordinator
/// is gone), so a timer here bounds each call: past it, the producer is given up together with the thread that waits in it, and a new one fences it.
/// </summary>
sealed class TransactionActor : ReceiveActor, IWithTimers, ITransactionHost
{
    const string Producer = "the transactional producer";

    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);

    // The client's own time-out comes first where it works, for it says more.
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    // Brokers fence a producer whose transaction is older than its time-out, too; sooner, another producer has its id. Once it may be an earlier one of
    // ours that was given up; so often within this many time-outs it is another node, and the two would fence each other without end.
    const int MostFencings = 3;
    const int FencingsWithin = 6;

    readonly TransactionSource _source;
    readonly TransactionRounds _rounds;
    readonly Dictionary<IActorRef, TransactionMember> _members = [];
    readonly List<(IActorRef Asker, object Question)> _waiting = [];
    readonly ILoggingAdapter _log = Context.GetLogger();
    readonly IActorRef _self;
    readonly Lock _gate = new();
    IRecordProducer? _producer;
    TimeSpan _pause = FirstPause;
    long _openedAt;
    long _fencedSince;
    int _fencings;
    bool _isGivenUp;

    // Producers are numbered, so that the answer of one that is given up is recognized.
    int _number;
    bool _stopped;

    public TransactionActor(TransactionSource source)
    {
        _source = source;
        _rounds = new TransactionRounds(this);
        _self = Self;
        Receive<Enlist>(m =>
        {
            var member = new TransactionMember(Sender, m);
            _members.Add(Sender, member);
            Context.Watch(Sender);
            _rounds.Enlist(member);
        });
        Receive<Touched>(_ => _rounds.Touched());
        Receive<CutReached>(m => WithMember(member => _rounds.CutReached(member, m.Offsets)));
        Receive<LeaveTransactions>(_ => WithMember(_rounds.Leave));
        Receive<WithdrawFromTransactions>(_ => WithMember(_rounds.Withdraw));
        Receive<Terminated>(m =>
        {
            if (_members.Remove(m.ActorRef, out var member))
                _rounds.Gone(member);
        });
        Receive<AwaitDecided>(m => _waiting.Add((Sender, m.Question)));
        Receive<RoundDue>(_ => _rounds.RoundDue());
        Receive<CutDue>(_ => _rounds.CutOverdue());
        Receive<Opened>(_ => OnOpened(), m => m.Number == _number);
        Receive<OpenFailed>(OnOpenFailed, m => m.Number == _number);
        Receive<OpenDue>(_ => Open());
        Receive<Committed>(_ => OnCommitted(), m => m.Number == _number);
        Receive<Broken>(OnBroken, m => m.Number == _number);
        Receive<CallOverdue>(OnOverdue);
        ReceiveAny(static _ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(TransactionSource source) => ActorFactory.Props(() => new TransactionActor(source)).WithDispatcher(Dispatchers.GokaDispatchers.Partitions);

    protected override void PreStart() => _rounds.Start();

    protected override bool AroundReceive(Receive receive, object message)
    {
        var handled = base.AroundReceive(receive, message);
        if (_waiting.Count > 0 && _rounds.IsDecided)
        {
            _waiting.ForEach(static w => w.Asker.Tell(w.Question));
            _waiting.Clear();
        }

        return handled;
    }

    protected override void PostStop()
    {
        lock (_gate)
            _stopped = true;
        _producer?.Dispose();
    }

    public void Open()
    {
        var number = GiveUpProducer();
        Timers.CancelAll();
        if (_isGivenUp)
            return;
        OnThread(
            "Making a transactional producer",
            began =>
            {
                var producer = _source.Kafka.CreateProducer(_source.Producer);
                if (!TryKeep(producer, number))
                {
                    producer.Dispose();
                    throw new ObjectDisposedException(nameof(TransactionActor));
                }

                producer.Failed += fault => _self.Tell(new Broken(number, new KafkaFaultException("The producer is of no more use", fault)));
                Patiently(began, producer.InitTransactions);
                producer.BeginTransaction();
                return new Opened(number);
            },
            e => new OpenFailed(number, e));
    }

    /// <summary>Whatever the producer answers from now on is of no account.</summary>
    /// <returns>The number of the next one.</returns>
    int GiveUpProducer()
    {
        int number;
        IRecordProducer? old;
        lock (_gate)
        {
            number = ++_number;
            (old, _producer) = (_producer, null);
        }

        // Not waited for: what it still does is fenced or comes before, and its client may be what hangs.
        old?.Dispose();
        return number;
    }

    public void ScheduleRound() => Timers.StartSingleTimer(nameof(RoundDue), RoundDue.Instance, _source.Settings.CommitInterval);

    public void AwaitCut() => Timers.StartSingleTimer(nameof(CutDue), CutDue.Instance, _source.Settings.Timeout);

    public void Commit(IReadOnlyList<TopicPartitionOffset> offsets)
    {
        Timers.Cancel(nameof(CutDue));
        var (number, producer, membership, identified) = (_number, _producer!, _source.Membership(), _source.Identify(offsets));
        OnThread(
            "Committing a transaction",
            began =>
            {
                if (offsets.Count > 0)
                    Patiently(began, left => producer.SendOffsetsToTransaction(identified, membership ?? throw NoMember(), left));
                Patiently(began, producer.CommitTransaction);
                producer.BeginTransaction();
                return new Committed(number);
            },
            e => new Broken(number, e));
    }

    InvalidOperationException NoMember() => new($"Group '{_source.Group}': this node has given up its partitions; what they had begun is not committed.");

    void OnOpened()
    {
        Timers.Cancel(nameof(CallOverdue));
        _openedAt = _source.Runtime.Time.GetTimestamp();
        _pause = FirstPause;
        _source.Troubles?.End(Producer);
        _rounds.Opened(_producer!);
    }

    void OnCommitted()
    {
        Timers.Cancel(nameof(CallOverdue));
        _rounds.Committed();
    }

    void OnOverdue(CallOverdue message)
    {
        var bound = _source.Settings.Timeout + Grace;
        var error = new KafkaFaultException(message.What + " has not ended", new KafkaFault(
            "Local_TimedOut", $"the client has not come back for {bound.TotalSeconds:0.#} s, and is given up with the thread that waits for it", FaultKind.Retriable));
        _source.Troubles?.Meet(Producer, error.Message);
        // At once: behind an answer that has come meanwhile, this would take the producer from under partitions that send on it.
        if (message.Failed(error) is OpenFailed failed)
            OnOpenFailed(failed);
        else
            OnBroken((Broken)message.Failed(error));
    }

    void OnOpenFailed(OpenFailed message)
    {
        Timers.Cancel(nameof(CallOverdue));
        GiveUpProducer();
        // A permission that is missing may be granted: the brokers' refusals are waited for as their silence is.
        if (message.Error is not KafkaFaultException { Fault.Kind: not FaultKind.Fatal })
        {
            Context.Parent.Tell(new TransactionsFailed(message.Error));
            return;
        }

        _source.Troubles?.Meet(Producer, message.Error.Message);
        Timers.StartSingleTimer(nameof(OpenDue), OpenDue.Instance, _source.Runtime.Jitter(_pause));
        _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
    }

    void OnBroken(Broken message)
    {
        _log.Warning(
            "Group {0}: a transaction is not committed, or it is not known whether it is; all partitions start again from the committed state: {1}",
            _source.Group, message.Error.Message);
        if (IsRivalry(message.Error))
        {
            _isGivenUp = true;
            Context.Parent.Tell(new TransactionsFailed(new InvalidOperationException(
                $"Group '{_source.Group}': another producer has taken over the transactional id '{_source.Producer.TransactionalId}' {MostFencings} times. Two nodes "
                + "have the same goka.processor.transaction.id or goka.node.id: give each its own.", message.Error)));
        }

        _rounds.Failed(message.Error);
    }

    /// <summary>Whether somebody else goes on and on with our transactional id.</summary>
    bool IsRivalry(Exception error)
    {
        var (time, timeout) = (_source.Runtime.Time, _source.Settings.Timeout);
        if (error is not KafkaFaultException { Fault.Code: "Local_Fenced" or "ProducerFenced" or "InvalidProducerEpoch" } || time.GetElapsedTime(_openedAt) >= timeout)
            return false;
        if (_fencings == 0 || time.GetElapsedTime(_fencedSince) > FencingsWithin * timeout)
            (_fencedSince, _fencings) = (time.GetTimestamp(), 0);
        return ++_fencings >= MostFencings;
    }

    bool TryKeep(IRecordProducer producer, int number)
    {
        lock (_gate)
        {
            if (_stopped || number != _number)
                return false;
            _producer = producer;
            return true;
        }
    }

    void WithMember(Action<TransactionMember> action)
    {
        if (_members.TryGetValue(Sender, out var member))
            action(member);
    }

    /// <summary>Repeats what has failed for a reason that may pass, until the transaction would be given up by the brokers anyway.</summary>
    void Patiently(long began, Action<TimeSpan> call)
    {
        while (true)
        {
            var left = _source.Settings.Timeout - _source.Runtime.Time.GetElapsedTime(began);
            try
            {
                call(left > RetryPause ? left : RetryPause);
                return;
            }
            catch (KafkaFaultException e) when (e.Fault.Kind == FaultKind.Retriable && !_stopped && left > TimeSpan.Zero)
            {
                // Some faults come at once.
                _source.Runtime.Pause(RetryPause);
            }
        }
    }

    void OnThread(string what, Func<long, object> work, Func<Exception, object> failed)
    {
        var began = _source.Runtime.Time.GetTimestamp();
        Timers.StartSingleTimer(nameof(CallOverdue), new CallOverdue(what, failed), _source.Settings.Timeout + Grace);
        _source.Runtime.RunLong(() => work(began)).PipeTo(_self, success: static answer => answer, failure: failed);
    }

    sealed record RoundDue { public static readonly RoundDue Instance = new(); }

    sealed record CutDue { public static readonly CutDue Instance = new(); }

    sealed record OpenDue { public static readonly OpenDue Instance = new(); }

    sealed record Opened(int Number);

    sealed record OpenFailed(int Number, Exception Error);

    sealed record Committed(int Number);

    sealed record Broken(int Number, Exception Error);

    sealed record CallOverdue(string What, Func<Exception, object> Failed);
}

/// <summary>What a processor's transactions are made with.</summary>
/// <param name="Group">The group.</param>
/// <param name="Kafka">The cluster.</param>
/// <param name="Producer">The producer's options, its transactional id among them.</param>
/// <param name="Settings">Times.</param>
/// <param name="Membership">Proof of the group's present assignment.</param>
/// <param name="Identify">Tells which topics offsets are of.</param>
/// <param name="Runtime">Time and threads.</param>
sealed record TransactionSource(
    string Group, IKafkaClient Kafka, ProducerOptions Producer, TransactionSettings Settings, Func<IGroupMembership?> Membership,
    Func<IReadOnlyList<TopicPartitionOffset>, IReadOnlyCollection<TopicPartitionOffset>> Identify, NodeRuntime Runtime)
{
    /// <summary>Told that no producer can be made at the moment.</summary>
    public TroubleBoard? Troubles { get; init; }
}
