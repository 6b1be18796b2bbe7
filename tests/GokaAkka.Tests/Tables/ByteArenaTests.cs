namespace GokaAkka.Tests.Tables;

public sealed class ByteArenaTests
{
    [Fact]
    public void A_block_has_room_for_what_was_asked_and_at_most_an_eighth_or_8_bytes_more()
    {
        for (var bytes = 0; bytes <= SizeClasses.LargestBytes; bytes++)
        {
            var room = SizeClasses.Units(SizeClasses.Of(bytes)) * SizeClasses.UnitBytes;
            room.ShouldBeInRange(bytes, Math.Max(bytes + 8, bytes * 9 / 8), $"{bytes} bytes");
        }

        SizeClasses.Of(SizeClasses.LargestBytes).ShouldBe(SizeClasses.Count - 1);
    }

    [Theory]
    [InlineData(32_769)]
    [InlineData(100_000)]
    [InlineData(1_048_576)]
    [InlineData(1_048_577)]
    [InlineData(0x7fff_ffc7)]
    public void An_array_of_its_own_is_rounded_as_a_block_is(int bytes) =>
        SizeClasses.RoundUp(bytes).ShouldBeInRange(bytes, (int)Math.Min(bytes * 9L / 8, Array.MaxLength));

    [Fact]
    public void The_largest_class_within_a_rest_is_no_larger_and_the_next_one_is()
    {
        for (var units = 1; units <= 32 * 1024; units++)
        {
            var found = SizeClasses.Within(units);
            SizeClasses.Units(found).ShouldBeLessThanOrEqualTo(units);
            if (found + 1 < SizeClasses.Count)
                SizeClasses.Units(found + 1).ShouldBeGreaterThan(units);
        }
    }

    /// <summary>Random blocks, each full of a byte of its own: one that overlapped another would change it.</summary>
    [Fact]
    public void Blocks_keep_their_bytes_whatever_is_taken_given_back_and_moved_beside_them()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var arena = new ByteArena();
        var blocks = new List<Block>();
        var moves = 0;

        for (var step = 0; step < 30_000; step++)
        {
            // Now more are taken, now more are given back.
            var taken = random.Next(10) < (step / 5000 % 2 == 0 ? 7 : 3);
            if (taken)
                blocks.Add(Take(arena, (int)Math.Pow(2, random.NextDouble() * 16), (byte)step));
            else if (blocks.Count > 0)
                GiveBack(arena, blocks, random.Next(blocks.Count), $"seed {seed}, step {step}");

            if (!arena.IsMoving && arena.IsWasteful)
            {
                MoveAll(arena, blocks);
                moves++;
            }

            arena.UsedBytes.ShouldBeLessThanOrEqualTo(arena.HeldBytes);
            arena.HeldBytes.ShouldBeLessThanOrEqualTo(2 * arena.UsedBytes + 2 * ByteArena.ChunkBytes, $"seed {seed}, step {step}");
        }

        moves.ShouldBeGreaterThan(0, $"seed {seed}");
        while (blocks.Count > 0)
            GiveBack(arena, blocks, blocks.Count - 1, $"seed {seed}");
        arena.UsedBytes.ShouldBe(0);
    }

    static Block Take(ByteArena arena, int length, byte mark)
    {
        var name = arena.Allocate(length, out var sizeClass);
        arena.Capacity(name, sizeClass).ShouldBeGreaterThanOrEqualTo(length);
        arena.Span(name, length).Fill(mark);
        return new Block(name, sizeClass, length, mark);
    }

    static void GiveBack(ByteArena arena, List<Block> blocks, int which, string where)
    {
        var block = blocks[which];
        arena.Span(block.Name, block.Length).ContainsAnyExcept(block.Mark).ShouldBeFalse(where);
        arena.Free(block.Name, block.SizeClass);
        blocks[which] = blocks[^1];
        blocks.RemoveAt(blocks.Count - 1);
    }

    static void MoveAll(ByteArena arena, List<Block> blocks)
    {
        arena.BeginMove();
        for (var i = 0; i < blocks.Count; i++)
        {
            var block = blocks[i];
            if (arena.IsOld(block.Name, block.SizeClass))
                blocks[i] = block with { Name = arena.Move(block.Name, block.SizeClass) };
        }

        arena.EndMove();
    }

    sealed record Block(int Name, byte SizeClass, int Length, byte Mark);
}
