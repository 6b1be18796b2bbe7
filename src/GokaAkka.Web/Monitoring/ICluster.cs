using GokaAkka.Commands;
using GokaAkka.Inspection;
using GokaAkka.Queries;
using GokaAkka.Records;
using GokaAkka.Storage;

namespace GokaAkka.Web.Monitoring;

/// <summary>What the monitor looks at and acts on: the nodes of a cluster.</summary>
interface ICluster
{
    /// <summary>The node this runs on, as its report names it.</summary>
    string Self { get; }

    /// <summary>The commands that can be given to it.</summary>
    CommandRunner Commands { get; }

    /// <summary>Every node; one that does not answer is a report that says so.</summary>
    Task<IReadOnlyList<NodeReport>> Describe(CancellationToken cancellation);

    /// <summary>Pauses or resumes an input of a group on every node, or all of them where none is named.</summary>
    Task<CommandOutcome> Halt(string group, string? topic, bool halted, CancellationToken cancellation);

    Task<CommandOutcome> RestartPartition(string group, int partition, CancellationToken cancellation);

    Task<CommandOutcome> StartAction(string action, string value, string? node, CancellationToken cancellation);

    Task<CommandOutcome> StopAction(string action, string? node, CancellationToken cancellation);

    Task<TableAnswer> Get(string table, Key key, QueryOptions options, CancellationToken cancellation);

    Task<TablePage> Range(string table, KeyRange range, int limit, string? continuation, QueryOptions options, CancellationToken cancellation);

    /// <summary>Writes down who had what done.</summary>
    void Log(string what);

    /// <summary>Writes down what has gone wrong here.</summary>
    void LogFault(Exception fault, string what);
}
