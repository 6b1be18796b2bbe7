using Akka.Actor;
using Akka.Event;

namespace GokaAkka.Actors;

// What others have written into the table's changelog: whoever restores the table from there must find what this partition has, so their keys are written again.
sealed partial class PartitionActor<TState>
{
    // Two owners that both believe to be the one would answer each other without end.
    static readonly TimeSpan ForeignPause = TimeSpan.FromSeconds(1);

    ITableSubscription? _foreignRead;
    HashSet<Key> _foreignKeys = [];
    (long From, long To) _foreign;
    long? _foreignAt;

    bool IsChangelogOurs => _foreignRead is null && !_task!.Watermark.Changelog.HasForeign;

    void LookForForeignRecords()
    {
        var changelog = _task!.Watermark.Changelog;
        if (_foreignRead is not null || !changelog.HasForeign
            || (_status.State == PartitionState.Running && _foreignAt is { } before && _processor.Time.GetElapsedTime(before) < ForeignPause))
        {
            return;
        }

        changelog.TryTakeForeign(out var from, out var to);
        (_foreign, _foreignKeys, _foreignAt) = ((from, to), [], _processor.Time.GetTimestamp());
        _foreignRead = _connections.Home.Reader.Subscribe(_processor.Graph.GroupTable!, _partition, from, new ForeignListener(Self, to));
        _foreignRead.Request(1);
    }

    void TakeForeign(ForeignKeys read)
    {
        if (_foreignRead is null || read.To != _foreign.To)
            return;
        _foreignKeys.UnionWith(read.Keys);
        if (read.Next < read.To)
        {
            _foreignRead.Request(1);
            return;
        }

        EndForeignRead();
        Try(() => _task!.WriteAgain(_foreignKeys));
        if (_foreignKeys.Count > 0)
        {
            _log.Warning(
                "Partition {0} of group {1}: somebody else has written into its table's changelog, between offsets {2} and {3}; {4} keys are written again as the table has "
                + "them. It is an owner from before that stood still, or a program that is not a member of the group", _partition, _processor.Graph.Group, _foreign.From,
                _foreign.To - 1, _foreignKeys.Count);
        }
    }

    void EndForeignRead()
    {
        _foreignRead?.Dispose();
        _foreignRead = null;
    }

    /// <param name="Keys">Keys of records.</param>
    /// <param name="Next">Up to where the changelog is read.</param>
    /// <param name="To">Up to where it is to be read.</param>
    sealed record ForeignKeys(IReadOnlyCollection<Key> Keys, long Next, long To);

    sealed class ForeignListener(IActorRef partition, long to) : ITableListener
    {
        public void Read(RecordBatch batch)
        {
            using (batch)
            {
                var keys = new HashSet<Key>();
                for (var i = 0; i < batch.Count && batch[i].Offset < to; i++)
                    keys.Add(Key.Copy(batch.Key(i)));
                partition.Tell(new ForeignKeys(keys, batch.NextOffset, to));
            }
        }

        public void ReachedEnd(long nextOffset) => partition.Tell(new ForeignKeys([], nextOffset, to));

        // The read goes on by itself; where it cannot, the store goes on claiming no more than it did, and the next restore reads it all.
        public void Faulted(KafkaFault fault)
        {
        }
    }
}
