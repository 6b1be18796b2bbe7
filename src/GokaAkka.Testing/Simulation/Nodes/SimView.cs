namespace GokaAkka.Testing.Simulation;

/// <summary>A process with a view of the whole table: the view's actors, as production runs them.</summary>
sealed class SimView
{
    readonly SimWorld _world;
    readonly SimProcess _process;
    readonly ViewContext<SimState> _context;

    public SimView(SimWorld world, SimMachine machine, string name)
    {
        _world = world;
        _process = new SimProcess(world.Scheduler, name);
        var runtime = new SimRuntime(world, _process, machine);
        _context = new ViewContext<SimState>
        {
            Table = new Table<SimState>(Names.Table, SimStateCodec.Instance),
            Owner = "view",
            Settings = world.Settings.Of(machine.Name, world.ExactlyOnce),
            Kafka = new SimKafka(world, _process),
            Storage = new Lazy<IStorageProvider>(machine.Disk.Of(_process)),
            Runtime = runtime,
            Status = new ViewStatus(new TroubleBoard(runtime.Time), runtime),
            Tables = new LocalTables<SimState>(Partitioners.Fnv1a),
            Unreadable = UnreadableValues.Refused,
        };
        world.Actors.Start(_process, ViewActor<SimState>.Props(_context));
    }

    public void Kill() => _world.Actors.Kill(_process);

    /// <summary>Why it is not like its changelog yet, or null.</summary>
    public string? Lag()
    {
        if (_context.Status.State != ViewState.Running)
            return $"the view is {_context.Status.State}";
        for (var p = 0; p < Names.Partitions; p++)
        {
            var end = _world.Cluster.State.Log(new TopicPartition(Names.Table, p))!.LastStableOffset;
            if (_context.Tables[p] is not { } table)
                return $"partition {p} of the view is not restored";
            if (table.Offset < end)
                return $"partition {p} of the view is at offset {table.Offset} of {end}";
        }

        return null;
    }

    /// <summary>I8: it has become what its changelog says.</summary>
    public void Check()
    {
        for (var p = 0; p < Names.Partitions; p++)
            _world.Ledger.CheckContents("I8", $"the view's partition {p}", _world.Ledger.Changelog(p).Replay(long.MaxValue), _context.Tables[p]!, isOwned: false);
    }
}
