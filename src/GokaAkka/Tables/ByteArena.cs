using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace GokaAkka.Tables;

/// <summary>
/// The bytes of a cache's keys and values, in blocks of a few large arrays: no object per key. A block given back is used again for one of its
/// size class. Bytes beyond the largest class have an array of their own, which goes to the garbage collector when it is given back.
/// </summary>
/// <remarks>
/// What is free is bounded: once it is more than what is in use, and more than a chunk, <see cref="IsWasteful"/> says so, and its owner moves the
/// blocks in use to new chunks, between <see cref="BeginMove"/> and <see cref="EndMove"/>, as many at a time as it likes.
/// </remarks>
sealed class ByteArena
{
    public const byte OwnArray = byte.MaxValue;

    // Large enough for the heap of large objects, which are never moved.
    public const int ChunkBytes = 256 * 1024;

    const int FirstBytes = 512;
    const int UnitBits = SizeClasses.UnitBits;
    const int ChunkUnitBits = 15;
    const int ChunkUnits = 1 << ChunkUnitBits;
    const int CacheLine = 64;

    // A block's name: its place in units, chunk after chunk; of an array of its own, the complement of its place among these.
    readonly int[] _free = new int[SizeClasses.Count];
    readonly Stack<int> _freeOwn = new();
    byte[]?[] _chunks = new byte[]?[1];
    bool[] _isOld = new bool[1];
    byte[]?[] _own = [];

    // Where the next block of the newest chunk begins, and where that chunk ends.
    int _next;
    int _end;

    // Of chunks, the room and what of it is in use.
    long _held;
    long _used;
    long _ownBytes;

    /// <summary>Bytes of blocks in use.</summary>
    public long UsedBytes => _used + _ownBytes;

    /// <summary>Bytes that are taken from the runtime.</summary>
    public long HeldBytes => _held + _ownBytes;

    /// <summary>Whether blocks are being moved to new chunks.</summary>
    public bool IsMoving { get; private set; }

    /// <summary>Whether so much is free that it pays to move what is in use.</summary>
    public bool IsWasteful => _held - _used > Math.Max(_used, ChunkBytes);

    /// <summary>A block with room for so many bytes.</summary>
    public int Allocate(int bytes, out byte sizeClass)
    {
        if (bytes > SizeClasses.LargestBytes)
        {
            sizeClass = OwnArray;
            return AllocateOwn(SizeClasses.RoundUp(bytes));
        }

        var found = SizeClasses.Of(bytes);
        sizeClass = (byte)found;
        return Allocate(found);
    }

    /// <summary>Gives a block back.</summary>
    public void Free(int block, byte sizeClass)
    {
        if (sizeClass == OwnArray)
        {
            _ownBytes -= _own[~block]!.Length;
            _own[~block] = null;
            _freeOwn.Push(~block);
            return;
        }

        _used -= Bytes(sizeClass);
        if (!IsOld(block, sizeClass))
            AddFree(block, sizeClass);
    }

    /// <summary>The bytes there is room for in a block.</summary>
    public int Capacity(int block, byte sizeClass) => sizeClass == OwnArray ? _own[~block]!.Length : Bytes(sizeClass);

    /// <summary>The first bytes of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Span(int block, int length) => block >= 0
        ? _chunks[block >> ChunkUnitBits].AsSpan((block & (ChunkUnits - 1)) << UnitBits, length)
        : _own[~block].AsSpan(0, length);

    /// <summary>From now on, blocks come from new chunks.</summary>
    public void BeginMove()
    {
        IsMoving = true;
        for (var i = 0; i < _chunks.Length; i++)
            _isOld[i] = _chunks[i] is not null;
        Array.Clear(_free);
        _next = _end = 0;
    }

    /// <summary>Whether a block is in a chunk that goes.</summary>
    public bool IsOld(int block, byte sizeClass) => sizeClass != OwnArray && _isOld[block >> ChunkUnitBits];

    /// <summary>Moves a block that is in a chunk that goes; tells where it is now.</summary>
    public int Move(int block, byte sizeClass)
    {
        var target = Allocate(sizeClass);
        var length = Bytes(sizeClass);
        Span(block, length).CopyTo(Span(target, length));
        _used -= length;
        return target;
    }

