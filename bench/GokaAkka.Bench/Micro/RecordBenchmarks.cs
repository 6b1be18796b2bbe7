using System.Buffers;
using BenchmarkDotNet.Attributes;
using GokaAkka.Codecs;
using GokaAkka.Kafka;
using GokaAkka.Records;

namespace GokaAkka.Bench.Micro;

/// <summary>What happens to a record's bytes on its way.</summary>
public class RecordBenchmarks
{
    const int Records = 1_000;

    readonly byte[] _key = Dataset.Key(4711);
    readonly byte[] _value = new byte[100];
    readonly ArrayBufferWriter<byte> _writer = new(64);

    [Benchmark]
    public int Fnv1a() => Partitioners.Fnv1a.Partition(_key, 16);

    [Benchmark]
    public int Murmur2() => Partitioners.Murmur2.Partition(_key, 16);

    [Benchmark]
    public ulong Hash() => KeyHash.Compute(_key);

    [Benchmark]
    public long Int64BothWays()
    {
        _writer.ResetWrittenCount();
        Codec.Int64.Encode(1234567, _writer);
        return Codec.Int64.Decode(_writer.WrittenSpan);
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public int Batch()
    {
        using var batch = new RecordBatch("t", 0, 1);
        for (var i = 0; i < Records; i++)
            batch.Add(i, 0, _key, _value, false);
        return batch.Bytes;
    }
}
