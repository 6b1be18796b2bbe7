namespace GokaAkka.Storage;

/// <summary>
/// An ordered map from bytes to bytes: a B+tree that is never changed once published. An edit copies the nodes on its way once, so a batch
/// costs what it touches, and whoever holds an older root keeps reading that state for as long as it likes without a lock.
/// </summary>
static class ByteTree
{
    // Below this many entries a node joins its neighbour if both fit into one.
    const int Sparse = ByteTreeNode.Capacity / 4;

    public static byte[]? Find(ByteTreeNode? root, ReadOnlySpan<byte> key)
    {
        if (root is null)
            return null;
        var node = root;
        while (node.Children is { } children)
            node = children[node.ChildFor(key)];
        var at = node.LowerBound(key, out var found);
        return found ? node.Values![at] : null;
    }

    /// <summary>The tree with a key set. <paramref name="edit"/> stands for the batch: nodes it made before are changed in place.</summary>
    public static ByteTreeNode Put(ByteTreeNode? root, ReadOnlySpan<byte> key, byte[] value, object edit)
    {
        root = root?.For(edit) ?? ByteTreeNode.Leaf(edit);
        var right = Put(root, key, value, edit, isLast: true);
        if (right is null)
            return root;
        var above = ByteTreeNode.Inner(edit);
        above.InsertChild(0, root);
        above.InsertChild(1, right);
        return above;
    }

    /// <summary>The tree without a key.</summary>
    public static ByteTreeNode? Remove(ByteTreeNode? root, ReadOnlySpan<byte> key, object edit)
    {
        if (root is null || Find(root, key) is null)
            return root;
        root = root.For(edit);
        RemoveFrom(root, key, edit);
        if (root.Count == 0)
            return null;
        while (root is { Count: 1, Children: { } only })
            root = only[0];
        return root;
    }

    // Returns the node that was split off to the right, if any. `node` belongs to the edit.
    static ByteTreeNode? Put(ByteTreeNode node, ReadOnlySpan<byte> key, byte[] value, object edit, bool isLast)
    {
        if (node.Children is not { } children)
            return PutIntoLeaf(node, key, value, isLast);
        var at = node.ChildFor(key);
        var child = children[at] = children[at].For(edit);
        var split = Put(child, key, value, edit, isLast && at == node.Count - 1);
        if (split is null)
            return null;
        var right = MakeRoom(ref node, ref at, isLast);
        node.InsertChild(at + 1, split);
        return right;
    }

    static ByteTreeNode? PutIntoLeaf(ByteTreeNode leaf, ReadOnlySpan<byte> key, byte[] value, bool isLast)
    {
        var at = leaf.LowerBound(key, out var found);
        if (found)
        {
            leaf.Values![at] = value;
            return null;
        }

        at--;
        var right = MakeRoom(ref leaf, ref at, isLast);
        leaf.InsertValue(at + 1, key.ToArray(), value);
        return right;
    }

    // Splits a full node so that there is room behind `at`, and leaves in `node` and `at` where that is.
    static ByteTreeNode? MakeRoom(ref ByteTreeNode node, ref int at, bool isLast)
    {
        if (node.Count < ByteTreeNode.Capacity)
            return null;
        // Keys that arrive in order fill their nodes: a split at the far end leaves the left one full.
        var middle = isLast && at == node.Count - 1 ? node.Count - 1 : node.Count / 2;
        var right = node.SplitAt(middle);
        if (at >= middle)
        {
            node = right;
            at -= middle;
        }

        return right;
    }

    static void RemoveFrom(ByteTreeNode node, ReadOnlySpan<byte> key, object edit)
    {
        if (node.Children is not { } children)
        {
            node.RemoveAt(node.LowerBound(key, out _));
            return;
        }

        var at = node.ChildFor(key);
        var child = children[at] = children[at].For(edit);
        RemoveFrom(child, key, edit);
        if (child.Count == 0)
            node.RemoveAt(at);
        else if (child.Count < Sparse && node.Count > 1)
            JoinNeighbours(node, Math.Min(at, node.Count - 2), edit);
    }

    static void JoinNeighbours(ByteTreeNode node, int left, object edit)
    {
        var children = node.Children!;
        if (children[left].Count + children[left + 1].Count > ByteTreeNode.Capacity)
            return;
        children[left] = children[left].For(edit);
        node.JoinChildAt(left);
    }
}
