namespace GokaAkka.Storage.Tests;

public sealed class WriteBatchTests : IDisposable
{
    readonly WriteBatch _batch = new();

    public void Dispose() => _batch.Dispose();

    [Fact]
    public void Batch_must_be_empty_when_it_is_new()
    {
        _batch.Count.ShouldBe(0);
        _batch.Bytes.ShouldBe(0);
        _batch.TryGet("a"u8, out _, out _).ShouldBeFalse();
        _batch.InKeyOrder().MoveNext().ShouldBeFalse();
    }

    [Fact]
    public void Later_write_of_a_key_must_replace_the_earlier_one()
    {
        _batch.Put("shrinks"u8, "a long value"u8);
        _batch.Put("shrinks"u8, "short"u8);
        _batch.Put("grows"u8, "short"u8);
        _batch.Put("grows"u8, "a long value"u8);
        _batch.Put("empties"u8, "x"u8);
        _batch.Put("empties"u8, ""u8);
        _batch.Put("goes"u8, "x"u8);
        _batch.Delete("goes"u8);
        _batch.Delete("comes"u8);
        _batch.Put("comes"u8, "x"u8);
        _batch.Put(""u8, "no key"u8);
        _batch.Count.ShouldBe(6);
        Dump().ShouldBe(["=no key", "comes=x", "empties=", "goes deleted", "grows=a long value", "shrinks=short"]);
    }

    [Fact]
    public void TryGet_must_tell_a_put_an_empty_put_and_a_deletion_apart()
    {
        _batch.Put("a"u8, "1"u8);
        _batch.Put("b"u8, ""u8);
        _batch.Delete("c"u8);
        _batch.TryGet("a"u8, out var value, out var isDelete).ShouldBeTrue();
        Encoding.ASCII.GetString(value).ShouldBe("1");
        isDelete.ShouldBeFalse();
        _batch.TryGet("b"u8, out value, out isDelete).ShouldBeTrue();
        value.Length.ShouldBe(0);
        isDelete.ShouldBeFalse();
        _batch.TryGet("c"u8, out value, out isDelete).ShouldBeTrue();
        value.Length.ShouldBe(0);
        isDelete.ShouldBeTrue();
        _batch.TryGet("d"u8, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void Batch_must_forget_everything_when_it_is_cleared_and_be_usable_again()
    {
        for (var i = 0; i < 1000; i++)
            _batch.Put(Encoding.ASCII.GetBytes($"k{i}"), "v"u8);
        _batch.Clear();
        _batch.Count.ShouldBe(0);
        _batch.Bytes.ShouldBe(0);
        _batch.TryGet("k5"u8, out _, out _).ShouldBeFalse();
        _batch.Put("k5"u8, "new"u8);
        Dump().ShouldBe(["k5=new"]);
    }

    [Fact]
    public void Batch_must_do_as_an_ordered_dictionary_does()
    {
        var random = new Random(5);
        for (var round = 0; round < 30; round++)
        {
            _batch.Clear();
            var model = new SortedDictionary<Key, byte[]?>();
            for (var i = random.Next(3000); i > 0; i--)
            {
                var key = new byte[random.Next(4)];
                random.NextBytes(key);
                if (random.Next(3) == 0)
                {
                    _batch.Delete(key);
                    model[new Key(key)] = null;
                }
                else
                {
                    var value = new byte[random.Next(200)];
                    random.NextBytes(value);
                    _batch.Put(key, value);
                    model[new Key(key)] = value;
                }
            }

            _batch.Count.ShouldBe(model.Count);
            var sorted = _batch.InKeyOrder();
            foreach (var (key, value) in model)
            {
                sorted.MoveNext().ShouldBeTrue();
                Key.Copy(sorted.Key).ShouldBe(key);
                sorted.IsDelete.ShouldBe(value is null);
                sorted.Value.SequenceEqual(value).ShouldBeTrue();
                _batch.TryGet(key.Span, out var found, out var isDelete).ShouldBeTrue();
                found.SequenceEqual(value).ShouldBeTrue();
                isDelete.ShouldBe(value is null);
            }

            sorted.MoveNext().ShouldBeFalse();
        }
    }

    [Fact]
    public void Writes_after_a_walk_must_be_in_the_next_walk()
    {
        _batch.Put("b"u8, "1"u8);
        Dump().ShouldBe(["b=1"]);
        _batch.Put("a"u8, "2"u8);
        for (var i = 0; i < 500; i++)
            _batch.Delete(Encoding.ASCII.GetBytes($"c{i:D3}"));
        Dump()[..3].ShouldBe(["a=2", "b=1", "c000 deleted"]);
    }

    [Fact]
    public void Keys_that_differ_late_or_in_length_alone_must_be_in_order()
    {
        Key[] keys = [.. from start in (string[])["", "the same start for all of them "] from end in (string[])["", "\0", "\0\0", "a", "a\0", "a\0\0\0\0\0\0\0\0", "a\0b", "aaaaaaaa", "aaaaaaaab", "\u007f"]
                        select new Key(start + end)];
        foreach (var key in keys.Reverse())
            _batch.Put(key.Span, "x"u8);
        var found = new List<Key>();
        for (var sorted = _batch.InKeyOrder(); sorted.MoveNext();)
            found.Add(Key.Copy(sorted.Key));
        found.ShouldBe(keys.Order());
    }

    [Fact]
    public void Keys_that_were_added_as_new_must_be_found_and_replaced_by_later_writes()
    {
        for (var round = 0; round < 2; round++)
        {
            _batch.Put("first"u8, "0"u8);
            for (var i = 0; i < 1000; i++)
            {
                var key = Encoding.ASCII.GetBytes($"k{i}");
                if (i % 3 == 0)
                    _batch.DeleteNew(KeyHash.Compute(key), key);
                else
                    _batch.PutNew(KeyHash.Compute(key), key, "1"u8);
            }

            _batch.Put("k999"u8, "2"u8);
            _batch.Delete("first"u8);
            _batch.Count.ShouldBe(1001);
            _batch.TryGet("k1"u8, out var value, out _).ShouldBeTrue();
            Encoding.ASCII.GetString(value).ShouldBe("1");
            _batch.TryGet("k3"u8, out _, out var isDelete).ShouldBeTrue();
            isDelete.ShouldBeTrue();
            _batch.TryGet("k1000"u8, out _, out _).ShouldBeFalse();
            var dump = Dump();
            dump.Length.ShouldBe(1001);
            dump[0].ShouldBe("first deleted");
            dump[^1].ShouldBe("k999=2");
            _batch.Clear();
        }
    }

    string[] Dump()
    {
        var writes = new List<string>();
        for (var sorted = _batch.InKeyOrder(); sorted.MoveNext();)
            writes.Add($"{Encoding.ASCII.GetString(sorted.Key)}{(sorted.IsDelete ? " deleted" : "=" + Encoding.ASCII.GetString(sorted.Value))}");
        return [.. writes];
    }
}
