namespace GokaAkka.Integration.Tests.Restore;

/// <summary>Keeps tables in memory, and writes so many keys a second, all tables together: a busy disk.</summary>
sealed class SlowStorage(int keysPerSecond) : IStorageProvider
{
    readonly MemoryStorageProvider _memory = new();
    readonly Lock _gate = new();
    long _began;
    long _keys;

    public bool IsDurable => false;

    /// <summary>How many writes there were.</summary>
    public int Writes { get; private set; }

    /// <summary>The time from the beginning of the first write to the end of the last one.</summary>
    public TimeSpan Busy { get; private set; }

    public IStorage Open(StorageId id) => new Store(this, _memory.Open(id));

    TimeSpan Begin(int keys)
    {
        lock (_gate)
        {
            if (_began == 0)
                _began = Stopwatch.GetTimestamp();
            _keys += keys;
            Writes++;
            return TimeSpan.FromSeconds((double)_keys / keysPerSecond) - Stopwatch.GetElapsedTime(_began);
        }
    }

    void End()
    {
        lock (_gate)
            Busy = Stopwatch.GetElapsedTime(_began);
    }

    sealed class Store(SlowStorage owner, IStorage inner) : ForwardingStorage(inner)
    {
        public override void Apply(WriteBatch writes, StorePosition position)
        {
            if (owner.Begin(writes.Count) is var pause && pause > TimeSpan.Zero)
                Thread.Sleep(pause);
            base.Apply(writes, position);
            owner.End();
        }
    }
}
