using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using GokaAkka.Codecs;
using GokaAkka.Storage;
using GokaAkka.Tables;

namespace GokaAkka.Bench.Micro;

/// <summary>A table in memory: reads of keys at random, changes, and keys that come once and make others go.</summary>
public class TableBenchmarks
{
    const int Operations = 100_000;

    PartitionTable<long> _table = null!;
    byte[][] _keys = [];
    long _next;

    /// <summary>Distinct keys.</summary>
    [Params(1_000, 100_000, 1_000_000)]
    public int Keys { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var id = new StorageId("g", "g-table", 0);
        _table = new PartitionTable<long>(id, Codec.Int64, new MemoryStorageProvider().Open(id), 96 * 1024 * 1024);
        var random = new Random(17);
        _keys = [.. Enumerable.Range(0, Operations).Select(_ => Dataset.Key(random.Next(Keys)))];
        for (var key = 0; key < Keys; key++)
            _table.Set(Dataset.Key(key), "12345"u8, 12345);
        _table.EndFlush(_table.BeginFlush()!);
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

    [Benchmark(OperationsPerInvoke = Operations)]
    public void ReadOnce()
    {
        Span<byte> key = stackalloc byte[10];
        for (var i = 0; i < Operations; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(key, _next++);
            _table.TryGet(key, out _);
        }
    }

    [GlobalCleanup]
    public void Close() => _table.Dispose();
}
