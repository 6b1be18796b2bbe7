namespace GokaAkka.Actors;

/// <summary>What a partition is at. It begins with <see cref="Restoring"/> each time it is assigned, kept ready or started again.</summary>
public enum PartitionState
{
    /// <summary>Its tables are being brought up to their changelogs.</summary>
    Restoring,

    /// <summary>It processes records.</summary>
    Running,

    /// <summary>It finishes what it has begun.</summary>
    Draining,

    /// <summary>It has failed and will start again after a pause.</summary>
    Restarting,

    /// <summary>It is gone from this node.</summary>
    Stopped,

    /// <summary>A standby whose tables are complete and follow their changelogs.</summary>
    Following,
}

/// <summary>What follows what in a partition's life on a node.</summary>
static class PartitionLifeCycle
{
    /// <summary>Whether a partition goes from one state into another. One that has stopped stays so, whatever its actor, which may be held up by a callback, still does.</summary>
    /// <exception cref="InvalidOperationException">Nothing that this code does leads there.</exception>
    public static bool Goes(int partition, PartitionState from, PartitionState to)
    {
        var goes = from switch
        {
            PartitionState.Restoring => to is PartitionState.Running or PartitionState.Following or PartitionState.Restarting or PartitionState.Stopped,
            PartitionState.Running => to is PartitionState.Draining or PartitionState.Restarting or PartitionState.Stopped,
            PartitionState.Following or PartitionState.Restarting => to is PartitionState.Restoring or PartitionState.Restarting or PartitionState.Stopped,
            PartitionState.Draining => to is PartitionState.Restarting or PartitionState.Stopped,
            _ => to is PartitionState.Restoring,
        };
        return goes || from == PartitionState.Stopped ? goes : throw new InvalidOperationException($"Partition {partition} cannot go from {from} to {to}.");
    }
}
