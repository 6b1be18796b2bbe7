namespace GokaAkka.Testing.Simulation;

/// <summary>The machines, and whoever operates them: crashes, stops, freezes and starts processes.</summary>
sealed class SimFleet(SimWorld world)
{
    readonly SimMachine[] _machines =
        [.. Enumerable.Range(0, world.Settings.Nodes).Select(i => new SimMachine(world, $"m{i}"))];
    readonly SimNode?[] _nodes = new SimNode?[world.Settings.Nodes];
    readonly SimMachine _viewMachine = new(world, "m-view");
    int _started;

    public SimView? View { get; private set; }

    /// <summary>What the processes run on.</summary>
    public IReadOnlyList<SimMachine> Machines => _machines;

    public IEnumerable<SimNode> Nodes => _nodes.OfType<SimNode>();

    public void Start()
    {
        for (var i = 0; i < _nodes.Length; i++)
            StartAfter(i, i == 0 ? TimeSpan.Zero : world.Random.Milliseconds(0, 3000));
        StartView();
        Watch();
    }

    /// <summary>A machine's process, dead ones only where all are.</summary>
    public SimNode Any()
    {
        var first = world.Random.Below(_nodes.Length);
        for (var i = 0; i < _nodes.Length; i++)
        {
            if (_nodes[(first + i) % _nodes.Length] is { } node)
                return node;
        }

        return StartNow(first);
    }

    /// <summary>The process dies with all it has in memory; sometimes the power goes as well, sometimes the disk.</summary>
    public void Crash(SimNode node)
    {
        world.Faults.Add(Fault.ProcessCrashed);
        world.Trace.Add($"{node.Name}: dies");
        node.Kill();
        if (world.Random.Chance(0.5))
            node.Machine.Disk.LosePower();
        if (world.Random.Chance(0.05))
            node.Machine.Disk.Wipe();
        Replace(node);
    }

    /// <summary>The process stands still, now and then for longer than its session.</summary>
    public void Pause(SimNode node)
    {
        if (!node.Process.IsRunning)
            return;
        var pause = world.Random.Milliseconds(100, 2.5 * world.Settings.Group.Session.TotalMilliseconds);
        world.Faults.Add(Fault.ProcessPaused);
        world.Trace.Add($"{node.Name}: stands still for {pause}");
        node.Process.Pause();
        world.Scheduler.After(pause, () =>
        {
            if (!node.Process.IsAlive || !node.Process.IsPaused)
                return;
            world.Trace.Add($"{node.Name}: goes on");
            node.Process.Resume();
        });
    }

    /// <summary>The process leaves in good order; another one starts later.</summary>
    public void StopNode(SimNode node)
    {
        world.Faults.Add(Fault.NodeStopped);
        node.Stop();
    }

    /// <summary>The view's process dies; another one starts.</summary>
    public void CrashView()
    {
        View!.Kill();
        if (world.Random.Chance(0.5))
            _viewMachine.Disk.LosePower();
        StartView();
    }

    /// <summary>Everything runs: what stands still goes on, what is dead starts.</summary>
    public void Heal()
    {
        foreach (var machine in _machines)
        {
            machine.Disk.IsFull = false;
            machine.Disk.WriteMilliseconds = 5;
            machine.Clock.Skew = TimeSpan.Zero;
        }

        foreach (var node in Nodes)
        {
            if (node.Process.IsPaused)
                node.Process.Resume();
        }
    }

    void StartView() => View = new SimView(world, _viewMachine, $"view-{++_started}");

    // Whoever looks after processes: one that has ended is replaced.
    void Watch() => world.Scheduler.After(TimeSpan.FromMilliseconds(100), () =>
    {
        foreach (var node in Nodes.Where(n => n.HasEnded).ToList())
        {
            world.NodeEnded(node);
            node.Kill();
            Replace(node);
        }

        Watch();
    });

    void Replace(SimNode node)
    {
        var index = Array.IndexOf(_nodes, node);
        _nodes[index] = null;
        StartAfter(index, world.Random.Milliseconds(10, 6000));
    }

    void StartAfter(int index, TimeSpan delay) => world.Scheduler.After(delay, () =>
    {
        if (_nodes[index] is null)
            StartNow(index);
    });

    SimNode StartNow(int index)
    {
        var node = _nodes[index] = new SimNode(world, $"n{index}.{++_started}", _machines[index]);
        node.Start();
        return node;
    }
}
