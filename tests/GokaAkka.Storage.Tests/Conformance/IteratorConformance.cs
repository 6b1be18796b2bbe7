namespace GokaAkka.Storage.Tests;

/// <summary>Ranges, order, Seek and snapshots.</summary>
public abstract class IteratorConformance<TFixture> : StoreSuite<TFixture>
    where TFixture : IStoreFixture, new()
{
    IStorage Letters()
    {
        var store = Open();
        store.Write(1, ("", "0"), ("a", "1"), ("aa", "2"), ("ab", "3"), ("b", "4"), ("ba", "5"), ("c", "6"), ("e", "7"));
        return store;
    }

    [StoreFact]
    public void Iterator_must_walk_over_all_keys_in_byte_order() =>
        Letters().Dump().ShouldBe(["=0", "a=1", "aa=2", "ab=3", "b=4", "ba=5", "c=6", "e=7"]);

    [StoreFact]
    public void Iterator_must_include_the_start_of_its_range_and_exclude_the_limit()
    {
        var store = Letters();
        store.Dump(KeyRange.Between("aa", "ba")).ShouldBe(["aa=2", "ab=3", "b=4"]);
        store.Dump(KeyRange.Between("aaa", "bb")).ShouldBe(["ab=3", "b=4", "ba=5"]);
        store.Dump(KeyRange.Between("", "a")).ShouldBe(["=0"]);
        store.Dump(KeyRange.From("c")).ShouldBe(["c=6", "e=7"]);
        store.Dump(KeyRange.From("")).Length.ShouldBe(8);
    }

    [StoreFact]
    public void Iterator_must_find_nothing_when_its_range_is_empty_reversed_or_past_the_end()
    {
        var store = Letters();
        store.Dump(KeyRange.Between("a", "a")).ShouldBeEmpty();
        store.Dump(KeyRange.Between("", "")).ShouldBeEmpty();
        store.Dump(KeyRange.Between("c", "a")).ShouldBeEmpty();
        store.Dump(KeyRange.Between("d", "dz")).ShouldBeEmpty();
        store.Dump(KeyRange.From("f")).ShouldBeEmpty();
    }

    [StoreFact]
    public void Iterator_must_find_exactly_the_keys_of_a_prefix()
    {
        var store = Letters();
        store.Dump(KeyRange.Prefix("a")).ShouldBe(["a=1", "aa=2", "ab=3"]);
        store.Dump(KeyRange.Prefix("ab")).ShouldBe(["ab=3"]);
        store.Dump(KeyRange.Prefix("d")).ShouldBeEmpty();
        store.Dump(KeyRange.Prefix("")).Length.ShouldBe(8);
    }

    [StoreFact]
    public void Iterator_must_find_the_keys_of_a_prefix_that_ends_with_0xff()
    {
        Key[] keys = [Bytes(0x61), Bytes(0x61, 0xff), Bytes(0x61, 0xff, 0x00), Bytes(0x61, 0xff, 0xff), Bytes(0x62), Bytes(0xff), Bytes(0xff, 0xff), Bytes(0xff, 0xff, 0x01)];
        Store.Write(1, [.. keys.Select(key => (key, (string?)""))]);
        Store.Dump(KeyRange.Prefix(Bytes(0x61, 0xff))).ShouldBe(["0x61FF=", "0x61FF00=", "0x61FFFF="]);
        Store.Dump(KeyRange.Prefix(Bytes(0xff))).ShouldBe(["0xFF=", "0xFFFF=", "0xFFFF01="]);
        Store.Dump(KeyRange.Prefix(Bytes(0xff, 0xff))).ShouldBe(["0xFFFF=", "0xFFFF01="]);
    }

    [StoreFact]
    public void Iterator_must_stay_at_its_end()
    {
        using var iterator = Letters().Iterate(KeyRange.Between("c", "d"));
        iterator.Next().ShouldBeTrue();
        iterator.Next().ShouldBeFalse();
        iterator.Next().ShouldBeFalse();
        iterator.Next().ShouldBeFalse();
    }

    [StoreFact]
    public void Seek_must_go_to_the_first_key_at_or_after_in_both_directions()
    {
        using var iterator = Letters().Iterate(KeyRange.All);
        After(iterator, "b").ShouldBe("b");
        After(iterator, "bb").ShouldBe("c");
        After(iterator, "a").ShouldBe("a");
        After(iterator, "aaa").ShouldBe("ab");
        After(iterator, "").ShouldBe("");
        iterator.Rest().ShouldBe(["a=1", "aa=2", "ab=3", "b=4", "ba=5", "c=6", "e=7"]);
        After(iterator, "d").ShouldBe("e");
        After(iterator, "e").ShouldBe("e");
    }

    [StoreFact]
    public void Seek_past_the_end_must_find_nothing_and_a_later_one_must_find_keys_again()
    {
        using var iterator = Letters().Iterate(KeyRange.All);
        After(iterator, "f").ShouldBeNull();
        iterator.Next().ShouldBeFalse();
        After(iterator, "ba").ShouldBe("ba");
        iterator.Rest().ShouldBe(["c=6", "e=7"]);
        After(iterator, "aa").ShouldBe("aa");
    }

    [StoreFact]
    public void Seek_must_not_leave_the_range()
    {
        using var iterator = Letters().Iterate(KeyRange.Between("aa", "c"));
        After(iterator, "").ShouldBe("aa");
        After(iterator, "c").ShouldBeNull();
        After(iterator, "z").ShouldBeNull();
        After(iterator, "ba").ShouldBe("ba");
        iterator.Next().ShouldBeFalse();
    }

    [StoreFact]
    public void Seek_must_work_on_an_empty_store_and_an_empty_range()
    {
        using var empty = Open(Id with { Partition = 4 }).Iterate(KeyRange.All);
        After(empty, "a").ShouldBeNull();
        using var reversed = Letters().Iterate(KeyRange.Between("c", "a"));
        After(reversed, "b").ShouldBeNull();
        After(reversed, "").ShouldBeNull();
        After(reversed, "c").ShouldBeNull();
    }

    [StoreFact]
    public void Iterator_must_show_the_store_as_it_was_when_it_was_made()
    {
        var store = Letters();
        using var started = store.Iterate(KeyRange.All);
        started.Next().ShouldBeTrue();
        using var untouched = store.Iterate(KeyRange.All);
        store.Write(2, ("a", "changed"), ("aa", null), ("new", "8"));
        using var later = store.Iterate(KeyRange.All);
        store.Clear();

        started.Rest().ShouldBe(["a=1", "aa=2", "ab=3", "b=4", "ba=5", "c=6", "e=7"]);
        untouched.Rest().ShouldBe(["=0", "a=1", "aa=2", "ab=3", "b=4", "ba=5", "c=6", "e=7"]);
        later.Rest().ShouldBe(["=0", "a=changed", "ab=3", "b=4", "ba=5", "c=6", "e=7", "new=8"]);
        After(started, "a").ShouldBe("a");
        started.Rest().ShouldBe(["aa=2", "ab=3", "b=4", "ba=5", "c=6", "e=7"]);
        store.Dump().ShouldBeEmpty();
    }

    [StoreFact]
    public void Iterator_that_stays_open_must_not_hinder_the_writer()
    {
        var store = Letters();
        using var old = store.Iterate(KeyRange.All);
        for (var round = 1; round <= 50; round++)
            store.Write(round + 1, [.. Enumerable.Range(0, 200).Select(i => (new Key($"k{i}"), (string?)new string((char)('a' + (round % 26)), 500)))]);
        store.Text("k7").ShouldBe(new string((char)('a' + (50 % 26)), 500));
        store.Position.NextOffset.ShouldBe(51);
        old.Rest().Length.ShouldBe(8);
    }

    [StoreFact]
    public void Iterator_must_not_outlive_itself_or_its_store()
    {
        var store = Letters();
        var disposed = store.Iterate(KeyRange.All);
        disposed.Next();
        disposed.Dispose();
        disposed.Dispose();
        Should.Throw<ObjectDisposedException>(() => disposed.Next());
        using var orphan = store.Iterate(KeyRange.All);
        orphan.Next();
        store.Dispose();
        Should.Throw<ObjectDisposedException>(() => orphan.Next());
        Should.Throw<ObjectDisposedException>(() => orphan.Seek("a"u8));
    }

    static Key Bytes(params byte[] bytes) => new(bytes);

    static string? After(IStorageIterator iterator, Key key)
    {
        iterator.Seek(key.Span);
        return iterator.Next() ? System.Text.Encoding.ASCII.GetString(iterator.Key) : null;
    }
}
