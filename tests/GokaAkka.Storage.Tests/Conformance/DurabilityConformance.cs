namespace GokaAkka.Storage.Tests;

/// <summary>What stores do whose contents outlive the process.</summary>
public abstract class DurabilityConformance<TFixture> : StoreSuite<TFixture>
    where TFixture : IStoreFixture, new()
{
    /// <summary>What a store with a value of 100,000 equal letters takes at least.</summary>
    protected virtual long LeastSize => 100_000;

    [StoreFact]
    public void Provider_must_say_that_its_stores_are_durable() => Provider.IsDurable.ShouldBeTrue();

    [StoreFact]
    public void Store_must_keep_its_position_when_it_is_reopened()
    {
        var position = new StorePosition(long.MaxValue, ulong.MaxValue, long.MaxValue);
        using (var store = Open())
        {
            using var batch = new WriteBatch();
            batch.Put("a"u8, "1"u8);
            store.Apply(batch, position);
        }

        Open(Fixture.NewProvider()).Position.ShouldBe(position);
    }

    [StoreFact]
    public void Store_must_be_as_new_when_it_is_reopened_after_Clear()
    {
        using (var store = Open())
        {
            store.Write(1, ("a", "1"));
            store.Clear();
        }

        Open(Fixture.NewProvider()).Position.ShouldBe(StorePosition.None);
    }

    [StoreFact]
    public void Store_must_tell_what_it_takes_on_disk_if_it_knows_also_when_it_is_closed()
    {
        Store.Write(1, ("a", new string('x', 100_000)));
        if (Store.SizeBytes is { } size)
            size.ShouldBeGreaterThan(LeastSize);

        Store.Dispose();
        Should.NotThrow(() => Store.SizeBytes);
    }

    [StoreFact]
    public void Store_must_be_locked_for_a_second_owner_until_the_first_closes_it()
    {
        var first = Open();
        var error = Should.Throw<StorageLockedException>(() => Fixture.NewProvider().Open(Id));
        error.Message.ShouldContain("clicks-table");
        error.Message.ShouldContain($"{Environment.ProcessId}");
        first.Write(1, ("a", "1"));
        first.Dispose();
        Open(Fixture.NewProvider()).Position.NextOffset.ShouldBe(1);
    }
}

/// <summary>What stores do whose contents outlive the process and can be read.</summary>
public abstract class DurableContentsConformance<TFixture> : StoreSuite<TFixture>
    where TFixture : IStoreFixture, new()
{
    [StoreFact]
    public void Store_must_keep_its_contents_when_it_is_reopened()
    {
        using (var store = Open())
        {
            store.Write(1, ("", "0"), ("__offset", "1"), ("a", "1"), (StoreExtensions.Bytes(0xff, 0), "2"));
            store.Write(2, ("a", null), ("b", ""));
        }

        var reopened = Open(Fixture.NewProvider());
        reopened.Dump().ShouldBe(["=0", "__offset=1", "b=", "0xFF00=2"]);
        reopened.Get("b"u8).ShouldBe([]);
        reopened.Write(3, ("c", "3"));
        reopened.Dump().Length.ShouldBe(5);
    }

    [StoreFact]
    public void Store_must_hold_nothing_when_it_is_reopened_after_Clear()
    {
        using (var store = Open())
        {
            store.Write(1, ("a", "1"), ("b", "2"));
            store.Clear();
            store.Write(2, ("c", "3"));
        }

        var reopened = Open(Fixture.NewProvider());
        reopened.Dump().ShouldBe(["c=3"]);
        reopened.Position.NextOffset.ShouldBe(2);
    }
}
