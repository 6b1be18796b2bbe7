using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using GokaAkka.Queries;

namespace GokaAkka.Actors;

/// <summary>A running processor, as the application holds it. Safe for concurrent use. goka's <c>Processor</c>.</summary>
public abstract class Processor
{
    private protected Processor(IActorRef actor, ProcessorStatus status)
    {
        Actor = actor;
        Status = status;
    }

    /// <summary>
    /// Stops consuming a topic, or every input when it is null, until <see cref="Resume"/>, at any time, also before it is ready. What is written
    /// after the call is not processed; what is on its way is. The group membership is kept.
    /// </summary>
    /// <exception cref="ArgumentException">The topic is not among the inputs.</exception>
    public void Pause(string? topic = null) => Halt(topic, true);

    /// <summary>Consumes a topic again, or every input when it is null.</summary>
    /// <exception cref="ArgumentException">The topic is not among the inputs.</exception>
    public void Resume(string? topic = null) => Halt(topic, false);

    void Halt(string? topic, bool halted)
    {
        var known = Graph.InputStreams.Append(Graph.LoopStream).OfType<string>().ToList();
        if (topic is not null && !known.Contains(topic))
            throw new ArgumentException($"'{topic}' is not an input of group '{Graph.Group}'; its inputs are {string.Join(", ", known)}.", nameof(topic));
        foreach (var one in topic is null ? known : [topic])
        {
            Status.Halted.Set(one, halted);
            Status.Poller?.Halt(one, halted);
        }
    }

    private protected IActorRef Actor { get; }

    internal ProcessorStatus Status { get; }

    /// <summary>What is promised of each record's effects.</summary>
    internal abstract Delivery Delivery { get; }

    /// <summary>The number of partitions; 0 until it is known.</summary>
    internal abstract int PartitionCount { get; }

    /// <summary>Has a partition finish what it has begun, close its store and start again. Answers once it has been told.</summary>
    internal async Task<PartitionRestart> RestartPartition(int partition)
    {
        var answer = new TaskCompletionSource<PartitionRestart>(TaskCreationOptions.RunContinuationsAsynchronously);
        Actor.Tell(new RestartPartition(partition, answer), ActorRefs.NoSender);
        await Task.WhenAny(answer.Task, Done).ConfigureAwait(false);
        return answer.Task.IsCompleted ? await answer.Task.ConfigureAwait(false) : new PartitionRestart(RestartWish.NotHere, []);
    }

    /// <summary>The group's graph.</summary>
    public abstract GroupGraph Graph { get; }

    /// <summary>What it is at.</summary>
    public ProcessorState State => Status.State;

    /// <summary>
    /// Ends when the processor has joined the group and every partition it was given is restored and processes records; faults when it
    /// cannot start, or stops before that. goka's <c>WaitForReady</c>, which says nothing of a failure.
    /// </summary>
    public Task Ready => Status.Ready;

    /// <summary>Ends when the processor has stopped; faults with the reason when that was not asked for.</summary>
    public Task Done => Status.Done;

    /// <summary>
    /// What keeps it from its work at the moment, the oldest first: brokers that do not answer, a polling thread that hangs, partitions that wait
    /// for them. Each is tried again until it ends; it is logged, and told on the actor system's event stream (<see cref="ProcessorEvent"/>), when it
    /// begins and when it is over.
    /// </summary>
    public IReadOnlyList<Trouble> Troubles => Status.Troubles.Current;

    /// <summary>The partitions this node has or had, by number.</summary>
    public IReadOnlyList<PartitionStatus> Partitions => [.. Status.Partitions.Values.OrderBy(p => p.Partition)];

    /// <summary>
    /// How long ago the group's consumer was last polled; null while the group is not joined. Milliseconds as a rule: a longer one means that
    /// partitions are draining or that the polling thread is stuck, and at max.poll.interval.ms the group takes the partitions away.
    /// </summary>
    public TimeSpan? PollAge => Status.Poller?.PollAge;

    /// <summary>Raised after each change of <see cref="State"/>, on a thread of the actor system: be quick.</summary>
    public event Action<ProcessorState>? StateChanged
    {
        add => Status.Changed += value;
        remove => Status.Changed -= value;
    }

