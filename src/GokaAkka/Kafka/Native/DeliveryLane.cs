namespace GokaAkka.Kafka.Native;

/// <summary>
/// The records on their way to one topic partition, by who wants to hear of them. Consecutive records with the same listener and token share
/// a run, so that a record costs a count; the run's number travels through librdkafka with the record. All under the lane's own lock.
/// </summary>
sealed class DeliveryLane(int index, string topicName, nint topic, int partition, int batchLimit)
{
    Run[] _runs = new Run[4];
    int _free = NoRun;
    int _used;
    int _current = NoRun;
    int _together;

    const int NoRun = -1;
    const int Together = 1 << 30;

    /// <summary>Held while a record is given to librdkafka and while reports are counted: so the order of runs is the order of sending.</summary>
    public Lock Gate { get; } = new();

    public string TopicName { get; } = topicName;

    public nint Topic { get; } = topic;

    public int Partition { get; } = partition;

    /// <summary>The most bytes its topic takes at once; where that is not known, no limit.</summary>
    public int BatchLimit { get; } = batchLimit;

    /// <summary>Records whose report has not been told. Under the lock.</summary>
    public int InFlight { get; private set; }

    /// <summary>Whether nothing may be sent any more. Under the lock.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The lane of a record's opaque.</summary>
    public static int LaneOf(nint opaque) => (int)(opaque >> 32);

    /// <summary>Whether delivered records of the opaque's run may be told together.</summary>
    public static bool IsToldTogether(nint opaque) => (opaque & Together) != 0;

    /// <summary>Waits until nobody is sending, and lets nobody begin to.</summary>
    public void Close()
    {
        lock (Gate)
            IsClosed = true;
    }

    /// <summary>Counts a record about to be sent; returns its opaque. Under the lock.</summary>
    public nint Expect(IDeliveryListener? listener, int token)
    {
        if (_current < 0 || !ReferenceEquals(_runs[_current].Listener, listener) || _runs[_current].Token != token)
            Begin(listener, token);
        _runs[_current].Count++;
        InFlight++;
        return ((nint)index << 32) | _together | _current;
    }

    /// <summary>Who is to hear of a run. Under the lock.</summary>
    public (IDeliveryListener? Listener, int Token) ListenerOf(nint opaque)
    {
        ref readonly var run = ref _runs[NumberOf(opaque)];
        return (run.Listener, run.Token);
    }

    /// <summary>Counts records off a run. Under the lock.</summary>
    public void Landed(nint opaque, int count)
    {
        var number = NumberOf(opaque);
        ref var run = ref _runs[number];
        run.Count -= count;
        InFlight -= count;
        if (run.Count == 0 && number != _current)
            Release(number);
    }

    static int NumberOf(nint opaque) => (int)(opaque & (Together - 1));

    void Begin(IDeliveryListener? listener, int token)
    {
        if (_current >= 0 && _runs[_current].Count == 0)
            Release(_current);
        var number = _free;
        if (number != NoRun)
        {
            _free = _runs[number].NextFree;
        }
        else
        {
            if (_used == _runs.Length)
                Array.Resize(ref _runs, _used * 2);
            number = _used++;
        }

        _runs[number] = new Run { Listener = listener, Token = token };
        _current = number;
        _together = listener is IRunListener ? Together : 0;
    }

    void Release(int number)
    {
        _runs[number] = new Run { NextFree = _free };
        _free = number;
    }

    struct Run
    {
        public IDeliveryListener? Listener;
        public int Token, Count, NextFree;
    }
}