    /// <summary>No block in use is in an old chunk any more: lets these go.</summary>
    public void EndMove()
    {
        IsMoving = false;
        for (var i = 0; i < _chunks.Length; i++)
        {
            if (!_isOld[i])
                continue;
            _held -= _chunks[i]!.Length;
            _chunks[i] = null;
            _isOld[i] = false;
        }
    }

    /// <summary>Has the processor fetch a block. A hint, and of any thread: a block that is outdated or was never there does no harm.</summary>
    public unsafe void Prefetch(int block, int length)
    {
        if (!Sse.IsSupported)
            return;
        var arrays = block >= 0 ? Volatile.Read(ref _chunks) : Volatile.Read(ref _own);
        var (slot, at) = block >= 0 ? (block >> ChunkUnitBits, (block & (ChunkUnits - 1)) << UnitBits) : (~block, 0);
        if (slot >= arrays.Length || arrays[slot] is not { } array || at >= array.Length)
            return;
        var address = (byte*)Unsafe.AsPointer(ref array[at]);
        Sse.Prefetch0(address);
        Sse.Prefetch0(address + Math.Clamp(length - 1, 0, CacheLine));
    }

    static int Bytes(int sizeClass) => SizeClasses.Units(sizeClass) << UnitBits;

    int Allocate(int sizeClass)
    {
        var units = SizeClasses.Units(sizeClass);
        var block = _free[sizeClass];
        if (block != 0)
        {
            _free[sizeClass] = BinaryPrimitives.ReadInt32LittleEndian(Span(block, sizeof(int)));
        }
        else
        {
            if (_end - _next < units)
                MakeRoom(units);
            block = _next;
            _next += units;
        }

        _used += units << UnitBits;
        return block;
    }

    int AllocateOwn(int bytes)
    {
        if (!_freeOwn.TryPop(out var slot))
        {
            slot = _own.Length;
            Array.Resize(ref _own, Math.Max(4, slot * 2));
            for (var i = _own.Length - 1; i > slot; i--)
                _freeOwn.Push(i);
        }

        _own[slot] = GC.AllocateUninitializedArray<byte>(bytes);
        _ownBytes += bytes;
        return ~slot;
    }

    // The link is in the block's own bytes; no block is at 0.
    void AddFree(int block, int sizeClass)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Span(block, sizeof(int)), _free[sizeClass]);
        _free[sizeClass] = block;
    }

    void MakeRoom(int units)
    {
        while (_end - _next < units)
        {
            // A chunk that is smaller than the others is the first one and alone.
            if (_chunks[0] is { Length: < ChunkBytes } first)
            {
                GrowFirst(first);
                continue;
            }

            FreeRest();
            AddChunk();
        }
    }

    // The rest of the newest chunk, which is too small for the block at hand, is cut into blocks for others.
    void FreeRest()
    {
        while (_next < _end)
        {
            var sizeClass = SizeClasses.Within(_end - _next);
            AddFree(_next, sizeClass);
            _next += SizeClasses.Units(sizeClass);
        }
    }

    void GrowFirst(byte[] first)
    {
        var larger = GC.AllocateUninitializedArray<byte>(first.Length * 2);
        first.CopyTo(larger, 0);
        _chunks[0] = larger;
        _held += first.Length;
        _end = larger.Length >> UnitBits;
    }

    void AddChunk()
    {
        var slot = Array.IndexOf(_chunks, null);
        if (slot < 0)
        {
            slot = _chunks.Length;
            if (slot > int.MaxValue >> ChunkUnitBits)
                throw new InsufficientMemoryException("A table's cache has no room for more keys and values: 16 GiB of them wait to be stored.");
            Array.Resize(ref _isOld, slot * 2);
            Array.Resize(ref _chunks, slot * 2);
        }

        var bytes = _held == 0 ? FirstBytes : ChunkBytes;
        _chunks[slot] = GC.AllocateUninitializedArray<byte>(bytes);
        _held += bytes;
        _next = slot << ChunkUnitBits;
        _end = _next + (bytes >> UnitBits);
        if (_next == 0)
            _next++;
    }
}
