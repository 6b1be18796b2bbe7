using Akka.Actor;

namespace GokaAkka.Nodes;

/// <summary>How a node ends: exit codes, of which 3 and 4 are those of Akka.NET's own reasons for a shutdown.</summary>
static class NodeExit
{
    /// <summary>It could not start, or something that it runs has failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>It could not join its cluster: the code of <see cref="CoordinatedShutdown.ClusterJoinUnsuccessfulReason"/>.</summary>
    public const int NotJoined = 4;

    /// <summary>The shutdown ran into a time-out.</summary>
    public const int CutOff = 5;

    /// <summary>The table, for people.</summary>
    public const string Codes =
        """
        Exit codes:
          0         a clean end: by a signal, by the program, or because the cluster was told to have the node leave
          1         it could not start, or a processor or view has failed
          2         the command line makes no sense
          3         the cluster has removed the node
          4         it could not join its cluster
          5         something was cut off: goka.processor.drain-timeout or a time-out of the coordinated shutdown was over before all had ended
          130, 143  a second signal (SIGINT, SIGTERM) ended it at once
        """;

    public static int CodeOf(Exception error) => error is NodeEndedException ended ? ended.ExitCode : Failed;

    /// <summary>What is wrong with how a node has ended, if anything is.</summary>
    /// <param name="system">Its actor system, whose shutdown is over.</param>
    /// <param name="failure">What went wrong in it.</param>
    /// <param name="cutOff">What had not ended when its time was over; empty where everything had.</param>
    public static Exception? Check(ActorSystem system, Exception? failure, string cutOff) => CoordinatedShutdown.Get(system).ShutdownReason switch
    {
        // Whatever failed besides, failed for that.
        CoordinatedShutdown.ClusterDowningReason removed => new NodeEndedException(
            removed.ExitCode, "The cluster has removed this node: the others could not reach it, or somebody has told them that it is down. Start it again."),
        CoordinatedShutdown.ClusterJoinUnsuccessfulReason outside when failure is null => new NodeEndedException(
            outside.ExitCode, "This node has not joined its cluster within akka.cluster.shutdown-after-unsuccessful-join-seed-nodes."),
        _ when failure is not null => failure,
        _ when cutOff.Length > 0 => new NodeEndedException(
            CutOff, $"Not everything had ended when the time to stop was over: {cutOff}. What was not committed is processed again. Give it longer by "
            + "goka.processor.drain-timeout, and akka.coordinated-shutdown.phases.before-cluster-shutdown.timeout to be longer than that."),
        _ => null,
    };
}

/// <summary>A node has ended otherwise than it should.</summary>
sealed class NodeEndedException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode => exitCode;
}

/// <summary>A node shuts down since something that it runs has failed.</summary>
sealed class NodeFailedReason : CoordinatedShutdown.Reason
{
    public static readonly NodeFailedReason Instance = new();

    public override int ExitCode => NodeExit.Failed;
}
