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
        var store = Open();
        store.Get("a"u8).ShouldBeNull();
        store.Get(""u8).ShouldBeNull();
        store.Has("a"u8).ShouldBeFalse();
        store.Dump().ShouldBeEmpty();
    }

    [StoreFact]
    public void Store_must_keep_every_key_byte_for_byte()
    {
        var store = Open();
        using var batch = new WriteBatch();
        for (var i = 0; i < OddKeys.Length; i++)
            batch.Put(OddKeys[i].Span, Encoding.ASCII.GetBytes($"{i}"));
        store.Apply(batch, new StorePosition(1, 1, 1));

        for (var i = 0; i < OddKeys.Length; i++)
        {
            store.Text(OddKeys[i]).ShouldBe($"{i}", Convert.ToHexString(OddKeys[i].Span[..Math.Min(20, OddKeys[i].Length)]));
            store.Has(OddKeys[i].Span).ShouldBeTrue();
        }

        var read = new List<Key>();
        using var iterator = store.Iterate(KeyRange.All);
        while (iterator.Next())
            read.Add(Key.Copy(iterator.Key));
        read.ShouldBe(OddKeys.Order());
        store.Position.ShouldBe(new StorePosition(1, 1, 1));
    }

    [StoreFact]
    public void Store_must_keep_every_value_byte_for_byte()
    {
        var store = Open();
        var random = new Random(1);
        byte[][] values = [[], [0], [0, 0, 0], [0xff, 0xfe], [.. Enumerable.Range(0, 256).Select(i => (byte)i)], new byte[10_000], new byte[1_500_000]];
        random.NextBytes(values[^2]);
        random.NextBytes(values[^1]);
        using var batch = new WriteBatch();
        for (var i = 0; i < values.Length; i++)
            batch.Put([(byte)i], values[i]);
        store.Apply(batch, new StorePosition(1, 0, 0));

        using var iterator = store.Iterate(KeyRange.All);
        for (var i = 0; i < values.Length; i++)
        {
            store.Get([(byte)i]).ShouldBe(values[i]);
            iterator.Next().ShouldBeTrue();
            iterator.Value.SequenceEqual(values[i]).ShouldBeTrue($"value {i} of {values[i].Length} bytes");
        }
    }

    [StoreFact]
    public void Store_must_tell_an_empty_value_from_an_absent_one()
    {
        var store = Open();
        store.Write(1, ("empty", ""), ("gone", "x"));
        store.Write(2, ("gone", null));
        store.Get("empty"u8).ShouldBe([]);
        store.Has("empty"u8).ShouldBeTrue();
        store.Get("gone"u8).ShouldBeNull();
        store.Has("gone"u8).ShouldBeFalse();
        store.Dump().ShouldBe(["empty="]);
    }

    [StoreFact]
    public void Store_must_show_the_last_write_of_a_key()
    {
        var store = Open();
        store.Write(1, ("a", "1"), ("b", "1"), ("c", "1"), ("d", "1"));
        store.Write(2, ("a", "a longer one"), ("b", ""), ("c", null), ("e", "new"), ("never there", null));
        store.Write(3, ("c", "back"), ("d", "x"), ("d", null), ("f", null), ("f", "kept"));
        store.Dump().ShouldBe(["a=a longer one", "b=", "c=back", "e=new", "f=kept"]);
        store.Text("a").ShouldBe("a longer one");
    }

    [StoreFact]
    public void Store_must_be_untouched_by_changes_to_what_it_was_given_or_has_given()
    {
        var store = Open();
        using var batch = new WriteBatch();
        batch.Put("a"u8, "first"u8);
        store.Apply(batch, new StorePosition(1, 0, 0));
        batch.Clear();
        batch.Put("b"u8, "other"u8);
        store.Get("a"u8)!.AsSpan().Fill((byte)'!');
        store.Text("a").ShouldBe("first");
        store.Text("b").ShouldBeNull();
        store.Dump().ShouldBe(["a=first"]);
    }

    [StoreFact]
    public void Store_must_hold_nothing_after_Clear_and_take_new_writes()
    {
        var store = Open();
        store.Write(1, [.. Enumerable.Range(0, 5000).Select(i => (new Key($"k{i}"), (string?)"v"))]);
        store.Clear();
        store.Get("k1"u8).ShouldBeNull();
        store.Dump().ShouldBeEmpty();
        store.Write(2, ("a", "1"));
        store.Dump().ShouldBe(["a=1"]);
    }

    // Engines that index a part of a long key only have to keep these apart.
    [StoreFact]
    public void Store_must_keep_keys_apart_and_in_order_that_share_a_long_start()
    {
        var store = Open();
        Key[] keys = [.. new[] { 509, 510, 511, 1000, 1023 }.Select(length => new string('x', length)).SelectMany(
            start => new[] { start, start + "a", start + "aa", start + "b", start + new string('z', 5000), start[1..] + "y" }).Distinct().Select(k => new Key(k))];
        store.Write(1, [.. keys.Reverse().Select(key => (key, (string?)$"{key.Length}"))]);
        store.Dump().ShouldBe(keys.Order().Select(key => $"{key}={key.Length}"));
        store.Dump(KeyRange.Between(keys[1], keys[3])).ShouldBe(
            keys.Where(key => key.CompareTo(keys[1]) >= 0 && key.CompareTo(keys[3]) < 0).Order().Select(key => $"{key}={key.Length}"));
        store.Write(2, (keys[1], null), (keys[4], "changed"), (keys[4] + "none", null));
        store.Text(keys[1]).ShouldBeNull();
        store.Text(keys[4]).ShouldBe("changed");
        store.Write(3, [.. keys.Select(key => (key, (string?)null))]);
        store.Dump().ShouldBeEmpty();
    }

    [StoreFact]
    public void Store_must_hold_a_large_batch_in_order()
    {
        var store = Open();
        var keys = Enumerable.Range(0, 20_000).Select(i => $"key-{i:D6}").ToArray();
        var shuffled = keys.ToArray();
        new Random(2).Shuffle(shuffled);
        store.Write(1, [.. shuffled.Select(key => (new Key(key), (string?)key[4..]))]);
        store.Dump().ShouldBe(keys.Select(key => $"{key}={key[4..]}"));
    }
}
