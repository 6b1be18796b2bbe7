namespace GokaAkka.Storage.Tests;

public sealed class WriteBatchTests
{
    [Fact]
    public void Batch_must_be_empty_when_it_is_new()
    {
        using var batch = new WriteBatch();
        batch.Count.ShouldBe(0);
        batch.Bytes.ShouldBe(0);
        batch.TryGet("a"u8, out _, out _).ShouldBeFalse();
        batch.InKeyOrder().MoveNext().ShouldBeFalse();
    }

    [Fact]
    public void Later_write_of_a_key_must_replace_the_earlier_one()
    {
        using var batch = new WriteBatch();
        batch.Put("shrinks"u8, "a long value"u8);
        batch.Put("shrinks"u8, "short"u8);
        batch.Put("grows"u8, "short"u8);
        batch.Put("grows"u8, "a long value"u8);
        batch.Put("empties"u8, "x"u8);
        batch.Put("empties"u8, ""u8);
        batch.Put("goes"u8, "x"u8);
        batch.Delete("goes"u8);
        batch.Delete("comes"u8);
        batch.Put("comes"u8, "x"u8);
        batch.Put(""u8, "no key"u8);
        batch.Count.ShouldBe(6);
        Dump(batch).ShouldBe(["=no key", "comes=x", "empties=", "goes deleted", "grows=a long value", "shrinks=short"]);
    }

    [Fact]
    public void TryGet_must_tell_a_put_an_empty_put_and_a_deletion_apart()
    {
        using var batch = new WriteBatch();
        batch.Put("a"u8, "1"u8);
        batch.Put("b"u8, ""u8);
        batch.Delete("c"u8);
        batch.TryGet("a"u8, out var value, out var isDelete).ShouldBeTrue();
        Encoding.ASCII.GetString(value).ShouldBe("1");
        isDelete.ShouldBeFalse();
        batch.TryGet("b"u8, out value, out isDelete).ShouldBeTrue();
        value.Length.ShouldBe(0);
        isDelete.ShouldBeFalse();
        batch.TryGet("c"u8, out value, out isDelete).ShouldBeTrue();
        value.Length.ShouldBe(0);
        isDelete.ShouldBeTrue();
        batch.TryGet("d"u8, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void Batch_must_forget_everything_when_it_is_cleared_and_be_usable_again()
    {
        using var batch = new WriteBatch();
        for (var i = 0; i < 1000; i++)
            batch.Put(Encoding.ASCII.GetBytes($"k{i}"), "v"u8);
        batch.Clear();
        batch.Count.ShouldBe(0);
        batch.Bytes.ShouldBe(0);
        batch.TryGet("k5"u8, out _, out _).ShouldBeFalse();
        batch.Put("k5"u8, "new"u8);
        Dump(batch).ShouldBe(["k5=new"]);
    }

    [Fact]
    public void Batch_must_do_as_an_ordered_dictionary_does()
    {
        var random = new Random(5);
        using var batch = new WriteBatch();
        for (var round = 0; round < 30; round++)
        {
            batch.Clear();
            var model = new SortedDictionary<Key, byte[]?>();
            for (var i = random.Next(3000); i > 0; i--)
            {
                var key = new byte[random.Next(4)];
                random.NextBytes(key);
                if (random.Next(3) == 0)
                {
                    batch.Delete(key);
                    model[new Key(key)] = null;
                }
                else
                {
                    var value = new byte[random.Next(200)];
                    random.NextBytes(value);
                    batch.Put(key, value);
                    model[new Key(key)] = value;
                }
            }

            batch.Count.ShouldBe(model.Count);
            var sorted = batch.InKeyOrder();
            foreach (var (key, value) in model)
            {
                sorted.MoveNext().ShouldBeTrue();
                Key.Copy(sorted.Key).ShouldBe(key);
                sorted.IsDelete.ShouldBe(value is null);
                sorted.Value.SequenceEqual(value).ShouldBeTrue();
                batch.TryGet(key.Span, out var found, out var isDelete).ShouldBeTrue();
                found.SequenceEqual(value).ShouldBeTrue();
                isDelete.ShouldBe(value is null);
            }

            sorted.MoveNext().ShouldBeFalse();
        }
    }

    [Fact]
    public void Writes_after_a_walk_must_be_in_the_next_walk()
    {
        using var batch = new WriteBatch();
        batch.Put("b"u8, "1"u8);
        Dump(batch).ShouldBe(["b=1"]);
        batch.Put("a"u8, "2"u8);
        for (var i = 0; i < 500; i++)
            batch.Delete(Encoding.ASCII.GetBytes($"c{i:D3}"));
        Dump(batch)[..3].ShouldBe(["a=2", "b=1", "c000 deleted"]);
    }

    [Fact]
    public void Keys_that_differ_late_or_in_length_alone_must_be_in_order()
    {
        using var batch = new WriteBatch();
        Key[] keys = [.. from start in (string[])["", "the same start for all of them "] from end in (string[])["", "\0", "\0\0", "a", "a\0", "a\0\0\0\0\0\0\0\0", "a\0b", "aaaaaaaa", "aaaaaaaab", "\u007f"]
                        select new Key(start + end)];
        foreach (var key in keys.Reverse())
            batch.Put(key.Span, "x"u8);
        var found = new List<Key>();
        for (var sorted = batch.InKeyOrder(); sorted.MoveNext();)
            found.Add(Key.Copy(sorted.Key));
        found.ShouldBe(keys.Order());
    }

    [Fact]
    public void Keys_that_were_added_as_new_must_be_found_and_replaced_by_later_writes()
    {
        using var batch = new WriteBatch();
        for (var round = 0; round < 2; round++)
        {
            batch.Put("first"u8, "0"u8);
            for (var i = 0; i < 1000; i++)
            {
                var key = Encoding.ASCII.GetBytes($"k{i}");
                if (i % 3 == 0)
                    batch.DeleteNew(KeyHash.Compute(key), key);
                else
                    batch.PutNew(KeyHash.Compute(key), key, "1"u8);
            }

            batch.Put("k999"u8, "2"u8);
            batch.Delete("first"u8);
            batch.Count.ShouldBe(1001);
            batch.TryGet("k1"u8, out var value, out _).ShouldBeTrue();
            Encoding.ASCII.GetString(value).ShouldBe("1");
            batch.TryGet("k3"u8, out _, out var isDelete).ShouldBeTrue();
            isDelete.ShouldBeTrue();
            batch.TryGet("k1000"u8, out _, out _).ShouldBeFalse();
            var dump = Dump(batch);
            dump.Length.ShouldBe(1001);
            dump[0].ShouldBe("first deleted");
            dump[^1].ShouldBe("k999=2");
            batch.Clear();
        }
    }

    static string[] Dump(WriteBatch batch)
    {
        var writes = new List<string>();
        for (var sorted = batch.InKeyOrder(); sorted.MoveNext();)
            writes.Add($"{Encoding.ASCII.GetString(sorted.Key)}{(sorted.IsDelete ? " deleted" : "=" + Encoding.ASCII.GetString(sorted.Value))}");
        return [.. writes];
    }
}
