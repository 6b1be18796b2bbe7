using GokaAkka.Processing;
using GokaAkka.Storage;
using GokaAkka.Tables;

namespace GokaAkka.Testing.Simulation;

/// <summary>The defects that may be built into a partition; usually it does what is right, which is nothing of its own.</summary>
sealed class Misdeeds(SimNode node, int partition, int generation)
{
    readonly MutationSet _mutations = node.World.Mutations;
    readonly SortedDictionary<string, Queue<long>> _read = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, long> _greatest = new(StringComparer.Ordinal);

    /// <summary>The producer, or one that does more than it should.</summary>
    public IRecordSender Sender(IRecordSender producer, Func<IStorage> store) =>
        _mutations.Has(Mutation.CommitsEachRecordOnItsOwn) ? new EagerCommits(producer, Commit)
        : _mutations.Has(Mutation.StoreBeforeAcknowledgement) ? new EagerStore(producer, store)
        : producer;

    /// <summary>Begins a flush.</summary>
    public void Flush(PartitionTask<SimState> task, PartitionTable<SimState> table, IStorage store)
    {
        if (!_mutations.Has(Mutation.FlushesBeforeAcknowledgement))
        {
            task.BeginFlush();
            return;
        }

        if (table.BeginFlush() is not { } flush)
            return;
        flush.Position = store.Position;
        table.WriteFlush(flush);
        table.EndFlush(flush);
    }

    /// <summary>A batch has come.</summary>
    public void Reads(RecordBatch batch, bool isRunning)
    {
        if (_mutations.Has(Mutation.CommitsWhatIsProcessed))
        {
            if (!_read.TryGetValue(batch.Topic, out var read))
                _read[batch.Topic] = read = new Queue<long>();
            read.Enqueue(batch.NextOffset);
        }

        if (_mutations.Has(Mutation.StaleGenerationBatches) && !isRunning)
            node.Leftovers.Add(Copy(batch, generation));
    }

    /// <summary>A batch of an input is processed.</summary>
    public void Consumed(string topic)
    {
        if (_read.TryGetValue(topic, out var read) && read.TryDequeue(out var next))
            Commit(new TopicPartitionOffset(topic, partition, next));
    }

    /// <summary>The partition begins to process.</summary>
    public void Begins(PartitionTask<SimState> task)
    {
        foreach (var batch in node.Leftovers.Where(b => b.Partition == partition).ToList())
        {
            node.Leftovers.Remove(batch);
            task.Add(Copy(batch, generation));
        }
    }

    /// <summary>These are about to be committed.</summary>
    public void Commits(List<TopicPartitionOffset> commits)
    {
        if (_mutations.Has(Mutation.ForgetsLoopOffset))
            commits.RemoveAll(c => c.Topic == Names.Loop);
        if (_mutations.Has(Mutation.CommitsOnLost))
            commits.ForEach(c => node.Posted[(c.Topic, c.Partition)] = c.Offset);
    }

    void Commit(TopicPartitionOffset offset)
    {
        if (_greatest.TryGetValue(offset.Topic, out var before) && before >= offset.Offset)
            return;
        _greatest[offset.Topic] = offset.Offset;
        node.Poller.Board.Add([offset], generation);
    }

    static RecordBatch Copy(RecordBatch batch, int generation)
    {
        var copy = new RecordBatch(batch.Topic, batch.Partition, generation);
        for (var i = 0; i < batch.Count; i++)
            copy.Add(batch[i].Offset, batch[i].Timestamp, batch.Key(i), batch.Value(i), batch[i].ValueIsNull, batch.Headers(i));
        copy.NextOffset = batch.NextOffset;
        return copy;
    }

    /// <summary>Commits a record's offset as soon as something it caused is delivered.</summary>
    sealed class EagerCommits(IRecordSender inner, Action<TopicPartitionOffset> commit) : IRecordSender
    {
        public void Send(
            string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
            IDeliveryListener? listener, int token)
        {
            if (topic == Names.DeadLetters)
            {
                inner.Send(topic, partition, key, value, valueIsNull, headers, timestamp, listener, token);
                return;
            }

            var source = Origin.Of(topic, value, valueIsNull, headers);
            inner.Send(topic, partition, key, value, valueIsNull, headers, timestamp, new Listener(listener, source, commit), token);
        }

        sealed class Listener(IDeliveryListener? inner, Origin source, Action<TopicPartitionOffset> commit) : IDeliveryListener
        {
            public void Delivered(int token, long offset, KafkaFault? fault)
            {
                inner?.Delivered(token, offset, fault);
                if (fault is null && source.Source != Origin.Visit)
                    commit(new TopicPartitionOffset(Names.Inputs[source.Source], source.Partition, source.Offset + 1));
            }
        }
    }

    /// <summary>Writes table records to the local store when they are sent.</summary>
    sealed class EagerStore(IRecordSender inner, Func<IStorage> store) : IRecordSender
    {
        public void Send(
            string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
            IDeliveryListener? listener, int token)
        {
            inner.Send(topic, partition, key, value, valueIsNull, headers, timestamp, listener, token);
            if (topic != Names.Table)
                return;
            using var writes = new WriteBatch();
            if (valueIsNull)
                writes.Delete(key);
            else
                writes.Put(key, value);
            store().Apply(writes, store().Position);
        }
    }
}
