using Akka.Event;
using GokaAkka.Commands;
using GokaAkka.Inspection;
using GokaAkka.Queries;
using GokaAkka.Records;
using GokaAkka.Storage;

namespace GokaAkka.Web.Monitoring;

/// <summary>The cluster that a node is in, as the node sees it.</summary>
sealed class GokaCluster(Goka goka) : ICluster
{
    public string Self { get; } = goka.Inspector.Describe().Address;

    public CommandRunner Commands { get; } = new(goka);

    public Task<IReadOnlyList<NodeReport>> Describe(CancellationToken cancellation) => goka.Inspector.DescribeCluster(cancellation);

    public Task<CommandOutcome> Halt(string group, string? topic, bool halted, CancellationToken cancellation) =>
        halted ? goka.Inspector.Pause(group, topic, cancellation) : goka.Inspector.Resume(group, topic, cancellation);

    public Task<CommandOutcome> RestartPartition(string group, int partition, CancellationToken cancellation) =>
        goka.Inspector.RestartPartition(group, partition, cancellation);

    public Task<CommandOutcome> StartAction(string action, string value, string? node, CancellationToken cancellation) =>
        goka.Inspector.StartAction(action, value, node, cancellation);

    public Task<CommandOutcome> StopAction(string action, string? node, CancellationToken cancellation) => goka.Inspector.StopAction(action, node, cancellation);

    public Task<TableAnswer> Get(string table, Key key, QueryOptions options, CancellationToken cancellation) => goka.Tables.Get(table, key, options, cancellation);

    public Task<TablePage> Range(string table, KeyRange range, int limit, string? continuation, QueryOptions options, CancellationToken cancellation) =>
        goka.Tables.Range(table, range, limit, continuation, options, cancellation);

    // What callers have sent is in it: no format, and no lines of its own.
    public void Log(string what) => goka.Log.Info("{0}", what.ReplaceLineEndings(" "));

    public void LogFault(Exception fault, string what) => goka.Log.Warning(fault, "{0}", what);
}
