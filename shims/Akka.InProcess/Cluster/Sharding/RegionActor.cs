using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using static Akka.Cluster.Sharding.Protocol;

namespace Akka.Cluster.Sharding;

/// <summary>
/// A node's way to the entities of one type: sends messages to the regions of their shards, and runs the shards that the coordinator
/// has placed here. Without props for entities it is a proxy.
/// </summary>
sealed class RegionActor : ActorBase, IWithTimers
{
    // Warn when the coordinator has not answered for so many retries.
    const int RetriesBeforeWarning = 5;

    readonly string _typeName;
    readonly Func<string, Props> _entityProps;
    readonly ClusterShardingSettings _settings;
    readonly string _coordinatorPath;
    readonly EnvelopeExtractor _extractor;
    readonly object _handOffStopMessage;
    readonly Cluster _cluster = Cluster.Get(Context.System);
    readonly ILoggingAdapter _log = Context.GetLogger();
    readonly TaskCompletionSource<Done> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Dictionary<string, IActorRef> _regionByShard = new();
    readonly Dictionary<string, IActorRef> _shards = new();
    readonly ShardBuffers _buffers;
    IActorRef _coordinator;
    UniqueAddress _oldest;
    TimeSpan _nextRegistration;
    int _retries;
    bool _warnedOfFullBuffer;
    bool _shuttingDown;

    public RegionActor(string typeName, Func<string, Props> entityProps, ClusterShardingSettings settings, string coordinatorPath,
        IMessageExtractor extractor, object handOffStopMessage)
    {
        _typeName = typeName;
        _entityProps = entityProps;
        _settings = settings;
        _coordinatorPath = coordinatorPath;
        _extractor = new EnvelopeExtractor(extractor);
        _handOffStopMessage = handOffStopMessage;
        _buffers = new ShardBuffers(settings.TuningParameters.BufferSize);
        var self = Self;
        CoordinatedShutdown.Get(Context.System).AddTask(CoordinatedShutdown.PhaseClusterShardingShutdownRegion, "region-shutdown", () =>
        {
            if (_cluster.IsTerminated || _cluster.SelfMember.Status is MemberStatus.Down or MemberStatus.Removed)
                return Task.FromResult(Done.Instance);
            self.Tell(GracefulShutdown.Instance, ActorRefs.NoSender);
            return _stopped.Task;
        });
    }

