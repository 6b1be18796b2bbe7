namespace GokaAkka.Storage;

/// <summary>How large the blocks of a store are.</summary>
/// <param name="Bytes">The most that a block of several entries and its fence take together.</param>
/// <param name="IsFilledUp">Whether each takes so much, so that it fits where the one before was.</param>
/// <param name="LongestFence">The longest fence, in bytes. Keys that are the same so far stay in one block, however large it gets.</param>
sealed record BlockShape(int Bytes, bool IsFilledUp = false, int LongestFence = int.MaxValue)
{
    /// <summary>What the entries of a block may take.</summary>
    public int Room(byte[] fence) => Bytes - fence.Length - EntryBlock.HeadBytes;

    public EntryBlock Encode(byte[] fence, ReadOnlySpan<byte> entries, ReadOnlySpan<int> starts) =>
        EntryBlock.Encode(fence, entries, starts, IsFilledUp ? Bytes - fence.Length : 0);

    /// <summary>The shortest bytes that are after one key and not after the next; null where they would be too long for a fence.</summary>
    public byte[]? Separator(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        left.CommonPrefixLength(right) is var common && common < LongestFence ? right[..(common + 1)].ToArray() : null;
}
