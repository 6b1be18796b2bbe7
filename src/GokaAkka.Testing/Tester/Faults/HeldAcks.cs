namespace GokaAkka.Testing;

/// <summary>
/// Holds back acknowledgements: the records are in the topic, their senders do not hear of it, so nothing that caused them is committed.
/// Disposing it lifts the hold without running anything.
/// </summary>
public sealed class HeldAcks : IDisposable
{
    readonly TesterBroker _broker;
    readonly Action _settle;

    internal HeldAcks(TesterBroker broker, Action settle, string topic, int? partition)
    {
        _broker = broker;
        _settle = settle;
        Topic = topic;
        Partition = partition;
        broker.Hold(this);
    }

    /// <summary>The topic whose acknowledgements are held back.</summary>
    public string Topic { get; }

    /// <summary>The partition, or null for all of the topic.</summary>
    public int? Partition { get; }

    /// <summary>How many acknowledgements may still pass.</summary>
    internal int Permits { get; private set; }

    /// <summary>Lets the next acknowledgements pass, those held back first, and returns when everything has settled.</summary>
    /// <param name="count">How many.</param>
    public void Release(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Permits += count;
        _settle();
    }

    /// <summary>Ends the hold: what was held back is told, in order. Returns when everything has settled.</summary>
    public void Release()
    {
        Dispose();
        _settle();
    }

    /// <inheritdoc/>
    public void Dispose() => _broker.Unhold(this);

    internal void Take() => Permits--;

    internal bool Covers(TopicPartition partition) => partition.Topic == Topic && (Partition ?? partition.Partition) == partition.Partition;
}
