namespace GokaAkka.Storage.Tests;

/// <summary>What is written is what is read.</summary>
public abstract class ContentsConformance<TFixture> : StoreSuite<TFixture>
    where TFixture : IStoreFixture, new()
{
    // Each once fooled some store: goka's own offset key, no bytes at all, bytes that are no text, numbers in text, very long ones.
    static readonly Key[] OddKeys =
    [
        "__offset", "", StoreExtensions.Bytes(0), StoreExtensions.Bytes(0, 0), StoreExtensions.Bytes(0xff), StoreExtensions.Bytes(0xff, 0xff),
        StoreExtensions.Bytes(0xc3, 0x28), StoreExtensions.Bytes(0xed, 0xa0, 0x80), StoreExtensions.Bytes(0xef, 0xbf, 0xbd), "1", "01", "1.0", "1e0",
        "é", "e\u0301", "K", "k", "\u212a", "a b\tc\r\nd", "'\"\\;--", "null", new string('x', 255), new string('x', 256), new string('x', 1023),
        new string('x', 1024), new string('x', 1025), new string('x', 100_000),
    ];

    [StoreFact]
    public void Store_must_hold_nothing_when_it_is_new()
    {
        Store.Get("a"u8).ShouldBeNull();
        Store.Get(""u8).ShouldBeNull();
        Store.Has("a"u8).ShouldBeFalse();
        Store.Dump().ShouldBeEmpty();
    }

    [StoreFact]
    public void Store_must_keep_every_key_byte_for_byte()
    {
        using var batch = new WriteBatch();
        for (var i = 0; i < OddKeys.Length; i++)
            batch.Put(OddKeys[i].Span, Encoding.ASCII.GetBytes($"{i}"));
        Store.Apply(batch, new StorePosition(1, 1, 1));

        for (var i = 0; i < OddKeys.Length; i++)
        {
            Store.Text(OddKeys[i]).ShouldBe($"{i}", Convert.ToHexString(OddKeys[i].Span[..Math.Min(20, OddKeys[i].Length)]));
            Store.Has(OddKeys[i].Span).ShouldBeTrue();
        }

        var read = new List<Key>();
        using var iterator = Store.Iterate(KeyRange.All);
        while (iterator.Next())
            read.Add(Key.Copy(iterator.Key));
        read.ShouldBe(OddKeys.Order());
        Store.Position.ShouldBe(new StorePosition(1, 1, 1));
    }

    [StoreFact]
    public void Store_must_keep_every_value_byte_for_byte()
    {
        var random = new Random(1);
        byte[][] values = [[], [0], [0, 0, 0], [0xff, 0xfe], [.. Enumerable.Range(0, 256).Select(i => (byte)i)], new byte[10_000], new byte[1_500_000]];
        random.NextBytes(values[^2]);
        random.NextBytes(values[^1]);
        using var batch = new WriteBatch();
        for (var i = 0; i < values.Length; i++)
            batch.Put([(byte)i], values[i]);
        Store.Apply(batch, new StorePosition(1, 0, 0));

        using var iterator = Store.Iterate(KeyRange.All);
        for (var i = 0; i < values.Length; i++)
        {
            Store.Get([(byte)i]).ShouldBe(values[i]);
            iterator.Next().ShouldBeTrue();
            iterator.Value.SequenceEqual(values[i]).ShouldBeTrue($"value {i} of {values[i].Length} bytes");
        }
    }

    [StoreFact]
    public void Store_must_tell_an_empty_value_from_an_absent_one()
    {
        Store.Write(1, ("empty", ""), ("gone", "x"));
        Store.Write(2, ("gone", null));
        Store.Get("empty"u8).ShouldBe([]);
        Store.Has("empty"u8).ShouldBeTrue();
        Store.Get("gone"u8).ShouldBeNull();
        Store.Has("gone"u8).ShouldBeFalse();
        Store.Dump().ShouldBe(["empty="]);
    }

    [StoreFact]
    public void Store_must_show_the_last_write_of_a_key()
    {
        Store.Write(1, ("a", "1"), ("b", "1"), ("c", "1"), ("d", "1"));
        Store.Write(2, ("a", "a longer one"), ("b", ""), ("c", null), ("e", "new"), ("never there", null));
        Store.Write(3, ("c", "back"), ("d", "x"), ("d", null), ("f", null), ("f", "kept"));
        Store.Dump().ShouldBe(["a=a longer one", "b=", "c=back", "e=new", "f=kept"]);
        Store.Text("a").ShouldBe("a longer one");
    }

    [StoreFact]
    public void Store_must_be_untouched_by_changes_to_what_it_was_given_or_has_given()
    {
        using var batch = new WriteBatch();
        batch.Put("a"u8, "first"u8);
        Store.Apply(batch, new StorePosition(1, 0, 0));
        batch.Clear();
        batch.Put("b"u8, "other"u8);
        Store.Get("a"u8)!.AsSpan().Fill((byte)'!');
        Store.Text("a").ShouldBe("first");
        Store.Text("b").ShouldBeNull();
        Store.Dump().ShouldBe(["a=first"]);
    }

    [StoreFact]
    public void Store_must_hold_nothing_after_Clear_and_take_new_writes()
    {
        Store.Write(1, [.. Enumerable.Range(0, 5000).Select(i => (new Key($"k{i}"), (string?)"v"))]);
        Store.Clear();
        Store.Get("k1"u8).ShouldBeNull();
        Store.Dump().ShouldBeEmpty();
        Store.Write(2, ("a", "1"));
        Store.Dump().ShouldBe(["a=1"]);
    }

    // Engines that index a part of a long key only have to keep these apart.
    [StoreFact]
    public void Store_must_keep_keys_apart_and_in_order_that_share_a_long_start()
    {
        Key[] keys = [.. new[] { 509, 510, 511, 1000, 1023 }.Select(length => new string('x', length)).SelectMany(
            start => new[] { start, start + "a", start + "aa", start + "b", start + new string('z', 5000), start[1..] + "y" }).Distinct().Select(k => new Key(k))];
        Store.Write(1, [.. keys.Reverse().Select(key => (key, (string?)$"{key.Length}"))]);
        Store.Dump().ShouldBe(keys.Order().Select(key => $"{key}={key.Length}"));
        Store.Dump(KeyRange.Between(keys[1], keys[3])).ShouldBe(
            keys.Where(key => key.CompareTo(keys[1]) >= 0 && key.CompareTo(keys[3]) < 0).Order().Select(key => $"{key}={key.Length}"));
        Store.Write(2, (keys[1], null), (keys[4], "changed"), (keys[4] + "none", null));
        Store.Text(keys[1]).ShouldBeNull();
        Store.Text(keys[4]).ShouldBe("changed");
        Store.Write(3, [.. keys.Select(key => (key, (string?)null))]);
        Store.Dump().ShouldBeEmpty();
    }

    [StoreFact]
    public void Store_must_hold_a_large_batch_in_order()
    {
        var keys = Enumerable.Range(0, 20_000).Select(i => $"key-{i:D6}").ToArray();
        var shuffled = keys.ToArray();
        new Random(2).Shuffle(shuffled);
        Store.Write(1, [.. shuffled.Select(key => (new Key(key), (string?)key[4..]))]);
        Store.Dump().ShouldBe(keys.Select(key => $"{key}={key[4..]}"));
    }
}
