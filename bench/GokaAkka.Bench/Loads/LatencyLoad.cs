using System.Diagnostics;
using Confluent.Kafka;

namespace GokaAkka.Bench.Loads;

/// <summary>Writes a trial's records at its rate, each with the moment, and reads them where they come out.</summary>
sealed class LatencyLoad : IDisposable
{
    const int Keys = 1_000;

    readonly LatencyTrial _trial;
    readonly IConsumer<Ignore, byte[]> _consumer;
    readonly IProducer<byte[], byte[]> _producer;
    readonly Thread[] _threads;

    // By the second in which a record was written, since the beginning.
    readonly Dictionary<int, List<double>> _seconds = [];
    readonly long _began = Stopwatch.GetTimestamp();
    int _measuredFrom;
    volatile bool _writingEnds;
    volatile bool _readingEnds;

    public LatencyLoad(LatencyTrial trial)
    {
        _trial = trial;
        _consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = trial.Broker.Bootstrap, GroupId = trial.Group + "-reader", EnableAutoCommit = false, FetchWaitMaxMs = 50, SocketNagleDisable = true,
            IsolationLevel = IsolationLevel.ReadCommitted,
        }).SetLogHandler(static (_, _) => { }).Build();
        _consumer.Assign(Enumerable.Range(0, trial.Scenario.Partitions).Select(p => new TopicPartitionOffset(trial.Output, p, Offset.Beginning)));
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = trial.Broker.Bootstrap, LingerMs = 0.5, Acks = Acks.All, SocketNagleDisable = true,
        }).SetLogHandler(static (_, _) => { }).Build();
        _threads = [new Thread(Write) { IsBackground = true }, new Thread(Read) { IsBackground = true }];
        foreach (var thread in _threads)
            thread.Start();
    }

    /// <summary>What is written from here on is measured; what was before is the cold start.</summary>
    public void Mark() => _measuredFrom = Second(Stopwatch.GetTimestamp()) + 1;

    /// <summary>Stops writing, waits for what was written, and tells the times.</summary>
    public LatencyFigures Stop()
    {
        End();
        var measured = _seconds.Where(s => s.Key >= _measuredFrom).SelectMany(static s => s.Value).Order().ToArray();
        if (measured.Length == 0)
            throw new InvalidOperationException($"Nothing that was written to {_trial.Input} in the time that counts has come out of {_trial.Output}.");
        var cold = _seconds.Where(s => s.Key < _measuredFrom - 1).Select(static s => Percentile([.. s.Value.Order()], 0.99));
        return new LatencyFigures
        {
            P50Ms = Percentile(measured, 0.5), P99Ms = Percentile(measured, 0.99), MaxMs = measured[^1], WorstSecondMs = cold.Max(),
        };
    }

    public void Dispose()
    {
        End();
        _producer.Dispose();
        _consumer.Dispose();
    }

    void End()
    {
        _writingEnds = true;
        _threads[0].Join();
        _readingEnds = true;
        _threads[1].Join();
    }

    void Write()
    {
        // What is due goes to one partition each millisecond, to all in turn: a request for each partition would keep the brokers busier than what is measured.
        var keys = Enumerable.Range(0, Keys).Select(Dataset.Key).ToLookup(k => Kafka.Partitioners.Fnv1a.Partition(k, _trial.Scenario.Partitions));
        var ofPartition = Enumerable.Range(0, _trial.Scenario.Partitions).Select(p => keys[p].ToArray()).ToArray();
        var sent = 0L;
        for (var turn = 0; !_writingEnds; turn++)
        {
            var partition = turn % _trial.Scenario.Partitions;
            for (var due = (long)(Stopwatch.GetElapsedTime(_began).TotalSeconds * _trial.Scenario.Rate); sent < due; sent++)
            {
                _producer.Produce(new TopicPartition(_trial.Input, partition), new Message<byte[], byte[]>
                {
                    Key = ofPartition[partition][sent % ofPartition[partition].Length], Value = BitConverter.GetBytes(Stopwatch.GetTimestamp()),
                });
            }

            Thread.Sleep(1);
        }

        _producer.Flush();
    }

    void Read()
    {
        while (true)
        {
            if (_consumer.Consume(TimeSpan.FromMilliseconds(500)) is not { } result)
            {
                if (_readingEnds)
                    return;
                continue;
            }

            var written = BitConverter.ToInt64(result.Message.Value);
            var second = Second(written);
            if (!_seconds.TryGetValue(second, out var times))
                _seconds[second] = times = [];
            times.Add(Stopwatch.GetElapsedTime(written).TotalMilliseconds);
        }
    }

    int Second(long at) => (int)Stopwatch.GetElapsedTime(_began, at).TotalSeconds;

    static double Percentile(double[] sorted, double share) => sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];
}
