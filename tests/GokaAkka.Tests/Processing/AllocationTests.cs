using System.Reflection;
using GokaAkka.Tracing;

namespace GokaAkka.Tests.Processing;

public sealed class AllocationTests
{
    [Theory]
    [InlineData(TracingMode.Off)]
    [InlineData(TracingMode.Batch)]
    [InlineData(TracingMode.Record)]
    public void Counting_allocates_the_context_of_each_call_and_nothing_else_whatever_may_be_traced_where_nobody_listens(TracingMode tracing)
    {
        const int records = 1000, batches = 200;
        using var rig = new Rig(tracing);
        rig.Process(20, records);

        var before = GC.GetAllocatedBytesForCurrentThread();
        rig.Process(batches, records);
        var perRecord = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)(batches * records);

        // What is left is per batch: the batch itself and the segment. Code that is not optimized boxes a value to see whether it is null.
        const int context = 32;
        perRecord.ShouldBeLessThan(context + (IsOptimized ? 2 : 30), $"{perRecord.ToString("F2", CultureInfo.InvariantCulture)} bytes per record");
    }

    static bool IsOptimized =>
        typeof(PartitionTask<>).Assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };

    sealed class Rig : IRecordSender, ITaskHost, IDisposable
    {
        readonly PartitionTable<long> _table;
        readonly PartitionTask<long> _task;
        readonly List<TopicPartitionOffset> _commits = [];
        long _offset;
        long _changelog;

        public Rig(TracingMode tracing)
        {
            var graph = GroupGraph.Define("group", Graphs.Counting);
            _table = new PartitionTable<long>(new StorageId("group", "group-table", 0), Codec.Int64, new MemoryStorage(), 1 << 20);
            _task = new PartitionTask<long>(graph, 0, 1, _table, this, this, new TaskOptions(Partitioners.Fnv1a, ErrorPlans.Of(graph)) { PartitionCount = static _ => 1, Tracing = tracing });
        }

        public void Process(int batches, int records)
        {
            Span<byte> key = stackalloc byte[4];
            for (var i = 0; i < batches; i++)
            {
                var batch = new RecordBatch("in", 0, 1, records, records * 8);
                for (var n = 0; n < records; n++)
                {
                    System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(key, n % 100);
                    batch.Add(_offset++, 0, key, default, false);
                }

                _task.Add(batch);
                _task.Run(0, int.MaxValue);
                _task.Advance();
                _commits.Clear();
                _task.Watermark.TakeCommits(_commits);
                _commits[0].Offset.ShouldBe(_offset);
            }
        }

        public void Send(
            string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
            IDeliveryListener? listener, int token) => listener!.Delivered(token, _changelog++, null);

        public void Woken()
        {
        }

        public void Consumed(string topic, int records, int bytes)
        {
        }

        public void Misplaced(ReadOnlySpan<byte> key)
        {
        }

        public void Skipped(RecordException error)
        {
        }

        public void DeadLettered(RecordException error, string topic)
        {
        }

        public void Retrying(RecordException error, TimeSpan pause)
        {
        }

        public Task Delay(TimeSpan pause, CancellationToken cancellation) => Task.CompletedTask;

        public void Dispose()
        {
            _task.Dispose();
            _table.Dispose();
        }
    }
}
