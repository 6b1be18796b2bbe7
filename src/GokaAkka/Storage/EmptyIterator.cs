namespace GokaAkka.Storage;

/// <summary>Walks over nothing, for stores that cannot be read.</summary>
sealed class EmptyIterator : IStorageIterator
{
    public ReadOnlySpan<byte> Key => throw OnNoKey();

    public ReadOnlySpan<byte> Value => throw OnNoKey();

    public bool Next() => false;

    public void Seek(ReadOnlySpan<byte> key)
    {
    }

    public void Dispose()
    {
    }

    static InvalidOperationException OnNoKey() => new("The store cannot be read, so its iterator is never on a key.");
}
