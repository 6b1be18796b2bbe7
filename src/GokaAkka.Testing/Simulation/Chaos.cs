namespace GokaAkka.Testing.Simulation;

/// <summary>What goes wrong, and when: draws one fault after the other from the seed until everything is healed.</summary>
sealed class Chaos(SimWorld world, SimFleet fleet)
{
    /// <summary>How often the group's partitions are given out in every run, whatever else strikes.</summary>
    public const int LeastRebalances = 4;

    const int LeastCrashes = 2;

    readonly SimRandom _random = world.Random;

    public void Start()
    {
        world.Cluster.Network.Profile = world.Settings.Network;
        for (var i = 0; i < LeastCrashes; i++)
            world.Scheduler.After(_random.Milliseconds(0, 0.9 * world.Settings.Chaos.TotalMilliseconds), () => fleet.Crash(fleet.Any()));
        RebalanceWhileFew();
        if (world.Settings.FaultMilliseconds == 0)
            return;
        StrikeLater();
        // Early, so that what comes instead has the time to become as long.
        if (LosesTable && _random.Chance(0.5))
            world.Scheduler.After(_random.Milliseconds(300, 3000), LoseTable);
    }

    // Where markers have taken the place of a lost tail, a store finds no record to compare its last one with.
    bool LosesTable => world.Settings is { LosesTable: true, HasFollowers: false } && !world.ExactlyOnce;

    void RebalanceWhileFew() => world.Scheduler.After(_random.Milliseconds(100, 3000), () =>
    {
        if (world.Cluster.State.Group(Names.Group).Generation >= LeastRebalances)
            return;
        world.Cluster.State.Rebalance(Names.Group);
        RebalanceWhileFew();
    });

    void StrikeLater() => world.Scheduler.After(_random.Milliseconds(0, 2 * world.Settings.FaultMilliseconds), () =>
    {
        if (!world.IsChaotic)
            return;
        Strike();
        StrikeLater();
    });

    void Strike()
    {
        var cluster = world.Cluster;
        switch (_random.Below(100))
        {
            case < 16:
                fleet.Crash(fleet.Any());
                break;
            case < 24:
                fleet.Pause(fleet.Any());
                break;
            case < 32:
                fleet.StopNode(fleet.Any());
                break;
            case < 40:
                cluster.BounceBroker(_random.Below(3), _random.Milliseconds(100, 5000), _random.Chance(0.7));
                break;
            case < 50:
                cluster.MoveLeader(AnyPartition(), _random.Milliseconds(20, 1500));
                break;
            case < 55:
                cluster.MoveGroupCoordinator(_random.Milliseconds(50, 2500));
                break;
            case < 58:
                cluster.MoveTransactionCoordinator(_random.Milliseconds(50, 2500));
                break;
            case < 64:
                cluster.State.Rebalance(Names.Group);
                break;
            case < 70:
                fleet.Any().Machine.Disk.IsFull = true;
                break;
            case < 75:
                SlowDisk(fleet.Any().Machine.Disk);
                break;
            case < 79:
                JumpClock(fleet.Any().Machine.Clock);
                break;
            case < 88:
                Compact();
                break;
            case < 91:
                RetainInput();
                break;
            case < 94:
                fleet.CrashView();
                break;
            case < 96:
                fleet.Any().Visit();
                break;
            case < 97:
                fleet.Any().RestartPartition(_random.Below(Names.Partitions));
                break;
            default:
                if (LosesTable)
                    LoseTable();
                break;
        }
    }

    TopicPartition AnyPartition() => new(
        _random.Below(5) switch { 0 => Names.InputA, 1 => Names.InputB, 2 => Names.Loop, 3 => Names.Output, _ => Names.Table },
        _random.Below(Names.Partitions));

    void SlowDisk(SimDisk disk)
    {
        disk.WriteMilliseconds = _random.Between(50, 2000);
        world.Scheduler.After(_random.Milliseconds(500, 5000), () => disk.WriteMilliseconds = 5);
    }

    void JumpClock(SimClock clock)
    {
        world.Faults.Add(Fault.ClockJumped);
        clock.Skew = _random.Milliseconds(-60_000, 60_000);
    }

    void Compact()
    {
        // A store of records that are lost is known by the record that its last one was: where the one in its place is compacted away, nobody can tell.
        if (world.Faults[Fault.TableRecreated] + world.Faults[Fault.TableTruncated] > 0)
            return;
        world.Faults.Add(Fault.LogCompacted);
        world.Cluster.State.Compact(new TopicPartition(Names.Table, _random.Below(Names.Partitions)), TimeSpan.FromHours(1));
    }

    /// <summary>Retention removes input records that are done; what is not done it leaves, for losing that is nobody's to answer for.</summary>
    void RetainInput()
    {
        var source = _random.Below(Names.Inputs.Length);
        var partition = new TopicPartition(Names.Inputs[source], _random.Below(Names.Partitions));
        world.Cluster.State.Group(Names.Group).Offsets.Fetch(partition, out var committed);
        if (committed is not { } done)
            return;
        world.Faults.Add(Fault.InputRetained);
        world.Cluster.State.Log(partition)!.DeleteBefore(done.Offset);
    }

    /// <summary>Kafka loses acknowledged records of the table, or an operator makes it anew.</summary>
    void LoseTable()
    {
        // Who follows a log whose offsets are given out anew cannot tell once they have passed its position: whoever lost it starts views again.
        fleet.CrashView();
        if (_random.Chance(0.5))
        {
            world.Faults.Add(Fault.TableRecreated);
            world.Trace.Add($"table is recreated");
            world.Cluster.State.RecreateTopic(Names.Table);
            world.Ledger.TableRecreated();
            fleet.Crash(fleet.Any());
            HandBack([.. fleet.Machines.SelectMany(m => Enumerable.Range(0, Names.Partitions).Select(p => (m, p, StoreEnd(m, p)))).Where(static s => s.Item3 > 0)]);
            return;
        }

        var partition = new TopicPartition(Names.Table, _random.Below(Names.Partitions));
        var log = world.Cluster.State.Log(partition)!;
        var end = Math.Max(log.LogStart, log.LastStableOffset - _random.Between(1, 20));
        world.Faults.Add(Fault.TableTruncated);
        world.Trace.Add($"{partition.Topic}[{partition.Partition}] is truncated from {log.HighWatermark} to {end}");
        log.TruncateTo(end);
        world.Ledger.TableTruncated(partition.Partition, world.Settings.Concurrency > 1);
    }

    /// <summary>Whoever restores a store of the lost topic, once the new one is as long, has to notice: partitions go back to where such stores are.</summary>
    void HandBack(List<(SimMachine Machine, int Partition, long End)> lost) => world.Scheduler.After(_random.Milliseconds(200, 1000), () =>
    {
        if (!world.IsChaotic)
            return;
        var owners = lost.Where(s => StoreEnd(s.Machine, s.Partition) == s.End && world.Cluster.State.Log(new TopicPartition(Names.Table, s.Partition))!.LastStableOffset > s.End)
            .Select(s => fleet.Nodes.FirstOrDefault(n => n.Machine != s.Machine && n.Running.Any(p => p.Partition == s.Partition)));
        if (owners.FirstOrDefault(static o => o is not null) is { } owner && _random.Chance(0.6))
            fleet.Crash(owner);
        HandBack(lost);
    });

    static long StoreEnd(SimMachine machine, int partition) => machine.Disk.Position(new Storage.StorageId(Names.Group, Names.Table, partition)).NextOffset;
}
