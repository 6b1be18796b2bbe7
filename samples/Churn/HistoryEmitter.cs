using GokaAkka.Records;

namespace GokaAkka.Samples.Churn;

/// <summary>Emits a change history: one message per line, keyed by path.</summary>
sealed class HistoryEmitter(Goka goka, string topic)
{
    const int BatchSize = 5000;

    static readonly TimeSpan AcknowledgeTimeout = TimeSpan.FromSeconds(30);

    long _emitted;

    /// <summary>Messages that are in Kafka for certain.</summary>
    public long Emitted => Interlocked.Read(ref _emitted);

    /// <summary>Emits all of a file; every message is acknowledged when this ends.</summary>
    /// <exception cref="SampleException">The file is not as it should be, or the broker does not answer.</exception>
    public async Task Run(string file, CancellationToken stop)
    {
        await using var emitter = goka.Emitter(topic, Change.Codec);
        var batch = new List<Task>(BatchSize);
        await foreach (var line in HistoryFile.Read(file, stop))
        {
            batch.Add(emitter.Emit(new Key(line.Path), line.Change));
            if (batch.Count == BatchSize)
                await Acknowledged(batch, stop);
        }

        await Acknowledged(batch, stop);
    }

    async Task Acknowledged(List<Task> batch, CancellationToken stop)
    {
        try
        {
            await Task.WhenAll(batch).WaitAsync(AcknowledgeTimeout, stop);
        }
        catch (TimeoutException)
        {
            throw new SampleException(
                $"The broker at {goka.Kafka.Description} has not acknowledged {batch.Count:#,0} messages to '{topic}' within "
                + $"{AcknowledgeTimeout.TotalSeconds:0} s. Is it still running?");
        }

        Interlocked.Add(ref _emitted, batch.Count);
        batch.Clear();
    }
}
