using System.Buffers.Binary;

namespace GokaAkka.Storage;

/// <summary>
/// A node of a <see cref="ByteTree"/>: a leaf with values, or an inner node with children. An inner node's key is a lower bound of the keys
/// of the child beside it; the first one is never compared, since smaller keys go there as well.
/// </summary>
/// <remarks>
/// Invariant: a node is changed in place only by the edit that made it and only before the tree that holds it is published; everybody
/// else sees it frozen. Hot path: nothing is allocated but nodes.
/// </remarks>
sealed class ByteTreeNode
{
    public const int Capacity = 64;

    readonly object _edit;

    ByteTreeNode(object edit, bool isLeaf)
    {
        _edit = edit;
        if (isLeaf)
            Values = new byte[Capacity][];
        else
            Children = new ByteTreeNode[Capacity];
    }

    public int Count { get; private set; }

    public byte[][] Keys { get; } = new byte[Capacity][];

    /// <summary>The values of a leaf; null in an inner node.</summary>
    public byte[][]? Values { get; }

    /// <summary>The children of an inner node; null in a leaf.</summary>
    public ByteTreeNode[]? Children { get; }

    // The first eight bytes of each key as a number, so that most comparisons do not follow a pointer.
    ulong[] Prefixes { get; } = new ulong[Capacity];

    public static ByteTreeNode Leaf(object edit) => new(edit, isLeaf: true);

    public static ByteTreeNode Inner(object edit) => new(edit, isLeaf: false);

    /// <summary>Eight bytes in the order of the keys: keys of different prefixes are ordered as these are.</summary>
    public static ulong PrefixOf(ReadOnlySpan<byte> key)
    {
        if (key.Length >= 8)
            return BinaryPrimitives.ReadUInt64BigEndian(key);
        ulong prefix = 0;
        for (var i = 0; i < key.Length; i++)
            prefix |= (ulong)key[i] << (56 - (8 * i));
        return prefix;
    }

    /// <summary>This node where <paramref name="edit"/> made it, else a copy that the edit may change.</summary>
    public ByteTreeNode For(object edit)
    {
        if (ReferenceEquals(_edit, edit))
            return this;
        var copy = new ByteTreeNode(edit, Values is not null);
        copy.TakeFrom(this, 0, Count);
        return copy;
    }

    /// <summary>The first place whose key is not less than <paramref name="key"/>.</summary>
    public int LowerBound(ReadOnlySpan<byte> key, ulong prefix, out bool found) => LowerBound(0, key, prefix, out found);

    int LowerBound(int low, ReadOnlySpan<byte> key, ulong prefix, out bool found)
    {
        var high = Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var other = Prefixes[middle];
            var order = other != prefix ? other.CompareTo(prefix) : Keys[middle].AsSpan().SequenceCompareTo(key);
            if (order == 0)
            {
                found = true;
                return middle;
            }

            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        found = false;
        return low;
    }

    /// <summary>Which child's keys a key belongs to.</summary>
    public int ChildFor(ReadOnlySpan<byte> key, ulong prefix)
    {
        var place = LowerBound(1, key, prefix, out var found);
        return found ? place : place - 1;
    }

    public void InsertValue(int at, byte[] key, ulong prefix, byte[] value)
    {
        Open(Values!, at, key, prefix);
        Values![at] = value;
    }

    public void InsertChild(int at, ByteTreeNode child)
    {
        Open(Children!, at, child.Keys[0], child.Prefixes[0]);
        Children![at] = child;
    }

    public void RemoveAt(int at)
    {
        Count--;
        Close(Keys, at);
        Close(Prefixes, at);
        if (Values is not null)
            Close(Values, at);
        else
            Close(Children!, at);
    }

    /// <summary>Moves what is behind <paramref name="at"/> into a new node.</summary>
    public ByteTreeNode SplitAt(int at)
    {
        var right = new ByteTreeNode(_edit, Values is not null);
        right.TakeFrom(this, at, Count - at);
        while (Count > at)
            RemoveAt(Count - 1);
        return right;
    }

    /// <summary>Joins the child at <paramref name="at"/> with the one behind it, where both fit into it; it belongs to the edit.</summary>
    public void JoinChildAt(int at)
    {
        var left = Children![at];
        var right = Children[at + 1];
        var seam = left.Count;
        left.TakeFrom(right, 0, right.Count);
        if (left.Children is not null)
        {
            // The first key of an inner node need not be a lower bound of its own; this node's key for it is one.
            left.Keys[seam] = Keys[at + 1];
            left.Prefixes[seam] = Prefixes[at + 1];
        }

        RemoveAt(at + 1);
    }

    void TakeFrom(ByteTreeNode other, int start, int count)
    {
        Array.Copy(other.Keys, start, Keys, Count, count);
        Array.Copy(other.Prefixes, start, Prefixes, Count, count);
        if (Values is not null)
            Array.Copy(other.Values!, start, Values, Count, count);
        else
            Array.Copy(other.Children!, start, Children!, Count, count);
        Count += count;
    }

    void Open<T>(T[] items, int at, byte[] key, ulong prefix)
    {
        Array.Copy(Keys, at, Keys, at + 1, Count - at);
        Array.Copy(Prefixes, at, Prefixes, at + 1, Count - at);
        Array.Copy(items, at, items, at + 1, Count - at);
        Keys[at] = key;
        Prefixes[at] = prefix;
        Count++;
    }

    void Close<T>(T[] items, int at)
    {
        Array.Copy(items, at + 1, items, at, Count - at);
        items[Count] = default!;
    }
}
