using System.Collections.Immutable;
using Akka.Actor;
using static Akka.Cluster.Sharding.Protocol;

namespace Akka.Cluster.Sharding;

/// <summary>Runs the entities of one shard, each from its first message on.</summary>
sealed class Shard : ReceiveActor, IWithTimers
{
    readonly string _shard;
    readonly Func<string, Props> _entityProps;
    readonly ClusterShardingSettings _settings;
    readonly EnvelopeExtractor _extractor;
    readonly object _stopMessage;
    readonly Dictionary<string, IActorRef> _entities = new();
    readonly Dictionary<IActorRef, string> _ids = new();
    readonly Dictionary<string, long> _lastMessage = new();
    readonly HashSet<string> _passivating = [];
    readonly ShardBuffers _buffers;
    IActorRef _handOffAsker;

    public Shard(string shard, Func<string, Props> entityProps, ClusterShardingSettings settings, EnvelopeExtractor extractor, object stopMessage)
    {
        _shard = shard;
        _entityProps = entityProps;
        _settings = settings;
        _extractor = extractor;
        _stopMessage = stopMessage;
        _buffers = new ShardBuffers(settings.TuningParameters.BufferSize);
        Receive<HandOff>(_ => HandOff());
        Receive<StopEntities>(_ => StopThoseLeft());
        Receive<Terminated>(ended => Ended(ended.ActorRef));
        Receive<Passivate>(passivate => Passivate(Sender, passivate.StopMessage));
        Receive<IdleTick>(_ => PassivateIdle());
        Receive<GetShardState>(_ => Sender.Tell(new ShardState(_shard, _entities.Keys.ToImmutableHashSet())));
        ReceiveAny(Deliver);
    }

    public ITimerScheduler Timers { get; set; }

    protected override void PreStart()
    {
        if (_settings.PassivateIdleEntityAfter > TimeSpan.Zero)
            Timers.StartPeriodicTimer(nameof(IdleTick), new IdleTick(), _settings.PassivateIdleEntityAfter / 2);
    }

    void Deliver(object message)
    {
        var id = _extractor.EntityId(message);
        if (_handOffAsker != null || string.IsNullOrEmpty(id))
        {
            Context.System.DeadLetters.Tell(message, Sender);
        }
        else if (_passivating.Contains(id))
        {
            if (!_buffers.TryAdd(id, message, Sender))
                Context.System.DeadLetters.Tell(message, Sender);
        }
        else
        {
            _lastMessage[id] = Environment.TickCount64;
            var entity = GetEntity(id);
            if (message is not ShardRegion.StartEntity)
                entity.Tell(_extractor.EntityMessage(message), Sender);
        }
    }

    IActorRef GetEntity(string id)
    {
        if (_entities.TryGetValue(id, out var running))
            return running;
        running = Context.Watch(Context.ActorOf(_entityProps(id), Uri.EscapeDataString(id)));
        _entities.Add(id, running);
        _ids.Add(running, id);
        return running;
    }

    void Passivate(IActorRef entity, object stopMessage)
    {
        if (_ids.TryGetValue(entity, out var id) && _passivating.Add(id))
            entity.Tell(stopMessage);
    }

    void PassivateIdle()
    {
        var deadline = Environment.TickCount64 - (long)_settings.PassivateIdleEntityAfter.TotalMilliseconds;
        foreach (var (entity, id) in _ids)
            if (_lastMessage[id] < deadline)
                Passivate(entity, _stopMessage);
    }

    void Ended(IActorRef entity)
    {
        if (!_ids.Remove(entity, out var id))
            return;
        _entities.Remove(id);
        _lastMessage.Remove(id);
        _passivating.Remove(id);
        if (_handOffAsker != null)
        {
            StopWhenEmpty();
            return;
        }
        // An entity that is needed again is started again.
        foreach (var envelope in _buffers.Take(id))
            Self.Tell(envelope.Message, envelope.Sender);
    }

    void HandOff()
    {
        if (_handOffAsker != null)
            return;
        _handOffAsker = Sender;
        // What has not stopped by itself is stopped before the coordinator's patience ends.
        var patience = _settings.TuningParameters.HandOffTimeout - TimeSpan.FromSeconds(5);
        Timers.StartSingleTimer(nameof(StopEntities), new StopEntities(), patience > TimeSpan.FromSeconds(1) ? patience : TimeSpan.FromSeconds(1));
        foreach (var entity in _ids.Keys)
            entity.Tell(_stopMessage);
        StopWhenEmpty();
    }

    void StopThoseLeft()
    {
        Akka.Event.LoggingExtensions.Warning(Akka.Event.Logging.GetLogger(Context),
            "HandOffStopMessage[{0}] is not handled by some of the entities in shard [{1}], stopping the remaining [{2}] entities.",
            _stopMessage.GetType().Name, _shard, _entities.Count);
        foreach (var entity in _ids.Keys)
            Context.Stop(entity);
    }

    void StopWhenEmpty()
    {
        if (_entities.Count > 0)
            return;
        _handOffAsker.Tell(new ShardStopped(_shard));
        Context.Stop(Self);
    }

    sealed record StopEntities;

    sealed record IdleTick;
}
