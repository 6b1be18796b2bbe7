namespace GokaAkka.Testing.Simulation;

/// <summary>A request on its way: the client hears of it at most once, whatever the network does to it.</summary>
abstract class Exchange(SimProcess client, int broker)
{
    public SimProcess Client { get; } = client;

    public int Broker { get; } = broker;

    /// <summary>Whether the client has heard of it, and what else comes of it is of no interest to it.</summary>
    public bool IsOver { get; protected set; }

    /// <summary>The broker is gone with what it had not answered: the client notices.</summary>
    public abstract void Break();
}

/// <inheritdoc cref="Exchange"/>
sealed class Exchange<T>(BrokerNetwork network, SimProcess client, int broker, bool isCopy, Action<T> answered, Action failed)
    : Exchange(client, broker)
{
    /// <summary>Whether this is a copy of a request that the client knows nothing of: its answer goes nowhere.</summary>
    public bool IsCopy { get; } = isCopy;

    public void Answer(T answer)
    {
        if (!IsCopy)
            network.Reply(this, answer);
    }

    public void Arrived(T answer)
    {
        if (IsOver)
            return;
        IsOver = true;
        answered(answer);
    }

    /// <summary>No answer will come, or none in time.</summary>
    public void Failed()
    {
        if (IsOver)
            return;
        IsOver = true;
        failed();
    }

    public override void Break()
    {
        if (!IsCopy && !IsOver)
            Client.After(TimeSpan.FromMilliseconds(1), Failed);
    }
}