    /// <summary>
    /// Ends when the processor is at a state, now or the next time; for a state that it only passes through, this may be missed by whoever
    /// goes on later. goka's <c>WaitForState</c>.
    /// </summary>
    /// <exception cref="ProcessorStoppedException">The processor has ended in another state.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public Task WaitForState(ProcessorState state, CancellationToken cancellation = default) => StateWait.For(
        state, () => State, on => StateChanged += on, off => StateChanged -= off, Done,
        () => new ProcessorStoppedException($"Processor '{Graph.Group}' is {State} and will not be {state} any more."), cancellation);

    /// <summary>Finishes what is begun, commits, leaves the group and stops. The same task as <see cref="Done"/>; calling it again does nothing.</summary>
    public Task Stop()
    {
        if (!Done.IsCompleted)
            Actor.Tell(StopProcessor.Instance, ActorRefs.NoSender);
        return Done;
    }
}

/// <inheritdoc cref="Processor"/>
/// <typeparam name="TState">The type of the group table's values.</typeparam>
public sealed class Processor<TState> : Processor
{
    readonly ProcessorContext<TState> _context;

    internal Processor(IActorRef actor, ProcessorContext<TState> context) : base(actor, context.Status) => _context = context;

    /// <inheritdoc/>
    public override GroupGraph Graph => _context.Graph;

    internal override Delivery Delivery => _context.IsTransactional ? Delivery.ExactlyOnce : Delivery.AtLeastOnce;

    internal override int PartitionCount => _context.Tables.Count;

    /// <summary>
    /// The table's value of a key; the type's default when there is none. Read without a hop when this node has the key's partition, else from the node
    /// of the cluster that has it.
    /// </summary>
    /// <exception cref="InvalidOperationException">The group is stateless.</exception>
    /// <exception cref="PartitionNotHereException">
    /// Without a cluster: this node does not have the key's partition, or has it not restored yet.
    /// </exception>
    /// <exception cref="QueryException">In a cluster: the owner did not answer within <c>goka.query.timeout</c>.</exception>
    /// <exception cref="TableValueException">The codec cannot read it, and the policy (<c>goka.processor.on-error.table</c>) is not absent.</exception>
    public ValueTask<TState?> Get(Key key)
    {
        if (TryGet(key, out var value, out var isHere))
            return new ValueTask<TState?>(value);
        return isHere ? default : Elsewhere(key).Get(key);
    }

    /// <summary>Whether the table has the key, read as by <see cref="Get(Key)"/>.</summary>
    /// <inheritdoc cref="Get(Key)"/>
    public ValueTask<bool> Has(Key key)
    {
        if (TryGet(key, out _, out var isHere))
            return new ValueTask<bool>(true);
        return isHere ? default : Elsewhere(key).Has(key);
    }

    /// <inheritdoc cref="TableQueries{T}.Get(Key, QueryOptions, CancellationToken)"/>
    /// <exception cref="InvalidOperationException">The group is stateless.</exception>
    public ValueTask<Answer<TState>> Get(Key key, QueryOptions options, CancellationToken cancellation = default) => Queries.Get(key, options, cancellation);

    /// <inheritdoc cref="TableQueries{T}.GetMany"/>
    /// <exception cref="InvalidOperationException">The group is stateless.</exception>
    public Task<IReadOnlyDictionary<Key, TState>> GetMany(IEnumerable<Key> keys, QueryOptions? options = null, CancellationToken cancellation = default) =>
        Queries.GetMany(keys, options, cancellation);

    /// <inheritdoc cref="TableQueries{T}.Range"/>
    /// <exception cref="InvalidOperationException">The group is stateless.</exception>
    public Task<Page<TState>> Range(
        KeyRange range, int limit, string? continuation = null, QueryOptions? options = null, CancellationToken cancellation = default) =>
        Queries.Range(range, limit, continuation, options, cancellation);

    /// <inheritdoc cref="TableQueries{T}.Scan"/>
    /// <exception cref="InvalidOperationException">The group is stateless.</exception>
    public IAsyncEnumerable<KeyValuePair<Key, TState>> Scan(
        KeyRange range = default, QueryOptions? options = null, CancellationToken cancellation = default) => Queries.Scan(range, options, cancellation);

