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

    // How many first bytes all keys have in common, and the eight bytes after those as numbers in the order of the keys, so that a search
    // rarely has to follow a pointer to a key. An inner node's first key is not among them.
    readonly ulong[] _heads = new ulong[Capacity];
    int _shared;

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

    int First => Values is not null ? 0 : 1;

    public static ByteTreeNode Leaf(object edit) => new(edit, isLeaf: true);

    public static ByteTreeNode Inner(object edit) => new(edit, isLeaf: false);

    /// <summary>This node where <paramref name="edit"/> made it, else a copy that the edit may change.</summary>
    public ByteTreeNode For(object edit)
    {
        if (ReferenceEquals(_edit, edit))
            return this;
        var copy = new ByteTreeNode(edit, Values is not null) { _shared = _shared };
        copy.Append(this, 0);
        Array.Copy(_heads, copy._heads, Count);
        return copy;
    }

    /// <summary>The first place whose key is not less than <paramref name="key"/>.</summary>
    public int LowerBound(ReadOnlySpan<byte> key, out bool found)
    {
        found = false;
        var low = First;
        var high = Count - 1;
        if (high < low)
            return low;
        if (!SharesStart(key))
            return key.SequenceCompareTo(Keys[low]) < 0 ? low : Count;
        var rest = key[_shared..];
        var head = Head(rest);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var other = _heads[middle];
            var order = other != head ? other.CompareTo(head) : Keys[middle].AsSpan(_shared).SequenceCompareTo(rest);
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

        return low;
    }

    /// <summary>Which child's keys a key belongs to.</summary>
    public int ChildFor(ReadOnlySpan<byte> key)
    {
        var place = LowerBound(key, out var found);
        return found ? place : place - 1;
    }

    public void InsertValue(int at, byte[] key, byte[] value)
    {
        MakeRoom(Values!, at);
        Values![at] = value;
        SetKey(at, key);
    }

    public void InsertChild(int at, ByteTreeNode child)
    {
        MakeRoom(Children!, at);
        Children![at] = child;
        SetKey(at, child.Keys[0]);
    }

    public void RemoveAt(int at)
    {
        Count--;
        Close(Keys, at);
        Close(_heads, at);
        if (Values is not null)
            Close(Values, at);
        else
            Close(Children!, at);
    }

    /// <summary>Moves what is from <paramref name="at"/> on into a new node.</summary>
    public ByteTreeNode SplitAt(int at)
    {
        var right = new ByteTreeNode(_edit, Values is not null);
        right.Append(this, at);
        while (Count > at)
            RemoveAt(Count - 1);
        Summarise();
        right.Summarise();
        return right;
    }

    /// <summary>Joins the child at <paramref name="at"/> with the one behind it, where both fit into it; it belongs to the edit.</summary>
    public void JoinChildAt(int at)
    {
        var left = Children![at];
        var seam = left.Count;
        left.Append(Children[at + 1], 0);
        // The first key of an inner node need not be a lower bound of its own; this node's key for it is one.
        if (left.Children is not null)
            left.Keys[seam] = Keys[at + 1];
        left.Summarise();
        RemoveAt(at + 1);
    }

    static ulong Head(ReadOnlySpan<byte> rest)
    {
        if (rest.Length >= 8)
            return BinaryPrimitives.ReadUInt64BigEndian(rest);
        ulong head = 0;
        for (var i = 0; i < rest.Length; i++)
            head |= (ulong)rest[i] << (56 - (8 * i));
        return head;
    }

    bool SharesStart(ReadOnlySpan<byte> key) => key.StartsWith(Keys[First].AsSpan(0, _shared));

    void SetKey(int at, byte[] key)
    {
        var isFirstOfAll = Count <= First + 1;
        var fits = !isFirstOfAll && SharesStart(key);
        Keys[at] = key;
        Count++;
        if (fits)
            _heads[at] = Head(key.AsSpan(_shared));
        else
            Summarise();
    }

    void Summarise()
    {
        _shared = Count > First ? Keys[First].AsSpan().CommonPrefixLength(Keys[Count - 1]) : 0;
        for (var i = First; i < Count; i++)
            _heads[i] = Head(Keys[i].AsSpan(_shared));
    }

    void Append(ByteTreeNode other, int start)
    {
        var count = other.Count - start;
        Array.Copy(other.Keys, start, Keys, Count, count);
        if (Values is not null)
            Array.Copy(other.Values!, start, Values, Count, count);
        else
            Array.Copy(other.Children!, start, Children!, Count, count);
        Count += count;
    }

    void MakeRoom<T>(T[] items, int at)
    {
        Array.Copy(Keys, at, Keys, at + 1, Count - at);
        Array.Copy(_heads, at, _heads, at + 1, Count - at);
        Array.Copy(items, at, items, at + 1, Count - at);
    }

    void Close<T>(T[] items, int at)
    {
        Array.Copy(items, at + 1, items, at, Count - at);
        items[Count] = default!;
    }
}
