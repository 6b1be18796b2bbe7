namespace GokaAkka.Testing.Tests;

/// <summary>Keeps what a table listener is told, and asks for the next batch after each one if wanted.</summary>
public sealed class TableLog : Observed, ITableListener
{
    readonly List<GotRecord> _records = [];
    readonly List<string> _calls = [];
    readonly List<long> _ends = [];
    readonly List<KafkaFault> _faults = [];

    public IReadOnlyList<GotRecord> Records => Look(() => _records.ToArray());

    /// <summary>"read n..m next k", "end k" and "fault" in order.</summary>
    public IReadOnlyList<string> Calls => Look(() => _calls.ToArray());

    public IReadOnlyList<long> Ends => Look(() => _ends.ToArray());

    public IReadOnlyList<KafkaFault> Faults => Look(() => _faults.ToArray());

    /// <summary>Called after each batch, on the reader's thread.</summary>
    public Action OnRead { get; set; } = () => { };

    public void Read(RecordBatch batch)
    {
        using (batch)
        {
            See(() =>
            {
                _calls.Add($"read {batch[0].Offset}..{batch[batch.Count - 1].Offset} next {batch.NextOffset}");
                for (var i = 0; i < batch.Count; i++)
                {
                    _records.Add(new GotRecord(
                        batch.Topic, batch.Partition, batch[i].Offset, batch[i].Timestamp, Encoding.UTF8.GetString(batch.Key(i)),
                        batch[i].ValueIsNull ? null : Encoding.UTF8.GetString(batch.Value(i)), batch.Headers(i)));
                }
            });
        }

        OnRead();
    }

    public void ReachedEnd(long nextOffset) => See(() =>
    {
        _calls.Add($"end {nextOffset}");
        _ends.Add(nextOffset);
    });

    public void Faulted(KafkaFault fault) => See(() =>
    {
        _calls.Add("fault");
        _faults.Add(fault);
    });

    public void AwaitEnd(long nextOffset, TimeSpan patience) => Await($"end {nextOffset}", patience, () => _ends.Contains(nextOffset));

    public void AwaitRecords(int count, TimeSpan patience) => Await($"{count} records", patience, () => _records.Count >= count);

    public void AwaitFault(TimeSpan patience) => Await("a fault", patience, () => _faults.Count > 0);

    public override string ToString() => string.Join("; ", Calls);
}
