namespace GokaAkka.Testing.Simulation;

/// <summary>
/// A machine's disk: stores that outlive the processes that open them, that fill up, slow down and, when the power goes, come back as they
/// were a moment ago or torn.
/// </summary>
sealed class SimDisk(SimRandom random, FaultCounts faults, MutationSet mutations)
{
    readonly SortedDictionary<(string Topic, int Partition, string Owner), StoreFile> _files = [];

    /// <summary>Whether writes fail at the moment.</summary>
    public bool IsFull { get; set; }

    /// <summary>How long a write takes at most, in milliseconds.</summary>
    public double WriteMilliseconds { get; set; } = 5;

    /// <summary>How long the next write takes.</summary>
    public TimeSpan NextWrite()
    {
        if (WriteMilliseconds > 5)
            faults.Add(Fault.StoreWriteSlow);
        return random.Milliseconds(0.1, WriteMilliseconds);
    }

    /// <summary>The disk as a process has it: when that is dead, nothing more is written or removed.</summary>
    public IStorageProvider Of(SimProcess process) => new Mount(this, process);

    /// <summary>Up to where a store has its changelog.</summary>
    public StorePosition Position(StorageId id) => File(id).Current.Position;

    /// <summary>The power goes: stores lose what the disk had not really written.</summary>
    public void LosePower()
    {
        foreach (var file in _files.Values)
        {
            if (random.Chance(0.3))
            {
                faults.Add(Fault.StoreTorn);
                file.IsTorn = true;
            }
            else if (random.Chance(0.6) && file.RollBack(random.Below(StoreFile.Kept), mutations.Has(Mutation.PositionWithoutValues)))
            {
                faults.Add(Fault.StoreRolledBack);
            }
        }
    }

    /// <summary>The disk is replaced by an empty one.</summary>
    public void Wipe()
    {
        faults.Add(Fault.StoreWiped);
        _files.Clear();
    }

    StoreFile File(StorageId id)
    {
        var key = (id.Topic, id.Partition, id.Owner);
        if (!_files.TryGetValue(key, out var file))
            _files[key] = file = new StoreFile();
        return file;
    }

    sealed class Mount(SimDisk disk, SimProcess process) : IStorageProvider
    {
        public bool IsDurable => true;

        public IStorage Open(StorageId id)
        {
            var file = disk.File(id);
            if (file.IsTorn)
                throw new StorageCorruptException($"The store {id} is torn; it has to be removed.");
            return new Handle(disk, file, id, process);
        }

        public void Delete(StorageId id)
        {
            if (process.IsAlive)
                disk.File(id).Empty();
        }
    }

    /// <summary>What a disk keeps of a store: its contents, and those it had before the last writes.</summary>
    sealed class StoreFile
    {
        public const int Kept = 4;

        readonly List<Version> _versions = [Version.Empty];

        public bool IsTorn { get; set; }

        public Version Current => _versions[^1];

        public void Write(Version version)
        {
            _versions.Add(version);
            if (_versions.Count > Kept)
                _versions.RemoveAt(0);
        }

        public bool RollBack(int writes, bool keepPosition)
        {
            var lost = Math.Min(writes, _versions.Count - 1);
            var position = Current.Position;
            _versions.RemoveRange(_versions.Count - lost, lost);
            if (keepPosition && lost > 0)
                Write(Current with { Position = position });
            return lost > 0;
        }

        public void Empty()
        {
            IsTorn = false;
            _versions.Clear();
            _versions.Add(Version.Empty);
        }
    }

    sealed record Version(SortedList<Key, byte[]> Contents, StorePosition Position)
    {
        public static readonly Version Empty = new([], StorePosition.None);
    }

    /// <summary>An open store.</summary>
    sealed class Handle(SimDisk disk, StoreFile file, StorageId id, SimProcess process) : IStorage
    {
        bool _isClosed;

        public StorePosition Position => Open.Position;

        Version Open
        {
            get
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                return file.Current;
            }
        }

        public byte[]? Get(ReadOnlySpan<byte> key) => Open.Contents.GetValueOrDefault(Key.Copy(key))?.AsSpan().ToArray();

        public bool Has(ReadOnlySpan<byte> key) => Open.Contents.ContainsKey(Key.Copy(key));

        public void Apply(WriteBatch writes, StorePosition position)
        {
            if (!process.IsAlive)
                return;
            if (disk.IsFull)
            {
                disk.IsFull = false;
                throw Full();
            }

            var contents = new SortedList<Key, byte[]>(Open.Contents);
            for (var sorted = writes.InKeyOrder(); sorted.MoveNext();)
            {
                if (sorted.IsDelete)
                    contents.Remove(Key.Copy(sorted.Key));
                else
                    contents[Key.Copy(sorted.Key)] = sorted.Value.ToArray();
            }

            file.Write(new Version(contents, disk.Remembers(position)));
        }

        public IStorageIterator Iterate(KeyRange range)
        {
            var copy = new MemoryStorage();
            using var writes = new WriteBatch();
            foreach (var (key, value) in Open.Contents)
                writes.Put(key.Span, value);
            copy.Apply(writes, StorePosition.None);
            return copy.Iterate(range);
        }

        public void Clear()
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (process.IsAlive)
                file.Empty();
        }

        public void Dispose() => _isClosed = true;

        StorageException Full()
        {
            disk.CountFull();
            return new StorageException($"The store {id} cannot be written: the disk is full.");
        }
    }

    void CountFull() => faults.Add(Fault.StoreWriteFailed);

    StorePosition Remembers(StorePosition position) => mutations.Has(Mutation.NoFingerprint) ? position with { Fingerprint = 0 } : position;
}
