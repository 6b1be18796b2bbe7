using System.Numerics;

namespace GokaAkka.Tables;

/// <summary>
/// The sizes of the blocks of a <see cref="ByteArena"/>, in units of 8 bytes: every one up to 128 B, then eight to each doubling, so that a block
/// is at most an eighth larger than what is in it, or 8 B.
/// </summary>
static class SizeClasses
{
    public const int UnitBytes = 1 << UnitBits;
    public const int UnitBits = 3;

    /// <summary>The largest block.</summary>
    public const int LargestBytes = 32 * 1024;

    /// <summary>Number of classes.</summary>
    public const int Count = 80;

    const int Exact = 16;

    /// <summary>The smallest class with room for so many bytes, which are no more than <see cref="LargestBytes"/>.</summary>
    public static int Of(int bytes)
    {
        var last = bytes <= UnitBytes ? 0 : (bytes - 1) >> UnitBits;
        if (last < Exact)
            return last;
        var shift = BitOperations.Log2((uint)last) - 3;
        return Exact + (shift - 1) * 8 + (last >> shift) - 8;
    }

    /// <summary>The units of a block of a class.</summary>
    public static int Units(int sizeClass)
    {
        if (sizeClass < Exact)
            return sizeClass + 1;
        var step = sizeClass - Exact;
        return (9 + (step & 7)) << ((step >> 3) + 1);
    }

    /// <summary>The largest class whose blocks are no larger than so many units, of which there is one at least.</summary>
    public static int Within(int units)
    {
        var sizeClass = Of(Math.Min(units * UnitBytes, LargestBytes));
        return Units(sizeClass) <= units ? sizeClass : sizeClass - 1;
    }

    /// <summary>So many bytes rounded up as a class would round them, whatever their number.</summary>
    public static int RoundUp(int bytes)
    {
        var step = Math.Max(UnitBytes, (int)(BitOperations.RoundUpToPowerOf2((uint)bytes) / 16));
        return (int)Math.Min(((uint)bytes + (uint)step - 1) / (uint)step * (uint)step, (uint)Array.MaxLength);
    }
}
