using GokaAkka.Storage.Redis;

namespace GokaAkka.Storage.Tests;

/// <summary>A store whose engine, a dictionary, keeps no snapshots.</summary>
sealed class PagedStorage : IStorage, IPageSource
{
    readonly PagedIterators _iterators = new();
    SortedDictionary<Key, byte[]> _entries = [];
    StorePosition _position;

    public int Cleared { get; private set; }

    public StorePosition Position => WhileOpen(() => _position);

    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        var copy = Key.Copy(key);
        return WhileOpen(() => Find(copy)?.ToArray());
    }

    public bool Has(ReadOnlySpan<byte> key) => Get(key) is not null;

    public void Apply(WriteBatch writes, StorePosition position) => WhileOpen(() =>
    {
        _iterators.Preserve(writes, keys => Array.ConvertAll(keys, key => Find(new Key(key))));
        for (var sorted = writes.InKeyOrder(); sorted.MoveNext();)
        {
            if (sorted.IsDelete)
                _entries.Remove(Key.Copy(sorted.Key));
            else
                _entries[Key.Copy(sorted.Key)] = sorted.Value.ToArray();
        }

        return _position = position;
    });

    public IStorageIterator Iterate(KeyRange range) => WhileOpen(() => _iterators.Open(this, range));

    public void Clear() => WhileOpen(() =>
    {
        var aside = new PagedStorage { _entries = _entries };
        _entries = [];
        _iterators.SetAside(aside, () => Cleared++);
        return _position = StorePosition.None;
    });

    public List<StoredEntry> ReadPage(byte[] from, bool isAfter, ReadOnlyMemory<byte>? limit, int count) =>
    [
        .. _entries
            .Where(entry => entry.Key.CompareTo(new Key(from)) >= (isAfter ? 1 : 0) && (limit is not { } end || entry.Key.CompareTo(new Key(end)) < 0))
            .Take(count)
            .Select(entry => new StoredEntry(entry.Key.Span.ToArray(), entry.Value)),
    ];

    public void Dispose() => _iterators.Close();

    byte[]? Find(Key key) => _entries.GetValueOrDefault(key);

    T WhileOpen<T>(Func<T> call)
    {
        lock (_iterators.Turn)
        {
            ObjectDisposedException.ThrowIf(_iterators.IsClosed, this);
            return call();
        }
    }
}

public sealed class PagedFixture : IStoreFixture, IStorageProvider
{
    public bool IsDurable => false;

    public IStorageProvider NewProvider() => this;

    public IStorage Open(StorageId id) => new PagedStorage();

    public void Dispose()
    {
    }
}

public sealed class PagedContents : ContentsConformance<PagedFixture>;

public sealed class PagedIteration : IteratorConformance<PagedFixture>;

public sealed class PagedConcurrency : ConcurrencyConformance<PagedFixture>;

public sealed class PagedModel(ITestOutputHelper output) : ModelConformance<PagedFixture>(output);

public sealed class PagedIteratorsTests
{
    [Fact]
    public void Iterator_must_keep_to_its_snapshot_over_many_pages()
    {
        using var store = new PagedStorage();
        var before = Enumerable.Range(0, 5000).Select(i => $"k{i:D5}").ToArray();
        store.Write(1, [.. before.Select(key => (new Key(key), (string?)"old"))]);
        using var iterator = store.Iterate(KeyRange.Prefix("k"));
        iterator.Next().ShouldBeTrue();
        store.Write(2, [.. before.Where((_, i) => i % 3 == 0).Select(key => (new Key(key), (string?)null))]);
        store.Write(3, [.. before.Where((_, i) => i % 5 == 0).Select(key => (new Key(key + "-new"), (string?)"new"))]);
        store.Write(4, [.. before.Where((_, i) => i % 7 == 0).Select(key => (new Key(key), (string?)"changed"))]);
        iterator.Rest().ShouldBe(before.Skip(1).Select(key => $"{key}=old"));
    }

    [Fact]
    public void Cleared_contents_must_be_discarded_with_the_last_iterator_on_them()
    {
        using var store = new PagedStorage();
        store.Write(1, ("a", "1"));
        var first = store.Iterate(KeyRange.All);
        var second = store.Iterate(KeyRange.All);
        store.Clear();
        using var later = store.Iterate(KeyRange.All);
        first.Rest().ShouldBe(["a=1"]);
        first.Dispose();
        first.Dispose();
        store.Cleared.ShouldBe(0);
        second.Rest().ShouldBe(["a=1"]);
        second.Dispose();
        store.Cleared.ShouldBe(1);
        later.Rest().ShouldBeEmpty();
        later.Dispose();
        store.Clear();
        store.Cleared.ShouldBe(2);
    }
}
