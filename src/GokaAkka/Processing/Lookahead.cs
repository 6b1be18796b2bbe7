namespace GokaAkka.Processing;

/// <summary>
/// Looks some records ahead in a batch and has the processor fetch the table's entries of their keys, so that a callback that reads and sets its
/// key's value does not wait for memory. A hint: nothing depends on it.
/// </summary>
/// <remarks>Hot path: a hash and three prefetches per record, no allocation.</remarks>
sealed class Lookahead<TState>(PartitionTable<TState> table)
{
    // Far enough that memory has answered by the next step, near enough that the processor still has it when its record comes.
    const int ToBucket = 6;
    const int ToEntry = 4;
    const int ToData = 2;
    const int Ring = 8;

    readonly ulong[] _hashes = new ulong[Ring];
    RecordBatch? _batch;
    int _hashed;

    /// <summary>The record is about to be processed.</summary>
    public void At(RecordBatch batch, int index)
    {
        if (!ReferenceEquals(batch, _batch) || _hashed < index)
        {
            _batch = batch;
            _hashed = index;
        }

        for (var end = Math.Min(batch.Count, index + ToBucket + 1); _hashed < end; _hashed++)
        {
            var hash = KeyHash.Compute(batch.Key(_hashed));
            _hashes[_hashed % Ring] = hash;
            table.Prefetch(hash, PrefetchStep.Bucket);
        }

        if (index + ToEntry < _hashed)
            table.Prefetch(_hashes[(index + ToEntry) % Ring], PrefetchStep.Entry);
        if (index + ToData < _hashed)
            table.Prefetch(_hashes[(index + ToData) % Ring], PrefetchStep.Data);
    }
}
