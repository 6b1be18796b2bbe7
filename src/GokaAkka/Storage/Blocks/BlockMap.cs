namespace GokaAkka.Storage;

/// <summary>Which blocks a store has at a position, in order of their fences, with those that are in memory.</summary>
/// <remarks>
/// A fence is at most the first key of its block, and more than every key of the block before. A batch makes a new map. Before it is committed, the old
/// map is frozen: it is given the blocks that are replaced, and loses none from then on. So whoever reads by an old map, which may be an iterator,
/// finds a block there, or in a later map, or else the file, for a store that has one, still has it unchanged.
/// </remarks>
sealed class BlockMap(StorePosition position, byte[][] fences, EntryBlock?[] blocks)
{
    volatile BlockMap? _next;
    bool _isFrozen;
    long _bytes = blocks.Sum(block => (long)(block?.Size ?? 0));
    int _hand;

    public static BlockMap New(BlockShape shape) => new(StorePosition.None, [[]], [shape.Encode([], default, [])]);

    public StorePosition Position => position;

    public int Count => fences.Length;

    public long FenceSum => fences.Sum(fence => (long)EntryChecksum.Of(fence, default));

    public byte[] Fence(int index) => fences[index];

    /// <summary>The block that a key belongs to.</summary>
    public int IndexOf(ReadOnlySpan<byte> key)
    {
        var (low, high) = (0, fences.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = key.SequenceCompareTo(fences[middle]) < 0 ? (low, middle - 1) : (middle, high);
        }

        return low;
    }

    public bool HasFence(byte[] fence) => fences[IndexOf(fence)].AsSpan().SequenceEqual(fence);

    /// <summary>A block as of this map; null where only the file has it. Any thread.</summary>
    public EntryBlock? Find(int index)
    {
        var block = Volatile.Read(ref blocks[index]);
        for (var later = _next; block is null && later is not null; later = later._next)
            block = Volatile.Read(ref later.BlockOf(fences[index]));
        return block;
    }

    /// <summary>Keeps a block that was read, and forgets others when all take more than <paramref name="most"/> bytes. Under the readers' lock.</summary>
    public void Keep(int index, EntryBlock block, long most)
    {
        if (_isFrozen || blocks[index] is not null)
            return;
        Volatile.Write(ref blocks[index], block);
        _bytes += block.Size;
        Trim(most);
    }

    /// <summary>Keeps what is about to be replaced. Under the readers' lock.</summary>
    public void Freeze(List<BlockChange> changes)
    {
        _isFrozen = true;
        foreach (var change in changes)
        {
            for (var i = 0; i < change.Old.Count; i++)
                Volatile.Write(ref blocks[change.From + i], change.Old[i]);
        }
    }

    /// <summary>The map with the changes made.</summary>
    public BlockMap With(List<BlockChange> changes, StorePosition reached)
    {
        // Mostly values change and the fences stay: maps that iterators keep alive then share them.
        if (changes.TrueForAll(change => change.Old.Count == 1 && change.New.Count == 1))
        {
            EntryBlock?[] changed = [.. blocks];
            foreach (var change in changes)
                changed[change.From] = change.New[0].Block;
            return new BlockMap(reached, fences, changed);
        }

        var (newFences, newBlocks) = (new List<byte[]>(Count), new List<EntryBlock?>(Count));
        var at = 0;
        foreach (var change in changes)
        {
            newFences.AddRange(fences.AsSpan(at..change.From));
            newBlocks.AddRange(blocks.AsSpan(at..change.From));
            foreach (var (fence, block) in change.New)
            {
                newFences.Add(fence);
                newBlocks.Add(block);
            }

            at = change.From + change.Old.Count;
        }

        return new BlockMap(reached, [.. newFences, .. fences.AsSpan(at..)], [.. newBlocks, .. blocks.AsSpan(at..)]);
    }

    /// <summary>The changes are committed. Under the readers' lock.</summary>
    public void Succeed(BlockMap next, long most)
    {
        next.Trim(most);
        _next = next;
    }

    ref EntryBlock? BlockOf(byte[] fence) => ref blocks[IndexOf(fence)];

    void Trim(long most)
    {
        for (var looked = 0; _bytes > most && looked < blocks.Length; looked++)
        {
            _hand = (_hand + 1) % blocks.Length;
            _bytes -= blocks[_hand]?.Size ?? 0;
            blocks[_hand] = null;
        }
    }
}
