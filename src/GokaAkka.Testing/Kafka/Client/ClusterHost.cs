namespace GokaAkka.Testing;

/// <summary>The cluster and what stands between it and its clients: one lock for all, the waking of waiting threads, outages and prepared faults.</summary>
internal sealed class ClusterHost(InMemoryKafkaOptions options)
{
    readonly List<IPart> _parts = [];
    TaskCompletionSource? _back;

    /// <summary>Held for every look at the cluster; never while a callback runs.</summary>
    public Lock Gate { get; } = new();

    public InMemoryKafkaOptions Options { get; } = options;

    public KafkaCluster Cluster { get; } = new(options.Time, options.Brokers, options.DefaultReplicas);

    public FaultPlan Plan { get; } = new();

    /// <summary>Counts outages up; odd while one lasts. Parts remember the last one they have told about.</summary>
    public int Outage { get; private set; }

    public bool IsDown => (Outage & 1) == 1;

    /// <summary>Done while the brokers answer.</summary>
    public Task Back => _back?.Task ?? Task.CompletedTask;

    public void Add(IPart part)
    {
        lock (Gate)
            _parts.Add(part);
    }

    public void Remove(IPart part)
    {
        lock (Gate)
            _parts.Remove(part);
    }

    /// <summary>The point in cluster time at which a time-out ends; an infinite one never does.</summary>
    public TimeSpan EndOf(TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
            return TimeSpan.MaxValue;
        var now = Cluster.Now;
        return timeout < TimeSpan.MaxValue - now ? now + timeout : TimeSpan.MaxValue;
    }

    /// <summary>Under the gate: lets cluster time-outs strike. Threads that wait for the cluster are alive, however long they wait.</summary>
    public void Advance()
    {
        if (IsDown || Cluster.NextDeadline() > Cluster.Now)
            return;
        foreach (var part in _parts)
        {
            if (part.Parking.IsParked)
                part.Heartbeat();
        }

        Cluster.Advance();
        WakeAll();
    }

    /// <summary>Under the gate: how long a thread may wait before it has to look at the cluster again.</summary>
    public TimeSpan WaitBefore(TimeSpan end)
    {
        var next = IsDown ? TimeSpan.MaxValue : Cluster.NextDeadline();
        next = next < end ? next : end;
        return next == TimeSpan.MaxValue ? TimeSpan.MaxValue : next - Cluster.Now;
    }

    /// <summary>Under the gate: groups, topics or transactions have changed.</summary>
    public void WakeAll()
    {
        foreach (var part in _parts)
            part.Parking.Wake();
    }

    /// <summary>Under the gate: a record was appended.</summary>
    public void WakeReaders(TopicPartition partition)
    {
        foreach (var part in _parts)
        {
            if (part.Parking.IsParked && part.Reads(partition))
                part.Parking.Wake();
        }
    }

    public void TakeDown()
    {
        lock (Gate)
        {
            if (IsDown)
                return;
            Outage++;
            _back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            WakeAll();
        }
    }

    public void BringUp()
    {
        lock (Gate)
        {
            if (!IsDown)
                return;
            Outage++;
            Cluster.RefreshSessions();
            foreach (var part in _parts)
                part.BrokersAreBack();
            WakeAll();
            _back!.SetResult();
        }
    }

    /// <summary>Outside the gate: waits until the condition, looked at under the gate after every change, holds.</summary>
    /// <returns>False when the time ended first.</returns>
    public bool WaitUntil(TimeSpan timeout, Func<bool> condition)
    {
        lock (Gate)
        {
            if (condition())
                return true;
        }

        using var visitor = new Visitor(this);
        Add(visitor);
        var end = EndOf(timeout);
        while (true)
        {
            TimeSpan wait;
            lock (Gate)
            {
                Advance();
                if (condition())
                    return true;
                if (Cluster.Now >= end)
                    return false;
                visitor.Parking.Prepare();
                wait = WaitBefore(end);
            }

            visitor.Parking.Wait(wait);
        }
    }

    /// <summary>Someone who only waits: every change is of interest.</summary>
    sealed class Visitor(ClusterHost host) : IPart, IDisposable
    {
        public Parking Parking { get; } = new(host.Options.Time);

        public bool Reads(TopicPartition partition) => true;

        public void Dispose()
        {
            host.Remove(this);
            Parking.Dispose();
        }
    }
}
