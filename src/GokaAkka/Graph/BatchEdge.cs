using GokaAkka.Codecs;

namespace GokaAkka.Graph;

/// <summary>A stream that is consumed in batches.</summary>
sealed class BatchEdge<TState, TMessage>(
    string topic, ICodec<TMessage> codec, Func<IBatchContext, IReadOnlyList<Message<TMessage>>, ValueTask> callback, InputOptions options)
    : InputEdge<TState>(EdgeKind.Input, topic, typeof(TMessage), NameOf(codec), options), ICodecEdge<TMessage>
{
    public ICodec<TMessage> Codec { get; } = codec;

    public override bool IsAsynchronous => true;

    public override bool TakesBatches => true;

    public override ValueTask Invoke(ProcessingContext<TState> state, IContext<TState> context, ReadOnlySpan<byte> value, bool valueIsNull) =>
        throw new NotSupportedException($"Input '{Topic}' takes batches.");

    public override ValueTask InvokeBatch(ProcessingContext<TState> state, RecordBatch batch, int from)
    {
        var messages = new List<Message<TMessage>>(batch.Count - from);
        for (var i = from; i < batch.Count; i++)
        {
            ref readonly var record = ref batch[i];
            if (Ignores(batch, i))
                continue;
            // So that a value that does not decode is reported with its own offset.
            state.MoveTo(i);
            state.Stage = ProcessingStage.Decode;
            TMessage value;
            try
            {
                value = record.ValueIsNull && Options.Nulls == NullHandling.Process ? default! : Codec.Decode(batch.Value(i));
            }
            catch (Exception e) when (state.TakeOut(state, e))
            {
                continue;
            }

            messages.Add(new Message<TMessage>(state.Key, value, record.Offset, state.Timestamp, state.Headers));
        }

        state.MoveTo(from);
        state.Stage = ProcessingStage.Callback;
        return messages.Count == 0 ? default : callback(new CallContext<TState>(state), messages);
    }
}
