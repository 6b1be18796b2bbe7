namespace GokaAkka.Hosting;

/// <summary>What happens to the host when a processor, or a view, stops because of an error.</summary>
public enum ProcessorFailureBehavior
{
    /// <summary>
    /// The host stops, and stopping it throws the error, so that a program that only runs the host ends with it.
    /// </summary>
    StopHost,

    /// <summary>It is logged, and the health checks say so; the host goes on.</summary>
    Ignore,
}
