namespace GokaAkka.Storage.Tests;

/// <summary>What stores do that take writes and show none.</summary>
public abstract class WriteOnlyConformance<TFixture> : StoreSuite<TFixture>
    where TFixture : IStoreFixture, new()
{
    [StoreFact]
    public void Store_must_show_no_key_that_was_written()
    {
        var store = Open();
        store.Write(1, ("a", "1"), ("", "2"));
        store.Get("a"u8).ShouldBeNull();
        store.Has("a"u8).ShouldBeFalse();
        store.Dump().ShouldBeEmpty();
        using var iterator = store.Iterate(KeyRange.All);
        iterator.Seek("a"u8);
        iterator.Next().ShouldBeFalse();
    }
}
