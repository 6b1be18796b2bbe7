using GokaAkka.Inspection;

namespace GokaAkka.Hosting;

/// <summary>Something that a host was told to run: how it is started. Each host that is made of it starts its own.</summary>
abstract class Part(string kind, string key)
{
    /// <summary>Whether it may make topics that others need.</summary>
    public virtual bool IsProcessor => false;

    public string Key { get; } = key;

    public abstract RunningPart Start(IServiceProvider services, Goka goka);

    public override string ToString() => $"{kind} {Key}";
}

/// <inheritdoc/>
abstract class Part<T>(string kind, string key) : Part(kind, key) where T : class
{
    public override RunningPart Start(IServiceProvider services, Goka goka) => Run(services, goka);

    protected abstract RunningPart<T> Run(IServiceProvider services, Goka goka);
}

/// <summary>Something that a host runs.</summary>
abstract class RunningPart
{
    /// <summary>Faults when it stops because of an error.</summary>
    public abstract Task Ended { get; }

    /// <summary>Whether it takes from streams: it is stopped before what others put into them with.</summary>
    public abstract bool IsProcessor { get; }

    public abstract Task Stop();

    public abstract PartHealth Live(Goka goka);

    public abstract PartHealth Ready();
}

/// <inheritdoc/>
abstract class RunningPart<T>(T instance) : RunningPart where T : class
{
    public T Instance { get; } = instance;
}
