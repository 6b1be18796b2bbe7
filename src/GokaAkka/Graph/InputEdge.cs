using GokaAkka.Codecs;

namespace GokaAkka.Graph;

/// <summary>
/// A stream the group consumes, with the callback for its records. The message type is known in here only, so that a partition can hold
/// inputs of any types and yet neither box nor cast.
/// </summary>
abstract class InputEdge<TState>(EdgeKind kind, string topic, Type type, string codec, InputOptions options) : Edge(kind, topic, type, codec), IInputOptions
{
    public InputOptions Options { get; } = options;

    /// <summary>Decodes a record and calls the user's callback with it.</summary>
    /// <returns>A finished task, unless the callback is still at work.</returns>
    public abstract ValueTask Invoke(ProcessingContext<TState> state, IContext<TState> context, ReadOnlySpan<byte> value, bool valueIsNull);

    /// <summary>Whether a record is passed over because its value is null.</summary>
    public bool Ignores(RecordBatch batch, int index) => batch[index].ValueIsNull && Options.Nulls == NullHandling.Ignore;

    /// <summary>Whether the callback may still be at work when it returns.</summary>
    public abstract bool IsAsynchronous { get; }

    /// <summary>Whether the callback takes whole batches: then <see cref="InvokeBatch"/> is called in place of <see cref="Invoke"/>.</summary>
    public virtual bool TakesBatches => false;

    /// <summary>Decodes the records from <paramref name="from"/> on and calls the user's callback with them.</summary>
    public virtual ValueTask InvokeBatch(ProcessingContext<TState> state, RecordBatch batch, int from) =>
        throw new NotSupportedException($"Input '{Topic}' takes one record at a time.");

    public override string ToString() => Kind == EdgeKind.Loop ? $"loop: {base.ToString()}" : base.ToString();
}

/// <summary>The options of an input of any type.</summary>
interface IInputOptions
{
    InputOptions Options { get; }
}

/// <inheritdoc cref="InputEdge{TState}"/>
sealed class InputEdge<TState, TMessage>(
    EdgeKind kind, string topic, ICodec<TMessage> codec, Func<IContext<TState>, TMessage, ValueTask>? asynchronous,
    Action<IContext<TState>, TMessage>? synchronous, InputOptions options)
    : InputEdge<TState>(kind, topic, typeof(TMessage), NameOf(codec), options), ICodecEdge<TMessage>
{
    public ICodec<TMessage> Codec { get; } = codec;

    public override bool IsAsynchronous => asynchronous is not null;

    public override ValueTask Invoke(ProcessingContext<TState> state, IContext<TState> context, ReadOnlySpan<byte> value, bool valueIsNull)
    {
        state.Stage = ProcessingStage.Decode;
        var message = valueIsNull && Options.Nulls == NullHandling.Process ? default! : Codec.Decode(value);
        state.Stage = ProcessingStage.Callback;
        if (asynchronous is not null)
            return asynchronous(context, message);
        synchronous!(context, message);
        return default;
    }
}
