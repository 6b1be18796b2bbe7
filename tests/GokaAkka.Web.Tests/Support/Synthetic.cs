using GokaAkka.Commands;
using GokaAkka.Queries;
using GokaAkka.Web.Monitoring;

namespace GokaAkka.Web.Tests;

/// <summary>A cluster that says what a test has it say.</summary>
sealed class Synthetic(Func<IReadOnlyList<NodeReport>> describe) : ICluster
{
    public string Self => "node-1";

    public CommandRunner Commands => throw new NotSupportedException();

    public Task<IReadOnlyList<NodeReport>> Describe(CancellationToken cancellation) => Task.FromResult(describe());

    public Task<CommandOutcome> Halt(string group, string? topic, bool halted, CancellationToken cancellation) => Done;

    public Task<CommandOutcome> RestartPartition(string group, int partition, CancellationToken cancellation) => Done;

    public Task<CommandOutcome> StartAction(string action, string value, string? node, CancellationToken cancellation) => Done;

    public Task<CommandOutcome> StopAction(string action, string? node, CancellationToken cancellation) => Done;

    public Task<TableAnswer> Get(string table, Key key, QueryOptions options, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<TablePage> Range(string table, KeyRange range, int limit, string? continuation, QueryOptions options, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public void Log(string what)
    {
    }

    public void LogFault(Exception fault, string what) => throw new InvalidOperationException(what, fault);

    static Task<CommandOutcome> Done => Task.FromResult(new CommandOutcome(true, "Done.", []));

    /// <summary>A node that runs groups of so many partitions, which have done so much per partition.</summary>
    public static NodeReport Node(int groups, int partitions, long done, DateTimeOffset at) => Node(groups, partitions, _ => done, at);

    /// <inheritdoc cref="Node(int, int, long, DateTimeOffset)"/>
    public static NodeReport Node(int groups, int partitions, Func<int, long> done, DateTimeOffset at) => new()
    {
        Address = "node-1",
        Status = "Single",
        At = at,
        Started = DateTimeOffset.UnixEpoch,
        Version = "1.0",
        Kafka = "kafka-1:9092",
        Groups = [.. Enumerable.Range(0, groups).Select(g => Group($"group-{g:000}", partitions, done(g)))],
    };

    public static GroupReport Group(string name, int partitions, long done) => new()
    {
        Group = name,
        State = "Running",
        Delivery = "at-least-once",
        PartitionCount = partitions,
        PollAgeMs = 3,
        Edges =
        [
            new EdgeReport("input", $"{name}-in", "String", "StringCodec"), new EdgeReport("output", $"{name}-out", "String", "StringCodec"),
            new EdgeReport("persist", $"{name}-table", "Int64", "Int64Codec"),
        ],
        Partitions = [.. Enumerable.Range(0, partitions).Select(p => Partition(name, p, done * (p + 1)))],
    };

    public static PartitionReport Partition(string group, int partition, long done) => new()
    {
        Partition = partition,
        Role = "active",
        State = "Running",
        Generation = 3,
        Processed = done,
        TableOffset = done,
        Inputs = [new InputReport { Topic = $"{group}-in", Records = done, Bytes = done * 100, NextOffset = done, DoneOffset = done, HighWatermark = done + 10, Lag = 10 }],
        Outputs = [new OutputReport($"{group}-out", done / 10, done * 10), new OutputReport($"{group}-table", done, done * 20)],
    };
}
