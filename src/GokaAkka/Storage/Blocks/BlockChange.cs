namespace GokaAkka.Storage;

/// <summary>Blocks that lie side by side, and what takes their place.</summary>
/// <remarks>Blocks that have grown too large are split; blocks that are nearly empty are joined with the next.</remarks>
/// <param name="From">The index of the first.</param>
/// <param name="Old">The blocks.</param>
/// <param name="New">What takes their place, each with its fence; none when nothing is left.</param>
sealed record BlockChange(int From, List<EntryBlock> Old, List<(byte[] Fence, EntryBlock Block)> New)
{
    /// <summary>What a batch changes.</summary>
    /// <param name="map">The blocks there are.</param>
    /// <param name="writes">The batch.</param>
    /// <param name="shape">How large blocks are.</param>
    /// <param name="builder">What they are merged with.</param>
    /// <param name="load">Gives a block of the map.</param>
    public static List<BlockChange> Of(
        BlockMap map, WriteBatch writes, BlockShape shape, EntryBlockBuilder builder, Func<BlockMap, int, EntryBlock> load)
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
                old.Add(load(map, at));
                hasWrite = builder.Merge(old[^1], ref sorted, hasWrite, at + 1 < map.Count ? map.Fence(at + 1) : null);
            }
            while (from + old.Count < map.Count && builder.StartOf(builder.Count) < shape.Bytes / 4);
            changes.Add(new BlockChange(from, old, Cut(builder, map.Fence(from), shape)));
        }

        return changes;
    }

    static List<(byte[] Fence, EntryBlock Block)> Cut(EntryBlockBuilder entries, byte[] fence, BlockShape shape)
    {
        // The first block is always there: keys before all others belong to it.
        if (entries.Count == 0 && fence.Length > 0)
            return [];
        var blocks = new List<(byte[], EntryBlock)>();
        var isWhole = entries.StartOf(entries.Count) <= shape.Room(fence);
        var first = 0;
        for (var i = 1; i < entries.Count && !isWhole; i++)
        {
            // A block that is split is not filled: keys in any order would split it again at once.
            var isFull = entries.StartOf(i) - entries.StartOf(first) >= shape.Room(fence) * 3 / 4
                || entries.StartOf(i + 1) - entries.StartOf(first) > shape.Room(fence);
            if (!isFull || shape.Separator(entries.KeyOf(i - 1), entries.KeyOf(i)) is not { } separator)
                continue;
            blocks.Add((fence, entries.Encode(fence, first, i, shape)));
            (fence, first) = (separator, i);
        }

        blocks.Add((fence, entries.Encode(fence, first, entries.Count, shape)));
        return blocks;
    }
}
