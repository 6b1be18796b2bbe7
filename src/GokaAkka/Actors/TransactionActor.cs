using Akka.Actor;
using Akka.Event;
using GokaAkka.Kafka;
using GokaAkka.Processing.Transactions;

namespace GokaAkka.Actors;

/// <summary>
/// The transactional producer of a processor on this node and the rounds of its transactions. What waits for the brokers runs on threads of its
/// own; its outcome comes back as a message.
/// </summary>
sealed class TransactionActor : ReceiveActor, IWithTimers, ITransactionHost
{
    const string Producer = "the transactional producer";

    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    readonly TransactionSource _source;
    readonly TransactionRounds _rounds;
    readonly Dictionary<IActorRef, TransactionMember> _members = [];
    readonly List<(IActorRef Asker, object Question)> _waiting = [];
    readonly ILoggingAdapter _log = Context.GetLogger();
    readonly IActorRef _self;
    readonly Lock _gate = new();
    IRecordProducer? _producer;
    TimeSpan _pause = FirstPause;

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
        Receive<Committed>(_ => _rounds.Committed(), m => m.Number == _number);
        Receive<Broken>(OnBroken, m => m.Number == _number);
        ReceiveAny(static _ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(TransactionSource source) => Akka.Actor.Props.Create(() => new TransactionActor(source));

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
        var number = ++_number;
        var old = _producer;
        Timers.CancelAll();
        // Not waited for: what it still does is fenced or comes before, and its client may be what hangs.
        if (old is not null)
            _ = Task.Factory.StartNew(old.Dispose, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        OnThread(() =>
        {
            var producer = _source.Kafka.CreateProducer(_source.Producer);
            try
            {
                producer.Failed += fault => _self.Tell(new Broken(number, new KafkaFaultException("The producer is of no more use", fault)));
                Patiently(() => producer.InitTransactions(_source.Settings.Timeout));
                producer.BeginTransaction();
                lock (_gate)
                {
                    ObjectDisposedException.ThrowIf(_stopped, this);
                    _producer = producer;
                }

                return new Opened(number);
            }
            catch
            {
                producer.Dispose();
                throw;
            }
        }, e => new OpenFailed(number, e));
    }

    public void ScheduleRound() => Timers.StartSingleTimer(nameof(RoundDue), RoundDue.Instance, _source.Settings.CommitInterval);

    public void AwaitCut() => Timers.StartSingleTimer(nameof(CutDue), CutDue.Instance, _source.Settings.Timeout);

    public void Commit(IReadOnlyList<TopicPartitionOffset> offsets)
    {
        Timers.Cancel(nameof(CutDue));
        var (number, producer, timeout, membership) = (_number, _producer!, _source.Settings.Timeout, _source.Membership());
        OnThread(() =>
        {
            if (offsets.Count > 0)
                Patiently(() => producer.SendOffsetsToTransaction(offsets, membership ?? throw NoMember(), timeout));
            Patiently(() => producer.CommitTransaction(timeout));
            producer.BeginTransaction();
            return new Committed(number);
        }, e => new Broken(number, e));
    }

    InvalidOperationException NoMember() => new($"Group '{_source.Group}': this node has given up its partitions; what they had begun is not committed.");

    void OnOpened()
    {
        _pause = FirstPause;
        _source.Troubles?.End(Producer);
        _rounds.Opened(_producer!);
    }

    void OnOpenFailed(OpenFailed message)
    {
        if (message.Error is not KafkaFaultException { Fault.Kind: FaultKind.Retriable or FaultKind.AbortsTransaction })
        {
            Context.Parent.Tell(new TransactionsFailed(message.Error));
            return;
        }

        _source.Troubles?.Meet(Producer, message.Error.Message);
        Timers.StartSingleTimer(nameof(OpenDue), OpenDue.Instance, Persistence.Jitter(_pause));
        _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
    }

    void OnBroken(Broken message)
    {
        _log.Warning(
            "Group {0}: a transaction is not committed, or it is not known whether it is; all partitions start again from the committed state: {1}",
            _source.Group, message.Error.Message);
        _rounds.Failed(message.Error);
    }

    void WithMember(Action<TransactionMember> action)
    {
        if (_members.TryGetValue(Sender, out var member))
            action(member);
    }

    /// <summary>Repeats what has failed for a reason that may pass, until the transaction would be given up by the brokers anyway.</summary>
    void Patiently(Action call)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                call();
                return;
            }
            catch (KafkaFaultException e) when (e.Fault.Kind == FaultKind.Retriable && !_stopped
                && TimeProvider.System.GetElapsedTime(began) < _source.Settings.Timeout)
            {
                // The client waits for the brokers in each call, so this does not spin.
            }
        }
    }

    void OnThread(Func<object> work, Func<Exception, object> failed) => Task.Factory
        .StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
        .PipeTo(_self, success: static answer => answer, failure: failed);

    sealed record RoundDue { public static readonly RoundDue Instance = new(); }

    sealed record CutDue { public static readonly CutDue Instance = new(); }

    sealed record OpenDue { public static readonly OpenDue Instance = new(); }

    sealed record Opened(int Number);

    sealed record OpenFailed(int Number, Exception Error);

    sealed record Committed(int Number);

    sealed record Broken(int Number, Exception Error);
}

/// <summary>What a processor's transactions are made with.</summary>
/// <param name="Group">The group.</param>
/// <param name="Kafka">The cluster.</param>
/// <param name="Producer">The producer's options, its transactional id among them.</param>
/// <param name="Settings">Times.</param>
/// <param name="Membership">Proof of the group's present assignment.</param>
sealed record TransactionSource(
    string Group, IKafkaClient Kafka, ProducerOptions Producer, TransactionSettings Settings, Func<IGroupMembership?> Membership)
{
    /// <summary>Told that no producer can be made at the moment.</summary>
    public TroubleBoard? Troubles { get; init; }
}
