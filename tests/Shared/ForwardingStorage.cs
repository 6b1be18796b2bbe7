namespace GokaAkka.Testing.Tests;

/// <summary>A store whose calls a test watches, holds up or fails: those it overrides.</summary>
abstract class ForwardingStorage(IStorage inner) : IStorage
{
    public StorePosition Position => inner.Position;

    public virtual byte[]? Get(ReadOnlySpan<byte> key) => inner.Get(key);

    public virtual void Apply(WriteBatch writes, StorePosition position) => inner.Apply(writes, position);

    public IStorageIterator Iterate(KeyRange range) => inner.Iterate(range);

    public void Clear() => inner.Clear();

    public virtual void Dispose() => inner.Dispose();
}
