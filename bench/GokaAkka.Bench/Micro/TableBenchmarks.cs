using BenchmarkDotNet.Attributes;
using GokaAkka.Codecs;
using GokaAkka.Storage;
using GokaAkka.Tables;

namespace GokaAkka.Bench.Micro;

/// <summary>A table in memory: reads of keys at random, and changes.</summary>
public class TableBenchmarks
{
    const int Operations = 100_000;

    PartitionTable<long> _table = null!;
    byte[][] _keys = [];

    /// <summary>Distinct keys.</summary>
    [Params(1_000, 100_000)]
    public int Keys { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var id = new StorageId("g", "g-table", 0);
        _table = new PartitionTable<long>(id, Codec.Int64, new MemoryStorageProvider().Open(id), 96 * 1024 * 1024);
        var random = new Random(17);
        _keys = [.. Enumerable.Range(0, Operations).Select(_ => Dataset.Key(random.Next(Keys)))];
        Set();
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public long Read()
    {
        var sum = 0L;
        foreach (var key in _keys)
        {
            if (_table.TryGet(key, out var value))
                sum += value;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void Set()
    {
        foreach (var key in _keys)
            _table.Set(key, "12345"u8, 12345);
    }

    [GlobalCleanup]
    public void Close() => _table.Dispose();
}
