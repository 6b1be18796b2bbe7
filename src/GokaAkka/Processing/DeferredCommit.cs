namespace GokaAkka.Processing;

/// <summary>A commit held back by <see cref="IContext{TState}.DeferCommit"/>. Complete or fail it once, from any thread; further calls do nothing.</summary>
public sealed class DeferredCommit
{
    Segment? _segment;

    internal DeferredCommit(Segment segment) => _segment = segment;

    /// <summary>The record may be committed as far as this is concerned.</summary>
    public void Complete() => Interlocked.Exchange(ref _segment, null)?.DeferredArrived();

    /// <summary>The record has failed: it will not be committed, and the partition starts again from the last committed one.</summary>
    public void Fail(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Interlocked.Exchange(ref _segment, null)?.Fail(error);
    }
}
