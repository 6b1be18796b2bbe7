using Confluent.Kafka;

namespace GokaAkka.Testing;

// What changes or goes wrong while clients are at work, when a test says so.
public sealed partial class EmbeddedBroker
{
    const int AllBrokers = -1;
    const int NoBroker = -1;

    /// <summary>Cuts the connections of a broker and takes no new ones; its partitions keep their leader. Harmless when it is down.</summary>
    /// <param name="broker">The number of a broker, or null for all.</param>
    public void BrokerDown(int? broker = null) =>
        _cluster.Do("take a broker down", cluster => NativeMock.BrokerDown(cluster, Broker(broker)));

    /// <summary>Lets a broker take connections again, on its old port and with all it held. Harmless when it is up.</summary>
    /// <param name="broker">The number of a broker, or null for all.</param>
    public void BrokerUp(int? broker = null) =>
        _cluster.Do("bring a broker up", cluster => NativeMock.BrokerUp(cluster, Broker(broker)));

    /// <summary>Adds a broker, which takes its share of all partitions over from the others.</summary>
    /// <returns>Its number, one above the highest there is.</returns>
    /// <exception cref="InvalidOperationException">There are 100 brokers already.</exception>
    public int AddBroker()
    {
        lock (_making)
        {
            if (_brokers.Count == MostBrokers)
                throw new InvalidOperationException($"The cluster has {MostBrokers} brokers already, and takes no more.");
            var broker = _brokers.Max + 1;
            _cluster.Do("add a broker", cluster => NativeMock.AddBroker(cluster, broker));
            _brokers = _brokers.Add(broker);
            return broker;
        }
    }

    /// <summary>Takes a broker out of the cluster for good; the others take its partitions and groups over, and no record is lost.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such broker.</exception>
    /// <exception cref="InvalidOperationException">It is the last one.</exception>
    public void DecommissionBroker(int broker)
    {
        lock (_making)
        {
            var number = Broker(broker);
            if (_brokers.Count == 1)
                throw new InvalidOperationException($"Broker {broker} is the last one of the cluster, and has to stay.");
            _cluster.Do("decommission a broker", cluster => NativeMock.RemoveBroker(cluster, number));
            _brokers = _brokers.Remove(number);
        }
    }

    /// <summary>Delays every answer of a broker, from now on.</summary>
    /// <param name="delay">Whole milliseconds; zero for none.</param>
    /// <param name="broker">The number of a broker, or null for all.</param>
    public void SetRoundTripTime(TimeSpan delay, int? broker = null)
    {
        RequireTime(delay);
        _cluster.Do("set a delay", cluster => NativeMock.SetRoundTripTime(cluster, Broker(broker), (int)delay.TotalMilliseconds));
    }

    /// <summary>Answers the next requests of a kind with these errors, one request each, after those ordered before.</summary>
    /// <remarks>
    /// It does not check the sequence numbers of idempotent producers (KIP-98). One whose batch it refuses while another of the same partition is
    /// on its way holds the refused one for written, and the records are missing: to try refused <see cref="KafkaApi.Produce"/> requests, give
    /// producers <c>max.in.flight = 1</c>.
    /// </remarks>
    /// <param name="api">The kind of request.</param>
    /// <param name="errors">
    /// Errors as brokers send them; <see cref="ErrorCode.NoError"/> lets a request pass, <see cref="ErrorCode.Local_Transport"/> cuts the
    /// connection it came on.
    /// </param>
    public unsafe void FailRequests(KafkaApi api, params ReadOnlySpan<ErrorCode> errors)
    {
        foreach (var error in errors)
        {
            if (error < ErrorCode.Unknown && error != ErrorCode.Local_Transport)
                throw new ArgumentException($"{error} is an error of the client's own; a broker never sends it.", nameof(errors));
        }

        var codes = new int[errors.Length];
        for (var i = 0; i < codes.Length; i++)
            codes[i] = (int)errors[i];
        _cluster.Use(cluster =>
        {
            fixed (int* first = codes)
                NativeMock.PushErrors(cluster, (short)api, (nuint)codes.Length, first);
            return true;
        });
    }

    /// <summary>Forgets the errors ordered for a kind of request that have not been sent yet.</summary>
    public void ClearFailures(KafkaApi api) => _cluster.Use(cluster =>
    {
        NativeMock.ClearErrors(cluster, (short)api);
        return true;
    });

    /// <summary>Makes a broker the leader of a partition.</summary>
    /// <exception cref="ArgumentException">No such topic, partition or broker.</exception>
    public void MoveLeader(string topic, int partition, int broker)
    {
        // The native call would make a topic that is not there.
        Require(topic, partition);
        _cluster.Do($"move the leader of {topic}[{partition}]", cluster => NativeMock.SetLeader(cluster, topic, partition, Broker(broker)));
    }

    /// <summary>
    /// Leaves a partition without a leader until <see cref="MoveLeader"/> gives it one. Only while no client writes to the partition or reads from it:
    /// librdkafka 2.16 ends the process on such a request.
    /// </summary>
    /// <exception cref="ArgumentException">No such topic or partition.</exception>
    public void RemoveLeader(string topic, int partition)
    {
        Require(topic, partition);
        _cluster.Do($"remove the leader of {topic}[{partition}]", cluster => NativeMock.SetLeader(cluster, topic, partition, NoBroker));
    }

    /// <summary>Makes a broker the coordinator of a consumer group; its members and offsets move along.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such broker.</exception>
    public void MoveCoordinator(string group, int broker)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        _cluster.Do($"move the coordinator of group '{group}'", cluster => NativeMock.SetCoordinator(cluster, "group", group, Broker(broker)));
    }

    /// <summary>Makes a broker the coordinator of the transactions of a producer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such broker.</exception>
    public void MoveTransactions(string transactionalId, int broker)
    {
        ArgumentException.ThrowIfNullOrEmpty(transactionalId);
        _cluster.Do($"move the coordinator of '{transactionalId}'", cluster => NativeMock.SetCoordinator(cluster, "transaction", transactionalId, Broker(broker)));
    }

    /// <summary>Checked here, because the native side ends the process on some calls with a broker that is not there.</summary>
    int Broker(int? broker)
    {
        if (broker is not { } number)
            return AllBrokers;
        return _brokers.Contains(number)
            ? number
            : throw new ArgumentOutOfRangeException(nameof(broker), number, $"There is no broker {number}; there are: {string.Join(", ", _brokers)}.");
    }

    static void RequireTime(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, TimeSpan.FromHours(1));
    }

    void Require(string topic, int partition)
    {
        if (!Topics.TryGetValue(topic, out var partitions))
            throw new ArgumentException($"There is no topic '{topic}'; there are: {string.Join(", ", Topics.Keys)}.", nameof(topic));
        if (partition < 0 || partition >= partitions)
            throw new ArgumentOutOfRangeException(nameof(partition), partition, $"Topic '{topic}' has partitions 0 to {partitions - 1}.");
    }
}
