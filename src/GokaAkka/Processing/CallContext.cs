namespace GokaAkka.Processing;

/// <summary>
/// What one call of a callback gets: the partition's context, which moves on to the next record, for as long as it is at this one. One object per call, so that
/// one which is kept never acts on the record of another call.
/// </summary>
/// <remarks>The one allocation of a record: nothing that is used again can tell who still holds it.</remarks>
sealed class CallContext<TState>(ProcessingContext<TState> context) : ContextWrapper<TState>(context), IBatchContext
{
    readonly long _call = context.Call;

    private protected override IContext<TState> AtWork(IContext<TState> inner)
    {
        ((ProcessingContext<TState>)inner).RequireCall(_call);
        return inner;
    }
}
