namespace GokaAkka.Actors;

/// <summary>
/// A table partition that outlives the actors that read its changelog, so that it is served, or taken over, while the next of them is waited for.
/// The first of them opens it on its own thread; their parent closes it when none runs.
/// </summary>
abstract class KeptTable
{
    /// <summary>Whether the store still reads. One that does not has to be opened again, and nothing it served is lost by that.</summary>
    public abstract bool CanRead();

    /// <summary>Closes the store.</summary>
    public abstract void Close();
}

/// <inheritdoc cref="KeptTable"/>
sealed class KeptTable<T> : KeptTable
{
    volatile PartitionTable<T>? _table;

    /// <summary>The table, or null while it is not open.</summary>
    public PartitionTable<T>? Table
    {
        get => _table;
        set => _table = value;
    }

    public override bool CanRead()
    {
        try
        {
            _table?.Store.Has(default);
            return true;
        }
        catch (Exception e) when (e is StorageException or ObjectDisposedException or InvalidOperationException)
        {
            return false;
        }
    }

    public override void Close()
    {
        _table?.Dispose();
        _table = null;
    }
}
