using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using static Akka.Cluster.Sharding.Protocol;

namespace Akka.Cluster.Sharding;

/// <summary>Knows where the shards of one type are and decides where they go. There is one in the cluster, on the oldest node.</summary>
sealed class ShardCoordinator : ReceiveActor, IWithTimers
{
    readonly CoordinatorStore _store;
    readonly ClusterShardingSettings _settings;
    readonly IShardAllocationStrategy _strategy;
    readonly Cluster _cluster = Cluster.Get(Context.System);
    readonly ILoggingAdapter _log = Context.GetLogger();
    readonly int _minRegions;
    readonly HashSet<IActorRef> _alive = [];
    readonly HashSet<IActorRef> _shuttingDown = [];
    readonly HashSet<string> _unackedHostShards = [];
    // Shards that are being moved, each with who has asked for it meanwhile.
    readonly Dictionary<string, HashSet<IActorRef>> _rebalancing = new();
    bool _allRegistered;
    bool _stopsAfterLocalRegion;
    CoordinatorState _state;

    public ShardCoordinator(CoordinatorStore store, ClusterShardingSettings settings, IShardAllocationStrategy strategy)
    {
        _store = store;
        _settings = settings;
        _strategy = strategy;
        _minRegions = settings.Role == null
            ? _cluster.Settings.MinNrOfMembers
            : _cluster.Settings.MinNrOfMembersOfRole.GetValueOrDefault(settings.Role, 1);
        Receive<Register>(Register);
        Receive<GetShardHome>(get => GetHome(get.Shard, Sender));
        Receive<Allocated>(allocated => Allocate(allocated.Shard, allocated.Region, allocated.Asker));
        Receive<ShardStarted>(started => Acked(started.Shard));
        Receive<ResendHostShard>(resend => HostShard(resend.Shard));
        Receive<RebalanceTick>(_ => Rebalance());
        Receive<ToRebalance>(rebalance => Move(rebalance.Shards));
        Receive<RebalanceWorker.Done>(done => Moved(done.Shard, done.Ok));
        Receive<GracefulShutdownRequest>(request => ShutDown(request.Region));
        Receive<Terminated>(ended => Ended(ended.ActorRef));
        Receive<RegionStopped>(stopped => Ended(stopped.Region));
        Receive<StopCoordinator>(_ => StopWhenLocalRegionHas());
        Receive<GetCurrentRegions>(_ => Sender.Tell(new CurrentRegions(_state.Regions.Keys.Select(AddressOf).ToImmutableHashSet())));
        Receive<GetClusterShardingStats>(get => CollectStats(get.Timeout).PipeTo(Sender));
    }

    public ITimerScheduler Timers { get; set; }

    protected override void PreStart()
    {
        (_strategy as IStartableAllocationStrategy)?.Start();
        (_strategy as IActorSystemDependentAllocationStrategy)?.Start(Context.System);
        Timers.StartPeriodicTimer(nameof(RebalanceTick), new RebalanceTick(), _settings.TuningParameters.RebalanceInterval);
        _state = _store.Load();
        foreach (var region in _state.Regions.Keys.Concat(_state.Proxies).ToList())
        {
            if (_cluster.View.Find(AddressOf(region)) != null)
                Context.Watch(region);
            else
                Ended(region);
        }
        foreach (var shard in _state.Shards.Keys)
            HostShard(shard);
    }

    void Register(Register message)
    {
        var region = message.Region;
        if (_cluster.View.Find(AddressOf(region))?.Status != MemberStatus.Up)
            return; // not known here yet: it will ask again
        if (message.IsProxy)
        {
            Update(_state with { Proxies = _state.Proxies.Add(region) });
        }
        else
        {
            _alive.Add(region);
            if (!_state.Regions.ContainsKey(region))
            {
                _shuttingDown.Remove(region);
                Update(_state.WithRegion(region));
            }
        }
        Context.Watch(region);
        region.Tell(new RegisterAck(Self));
    }

    void GetHome(string shard, IActorRef asker)
    {
        if (_rebalancing.TryGetValue(shard, out var waiting))
        {
            waiting.Add(asker);
            return;
        }
        _allRegistered |= _alive.Count >= _minRegions;
        if (!_allRegistered)
            return;
        if (_state.Shards.TryGetValue(shard, out var home))
        {
            asker.Tell(new ShardHome(shard, home));
            return;
        }
        var regions = _state.Regions.RemoveRange(_shuttingDown);
        if (regions.Count > 0)
            Ask(() => _strategy.AllocateShard(asker, shard, regions), region => new Allocated(shard, region, asker),
                $"Shard [{shard}] allocation failed.", null);
    }

    void Allocate(string shard, IActorRef region, IActorRef asker)
    {
        if (_rebalancing.ContainsKey(shard) || _state.Shards.ContainsKey(shard))
        {
            GetHome(shard, asker);
            return;
        }
        // Of any other than an active region, the asker will ask again.
        if (region == null || !_state.Regions.ContainsKey(region) || _shuttingDown.Contains(region))
            return;
        Update(_state.Allocate(shard, region));
        HostShard(shard);
        asker.Tell(new ShardHome(shard, region));
    }

