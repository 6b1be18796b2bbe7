using Akka.Actor;
using GokaAkka.Graph;
using GokaAkka.Kafka;
using GokaAkka.Records;
using GokaAkka.Storage;
using GokaAkka.Tables;

namespace GokaAkka.Actors;

/// <summary>
/// A read-only copy of a whole table on this node, kept up to date. Safe for concurrent use. goka's <c>View</c>.
/// </summary>
/// <typeparam name="T">The type of the table's values.</typeparam>
public sealed class View<T> : IAsyncDisposable
{
    readonly IActorRef _actor;
    readonly ViewContext<T> _context;
    readonly IPartitioner _partitioner;

    internal View(IActorRef actor, ViewContext<T> context, IPartitioner partitioner)
    {
        _actor = actor;
        _context = context;
        _partitioner = partitioner;
    }

    /// <summary>The table.</summary>
    public Table<T> Table => _context.Table;

    /// <summary>What it is at.</summary>
    public ViewState State => _context.Status.State;

    /// <summary>Ends when every partition has all that was in the table when the view began; faults when it cannot start.</summary>
    public Task Ready => _context.Status.Ready;

    /// <summary>Ends when the view has stopped; faults with the reason when that was not asked for.</summary>
    public Task Done => _context.Status.Done;

    /// <summary>The partitions' figures, by number.</summary>
    public IReadOnlyList<PartitionStatus> Partitions => [.. _context.Status.Partitions.Values.OrderBy(p => p.Partition)];

    /// <summary>Raised after each change of <see cref="State"/>, on a thread of the actor system: be quick.</summary>
    public event Action<ViewState>? StateChanged
    {
        add => _context.Status.Changed += value;
        remove => _context.Status.Changed -= value;
    }

    /// <summary>The value of a key; the type's default when there is none.</summary>
    /// <exception cref="PartitionNotHereException">The key's partition is not complete yet, or the view has stopped.</exception>
    public T? Get(Key key) => Owner(key.Span).TryGet(key.Span, out var value) ? value : default;

    /// <summary>Whether the table has the key.</summary>
    /// <exception cref="PartitionNotHereException">The key's partition is not complete yet, or the view has stopped.</exception>
    public bool Has(Key key) => Owner(key.Span).TryGet(key.Span, out _);

    /// <summary>Iterates over all partitions in byte order of keys, on a snapshot taken now.</summary>
    /// <param name="range">Which keys; every key when it is left out.</param>
    /// <exception cref="PartitionNotHereException">A partition is not complete yet, or the view has stopped.</exception>
    public TableIterator<T> Iterate(KeyRange range = default)
    {
        var count = _context.Tables.Count;
        if (count == 0)
            throw new PartitionNotHereException(ToString(), -1, "", State);
        var iterators = new List<IStorageIterator>(count);
        try
        {
            for (var i = 0; i < count; i++)
                iterators.Add(Partition(i, "").Iterate(range));
            return new TableIterator<T>(new MergeIterator([.. iterators]), _context.Table.Codec);
        }
        catch
        {
            iterators.ForEach(static i => i.Dispose());
            throw;
        }
    }

    /// <summary>Stops the view and closes its stores.</summary>
    public async ValueTask DisposeAsync()
    {
        _actor.Tell(StopView.Instance, ActorRefs.NoSender);
        await Done.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public override string ToString() => $"view of {_context.Table.Name}";

    PartitionTable<T> Owner(ReadOnlySpan<byte> key)
    {
        var count = _context.Tables.Count;
        if (count == 0)
            throw new PartitionNotHereException(ToString(), -1, "", State);
        var partition = _partitioner.Partition(key, count);
        return _context.Tables[partition] ?? throw new PartitionNotHereException(ToString(), partition, Key.Copy(key).ToString(), State);
    }

    PartitionTable<T> Partition(int partition, string key) =>
        _context.Tables[partition] ?? throw new PartitionNotHereException(ToString(), partition, key, State);
}
