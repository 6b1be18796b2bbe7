namespace GokaAkka.Testing;

/// <summary>Reads table partitions of the in-memory cluster on a thread of its own.</summary>
internal sealed class MemoryTableReader : ITableReader, IPart
{
    readonly ClusterHost _host;
    readonly List<MemoryTableSubscription> _subscriptions = [];
    bool _isDisposed;
    int _turn;

    public MemoryTableReader(ClusterHost host, TableReaderOptions options)
    {
        _host = host;
        Parking = new Parking(host.Options.Time);
        host.Add(this);
        new Thread(Run) { IsBackground = true, Name = $"in-memory table reader {options.ClientId}" }.Start();
    }

    public Parking Parking { get; }

    public ITableSubscription Subscribe(string topic, int partition, long fromOffset, ITableListener listener)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromOffset);
        var subscription = new MemoryTableSubscription(this, _host, new TopicPartition(topic, partition), fromOffset, listener);
        lock (_host.Gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            // One consumer reads a partition once: the newer subscription takes over.
            _subscriptions.Find(s => s.Partition == subscription.Partition)?.End();
            _subscriptions.Add(subscription);
            Parking.Wake();
        }

        return subscription;
    }

    public Task<IReadOnlyList<long>> Ends(string topic, int partitions, TimeSpan timeout)
    {
        var what = $"read where the partitions of {topic} end";
        var calls = new ClusterCalls(_host);
        return calls.Ask<IReadOnlyList<long>>(what, timeout, CancellationToken.None, () =>
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return [.. Enumerable.Range(0, partitions).Select(p => calls.Log(what, topic, p).LastStableOffset)];
        });
    }

    /// <summary>The reader's thread ends by itself; a call to a listener that is under way is not waited for.</summary>
    public void Dispose()
    {
        lock (_host.Gate)
        {
            _isDisposed = true;
            Parking.Wake();
        }

        _host.Remove(this);
    }

    bool IPart.Reads(TopicPartition partition) => _subscriptions.Exists(s => s.Partition == partition);

    /// <summary>Under the gate: forgets a subscription that has ended.</summary>
    public void Remove(MemoryTableSubscription subscription) => _subscriptions.Remove(subscription);

    void Run()
    {
        while (true)
        {
            Action? tell;
            var wait = TimeSpan.Zero;
            lock (_host.Gate)
            {
                if (_isDisposed)
                    break;
                _host.Advance();
                tell = Next();
                if (tell is null)
                {
                    Parking.Prepare();
                    wait = _host.WaitBefore(TimeSpan.MaxValue);
                }
            }

            if (tell is null)
                Parking.Wait(wait);
            else
                tell();
        }

        Parking.Dispose();
    }

    /// <summary>The next call to a listener, one subscription after the other; null when there is none to make.</summary>
    Action? Next()
    {
        for (var i = 0; i < _subscriptions.Count; i++)
        {
            _turn = _turn + 1 < _subscriptions.Count ? _turn + 1 : 0;
            if (_subscriptions[_turn].Next() is { } tell)
                return tell;
        }

        return null;
    }
}
