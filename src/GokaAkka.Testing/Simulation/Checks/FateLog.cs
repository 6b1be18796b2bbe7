namespace GokaAkka.Testing.Simulation;

/// <summary>The records of the group's inputs in order, by partition and by key, and how far from the front they are done.</summary>
sealed class FateLog
{
    readonly List<Fate>[] _byPartition = [.. Enumerable.Range(0, Names.Inputs.Length * Names.Partitions).Select(_ => new List<Fate>())];
    readonly int[] _done = new int[Names.Inputs.Length * Names.Partitions];
    readonly List<Fate>[] _byKey = [.. Enumerable.Range(0, Names.Inputs.Length * 2 * Names.Keys).Select(_ => new List<Fate>())];

    /// <summary>Every record.</summary>
    public IEnumerable<Fate> All => _byPartition.SelectMany(static f => f);

    /// <summary>A record is in the log. One of the loop that is there already under the same number is a repetition.</summary>
    public Fate Add(TopicPartition partition, long offset, int key, SimOp op)
    {
        var source = Array.IndexOf(Names.Inputs, partition.Topic);
        var fate = new Fate(source, partition.Partition, offset, key, op);
        // Transactions become visible in another order than that of their records.
        var all = _byPartition[Index(source, partition.Partition)];
        var at = all.Count;
        while (at > 0 && all[at - 1].Offset > offset)
            at--;
        all.Insert(at, fate);
        var ofKey = OfKey(source, key);
        if (source < 2 || !ofKey.Exists(f => f.Id == op.Id))
            ofKey.Add(fate);
        return fate;
    }

    /// <summary>The records of a partition, in order.</summary>
    public IReadOnlyList<Fate> Of(int source, int partition) => _byPartition[Index(source, partition)];

    /// <summary>The records of a key and source, each number once, in order.</summary>
    public List<Fate> OfKey(int source, int key) => _byKey[(source * 2 * Names.Keys) + key];

    public Fate At(int source, int partition, long offset)
    {
        var fates = _byPartition[Index(source, partition)];
        int low = 0, high = fates.Count - 1;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (fates[middle].Offset < offset)
                low = middle + 1;
            else
                high = middle;
        }

        return fates[low];
    }

    /// <summary>The first record of a partition that is not done, or null.</summary>
    public Fate? FirstUndone(int source, int partition)
    {
        var index = Index(source, partition);
        var fates = _byPartition[index];
        while (_done[index] < fates.Count && fates[_done[index]].IsDone)
            _done[index]++;
        return _done[index] < fates.Count ? fates[_done[index]] : null;
    }

    /// <summary>The last record of a partition that somebody is to read, or null.</summary>
    public Fate? Last(int source, int partition) => _byPartition[Index(source, partition)].FindLast(f => f.Op.Kind != OpKind.Aborted);

    static int Index(int source, int partition) => (source * Names.Partitions) + partition;
}
