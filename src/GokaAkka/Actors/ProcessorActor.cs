using Akka.Actor;
using Akka.Event;
using GokaAkka.Kafka.Polling;

namespace GokaAkka.Actors;

/// <summary>
/// A processor on this node: checks the topics, joins the group, runs one actor per partition that the group has given it, and sees to it
/// that a partition's new actor starts only after the old one is gone. Restarts partitions that fail; gives up loudly.
/// </summary>
sealed partial class ProcessorActor<TState> : ReceiveActor, IWithTimers
{
    readonly ProcessorContext<TState> _context;
    readonly ILoggingAdapter _log = Context.GetLogger();
    readonly Dictionary<int, PartitionSlot> _slots = [];
    readonly List<(TaskCompletionSource Drained, HashSet<IActorRef> Waiting)> _draining = [];
    readonly List<VisitRun<TState>> _visits = [];

    // Asked for before there was a poller to ask.
    readonly string _group;
    ProcessorConnections? _connections;
    ITopicManager? _topics;
    ProducerOptions? _producerOptions;
    IRecordProducer? _producer;
    IActorRef? _transactions;
    ITableReader? _reader;
    Exception? _failure;

    // Between giving partitions up and being told which to have, a node that has none is not ready: it is about to get some.
    bool _isRebalancing = true;

    public ProcessorActor(ProcessorContext<TState> context)
    {
        _context = context;
        _group = context.Graph.Group;
        TellTroubles(context.Status.Troubles, Context.System.EventStream);
        context.Status.ListenerFailed = e => _log.Error(e, "Group {0}: a listener of StateChanged has failed: {1}", _group, e.Message);
        Starting();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ProcessorContext<TState> context) => ActorFactory.Props(() => new ProcessorActor<TState>(context));

