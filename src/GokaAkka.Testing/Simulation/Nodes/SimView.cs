using GokaAkka.Storage;
using GokaAkka.Tables;

namespace GokaAkka.Testing.Simulation;

/// <summary>A process with a view of the whole table: every partition restored and followed, begun anew when it fails.</summary>
sealed class SimView
{
    readonly SimWorld _world;
    readonly SimMachine _machine;
    readonly SimProcess _process;
    readonly Follower?[] _followers = new Follower?[Names.Partitions];

    public SimView(SimWorld world, SimMachine machine, string name)
    {
        _world = world;
        _machine = machine;
        _process = new SimProcess(world.Scheduler, name);
        for (var p = 0; p < Names.Partitions; p++)
            Start(p);
    }

    /// <summary>The process dies.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Why it is not like its changelog yet, or null.</summary>
    public string? Lag()
    {
        for (var p = 0; p < Names.Partitions; p++)
        {
            var end = _world.Cluster.State.Log(new Kafka.TopicPartition(Names.Table, p))!.LastStableOffset;
            if (_followers[p] is not { Reader.IsRestored: true } follower)
                return $"partition {p} of the view is not restored";
            if (follower.Reader.NextOffset < end)
                return $"partition {p} of the view is at offset {follower.Reader.NextOffset} of {end}";
        }

        return null;
    }

    /// <summary>I8: it has become what its changelog says.</summary>
    public void Check()
    {
        for (var p = 0; p < Names.Partitions; p++)
            _world.Ledger.CheckContents("I8", $"the view's partition {p}", _world.Ledger.Changelog(p).Replay(long.MaxValue), _followers[p]!.Table, isOwned: false);
    }

    void Start(int partition)
    {
        var id = new StorageId("view", Names.Table, partition);
        PartitionTable<SimState> table;
        try
        {
            table = new PartitionTable<SimState>(id, SimStateCodec.Instance, _machine.Disk.Open(id), _world.Settings.CacheBytes);
        }
        catch (StorageCorruptException)
        {
            _machine.Disk.Delete(id);
            StartAgain(partition);
            return;
        }

        var reader = new SimTable<SimState>(
            new SimHost(_world, _process, _machine.Clock), table, follows: true, new Mailbox(_process, _world.Random),
            new SimTableEvents(static () => { }, static () => { }, e =>
            {
                _world.Trace.Add($"{_process.Name}: partition {partition} fails: {e.Message}");
                table.Dispose();
                if (e is StorageCorruptException)
                    _machine.Disk.Delete(id);
                StartAgain(partition);
            }));
        _followers[partition] = new Follower(table, reader);
        reader.Start();
    }

    void StartAgain(int partition)
    {
        _followers[partition] = null;
        _process.After(TimeSpan.FromMilliseconds(200), () => Start(partition));
    }

    sealed record Follower(PartitionTable<SimState> Table, SimTable<SimState> Reader);
}
