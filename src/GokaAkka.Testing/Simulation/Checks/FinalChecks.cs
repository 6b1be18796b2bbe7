namespace GokaAkka.Testing.Simulation;

/// <summary>What must hold when everything is healed and has had its time.</summary>
sealed class FinalChecks(SimWorld world, SimFleet fleet)
{
    /// <summary>What is still to be done, in words; null when everything is.</summary>
    public string? Undone()
    {
        foreach (var partition in Enumerable.Range(0, Names.Partitions))
        {
            for (var source = 0; source < Names.Inputs.Length; source++)
            {
                if (Lag(source, partition) is { } lag)
                    return lag;
            }

            if (Owners(partition).Count() != 1)
                return $"partition {partition} is run by {Owners(partition).Count()} nodes";
        }

        var group = world.Cluster.State.Group(Names.Group);
        if (group.Generation < Chaos.LeastRebalances)
            return $"the group is at its generation {group.Generation}";
        if (group.State != GroupState.Stable || group.Members.Count != fleet.Nodes.Count())
            return $"the group is {group.State} with {group.Members.Count} members of {fleet.Nodes.Count()}";
        if (fleet.Nodes.FirstOrDefault(n => n.Generation != group.Generation) is { } late)
            return $"{late.Name} is at generation {late.Generation} of the group's {group.Generation}";
        if (fleet.Nodes.Select(static n => n.LookupLag()).OfType<string>().FirstOrDefault() is { } behind)
            return behind;
        // Each partition is run by one node, so that nobody else has anything to tell of it.
        foreach (var node in fleet.Nodes)
        {
            if (node.Status.Partitions.Values.FirstOrDefault(static p => p is { Role: PartitionRole.Active, State: not (PartitionState.Running or PartitionState.Stopped) }) is { } astray)
                return $"{node.Name} says of partition {astray.Partition} that it is {astray.State}";
        }

        // What is over is told to be over, also where no further record comes.
        if (fleet.Nodes.FirstOrDefault(static n => n.Status.Troubles.Current.Count > 0) is { } troubled)
            return $"{troubled} has troubles";
        return fleet.Nodes.FirstOrDefault(n => !n.IsIdle) is { } busy ? $"{busy.Name} is not idle" : fleet.View!.Lag();
    }

    /// <summary>Holds the end against the input.</summary>
    public void Check()
    {
        foreach (var node in fleet.Nodes)
        {
            foreach (var partition in node.Running)
            {
                node.Seen(partition.Partition);
                CheckTable(node, partition);
                if (partition.Misplaced > 0)
                    world.Violate("a key was found misplaced, and every input is written by the group's partitioner");
            }
        }

        fleet.View!.Check();
        for (var key = 0; key < 2 * Names.Keys; key++)
            CheckState(key);
        CheckOutput();
    }

    string? Lag(int source, int partition)
    {
        var id = new TopicPartition(Names.Inputs[source], partition);
        if (world.Ledger.Fates.FirstUndone(source, partition) is { } undone)
            return $"{undone} is not done";
        if (world.Ledger.Fates.Last(source, partition) is not { } last)
            return null;
        var committed = world.Ledger.Committed(source, partition);
        return committed > last.Offset ? null : $"{id} is committed up to {committed}, and its last record is {last}";
    }

    IEnumerable<PartitionStatus> Owners(int partition) => fleet.Nodes.SelectMany(n => n.Running).Where(p => p.Partition == partition);

    /// <summary>I2: what the owner has, in memory and on disk, is what its changelog says.</summary>
    void CheckTable(SimNode node, PartitionStatus partition)
    {
        var expected = world.Ledger.Changelog(partition.Partition).Replay(long.MaxValue);
        for (var key = 0; key < expected.Length; key++)
        {
            if (Names.Partition(key) != partition.Partition || world.Ledger.Excuse(key) is not null)
                continue;
            var live = partition.Table!.GetBytes(Names.KeyBytes(key));
            var stored = partition.Table.Store.Get(Names.KeyBytes(key));
            if (!expected[key].AsSpan().SequenceEqual(live))
                world.Violate($"I2: {node.Name} has key {key} as {Ledger.Show(live)}; its changelog says {Ledger.Show(expected[key])}");
            if (!expected[key].AsSpan().SequenceEqual(stored))
                world.Violate($"I2: the store of {node.Name} has key {key} as {Ledger.Show(stored)}; its changelog says {Ledger.Show(expected[key])}");
        }
    }

    /// <summary>I1: the state of a key shows every record of its inputs.</summary>
    void CheckState(int key)
    {
        if (world.Ledger.Excuse(key) is not null)
            return;
        var value = world.Ledger.Changelog(Names.Partition(key)).Replay(long.MaxValue)[key];
        var state = value is null ? default : SimStateCodec.Instance.Decode(value);
        for (var source = 0; source < Names.Inputs.Length; source++)
        {
            var expected = world.Ledger.Expected(source, key, long.MaxValue);
            if ((expected & ~state[source]) is var missing and not 0)
                world.Violate($"I1: at the end the state of key {key} lacks records {Ledger.Bits(missing)} of {Names.Inputs[source]}");
            if ((state[source] & ~expected & ~Optional(source, key)) is var extra and not 0)
                world.Violate($"I1: at the end the state of key {key} has records {Ledger.Bits(extra)} of {Names.Inputs[source]}, which were to be deleted");
        }

        if (world.ExactlyOnce && state.Repeated != 0)
            world.Violate($"I1: at the end the state of key {key} has {state.Repeated} records applied twice: {state}");
    }

    ulong Optional(int source, int key)
    {
        var bits = 0UL;
        foreach (var fate in world.Ledger.Fates.OfKey(source, key))
            bits |= fate.IsOptional ? 1UL << fate.Id : 0;
        return bits;
    }

    /// <summary>I3: the output has every record of the inputs.</summary>
    void CheckOutput()
    {
        foreach (var fate in world.Ledger.Fates.All)
        {
            if (fate.IsEmitted && (fate.Has & Effects.Emit) == 0)
                world.Violate($"I3: at the end the output lacks {fate}");
        }
    }
}
