namespace GokaAkka.Storage.LiteDb;

/// <summary>Blocks that lie side by side, and what takes their place.</summary>
/// <remarks>Blocks that grew past a page are split; blocks that are nearly empty are joined with the next.</remarks>
/// <param name="From">The index of the first.</param>
/// <param name="Old">The blocks.</param>
/// <param name="New">What takes their place, each with its fence; none when nothing is left.</param>
sealed record BlockChange(int From, List<EntryBlock> Old, List<(byte[] Fence, EntryBlock Block)> New)
{
    // LiteDB keeps a document of so many bytes alone on a page, whose place in the lists of free pages then never changes.
    const int DocumentBytes = 8128;

    // What a document has besides the bytes of fence and block.
    const int DocumentHead = 23;

    // LiteDB indexes no more than 1,023 bytes. Keys that are the same so far stay in one block, which spans several pages then.
    const int LongestFence = 1000;

    /// <summary>A new store's only block.</summary>
    public static EntryBlock Empty { get; } = EntryBlock.Encode([], [], [], Room([]));

    /// <summary>What a batch changes.</summary>
    /// <param name="map">The blocks there are.</param>
    /// <param name="writes">The batch.</param>
    /// <param name="builder">What they are merged with.</param>
    /// <param name="load">Reads a block by its index.</param>
    public static List<BlockChange> Of(BlockMap map, WriteBatch writes, EntryBlockBuilder builder, Func<int, EntryBlock> load)
    {
        var changes = new List<BlockChange>();
        var sorted = writes.InKeyOrder();
        for (var hasWrite = sorted.MoveNext(); hasWrite;)
        {
            var from = map.IndexOf(sorted.Key);
            var old = new List<EntryBlock>();
            builder.Clear();
            do
            {
                var at = from + old.Count;
                old.Add(load(at));
                hasWrite = builder.Merge(old[^1], ref sorted, hasWrite, at + 1 < map.Count ? map.Fence(at + 1) : null);
            }
            while (from + old.Count < map.Count && builder.StartOf(builder.Count) < DocumentBytes / 4);
            changes.Add(new BlockChange(from, old, Cut(builder, map.Fence(from))));
        }

        return changes;
    }

    static int Room(byte[] fence) => DocumentBytes - DocumentHead - fence.Length;

    static List<(byte[] Fence, EntryBlock Block)> Cut(EntryBlockBuilder entries, byte[] fence)
    {
        // The first block is always there: keys before all others belong to it.
        if (entries.Count == 0)
            return fence.Length == 0 ? [(fence, Empty)] : [];
        var blocks = new List<(byte[], EntryBlock)>();
        var isWhole = EntryBlock.HeadBytes + entries.StartOf(entries.Count) <= Room(fence);
        var first = 0;
        for (var i = 1; i < entries.Count && !isWhole; i++)
        {
            // A page that is split is not filled: keys in any order would split it again at once.
            var room = Room(fence) - EntryBlock.HeadBytes;
            var isFull = entries.StartOf(i) - entries.StartOf(first) >= room * 3 / 4 || entries.StartOf(i + 1) - entries.StartOf(first) > room;
            if (!isFull || Separator(entries.KeyOf(i - 1), entries.KeyOf(i)) is not { } separator)
                continue;
            blocks.Add((fence, entries.Encode(fence, first, i, Room(fence))));
            (fence, first) = (separator, i);
        }

        blocks.Add((fence, entries.Encode(fence, first, entries.Count, Room(fence))));
        return blocks;
    }

    // The shortest bytes that are after one key and not after the next; null where LiteDB cannot index them.
    static byte[]? Separator(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        left.CommonPrefixLength(right) is var common && common < LongestFence ? right[..(common + 1)].ToArray() : null;
}
