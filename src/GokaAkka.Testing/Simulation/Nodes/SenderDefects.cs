namespace GokaAkka.Testing.Simulation;

/// <summary>The defects that may stand between partitions and their producer; usually there is none.</summary>
static class SenderDefects
{
    public static IRecordProducer Of(SimNode node, IRecordProducer producer) =>
        node.World.Mutations.Has(Mutation.CommitsEachRecordOnItsOwn) ? new EagerCommits(node, producer)
        : node.World.Mutations.Has(Mutation.StoreBeforeAcknowledgement) ? new EagerStore(node, producer)
        : producer;

    /// <summary>Commits a record's offset as soon as something it caused is delivered.</summary>
    sealed class EagerCommits(SimNode node, IRecordProducer inner) : ForwardingProducer(inner)
    {
        public override void Send(
            string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
            IDeliveryListener? listener, int token)
        {
            if (topic != Names.DeadLetters && Origin.Of(topic, value, valueIsNull, headers) is { Source: not Origin.Visit } source)
                listener = new Listener(listener, () => node.CommitAnyway(new TopicPartitionOffset(Names.Inputs[source.Source], source.Partition, source.Offset + 1)));
            base.Send(topic, partition, key, value, valueIsNull, headers, timestamp, listener, token);
        }

        sealed class Listener(IDeliveryListener? inner, Action commit) : IDeliveryListener
        {
            public void Delivered(int token, long offset, KafkaFault? fault)
            {
                inner?.Delivered(token, offset, fault);
                if (fault is null)
                    commit();
            }
        }
    }

    /// <summary>Writes table records to the local store when they are sent.</summary>
    sealed class EagerStore(SimNode node, IRecordProducer inner) : ForwardingProducer(inner)
    {
        public override void Send(
            string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
            IDeliveryListener? listener, int token)
        {
            base.Send(topic, partition, key, value, valueIsNull, headers, timestamp, listener, token);
            if (topic != Names.Table || node.Tables[partition] is not { } table)
                return;
            using var writes = new WriteBatch();
            if (valueIsNull)
                writes.Delete(key);
            else
                writes.Put(key, value);
            table.Store.Apply(writes, table.Store.Position);
        }
    }

    abstract class ForwardingProducer(IRecordProducer inner) : IRecordProducer
    {
        public event Action<KafkaFault>? Failed
        {
            add => inner.Failed += value;
            remove => inner.Failed -= value;
        }

        public virtual void Send(
            string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
            IDeliveryListener? listener, int token) => inner.Send(topic, partition, key, value, valueIsNull, headers, timestamp, listener, token);

        public bool Flush(TimeSpan timeout) => inner.Flush(timeout);

        public void InitTransactions(TimeSpan timeout) => inner.InitTransactions(timeout);

        public void BeginTransaction() => inner.BeginTransaction();

        public void SendOffsetsToTransaction(IReadOnlyCollection<TopicPartitionOffset> offsets, IGroupMembership membership, TimeSpan timeout) =>
            inner.SendOffsetsToTransaction(offsets, membership, timeout);

        public void CommitTransaction(TimeSpan timeout) => inner.CommitTransaction(timeout);

        public void AbortTransaction(TimeSpan timeout) => inner.AbortTransaction(timeout);

        public void Dispose() => inner.Dispose();
    }
}
