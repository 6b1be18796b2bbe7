namespace GokaAkka.Testing;

/// <summary>
/// Holds back acknowledgements: the records are in the log, their senders do not hear of it. <see cref="Dispose"/> lets go of them all.
/// Safe for concurrent use.
/// </summary>
public sealed class AckHold : IDisposable
{
    readonly ClusterHost _host;

    internal AckHold(ClusterHost host, string topic, int? partition)
    {
        _host = host;
        (Topic, Partition, Permits) = (topic, partition, new AckPermits(topic, partition));
    }

    /// <summary>The topic whose acknowledgements are held back.</summary>
    public string Topic { get; }

    /// <summary>The partition, or null for all of the topic.</summary>
    public int? Partition { get; }

    /// <summary>Guarded by the gate.</summary>
    internal AckPermits Permits { get; }

    /// <summary>Lets the next <paramref name="count"/> acknowledgements pass, those held back first.</summary>
    public void Release(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        lock (_host.Gate)
        {
            Permits.Left += count;
            _host.WakeAll();
        }
    }

    /// <summary>Ends the hold: what is held back is told now, in order.</summary>
    public void Dispose()
    {
        lock (_host.Gate)
        {
            _host.Plan.Unhold(Permits);
            _host.WakeAll();
        }
    }
}
