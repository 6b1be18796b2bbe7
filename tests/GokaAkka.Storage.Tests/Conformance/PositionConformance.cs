namespace GokaAkka.Storage.Tests;

/// <summary>What every store does, also one that cannot be read.</summary>
public abstract class PositionConformance<TFixture> : StoreSuite<TFixture>
    where TFixture : IStoreFixture, new()
{
    [StoreFact]
    public void Store_must_be_at_no_position_when_it_is_new() => Open().Position.ShouldBe(StorePosition.None);

    [StoreFact]
    public void Store_must_take_the_whole_position_of_each_batch()
    {
        var position = new StorePosition(long.MaxValue, ulong.MaxValue, 1_700_000_000_123);
        using var batch = new WriteBatch();
        batch.Put("k"u8, "v"u8);
        Store.Apply(batch, position);
        Store.Position.ShouldBe(position);
    }

    [StoreFact]
    public void Store_must_move_its_position_when_a_batch_holds_no_writes()
    {
        Store.Write(7, ("a", "1"));
        Store.Write(9);
        Store.Position.NextOffset.ShouldBe(9);
    }

    [StoreFact]
    public void Store_must_be_at_no_position_after_Clear()
    {
        Store.Write(7, ("a", "1"));
        Store.Clear();
        Store.Position.ShouldBe(StorePosition.None);
    }

    [StoreFact]
    public void Store_must_keep_stores_of_other_owners_topics_and_partitions_apart()
    {
        StorageId[] ids =
        [
            new("shop", "clicks-table", 3), new("shop", "clicks-table", 30), new("shop", "clicks-table.3", 0), new("shop", "Clicks-table", 3),
            new("Shop", "clicks-table", 3), new("shop/clicks-table", "x", 3), new("..", "clicks-table", 3), new("", "clicks-table", 3),
            new("läden und mehr:*", "clicks-table", 3), new("con", "nul", 0), new(new string('g', 249), new string('t', 249), int.MaxValue),
        ];
        var stores = ids.Select(id => Open(id)).ToArray();
        for (var i = 0; i < stores.Length; i++)
            stores[i].Write(i + 1, ("k", $"{i}"));
        stores.Select(store => store.Position.NextOffset).ShouldBe(Enumerable.Range(1, ids.Length).Select(i => (long)i));
    }

    [StoreFact]
    public void Store_must_refuse_to_be_used_after_it_was_closed()
    {
        Store.Dispose();
        Store.Dispose();
        Should.Throw<ObjectDisposedException>(() => Store.Position);
        Should.Throw<ObjectDisposedException>(() => Store.Write(1, ("a", "1")));
        Should.Throw<ObjectDisposedException>(() => Store.Get("a"u8));
        Should.Throw<ObjectDisposedException>(() => Store.Has("a"u8));
        Should.Throw<ObjectDisposedException>(() => Store.Iterate(KeyRange.All));
        Should.Throw<ObjectDisposedException>(() => Store.Clear());
    }
}
