namespace GokaAkka.Testing;

/// <summary>What a partition remembers of idempotent producers, to write no batch twice and none out of order.</summary>
internal sealed class SequenceTable
{
    // As many as a producer may have in flight; Kafka keeps five as well.
    const int BatchesKept = 5;

    readonly Dictionary<long, Entry> _producers = [];

    /// <summary>
    /// Judges a batch. <see cref="ClusterError.None"/> with a <paramref name="duplicateOf"/> says that it is written already, at that offset.
    /// </summary>
    public ClusterError Check(ProducerIdentity producer, int baseSequence, int count, out long? duplicateOf)
    {
        duplicateOf = null;
        // A producer this partition knows nothing of, or nothing any more, may start anywhere.
        if (!_producers.TryGetValue(producer.Id, out var known))
            return ClusterError.None;
        if (producer.Epoch < known.Epoch)
            return ClusterError.ProducerFenced;
        if (producer.Epoch > known.Epoch)
            return baseSequence == 0 ? ClusterError.None : ClusterError.OutOfOrderSequenceNumber;
        foreach (var batch in known.Batches)
        {
            if (batch.First != baseSequence || batch.Last != baseSequence + count - 1)
                continue;
            duplicateOf = batch.BaseOffset;
            return ClusterError.None;
        }

        return baseSequence == known.NextSequence ? ClusterError.None : ClusterError.OutOfOrderSequenceNumber;
    }

    /// <summary>Whether anything is known of a producer.</summary>
    public bool Knows(ProducerIdentity producer) => _producers.ContainsKey(producer.Id);

    /// <summary>Remembers a batch that was written.</summary>
    public void Wrote(ProducerIdentity producer, int baseSequence, int count, long baseOffset)
    {
        if (!_producers.TryGetValue(producer.Id, out var known) || known.Epoch != producer.Epoch)
            _producers[producer.Id] = known = new Entry(producer.Epoch);
        if (known.Batches.Count == BatchesKept)
            known.Batches.Dequeue();
        known.Batches.Enqueue(new Batch(baseSequence, baseSequence + count - 1, baseOffset));
        known.NextSequence = baseSequence + count;
    }

    public void Clear() => _producers.Clear();

    readonly record struct Batch(int First, int Last, long BaseOffset);

    sealed class Entry(short epoch)
    {
        public short Epoch { get; } = epoch;

        public int NextSequence { get; set; }

        public Queue<Batch> Batches { get; } = new();
    }
}

/// <summary>A producer as the brokers know it.</summary>
/// <param name="Id">Given out once.</param>
/// <param name="Epoch">Of two producers with the same id the one with the lower epoch is a zombie.</param>
internal readonly record struct ProducerIdentity(long Id, short Epoch);
