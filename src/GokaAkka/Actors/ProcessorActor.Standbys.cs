using Akka.Actor;
using Akka.Event;

namespace GokaAkka.Actors;

// Partitions that this node keeps ready, and tables that are restored before it has any.
sealed partial class ProcessorActor<TState>
{
    // Where nodes say which partitions they have, that is looked at so often.
    static readonly TimeSpan PlaceInterval = TimeSpan.FromSeconds(1);

    TableHome? _home;
    TopicsPrepared? _recovering;
    int _standbys;

    bool KeepsStandbys => _context.Settings.Processor.Standby > 0 && _context.Graph.PartitionedTables.Any();

    void OpenTables(TopicsPrepared prepared)
    {
        _context.Tables.SetCount(prepared.Partitions);
        _context.Standbys.SetCount(prepared.Partitions);
        _reader = _context.Kafka.CreateTableReader(new TableReaderOptions($"{_context.Settings.Kafka.ClientId}-{_group}-table"));
        var hasTables = _context.Graph.PartitionedTables.Any();
        _home = new TableHome
        {
            Group = _group,
            Settings = _context.Settings.Table,
            Storage = hasTables ? _context.Storage.Value : null,
            Reader = _reader,
            Topics = _topics!,
            Runtime = _context.Runtime,
            Partitions = prepared.Partitions,
            TombstoneRetentions = prepared.TombstoneRetentions,
            Troubles = _context.Status.Troubles,
            Update = _context.Options.Update,
        };
        if (hasTables && _context.Settings.Processor.RecoverAhead)
            RecoverAhead(prepared);
        else
            Join(prepared);
    }

    /// <summary>Every partition's tables are restored first, as standbys; then the group is joined, and what it assigns is there.</summary>
    void RecoverAhead(TopicsPrepared prepared)
    {
        _recovering = prepared;
        _log.Info("Group {0}: restores {1} partitions before it joins", _group, prepared.Partitions);
        Become(Recovering);
        for (var i = 0; i < prepared.Partitions; i++)
            StartStandby(Slot(i));
    }

    void Recovering()
    {
        Starting();
        Receive<StandbyReady>(m =>
        {
            Slot(m.Partition).IsStandbyReady = true;
            if (_slots.Values.All(static s => s.IsStandbyReady))
                Join(_recovering!);
        });
        Receive<Terminated>(m => StandbyEnded(m.ActorRef));
    }

    void StartStandby(PartitionSlot slot)
    {
        slot.IsStandbyReady = false;
        slot.Standby = Context.ActorOf(
            StandbyActor<TState>.Props(_context, _home!, slot.Partition, slot.Tables, slot.Status, _connections is null), $"standby-{slot.Partition}-{++_standbys}");
        Context.Watch(slot.Standby);
    }

    /// <summary>After a rebalance: what is to be kept ready here is, and what is not is let go.</summary>
    void PlaceStandbys()
    {
        for (var i = 0; KeepsStandbys && i < _home!.Partitions; i++)
        {
            if (_context.KeepsStandby(i) is true)
                Slot(i);
        }

        foreach (var slot in _slots.Values)
            PlaceStandby(slot);
    }

    void PlaceStandby(PartitionSlot slot)
    {
        // What runs, or may be about to, takes the tables over.
        if (slot.IsAssigned || slot.Actor is not null || _isRebalancing || _context.Status.State is not (ProcessorState.Setup or ProcessorState.Running))
            return;
        if ((KeepsStandbys ? _context.KeepsStandby(slot.Partition) : false) is not { } isWanted)
            return;
        if (slot.Standby is { } standby)
        {
            if (!isWanted)
                Context.Stop(standby);
        }
        else if (isWanted)
        {
            StartStandby(slot);
        }
        else
        {
            slot.Tables.Close();
        }
    }

    void PlaceStandbysNowAndThen()
    {
        if (KeepsStandbys && _context.IsInCluster)
            Timers.StartPeriodicTimer(nameof(PlaceDue), PlaceDue.Instance, PlaceInterval, PlaceInterval);
    }

    /// <summary>What a standby leaves is the partition's, where that was assigned meanwhile.</summary>
    void StandbyEnded(IActorRef actor)
    {
        if (_slots.Values.FirstOrDefault(s => actor.Equals(s.Standby)) is not { } slot)
            return;
        slot.Standby = null;
        slot.IsStandbyReady = false;
        if (slot.IsAssigned)
            Start(slot);
        else if (_connections is null)
            StartStandby(slot);
        else
            PlaceStandby(slot);
    }

    sealed record PlaceDue { public static readonly PlaceDue Instance = new(); }
}
