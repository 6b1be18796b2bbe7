namespace GokaAkka.Testing.Simulation;

/// <summary>A computer: what outlives the processes that run on it.</summary>
sealed class SimMachine(SimWorld world)
{
    public SimDisk Disk { get; } = new(world.Random, world.Faults, world.Mutations);

    public SimClock Clock { get; } = new(world.Scheduler);
}

/// <summary>What a table that is restored has to do with.</summary>
sealed record SimHost(SimWorld World, SimProcess Process, SimClock Clock);
