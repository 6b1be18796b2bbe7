namespace GokaAkka.Storage.Tests;

public sealed class MergeIteratorTests : IDisposable
{
    readonly List<MemoryStorage> _partitions = [];

    MergeIterator Merge(params string[] keysOfPartitions)
    {
        var iterators = new List<IStorageIterator>();
        for (var partition = 0; partition < keysOfPartitions.Length; partition++)
        {
            var store = new MemoryStorage();
            var keys = keysOfPartitions[partition].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            store.Write(1, [.. keys.Select(key => (new Key(key), (string?)$"{partition}"))]);
            _partitions.Add(store);
            iterators.Add(store.Iterate(KeyRange.All));
        }

        return new MergeIterator(iterators);
    }

    [Fact]
    public void Merge_must_give_the_keys_of_all_sources_in_order()
    {
        using var merged = Merge("b d f", "", "a e", "c g h i");
        merged.Rest().ShouldBe(["a=2", "b=0", "c=3", "d=0", "e=2", "f=0", "g=3", "h=3", "i=3"]);
        merged.Next().ShouldBeFalse();
        merged.Next().ShouldBeFalse();
    }

    [Fact]
    public void Merge_of_nothing_must_be_empty()
    {
        using var none = new MergeIterator([]);
        none.Next().ShouldBeFalse();
        none.Seek("a"u8);
        none.Next().ShouldBeFalse();
        using var empty = Merge("", "");
        empty.Next().ShouldBeFalse();
    }

    [Fact]
    public void Key_in_several_sources_must_come_from_each_in_their_order()
    {
        using var merged = Merge("a b", "b", "a b c");
        merged.Rest().ShouldBe(["a=0", "a=2", "b=0", "b=1", "b=2", "c=2"]);
    }

    [Fact]
    public void Seek_must_go_forwards_backwards_and_back_from_the_end()
    {
        using var merged = Merge("b d f", "a e", "c g");
        merged.Seek("d"u8);
        merged.Next().ShouldBeTrue();
        Encoding.ASCII.GetString(merged.Key).ShouldBe("d");
        merged.Seek("aa"u8);
        merged.Rest().ShouldBe(["b=0", "c=2", "d=0", "e=1", "f=0", "g=2"]);
        merged.Seek("z"u8);
        merged.Next().ShouldBeFalse();
        merged.Seek("f"u8);
        merged.Rest().ShouldBe(["f=0", "g=2"]);
    }

    [Fact]
    public void Merge_must_have_no_key_before_Next_after_the_end_and_after_Seek()
    {
        using var merged = Merge("a");
        Should.Throw<InvalidOperationException>(() => merged.Key.Length);
        merged.Next().ShouldBeTrue();
        merged.Seek("a"u8);
        Should.Throw<InvalidOperationException>(() => merged.Value.Length);
        merged.Rest().ShouldBe(["a=0"]);
        Should.Throw<InvalidOperationException>(() => merged.Key.Length);
    }

    [Fact]
    public void Dispose_must_dispose_the_sources()
    {
        var source = new MemoryStorage().Iterate(KeyRange.All);
        var merged = new MergeIterator([source]);
        merged.Dispose();
        Should.Throw<ObjectDisposedException>(() => source.Next());
        Should.Throw<ObjectDisposedException>(() => merged.Next());
    }

    [Fact]
    public void Merge_must_do_as_sorting_does()
    {
        var random = new Random(4);
        for (var round = 0; round < 200; round++)
        {
            var partitions = new string[random.Next(1, 9)];
            for (var i = 0; i < partitions.Length; i++)
                partitions[i] = string.Join(' ', Enumerable.Range(0, random.Next(12)).Select(_ => $"k{random.Next(40)}"));
            var expected = partitions
                .SelectMany((keys, partition) => keys.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Select(key => (Key: new Key(key), partition)))
                .OrderBy(entry => entry.Key).ThenBy(entry => entry.partition).ToArray();
            using var merged = Merge(partitions);
            merged.Rest().ShouldBe(expected.Select(entry => $"{entry.Key}={entry.partition}"));
            var from = new Key($"k{random.Next(40)}");
            merged.Seek(from.Span);
            merged.Rest().ShouldBe(expected.Where(entry => entry.Key.CompareTo(from) >= 0).Select(entry => $"{entry.Key}={entry.partition}"));
        }
    }

    public void Dispose() => _partitions.ForEach(store => store.Dispose());
}
