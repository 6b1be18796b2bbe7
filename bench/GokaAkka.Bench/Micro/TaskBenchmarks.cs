using BenchmarkDotNet.Attributes;
using GokaAkka.Actors;
using GokaAkka.Codecs;
using GokaAkka.Graph;
using GokaAkka.Kafka;
using GokaAkka.Processing;
using GokaAkka.Records;
using GokaAkka.Storage;
using GokaAkka.Tables;

namespace GokaAkka.Bench.Micro;

/// <summary>A partition's task from its batches to its watermark: one count per record, keys at random.</summary>
public class TaskBenchmarks
{
    const int Records = 200_000;
    const int PerBatch = 2_000;

    readonly Nobody _nobody = new();
    readonly List<TopicPartitionOffset> _commits = [];
    PartitionTask<long> _task = null!;
    PartitionTable<long> _table = null!;
    byte[][] _keys = [];

    /// <summary>Distinct keys: those that fit the processor's caches, and those that do not.</summary>
    [Params(1_000, 100_000)]
    public int Keys { get; set; }

    /// <summary>Whether table records are held back and sent once per batch.</summary>
    [Params(false, true)]
    public bool Coalesced { get; set; }

    [GlobalSetup]
    public void Start()
    {
        var graph = GroupGraph.Define<long>("g", g => g
            .Input("in", Codec.Bytes, (context, _) => context.SetValue(context.Value + 1)).Persist(Codec.Int64));
        var id = new StorageId("g", graph.GroupTable!, 0);
        _table = new PartitionTable<long>(id, Codec.Int64, new MemoryStorageProvider().Open(id), 96 * 1024 * 1024);
        var options = new TaskOptions(Partitioners.Fnv1a, new ErrorPlan(graph, null, GokaSettings.Create(GokaSettings.DefaultConfig()).Processor.Errors)) { PartitionCount = static _ => 1, Partitions = 1, IsCoalescing = Coalesced };
        _task = new PartitionTask<long>(graph, 0, 1, _table, _nobody, _nobody, options);
        var random = new Random(17);
        _keys = [.. Enumerable.Range(0, Records).Select(_ => Dataset.Key(random.Next(Keys)))];
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public long Count()
    {
        var value = new byte[100];
        for (var at = 0; at < Records;)
        {
            var batch = new RecordBatch("in", 0, 1, PerBatch, PerBatch * 128);
            for (var end = at + PerBatch; at < end; at++)
                batch.Add(at, 0, _keys[at], value, false);
            _task.Add(batch);
            while (_task.HasWork)
                _task.Run(0, int.MaxValue);
            _task.SendCoalesced();
            _task.Advance();
            _commits.Clear();
            _task.Watermark.TakeCommits(_commits);
        }

        return _task.TakeProcessed();
    }

    [GlobalCleanup]
    public void End()
    {
        _task.Dispose();
        _table.Dispose();
    }
}