    /// <summary>Iterates over the keys of the partitions this node has, in byte order within each partition and partition after partition.</summary>
    /// <exception cref="InvalidOperationException">The group is stateless.</exception>
    public IEnumerable<KeyValuePair<Key, TState>> Local(KeyRange range = default)
    {
        CheckStateful();
        for (var i = 0; i < _context.Tables.Count; i++)
        {
            if (_context.Tables[i] is not { } table)
                continue;
            using var iterator = new TableIterator<TState>(table.Iterate(range), _context.Graph.Table, _context.Graph.Group, _context.Tables, _context.Unreadable);
            while (iterator.Next())
                yield return new KeyValuePair<Key, TState>(iterator.Key, iterator.Value);
        }
    }

    /// <summary>Runs a visitor for every key that the partitions of this node have now, in turn with the inputs' records. goka's <c>VisitAll</c>.</summary>
    /// <typeparam name="TMeta">As the visitor was defined.</typeparam>
    /// <param name="visitor">The visitor's name.</param>
    /// <param name="meta">Given to each call.</param>
    /// <param name="cancellation">Ends the run before the next key.</param>
    /// <returns>The number of keys visited; what their visits caused is acknowledged.</returns>
    /// <exception cref="ArgumentException">The graph has no such visitor, or one that takes another type.</exception>
    /// <exception cref="VisitCanceledException">It was cancelled; it says how many keys were visited.</exception>
    /// <exception cref="VisitAbortedException">A partition left this node or failed meanwhile.</exception>
    /// <exception cref="InvalidOperationException">A partition of this node is not running.</exception>
    public Task<long> VisitAll<TMeta>(string visitor, TMeta meta, CancellationToken cancellation = default)
    {
        var edge = _context.Graph.AllEdges.FirstOrDefault(e => e.Kind == EdgeKind.Visitor && e.Topic == visitor)
            ?? throw new ArgumentException($"Group '{Graph.Group}' has no visitor '{visitor}'; add Visitor(\"{visitor}\", …) to its graph.", nameof(visitor));
        if (edge is not VisitorEdge<TState, TMeta> typed)
            throw new ArgumentException($"Visitor '{visitor}' takes {edge.MessageType.Name}, not {typeof(TMeta).Name}.", nameof(meta));
        if (Done.IsCompleted)
            throw new ProcessorStoppedException($"Processor '{Graph.Group}' has stopped.");
        var run = new VisitRun<TState>(visitor, context => typed.Callback(context, meta), cancellation);
        Actor.Tell(new StartVisits<TState>(run, Graph.Group), ActorRefs.NoSender);
        // Should the actor be gone before it sees the message.
        var ended = Status.Ended.Register(static state => ((VisitRun<TState>)state!).Abort(), run);
        run.Done.ContinueWith(static (_, state) => ((CancellationTokenRegistration)state!).Dispose(), ended, TaskScheduler.Default);
        return run.Done;
    }

    TableQueries<TState> Queries
    {
        get
        {
            CheckStateful();
            return _context.Queries!;
        }
    }

    // Hot path: no allocation.
    bool TryGet(Key key, [MaybeNullWhen(false)] out TState value, out bool isHere)
    {
        CheckStateful();
        var tables = _context.Tables;
        if (!_context.Claims.HasSuperseded || !_context.Claims.IsSuperseded(tables.PartitionOf(key.Span)))
        {
            try
            {
                return tables.TryGet(key.Span, out value, out isHere);
            }
            catch (TableValueException e) when (_context.Unreadable.AreAbsent(e))
            {
                (value, isHere) = (default, true);
                return false;
            }
            catch (ObjectDisposedException)
            {
                // It went between the two steps.
            }
        }

        (value, isHere) = (default, false);
        return false;
    }

    TableQueries<TState> Elsewhere(Key key) => _context.IsInCluster
        ? _context.Queries!
        : throw new PartitionNotHereException(_context.Graph.Group, _context.Tables.PartitionOf(key.Span), key.ToString(), State);

    void CheckStateful()
    {
        if (_context.Graph.Persist is null)
            throw new InvalidOperationException($"Group '{_context.Graph.Group}' is stateless: add Persist to its graph to keep values.");
    }
}
