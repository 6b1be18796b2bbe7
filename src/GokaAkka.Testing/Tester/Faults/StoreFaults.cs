namespace GokaAkka.Testing;

/// <summary>Faults that stores are to have.</summary>
sealed class StoreFaults
{
    readonly List<Fault> _faults = [];

    public void Add(StoreOperation operation, string topic, int? partition, int count, Exception error) =>
        _faults.Add(new Fault(operation, topic, partition, error) { Left = count });

    /// <summary>Throws what an operation on a store is to throw.</summary>
    public void Strike(StoreOperation operation, StorageId id)
    {
        var fault = _faults.Find(f => f.Operation == operation && f.Topic == id.Topic && (f.Partition ?? id.Partition) == id.Partition);
        if (fault is null)
            return;
        if (--fault.Left == 0)
            _faults.Remove(fault);
        throw fault.Error;
    }

    sealed record Fault(StoreOperation Operation, string Topic, int? Partition, Exception Error)
    {
        public int Left { get; set; }
    }
}

/// <summary>What a store is asked to do.</summary>
enum StoreOperation
{
    Open,
    Read,
    Write,
}
