namespace GokaAkka.Testing;

/// <summary>
/// Holds back acknowledgements: the records are in the topic, their senders do not hear of it, so nothing that caused them is committed.
/// Disposing it lifts the hold without running anything.
/// </summary>
public sealed class HeldAcks : IDisposable
{
    readonly FaultPlan _faults;
    readonly AckPermits _permits;
    readonly Action _settle;

    internal HeldAcks(TesterBroker broker, Action settle, string topic, int? partition)
    {
        (_faults, _permits) = (broker.Faults, new AckPermits(topic, partition));
        _settle = settle;
        Topic = topic;
        Partition = partition;
        _faults.Hold(_permits);
    }

    /// <summary>The topic whose acknowledgements are held back.</summary>
    public string Topic { get; }

    /// <summary>The partition, or null for all of the topic.</summary>
    public int? Partition { get; }

    /// <summary>Lets the next acknowledgements pass, those held back first, and returns when everything has settled.</summary>
    /// <param name="count">How many.</param>
    public void Release(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _permits.Left += count;
        _settle();
    }

    /// <summary>Ends the hold: what was held back is told, in order. Returns when everything has settled.</summary>
    public void Release()
    {
        Dispose();
        _settle();
    }

    /// <inheritdoc/>
    public void Dispose() => _faults.Unhold(_permits);
}
