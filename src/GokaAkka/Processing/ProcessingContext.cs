using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using GokaAkka.Tracing;

namespace GokaAkka.Processing;

/// <summary>The context of a partition: one object, moved from record to record. Collects what the callback asks for; the task carries it out.</summary>
sealed class ProcessingContext<TState>(
    GroupGraph<TState> graph, int partition, PartitionTable<TState>? table, TableSet tables, Headers defaultHeaders, TaskTracing tracing,
    CancellationToken cancellation)
    : IContext<TState>
{
    readonly Dictionary<string, Edge> _outputs = graph.AllEdges.Where(e => e.Kind == EdgeKind.Output).ToDictionary(e => e.Topic);
    RecordBatch _batch = null!;
    int _index;
    List<DeferredCommit>? _deferred;

    // What was dead-lettered of tables for this record.
    HashSet<(string Table, Key Key)>? _entries;

    // The callback's own, where it has one.
    Activity? _span;
    bool _staged;
    bool _stagedHasValue;
    TState? _stagedValue;

    /// <summary>What the callback has asked for.</summary>
    public Effects Effects { get; } = new();

    /// <summary>How far the record has got, to say where it failed. At <see cref="ProcessingStage.Emit"/> its callback has ended well.</summary>
    public ProcessingStage Stage { get; set; }

    /// <summary>How many of the effects were sent.</summary>
    public int Sent { get; set; }

    /// <summary>Records taken out of the batch at hand because they cannot be read, in order.</summary>
    public List<(int Index, RecordException Error)> TakenOut { get; } = [];

    public RecordBatch Batch => _batch;

    public int Index => _index;

    public int Attempt { get; private set; } = 1;

    /// <summary>The call of a callback that it is at.</summary>
    public long Call { get; private set; }

    /// <summary>Makes the record's segment its own and counts a deferred commit on it.</summary>
    public required Func<Segment> Defer { get; init; }

    /// <summary>Whether a record that cannot be read is taken out of its batch, as its policy says.</summary>
    public required Func<ProcessingContext<TState>, Exception, bool> TakeOut { get; init; }

    /// <summary>Whether a table's value that its codec cannot read is taken for absent, as the policy says.</summary>
    public required Func<ProcessingContext<TState>, TableValueException, bool> IsAbsent { get; init; }

    public string Group => graph.Group;

    public string Topic => _batch.Topic;

    public int Partition => partition;

    public long Offset => _batch[_index].Offset;

    public Key Key => Key.Copy(KeyBytes);

    public ReadOnlySpan<byte> KeyBytes => _batch.Key(_index);

    public DateTimeOffset? Timestamp => RecordTime.Of(_batch[_index].Timestamp);

    public Headers Headers => _batch.Headers(_index);

    public CancellationToken Cancellation => cancellation;

    public bool HasValue => TryGetValue(out _);

    public TState? Value => TryGetValue(out var value) ? value : default;

    /// <summary>Moves to a record; forgets what the last one asked for.</summary>
    public void Begin(RecordBatch batch, int index)
    {
        _batch = batch;
        _index = index;
        _deferred?.Clear();
        Attempt = 1;
        Stage = ProcessingStage.Decode;
        Reset();
    }

    /// <summary>Tries the same record again: from its beginning, or, when its callback had ended well, from what was refused.</summary>
    public void BeginAgain()
    {
        Attempt++;
        if (Stage != ProcessingStage.Emit)
            Reset();
    }

    /// <summary>Moves to another record of the batch at hand.</summary>
    public void MoveTo(int index) => _index = index;

    /// <summary>Forgets what the callback asked for: commits it deferred are held back no longer, for who knows whether it kept them.</summary>
    public void Reset()
    {
        Call++;
        Effects.Clear();
        Sent = 0;
        TakenOut.Clear();
        _deferred?.ForEach(static d => d.Complete());
        _entries?.Clear();
        _staged = false;
        _stagedValue = default;
    }

    /// <summary>Calls the record's callback in a span of its own.</summary>
    public async ValueTask InSpan(Func<ValueTask> call)
    {
        using var span = tracing.BeginRecord(_batch, _index, Attempt);
        _span = span;
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            Spans.Failed(span, e);
            throw;
        }
        finally
        {
            _span = null;
        }
    }

    /// <summary>Writes what the callback made of the table to the cache, as far as its records were sent.</summary>
    public void ApplyState()
    {
        var last = LastTableEffect(Sent);
        if (last < 0)
            return;
        ref readonly var effect = ref Effects[last];
        if (effect.ValueIsNull)
            table!.Delete(KeyBytes, effect.Headers);
        else
            table!.Set(
                KeyBytes, Effects.Value(effect), Sent == Effects.Count ? _stagedValue! : graph.Persist!.Codec.Decode(Effects.Value(effect)), effect.Headers);
    }

    public bool TryGetValue([MaybeNullWhen(false)] out TState value)
    {
        var own = Table("read");
        if (!_staged)
            return ReadTable(own, out value);
        // As a table would give it: a value that can change is decoded anew, so that changing it changes nothing.
        value = !_stagedHasValue ? default! :
            graph.Persist!.Codec.IsImmutable ? _stagedValue! : graph.Persist.Codec.Decode(Effects.Value(Effects[LastTableEffect(Effects.Count)]));
        return _stagedHasValue;
    }

    public void SetValue(TState value, Headers? headers = null)
    {
        Table("set");
        if (value is null)
            throw new ArgumentNullException(nameof(value), "The table's value cannot be null; use Delete to remove the key.");
        Effects.Add(graph.Persist!.Topic, isTable: true, KeyBytes, graph.Persist.Codec, value, Merged(headers));
        _staged = _stagedHasValue = true;
        _stagedValue = value;
    }

    public void Delete(Headers? headers = null)
    {
        Table("delete");
        Effects.AddNull(graph.Persist!.Topic, isTable: true, KeyBytes, Merged(headers));
        _staged = true;
        _stagedHasValue = false;
        _stagedValue = default;
    }

    public void Emit<T>(Stream<T> stream, Key key, T value, Headers? headers = null) => Emit(stream.Name, key, value, headers);

    public void Emit<T>(string topic, Key key, T value, Headers? headers = null)
    {
        var edge = Output(topic);
        if (edge is not OutputEdge<T> output)
            throw new InvalidOperationException(WrongType<T>(edge, "output"));
        if (value is null)
            Effects.AddNull(edge.Topic, isTable: false, key.Span, Merged(headers));
        else
            Effects.Add(edge.Topic, isTable: false, key.Span, output.Codec, value, Merged(headers));
    }

    public void EmitNull(string topic, Key key, Headers? headers = null) =>
        Effects.AddNull(Output(topic).Topic, isTable: false, key.Span, Merged(headers));

    public void Loopback<T>(Key key, T value, Headers? headers = null)
    {
        RequireAtWork();
        var loop = graph.Inputs.FirstOrDefault(e => e.Kind == EdgeKind.Loop)
            ?? throw new InvalidOperationException($"Group '{Group}' has no loop; add Loop to its graph.");
        if (loop is not InputEdge<TState, T> typed)
            throw new InvalidOperationException(WrongType<T>(loop, "loop"));
        Effects.Add(loop.Topic, isTable: false, key.Span, typed.Codec, value, Merged(headers));
    }

    public T? Join<T>(Table<T> table) => Join<T>(table.Name);

    public T? Join<T>(string table)
    {
        RequireAtWork();
        return ReadTable(tables.Join<T>(Group, table), out var value) ? value : default;
    }

    public T? Lookup<T>(Table<T> table, Key key) => Lookup<T>(table.Name, key);

    public T? Lookup<T>(string table, Key key)
    {
        RequireAtWork();
        var all = tables.Lookup<T>(Group, table);
        var stage = EnterStorage();
        try
        {
            var found = all.TryGet(key.Span, out var value, out var isHere);
            Stage = stage;
            if (!isHere)
                throw new InvalidOperationException($"Table '{table}', which group '{Group}' looks up, is being read again; try again.");
            return found ? value : default;
        }
        catch (TableValueException e) when (IsPassedOver(e, stage))
        {
            return default;
        }
    }

    [DoesNotReturn]
    public void Fail(Exception error)
    {
        // One that was never thrown has no stack, and the callback's is what is looked for in a log.
        if (error.StackTrace is null)
            ExceptionDispatchInfo.SetCurrentStackTrace(error);
        throw new CallbackFailedException(error);
    }

    public DeferredCommit DeferCommit()
    {
        RequireAtWork();
        var deferred = new DeferredCommit(Defer());
        (_deferred ??= []).Add(deferred);
        return deferred;
    }

    bool ReadTable<T>(PartitionTable<T> table, [MaybeNullWhen(false)] out T value)
    {
        var stage = EnterStorage();
        try
        {
            var found = table.TryGet(KeyBytes, out value);
            Stage = stage;
            return found;
        }
        catch (TableValueException e) when (IsPassedOver(e, stage))
        {
            value = default;
            return false;
        }
    }

    bool IsPassedOver(TableValueException error, ProcessingStage stage)
    {
        var isAbsent = IsAbsent(this, error);
        Stage = isAbsent ? stage : ProcessingStage.Table;
        return isAbsent;
    }

    /// <summary>Writes an entry that cannot be read to a dead letter topic, once for this record, when its callback has ended well.</summary>
    public void DeadLetter(string topic, TableValueException error, Headers headers)
    {
        if ((_entries ??= []).Add((error.Table, error.Key)))
            Effects.Add(topic, isTable: false, error.Key.Span, Codecs.Codec.Bytes, error.Value, headers);
    }

    // From here until the stage is set back, what fails is the store.
    ProcessingStage EnterStorage()
    {
        var stage = Stage;
        Stage = ProcessingStage.Storage;
        return stage;
    }

    Headers? Merged(Headers? headers)
    {
        var merged = defaultHeaders.Count == 0 ? headers : defaultHeaders.Merged(headers);
        return tracing.IsOn ? tracing.Carry(_batch, _index, _span, merged) : merged;
    }

    // The last among the first so many; -1 for none.
    int LastTableEffect(int among)
    {
        var i = among - 1;
        while (i >= 0 && !Effects[i].IsTable)
            i--;
        return i;
    }

    PartitionTable<TState> Table(string verb)
    {
        RequireAtWork();
        return table ?? throw new InvalidOperationException($"Cannot {verb} a value: group '{Group}' is stateless; add Persist to its graph.");
    }

    Edge Output(string topic)
    {
        RequireAtWork();
        return _outputs.TryGetValue(topic, out var edge) ? edge : throw new InvalidOperationException(NotAnOutput(topic));
    }

    /// <exception cref="InvalidOperationException">It is at another call by now.</exception>
    public void RequireCall(long call)
    {
        if (call != Call)
            throw new InvalidOperationException(HasEnded());
    }

    // What a callback has asked for is carried out once it has ended; what came after that would be lost, or taken for the next record's.
    void RequireAtWork()
    {
        if (Stage == ProcessingStage.Emit)
            throw new InvalidOperationException(HasEnded());
    }

    string HasEnded() =>
        $"The callback of group '{Group}' has ended, and its context with it; the context was kept, or something it started was not awaited. " +
        "Take what is needed while the callback runs; what may be kept is a copied key, a value, and the result of DeferCommit.";

    string NotAnOutput(string topic) =>
        topic.Length == 0 ? "Cannot emit to a topic without a name." :
        topic == graph.LoopStream ? $"Cannot emit to the group's loop '{topic}'; use Loopback." :
        topic == graph.GroupTable ? $"Cannot emit to the group's table '{topic}'; use SetValue." :
        $"Topic '{topic}' is not an output of group '{Group}'; add Output(\"{topic}\", …) to its graph. " +
        $"Outputs are: {(_outputs.Count == 0 ? "none" : string.Join(", ", _outputs.Keys))}.";

    static string WrongType<T>(Edge edge, string kind) =>
        $"The {kind} '{edge.Topic}' takes values of type {TypeNames.Short(edge.MessageType)}, not {TypeNames.Short(typeof(T))}.";
}
