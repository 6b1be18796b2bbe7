namespace GokaAkka.Hosting;

/// <summary>What happens to the host when a processor or a view stops because of an error, or the cluster removes the node.</summary>
public enum ProcessorFailureBehavior
{
    /// <summary>
    /// The host stops, and stopping it throws the error, so that a program that only runs the host ends with it. Stopping throws also where something was
    /// cut off, since a time-out was over before all had stopped.
    /// </summary>
    StopHost,

    /// <summary>It is logged, and the health checks say so; the host goes on.</summary>
    Ignore,
}