    void HostShard(string shard)
    {
        if (!_state.Shards.TryGetValue(shard, out var region))
            return;
        _unackedHostShards.Add(shard);
        Timers.StartSingleTimer(new ResendHostShard(shard), new ResendHostShard(shard), _settings.TuningParameters.ShardStartTimeout);
        region.Tell(new HostShard(shard));
    }

    void Acked(string shard)
    {
        _unackedHostShards.Remove(shard);
        Timers.Cancel(new ResendHostShard(shard));
    }

    void Rebalance()
    {
        if (_state.Regions.Count > 0 && _unackedHostShards.Count == 0)
            Ask(() => _strategy.Rebalance(_state.Regions, _rebalancing.Keys.ToImmutableHashSet()), shards => new ToRebalance(shards),
                "The allocation strategy could not say what to rebalance.", ImmutableHashSet<string>.Empty);
    }

    void Move(IEnumerable<string> shards)
    {
        foreach (var shard in shards)
        {
            if (!_state.Shards.TryGetValue(shard, out var from) || !_rebalancing.TryAdd(shard, []))
                continue;
            _log.Debug("Taking shard [{0}] from [{1}]", shard, from);
            var regions = _state.Regions.Keys.Concat(_state.Proxies).ToList();
            var timeout = _settings.TuningParameters.HandOffTimeout;
            Context.ActorOf(Props.Create(() => new RebalanceWorker(shard, from, timeout, regions)));
        }
    }

    void Moved(string shard, bool ok)
    {
        _rebalancing.Remove(shard, out var waiting);
        if (!ok)
        {
            _log.Warning("Shard [{0}] deallocation didn't complete within [{1}].", shard, _settings.TuningParameters.HandOffTimeout);
            // A region that shuts down will try again.
            if (_state.Shards.TryGetValue(shard, out var region))
                _shuttingDown.Remove(region);
        }
        else
        {
            if (_state.Shards.ContainsKey(shard))
                Update(_state.Deallocate(shard));
            Acked(shard);
            // It gets a new home at once, whether anybody asks for it or not.
            GetHome(shard, ActorRefs.Nobody);
        }
        foreach (var asker in waiting ?? [])
            Self.Tell(new GetShardHome(shard), asker);
    }

    void ShutDown(IActorRef region)
    {
        if (_state.Regions.TryGetValue(region, out var shards) && _shuttingDown.Add(region))
            Move(shards);
    }

    void Ended(IActorRef region)
    {
        foreach (var worker in Context.GetChildren())
            worker.Tell(new RebalanceWorker.RegionEnded(region));
        if (_state.Proxies.Contains(region))
            Update(_state with { Proxies = _state.Proxies.Remove(region) });
        if (!_state.Regions.TryGetValue(region, out var shards))
            return;
        Update(_state.WithoutRegion(region));
        _alive.Remove(region);
        _shuttingDown.Remove(region);
        foreach (var shard in shards)
        {
            Acked(shard);
            Self.Tell(new GetShardHome(shard), ActorRefs.Nobody);
        }
        if (_stopsAfterLocalRegion && region.Path.Address.HasLocalScope)
            StopWhenLocalRegionHas();
    }

    void StopWhenLocalRegionHas()
    {
        if (_alive.FirstOrDefault(region => region.Path.Address.HasLocalScope) is { } local)
        {
            _stopsAfterLocalRegion = true;
            local.Tell(GracefulShutdown.Instance);
        }
        else
        {
            Context.Stop(Self);
        }
    }

    async Task<ClusterShardingStats> CollectStats(TimeSpan timeout)
    {
        var stats = _alive.ToDictionary(AddressOf, region => region.Ask<ShardRegionStats>(GetShardRegionStats.Instance, timeout));
        await Task.WhenAll(stats.Values).ContinueWith(_ => { }).ConfigureAwait(false);
        return new ClusterShardingStats(stats.Where(region => region.Value.IsCompletedSuccessfully)
            .ToImmutableDictionary(region => region.Key, region => region.Value.Result));
    }

    // The state may have changed when the answer comes: what it leads to is checked then.
    void Ask<T>(Func<Task<T>> question, Func<T, object> toMessage, string failure, T otherwise)
    {
        Task<T> answer;
        try
        {
            answer = question();
        }
        catch (Exception e)
        {
            answer = Task.FromException<T>(e);
        }
        var log = _log;
        if (answer.IsCompletedSuccessfully)
            Self.Tell(toMessage(answer.Result));
        else
            answer.PipeTo(Self, Self, toMessage, e =>
            {
                log.Error(e, failure);
                return toMessage(otherwise);
            });
    }

    void Update(CoordinatorState state)
    {
        _state = state;
        _store.Save(state);
    }

    Address AddressOf(IActorRef region) => region.Path.Address.HasLocalScope ? _cluster.SelfAddress : region.Path.Address;

    sealed record Allocated(string Shard, IActorRef Region, IActorRef Asker);

    sealed record ResendHostShard(string Shard);

    sealed record RebalanceTick;

    sealed record ToRebalance(IImmutableSet<string> Shards);
}
