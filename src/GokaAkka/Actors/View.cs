using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Akka.Actor;

namespace GokaAkka.Actors;

/// <summary>A read-only copy of a whole table on this node, kept up to date. Safe for concurrent use. goka's <c>View</c>.</summary>
/// <typeparam name="T">The type of the table's values.</typeparam>
public sealed class View<T> : IAsyncDisposable, IDisposable
{
    readonly IActorRef _actor;
    readonly ViewContext<T> _context;

    internal View(IActorRef actor, ViewContext<T> context)
    {
        _actor = actor;
        _context = context;
    }

    /// <summary>The table.</summary>
    public Table<T> Table => _context.Table;

    internal ViewStatus Status => _context.Status;

    /// <summary>What it is at.</summary>
    public ViewState State => _context.Status.State;

    /// <summary>What keeps it from its work at the moment and is tried again, the oldest first: brokers that do not answer, a table that is not there yet.</summary>
    public IReadOnlyList<Trouble> Troubles => _context.Status.Troubles.Current;

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

    /// <summary>Ends when the view is at a state, now or the next time. goka's <c>WaitForState</c>.</summary>
    /// <exception cref="InvalidOperationException">The view has ended in another state.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public Task WaitForState(ViewState state, CancellationToken cancellation = default) => StateWait.For(
        state, () => State, on => StateChanged += on, off => StateChanged -= off, Done,
        () => new InvalidOperationException($"The {this} is {State} and will not be {state} any more."), cancellation);

    /// <summary>The value of a key, as last known; the type's default when there is none.</summary>
    /// <exception cref="PartitionNotHereException">The key's partition is not complete yet, or the view has stopped.</exception>
    /// <exception cref="TableValueException">The codec cannot read it, and <c>goka.processor.on-error.table</c> is not absent.</exception>
    public T? Get(Key key) => TryGet(key, out var value) ? value : default;

    /// <summary>Whether the table has the key, as last known.</summary>
    /// <exception cref="PartitionNotHereException">The key's partition is not complete yet, or the view has stopped.</exception>
    public bool Has(Key key) => TryGet(key, out _);

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
            return new TableIterator<T>(new MergeIterator([.. iterators]), Table, ToString(), _context.Tables, _context.Unreadable);
        }
        catch
        {
            iterators.ForEach(static i => i.Dispose());
            throw;
        }
    }

    /// <summary>The changes that the view applies from now on, in the order of each partition, once it is complete. Ends with the view.</summary>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ViewChangesMissedException">The reader did not keep up.</exception>
    public async IAsyncEnumerable<TableChange<T>> Changes([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var channel = _context.Changes.Subscribe();
        if (Done.IsCompleted)
            channel.Writer.TryComplete();
        try
        {
            while (await Wait().ConfigureAwait(false))
            {
                while (channel.Reader.TryRead(out var change))
                {
                    T? value = default;
                    var isThere = change.Value is { } bytes
                        && _context.Unreadable.TryDecode(Table, ToString(), change.Key.Span, bytes, change.Partition, out value, change.Offset);
                    yield return new TableChange<T>(change.Key, value, !isThere, change.Partition, change.Offset);
                }
            }
        }
        finally
        {
            _context.Changes.Unsubscribe(channel);
        }

        async ValueTask<bool> Wait()
        {
            try
            {
                return await channel.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false);
            }
            catch (ViewChanges<T>.ChannelFullException)
            {
                throw new ViewChangesMissedException(ToString(), ViewChanges<T>.Capacity);
            }
        }
    }

    /// <summary>
    /// Waits until the view shows everything of a partition up to and including an offset of the table's topic: after a write at that offset
    /// is acknowledged, its writer reads it here.
    /// </summary>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="InvalidOperationException">The view has stopped.</exception>
    public async Task WaitFor(int partition, long offset, CancellationToken cancellation = default)
    {
        while (true)
        {
            var progress = _context.Status.Progress;
            if (_context.Status.Partitions.TryGetValue(partition, out var status) && status.State == PartitionState.Running && status.TableOffset > offset)
                return;
            if (Done.IsCompleted)
                throw new InvalidOperationException($"The {this} has stopped; it does not reach offset {offset} of partition {partition}.");
            await progress.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Removes a key from this copy alone; its next change in the table brings it back. goka's <c>Evict</c>.</summary>
    /// <exception cref="PartitionNotHereException">The key's partition is not complete yet or starts again, or the view has stopped.</exception>
    public async Task Evict(Key key)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _actor.Tell(new Evict(key, done), ActorRefs.NoSender);
        await Task.WhenAny(done.Task, Done).ConfigureAwait(false);
        if (!done.Task.IsCompleted)
            throw new PartitionNotHereException(ToString(), -1, key.ToString(), State);
        await done.Task.ConfigureAwait(false);
    }

    /// <summary>Stops the view and closes its stores.</summary>
    public async ValueTask DisposeAsync()
    {
        _actor.Tell(StopView.Instance, ActorRefs.NoSender);
        await Done.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Has the view stop without waiting for it, for containers that dispose synchronously.</summary>
    public void Dispose() => _actor.Tell(StopView.Instance, ActorRefs.NoSender);

    /// <inheritdoc/>
    public override string ToString() => $"view of {_context.Table.Name}";

    bool TryGet(Key key, [MaybeNullWhen(false)] out T value)
    {
        try
        {
            return _context.Tables.TryGet(key.Span, out value, out var isHere) || (isHere
                ? false
                : throw new PartitionNotHereException(ToString(), _context.Tables.PartitionOf(key.Span), key.ToString(), State));
        }
        catch (TableValueException e) when (_context.Unreadable.AreAbsent(e))
        {
            value = default;
            return false;
        }
    }

    PartitionTable<T> Partition(int partition, string key) =>
        _context.Tables[partition] ?? throw new PartitionNotHereException(ToString(), partition, key, State);
}