    public ITimerScheduler Timers { get; set; }

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, typeof(ClusterEvent.IMemberEvent));
        Timers.StartPeriodicTimer(nameof(Retry), new Retry(), _settings.TuningParameters.RetryInterval);
        StartRegistration();
    }

    protected override void PostStop()
    {
        _coordinator?.Tell(new RegionStopped(Self));
        _cluster.Unsubscribe(Self);
        _stopped.TrySetResult(Done.Instance);
    }

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Terminated ended:
                Ended(ended.ActorRef);
                break;
            case ClusterEvent.CurrentClusterState or ClusterEvent.IMemberEvent:
                MembersChanged();
                break;
            case RegisterAck ack:
                _coordinator = Context.Watch(ack.Coordinator);
                Timers.Cancel(nameof(RegisterAgain));
                _retries = 0;
                AskForHomes();
                if (_shuttingDown)
                    RequestShutdown();
                break;
            case ShardHome home:
                Home(home.Shard, home.Region);
                break;
            case HostShard host:
                Host(host.Shard);
                break;
            case BeginHandOff handOff:
                _regionByShard.Remove(handOff.Shard);
                Sender.Tell(new BeginHandOffAck(handOff.Shard));
                break;
            case HandOff handOff:
                HandOver(handOff);
                break;
            case RegisterAgain:
                if (_coordinator == null)
                    Register();
                break;
            case Retry:
                TryAgain();
                break;
            case GracefulShutdown:
                ShutDown();
                break;
            case ShutdownTimedOut:
                _log.Warning("{0}: Graceful shutdown of shard region timed out, region will be stopped. Remaining shards [{1}], " +
                    "remaining buffered messages [{2}].", _typeName, string.Join(", ", _shards.Keys), _buffers.Count);
                Context.Stop(Self);
                break;
            case IShardRegionQuery query:
                return Answer(query);
            default:
                return Deliver(message);
        }
        return true;
    }

    bool Deliver(object message)
    {
        if (_extractor.EntityId(message) is not { } entityId)
        {
            _log.Warning("{0}: Message does not have an extractor defined in shard so it was ignored: {1}", _typeName, message);
            return false;
        }
        var shard = _extractor.ShardId(entityId, message);
        if (string.IsNullOrEmpty(shard))
        {
            _log.Warning("{0}: Shard must not be empty, dropping message [{1}]", _typeName, message.GetType().Name);
            Context.System.DeadLetters.Tell(message);
        }
        else if (!_regionByShard.TryGetValue(shard, out var region))
        {
            if (!_buffers.Contains(shard))
                _coordinator?.Tell(new GetShardHome(shard));
            Buffer(shard, message);
        }
        else
        {
            (region.Equals(Self) ? GetShard(shard) : region).Tell(message, Sender);
        }
        return true;
    }

    void Buffer(string shard, object message)
    {
        if (_buffers.TryAdd(shard, message, Sender))
            return;
        if (!_warnedOfFullBuffer)
            _log.Warning("{0}: Buffer is full, dropping message for shard [{1}]", _typeName, shard);
        _warnedOfFullBuffer = true;
        Context.System.DeadLetters.Tell(message);
    }

    IActorRef GetShard(string shard)
    {
        if (_shards.TryGetValue(shard, out var running))
            return running;
        var (entityProps, settings, extractor, stopMessage, id) = (_entityProps, _settings, _extractor, _handOffStopMessage, shard);
        running = Context.Watch(Context.ActorOf(Props.Create(() => new Shard(id, entityProps, settings, extractor, stopMessage)),
            Uri.EscapeDataString(shard)));
        _shards.Add(shard, running);
        return running;
    }

    void Home(string shard, IActorRef region)
    {
        _regionByShard[shard] = region;
        if (!region.Equals(Self))
            Context.Watch(region);
        DeliverBuffered(shard, region.Equals(Self) ? GetShard(shard) : region);
    }

    void Host(string shard)
    {
        if (_shuttingDown)
        {
            // A new coordinator does not know yet.
            RequestShutdown();
            return;
        }
        _regionByShard[shard] = Self;
        DeliverBuffered(shard, GetShard(shard));
        Sender.Tell(new ShardStarted(shard));
    }

    void HandOver(HandOff handOff)
    {
        // Other regions may have sent these before they knew of the hand-off; to deliver them now could break their order.
        var dropped = _buffers.Take(handOff.Shard);
        foreach (var envelope in dropped)
            Context.System.DeadLetters.Tell(envelope.Message, envelope.Sender);
        if (dropped.Count > 0)
            _log.Warning("{0}: Dropping [{1}] buffered messages to shard [{2}] during hand off to avoid re-ordering",
                _typeName, dropped.Count, handOff.Shard);
        if (_shards.TryGetValue(handOff.Shard, out var running))
            running.Forward(handOff);
        else
            Sender.Tell(new ShardStopped(handOff.Shard));
    }

    void DeliverBuffered(string shard, IActorRef receiver)
    {
        foreach (var envelope in _buffers.Take(shard))
            receiver.Tell(envelope.Message, envelope.Sender);
        _warnedOfFullBuffer = false;
        StopWhenDone();
    }

    void AskForHomes()
    {
        foreach (var shard in _buffers.Keys)
            _coordinator?.Tell(new GetShardHome(shard));
    }

    void Ended(IActorRef actor)
    {
        if (actor.Equals(_coordinator))
        {
            _coordinator = null;
            StartRegistration();
            return;
        }
        foreach (var shard in _regionByShard.Where(home => home.Value.Equals(actor)).Select(home => home.Key).ToList())
            _regionByShard.Remove(shard);
        foreach (var shard in _shards.Where(running => running.Value.Equals(actor)).Select(running => running.Key).ToList())
            _shards.Remove(shard);
        StopWhenDone();
    }

    void MembersChanged()
    {
        var oldest = Candidates().FirstOrDefault()?.UniqueAddress;
        if (oldest == _oldest)
            return;
        _oldest = oldest;
        _coordinator = null;
        StartRegistration();
    }

    // The coordinator is on the oldest, or on its way from nodes that leave to the first that stays.
    IEnumerable<Member> Candidates() => _cluster.View.Members
        .Where(member => member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting
            && (_settings.Role == null || member.HasRole(_settings.Role)))
        .Order(Member.AgeOrdering);

    IEnumerable<ActorSelection> Coordinators()
    {
        foreach (var member in Candidates())
        {
            yield return Context.ActorSelection(new RootActorPath(member.Address) / _coordinatorPath.Split('/'));
            if (member.Status == MemberStatus.Up)
                yield break;
        }
    }

    void StartRegistration()
    {
        _nextRegistration = TimeSpan.FromMilliseconds(25);
        Register();
    }

    void Register()
    {
        var coordinators = Coordinators().ToList();
        foreach (var coordinator in coordinators)
            coordinator.Tell(new Register(Self, _entityProps == null), Self);
        if (_retries >= RetriesBeforeWarning && !_buffers.IsEmpty)
            _log.Warning("{0}: No coordinator has answered at [{1}]. Has Cluster Sharding been started on every node and have nodes been configured " +
                "with the correct role(s)? Total [{2}] buffered messages.", _typeName, string.Join(", ", coordinators), _buffers.Count);
        if (_nextRegistration >= _settings.TuningParameters.RetryInterval)
            return;
        Timers.StartSingleTimer(nameof(RegisterAgain), new RegisterAgain(), _nextRegistration);
        _nextRegistration += _nextRegistration;
    }

    void TryAgain()
    {
        _retries = _buffers.IsEmpty ? 0 : _retries + 1;
        if (_coordinator == null)
            Register();
        else
            AskForHomes();
        if (_shuttingDown)
            RequestShutdown();
        StopWhenDone();
    }

    void ShutDown()
    {
        var shutdown = CoordinatedShutdown.Get(Context.System);
        // Shorter than the phase, so that the reason is seen.
        if (shutdown.ShutdownReason != null
            && shutdown.Timeout(CoordinatedShutdown.PhaseClusterShardingShutdownRegion) - TimeSpan.FromSeconds(1) is var left && left > TimeSpan.Zero)
            Timers.StartSingleTimer(nameof(ShutdownTimedOut), new ShutdownTimedOut(), left);
        _shuttingDown = true;
        RequestShutdown();
        StopWhenDone();
    }

    void RequestShutdown()
    {
        foreach (var coordinator in Coordinators())
            coordinator.Tell(new GracefulShutdownRequest(Self), Self);
    }

    void StopWhenDone()
    {
        if (_shuttingDown && _shards.Count == 0 && _buffers.IsEmpty)
            Context.Stop(Self);
    }

    bool Answer(IShardRegionQuery query)
    {
        switch (query)
        {
            case GetShardRegionState:
                QueryShards().PipeTo(Sender, success: answers => new CurrentShardRegionState(answers.States.ToImmutableHashSet(), answers.Failed));
                return true;
            case GetShardRegionStats:
                QueryShards().PipeTo(Sender, success: answers => new ShardRegionStats(
                    answers.States.ToImmutableDictionary(state => state.ShardId, state => state.EntityIds.Count), answers.Failed));
                return true;
            case GetCurrentRegions when _coordinator == null:
                Sender.Tell(new CurrentRegions(ImmutableHashSet<Address>.Empty));
                return true;
            case GetClusterShardingStats when _coordinator == null:
                Sender.Tell(new ClusterShardingStats(ImmutableDictionary<Address, ShardRegionStats>.Empty));
                return true;
            case GetCurrentRegions or GetClusterShardingStats:
                _coordinator.Forward(query);
                return true;
            default:
                return false;
        }
    }

    async Task<(IReadOnlyList<ShardState> States, IImmutableSet<string> Failed)> QueryShards()
    {
        var answers = _shards.ToDictionary(shard => shard.Key, shard => shard.Value.Ask<ShardState>(new GetShardState(), _settings.ShardRegionQueryTimeout));
        await Task.WhenAll(answers.Values).ContinueWith(_ => { }).ConfigureAwait(false);
        return ([.. answers.Values.Where(answer => answer.IsCompletedSuccessfully).Select(answer => answer.Result)],
            answers.Where(answer => !answer.Value.IsCompletedSuccessfully).Select(answer => answer.Key).ToImmutableHashSet());
    }

    sealed record Retry;

    sealed record RegisterAgain;

    sealed record ShutdownTimedOut;
}
