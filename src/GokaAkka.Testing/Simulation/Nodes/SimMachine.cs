namespace GokaAkka.Testing.Simulation;

/// <summary>A computer: what outlives the processes that run on it.</summary>
sealed class SimMachine(SimWorld world, string name)
{
    public string Name => name;

    public SimDisk Disk { get; } = new(world.Random, world.Faults, world.Mutations);

    public SimClock Clock { get; } = new(world.Scheduler);
}