    // Partitions tell their failures; an exception is a defect and ends the partition, which is noticed as any other end of it.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart() => Guarded(() =>
    {
        _context.Options.GraphHook?.Invoke(_context.Graph);
        _topics = _context.Kafka.CreateTopicManager();
        new TopicStartup(_topics, _context.Settings.Kafka, _context.Settings.StartTimeout, Persist("the start")).Prepare(Requirements(), _ended.Token).PipeTo(Self);
        return true;
    });

    // The system's guardian would start an actor that throws again, and again, without anybody being told.
    protected override bool AroundReceive(Receive receive, object message) => Guarded(() => base.AroundReceive(receive, message));

    protected override void PostStop()
    {
        _ended.Cancel();
        _context.Claims.ReleaseAll();
        _connections?.Poller.Stop();
        foreach (var slot in _slots.Values)
            slot.Tables.Close();
        _reader?.Dispose();
        _producer?.Dispose();
        _topics?.Dispose();
        var error = _failure ?? (_context.Status.State == ProcessorState.Stopping
            ? null
            : new ProcessorStoppedException($"The actor of processor '{_group}' was stopped from outside."));
        if (error is not null)
        {
            _log.Error(error, _connections is null ? "Group {0} cannot start: {1}" : "Group {0} has failed: {1}", _group, error.Message);
            Context.System.EventStream.Publish(new ProcessorFailed(_group, error));
        }

        _context.Status.End(error);
    }

    bool Guarded(Func<bool> handle)
    {
        try
        {
            return handle();
        }
        catch (Exception e)
        {
            Fail(e);
            return true;
        }
    }

    void Starting()
    {
        Receive<TopicsPrepared>(LookUp);
        Receive<LookupsReady>(m => OpenTables(m.Prepared));
        Receive<Status.Failure>(m => Fail(m.Cause));
        Receive<StopProcessor>(_ => Stop());
        Receive<StartVisits<TState>>(m => m.Refuse(_context.Status.State));
        Receive<RestartPartition>(m => m.Answer.TrySetResult(new PartitionRestart(RestartWish.NotHere, [])));
    }

    void Joined()
    {
        Receive<PartitionsAssigned>(m => Assigned(m.Flows));
        Receive<PartitionsRevoked>(Revoke);
        Receive<PartitionsLost>(m => Lose(m.Partitions));
        Receive<PartitionReady>(Ready);
        Receive<StandbyReady>(_ => _context.Claims.CopiesChanged());
        Receive<PlaceDue>(_ => PlaceStandbys());
        Receive<PartitionFailed>(m => Restart(m.Partition, m.Generation, m.Error));
        Receive<RestartPartition>(RestartAsAsked);
        Receive<RestartDue>(RestartNow);
        Receive<PartitionsRenewed>(m => Assign(m.Flows));
        Receive<RestartDecided>(m => StartAgain(m.Due));
        Receive<TransactionsFailed>(m => Fail(m.Error));
        Receive<Status.Failure>(m => Fail(m.Cause));
        Receive<Terminated>(m => Ended(m.ActorRef));
        Receive<StartVisits<TState>>(Visit);
        Receive<PollFaulted>(m => _watch!.Tell(m));
        Receive<PollingGivenUp>(GiveUpPolling);
        Receive<TopicRecreated>(ReadRecreated);
        Receive<LookAfterAcknowledgements>(LookAfterPartitions);
        Receive<ProducerFailed>(ProducerHasFailed);
        Receive<ProducerDue>(m => ReplaceProducer(m.Failed));
        Receive<PollEnded>(m => PollingEnded(m.Error));
        Receive<StopProcessor>(_ => Stop());
    }

    /// <summary>Starts the views of looked-up tables; the group is joined once each is complete.</summary>
    void LookUp(TopicsPrepared prepared)
    {
        foreach (var warning in prepared.Warnings)
            _log.Warning("Group {0}: {1}", _group, warning);
        var complete = new List<Task>();
        foreach (var edge in _context.Graph.AllEdges.OfType<TableEdge>().Where(e => e.Kind == EdgeKind.Lookup))
        {
            var lookup = edge.Accept(new LookupStarter<TState>(_context));
            Context.ActorOf(lookup.Props, $"lookup-{edge.Topic}");
            _ = lookup.View.Status.Done.ContinueWith(
                static (done, self) => ((IActorRef)self!).Tell(new Status.Failure(done.Exception!.InnerException!)), Self, CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            _context.Lookups.Add(edge.Topic, lookup.Tables);
            _context.Views.Add(lookup.View);
            complete.Add(lookup.Ready);
        }

        Task.WhenAll(complete).PipeTo(Self, success: () => new LookupsReady(prepared), failure: e => new Status.Failure(e));
    }

    void Join(TopicsPrepared prepared)
    {
        var settings = _context.Settings;
        var client = $"{settings.Kafka.ClientId}-{_group}";
        _producerOptions = new ProducerOptions(client) { BatchLimits = Written(prepared.BatchLimits) };
        if (!_context.IsTransactional)
            _producer = NewProducer();

        // The last to be made, for it is the polling thread's to close.
        var consumer = _context.Kafka.CreateGroupConsumer(new GroupConsumerOptions(_group, client, settings.Processor.Rebalance));
        var topics = _context.Graph.Inputs.Select(e => e.Topic).ToArray();
        var starts = new StartOffsets(_context.Graph.Inputs, consumer, _topics!, settings, Persist("the inputs' start offsets"), _ended.Token);
        var poll = settings.Processor.Poll with
        {
            StartOffsets = starts.IsNeeded ? starts.Find : null, TopicIds = prepared.TopicIds, TopicId = starts.TopicId, IsTransactional = _context.IsTransactional, Halted = _context.Status.Halted,
        };
        var poller = new GroupPoller(consumer, topics, new PollerBridge(Self, _context.Runtime), poll, _context.Runtime, $"goka-poll-{_group}");
        if (_context.IsTransactional)
        {
            // With a stable one, the node that is started again fences what it left open the moment it is back.
            var id = settings.Processor.Transaction.Id is { Length: > 0 } given ? given
                : settings.Node.Id is { Length: > 0 } node ? $"{_group}@{node}" : $"{_group}-{Guid.NewGuid():N}";
            var producer = _producerOptions with { TransactionalId = id, TransactionTimeout = settings.Processor.Transaction.Timeout };
            _transactions = Context.ActorOf(
                TransactionActor.Props(new TransactionSource(_group, _context.Kafka, producer, settings.Processor.Transaction, () => poller.Membership, poller.Board.Identify, _context.Runtime)
                {
                    Troubles = _context.Status.Troubles,
                }),
                "transactions");
            Context.Watch(_transactions);
        }

        _connections = new ProcessorConnections(poller, _producer, _transactions, _home!, prepared.Counts);
        Become(Joined);
        _context.Status.Poller = poller;
        _context.Status.State = ProcessorState.Setup;
        _log.Info("Group {0}: joining with {1}, {2} partitions, on {3}", _group, string.Join(", ", topics), prepared.Partitions, _context.Kafka.Description);
        Context.ActorOf(LagActor.Props(new LagSource(
            _group, topics, prepared.TopicIds, () => _context.Status.Partitions.Values, _topics!, poller, _context.Status.Troubles, settings.Processor.StartOffset,
            settings.Processor.LagInterval)), "lag");
        _watch = Context.ActorOf(WatchActor.Props(new WatchSource(
            settings.Processor, _context.Status.Troubles, poller, _reader!, topics, prepared.Partitions, _context.Runtime)), "watch");
        PlaceStandbysNowAndThen();
        poller.Start();
    }

    void Visit(StartVisits<TState> message)
    {
        var ready = _slots.Values.Where(s => s.IsReady).ToList();
        if (ready.Count < _slots.Values.Count(s => s.IsAssigned))
        {
            message.Refuse(_context.Status.State);
            return;
        }

        _visits.RemoveAll(v => v.Done.IsCompleted);
        _visits.Add(message.Run);
        message.Run.Begin(ready.Count);
        foreach (var slot in ready)
            slot.Actor!.Tell(new StartVisit<TState>(message.Run));
    }

    void Tell(RebalanceKind kind, IEnumerable<int> partitions)
    {
        var change = new Rebalance(kind, [.. partitions.Distinct().Order()]);
        _context.Status.Rebalances.Add(change);
        try
        {
            _context.Options.Rebalanced?.Invoke(change);
        }
        catch (Exception e)
        {
            Fail(new InvalidOperationException($"The rebalance callback of group '{_group}' has failed: {e.Message}", e));
        }
    }

    void Assigned(IReadOnlyList<PartitionFlow> flows)
    {
        Tell(RebalanceKind.Assigned, flows.Select(f => f.Id.Partition));
        _isRebalancing = false;
        if (flows.Count > 0)
            _context.Claims.Assign(flows.Select(f => f.Id.Partition), flows[0].GroupGeneration);
        Assign(flows);
        PlaceStandbys();
        _log.Info("Group {0}: assigned partitions {1}", _group, string.Join(", ", _slots.Values.Where(s => s.IsAssigned).Select(s => s.Partition).Order()));
    }

    void Assign(IReadOnlyList<PartitionFlow> flows)
    {
        foreach (var group in flows.GroupBy(f => f.Id.Partition))
        {
            var mine = group.ToArray();
            if (mine.Length != _context.Graph.Inputs.Length)
            {
                Fail(new InvalidOperationException(
                    $"Group '{_group}' was given partition {group.Key} of {string.Join(", ", mine.Select(f => f.Id.Topic))} only; co-partitioned "
                    + $"inputs ({string.Join(", ", _context.Graph.Inputs.Select(e => e.Topic))}) must be assigned together: start every member of the "
                    + "group with the same graph."));
                return;
            }

            if (group.Key >= _connections!.Partitions)
            {
                Fail(new InvalidOperationException(
                    $"Group '{_group}' was given partition {group.Key} of {mine[0].Id.Topic}, which had {_connections.Partitions} partitions when the processor started. "
                    + "Give all of the group's topics, its table and loop included, the same number of partitions, move what keys now belong elsewhere, and start its "
                    + "members again."));
                return;
            }

            var slot = Slot(group.Key);
            slot.Flows = mine;
            slot.IsReady = false;
            if (slot.Actor is null)
                Start(slot);
        }

        UpdateState();
    }

    void Start(PartitionSlot slot)
    {
        // Its tables are taken over once it has let go of them.
        if (slot.Standby is { } standby)
        {
            Context.Stop(standby);
            return;
        }

        slot.IsEnding = false;
        // The generation makes the name new: the old actor's name is free only some time after it has gone.
        var name = $"partition-{slot.Partition}-{slot.Flows![0].Generation}";
        slot.Actor = Context.ActorOf(PartitionActor<TState>.Props(_context, _connections!, slot.Partition, slot.Flows, slot.Tables, slot.Status), name);
        Context.Watch(slot.Actor);
    }

    void Revoke(PartitionsRevoked message)
    {
        Tell(RebalanceKind.Revoked, message.Partitions.Select(p => p.Partition));
        var waiting = End(message.Partitions, Drain.Instance);
        if (waiting.Count == 0)
            message.Drained.TrySetResult();
        else
            _draining.Add((message.Drained, waiting));
    }

    void Lose(IReadOnlyList<TopicPartition> partitions)
    {
        _log.Warning(
            "Group {0}: partitions {1} are lost: the group has gone on without this member, whose session or max.poll.interval.ms was over. What was not committed is "
            + "read again by whoever has them next", _group, Numbers(partitions));
        Tell(RebalanceKind.Lost, partitions.Select(p => p.Partition));
        End(partitions, Discard.Instance);
        // What the client still holds of them would come behind what their next owner writes, with older values. It can be taken back only with all else
        // that the producer holds, of which nothing is left to wait for: who is thrown out of a group keeps no partition.
        if (_producer is not null && !_slots.Values.Any(static s => s.IsAssigned))
            RenewProducer();
    }

    HashSet<IActorRef> End(IReadOnlyList<TopicPartition> partitions, object how)
    {
        _context.Claims.Release(partitions.Select(p => p.Partition));
        var ending = new HashSet<IActorRef>();
        foreach (var partition in partitions.Select(p => p.Partition).Distinct())
        {
            if (!_slots.TryGetValue(partition, out var slot))
                continue;
            slot.Flows = null;
            slot.IsReady = false;
            slot.Persistence.Succeeded();
            Timers.Cancel(partition);
            if (slot.Actor is null)
            {
                slot.Status.State = PartitionState.Stopped;
                continue;
            }

            // A callback may hold the actor up for long yet, and nothing of the partition counts any more.
            if (how is Discard)
                slot.Status.State = PartitionState.Stopped;
            slot.IsEnding = true;
            slot.Actor.Tell(how);
            ending.Add(slot.Actor);
        }

        _isRebalancing = !_slots.Values.Any(s => s.IsAssigned);
        UpdateState();
        return ending;
    }

    void Ready(PartitionReady message)
    {
        if (!_slots.TryGetValue(message.Partition, out var slot) || slot.Flows?[0].Generation != message.Generation)
            return;
        slot.IsReady = true;
        (slot.ReadyAt, slot.ProcessedBefore) = (_context.Time.GetTimestamp(), message.Processed);
        UpdateState();
    }

    void Ended(IActorRef actor)
    {
        if (actor.Equals(_transactions))
            Fail(new InvalidOperationException($"The transactions of group '{_group}' ended unexpectedly; the log has the error."));
        foreach (var (drained, waiting) in _draining)
        {
            if (waiting.Remove(actor) && waiting.Count == 0)
                drained.TrySetResult();
        }

        _draining.RemoveAll(d => d.Waiting.Count == 0);
        var slot = _slots.Values.FirstOrDefault(s => actor.Equals(s.Actor));
        if (slot is null)
        {
            StandbyEnded(actor);
            return;
        }

        slot.Actor = null;
        // One that was ended by a defect has not said so.
        if (slot.Status.State != PartitionState.Stopped)
            slot.Status.State = PartitionState.Restarting;
        foreach (var visit in _visits)
            visit.Abort(slot.Partition);
        _visits.Clear();
        if (!slot.IsEnding && slot.Flows is { } flows)
            Restart(slot.Partition, flows[0].Generation, new InvalidOperationException("The partition's actor ended unexpectedly; the log has its error."));
        else if (slot.Flows is { } next && next[0].Generation != slot.Status.Generation)
            Start(slot);
        else
            Vacate(slot);
    }

    void Vacate(PartitionSlot slot)
    {
        // It may have failed before it heard that it was to go.
        if (!slot.IsAssigned)
            slot.Status.State = PartitionState.Stopped;
        PlaceStandby(slot);
    }

    void PollingEnded(Exception? error)
    {
        _context.Status.Poller = null;
        if (error is not null && _failure is null)
            _failure = error is KafkaFaultException ? error : new InvalidOperationException($"The polling thread of group '{_group}' has ended: {error.Message}", error);
        if (_failure is null)
            _log.Info("Group {0}: left", _group);
        _context.Status.State = ProcessorState.Stopping;
        Context.Stop(Self);
    }

    void Fail(Exception error)
    {
        _failure ??= error;
        Stop();
    }

    void Stop()
    {
        if (_context.Status.State == ProcessorState.Stopping)
            return;
        _context.Status.State = ProcessorState.Stopping;
        _ended.Cancel();
        if (_connections is null)
            Context.Stop(Self);
        else
            _connections.Poller.Stop();
    }

    void UpdateState()
    {
        if (_context.Status.State is ProcessorState.Setup or ProcessorState.Running)
        {
            var isReady = !_isRebalancing && _slots.Values.All(s => !s.IsAssigned || s.IsReady);
            _context.Status.State = isReady ? ProcessorState.Running : ProcessorState.Setup;
        }
    }

    PartitionSlot Slot(int partition)
    {
        if (_slots.TryGetValue(partition, out var slot))
            return slot;
        var s = _context.Settings.Processor;
        var status = new PartitionStatus(partition);
        _context.Status.Partitions[partition] = status;
        slot = new PartitionSlot(partition, status, new RestartBackoff(s.MinBackoff, s.MaxBackoff, s.MaxRestarts, s.RestartsWithin), Persist($"partition {partition}"));
        _slots.Add(partition, slot);
        return slot;
    }

    /// <summary>Of the topics that partitions write to alone: an input's limit is its writers'.</summary>
    IReadOnlyDictionary<string, int> Written(IReadOnlyDictionary<string, int> limits)
    {
        var inputs = _context.Graph.AllEdges.Where(static e => e.Kind is EdgeKind.Input or EdgeKind.Join or EdgeKind.Lookup).Select(static e => e.Topic).ToHashSet();
        return limits.Where(l => !inputs.Contains(l.Key)).ToDictionary();
    }

    TopicRequirements Requirements() => TopicRequirements.Of(_context.Graph, _context.Errors);

    static string Numbers(IReadOnlyList<TopicPartition> partitions) => string.Join(", ", partitions.Select(p => p.Partition).Distinct().Order());

    sealed record LookupsReady(TopicsPrepared Prepared);

    sealed record RestartDue(int Partition, int Generation);

    sealed record RestartDecided(RestartDue Due);

    sealed record PartitionsRenewed(IReadOnlyList<PartitionFlow> Flows);

    sealed record ProducerFailed(IRecordProducer Producer, KafkaFault Fault);

    sealed record ProducerDue(ProducerFailed Failed);
}

/// <summary>Visit every key of every partition here.</summary>
sealed record StartVisits<TState>(VisitRun<TState> Run, string Group)
{
    public void Refuse(ProcessorState state) => Run.Refuse(new InvalidOperationException(
        $"Group '{Group}' is {state}: visits need every partition of this node to be running. Wait for Ready, or try again after the rebalance."));
}

/// <summary>Finish, commit, leave the group, stop.</summary>
sealed record StopProcessor { public static readonly StopProcessor Instance = new(); }
