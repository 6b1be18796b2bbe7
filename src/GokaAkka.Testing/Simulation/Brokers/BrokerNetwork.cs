namespace GokaAkka.Testing.Simulation;

/// <summary>
/// What is between clients and brokers: requests and replies take time, get lost, arrive late and twice. A client whose request or reply was
/// lost hears so when its time-out ends, and does not hear what the broker made of it.
/// </summary>
sealed class BrokerNetwork(Scheduler scheduler, SimRandom random, FaultCounts faults, int brokers)
{
    static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(2);

    readonly bool[] _isUp = [.. Enumerable.Repeat(true, brokers)];
    readonly List<Exchange>[] _held = [.. Enumerable.Range(0, brokers).Select(_ => new List<Exchange>())];

    public NetworkProfile Profile { get; set; } = NetworkProfile.Healthy;

    public int Brokers => brokers;

    public bool IsUp(int broker) => _isUp[broker];

    /// <summary>Sends a request.</summary>
    /// <param name="client">Who sends it.</param>
    /// <param name="broker">Where to; -1 when nobody is known to be responsible, which fails soon.</param>
    /// <param name="handle">What the broker does with it; the answer goes to the exchange, now or later.</param>
    /// <param name="answered">The client gets the answer.</param>
    /// <param name="failed">The client gets none.</param>
    /// <param name="mayRepeat">
    /// Whether it may arrive twice. The transaction protocol before its second version does not tell a request of the last transaction from one
    /// of this one and relies on connections that keep order; so do the requests that it would break.
    /// </param>
    public void Send<T>(
        SimProcess client, int broker, Action<Exchange<T>> handle, Action<T> answered, Action failed, bool mayRepeat = true)
    {
        var exchange = new Exchange<T>(this, client, broker, isCopy: false, answered, failed);
        if (broker < 0)
        {
            client.After(random.Milliseconds(1, 20), exchange.Failed);
            return;
        }

        if (mayRepeat && random.Chance(Profile.Repeated))
        {
            faults.Add(Fault.RequestRepeated);
            var copy = new Exchange<T>(this, client, broker, isCopy: true, answered, failed);
            scheduler.After(Latency() + random.Milliseconds(0, 3000), () => Arrive(copy, handle));
        }

        if (random.Chance(Profile.Lost))
        {
            faults.Add(Fault.RequestLost);
            client.After(RequestTimeout, exchange.Failed);
            return;
        }

        // Not the client's event: what is on the wire arrives although the client is dead or paused.
        scheduler.After(Latency(), () => Arrive(exchange, handle));
    }

    /// <summary>The reply of a broker is on its way.</summary>
    public void Reply<T>(Exchange<T> exchange, T answer)
    {
        _held[exchange.Broker].Remove(exchange);
        if (exchange.IsOver)
            return;
        if (random.Chance(Profile.ReplyLost))
        {
            faults.Add(Fault.ReplyLost);
            exchange.Client.After(RequestTimeout, exchange.Failed);
            return;
        }

        exchange.Client.After(Latency(), () => exchange.Arrived(answer));
    }

    /// <summary>The broker keeps a request until it can answer; it is broken when the broker goes down.</summary>
    public void Hold(Exchange exchange) => _held[exchange.Broker].Add(exchange);

    /// <summary>A broker goes down: what it holds is broken, and nothing reaches it.</summary>
    public void TakeDown(int broker)
    {
        _isUp[broker] = false;
        foreach (var exchange in _held[broker])
            exchange.Break();
        _held[broker].Clear();
    }

    public void BringUp(int broker) => _isUp[broker] = true;

    void Arrive<T>(Exchange<T> exchange, Action<Exchange<T>> handle)
    {
        if (_isUp[exchange.Broker])
            handle(exchange);
        else
            exchange.Break();
    }

    TimeSpan Latency()
    {
        if (!random.Chance(Profile.Late))
            return random.Milliseconds(0.2, 4);
        faults.Add(Fault.MessageLate);
        return random.Milliseconds(4, Profile.LateBy);
    }
}
