using System.Collections.Immutable;
using GokaAkka.Kafka.Native;

namespace GokaAkka.Testing;

/// <summary>
/// A Kafka cluster inside this process, on loopback ports of its own: librdkafka's mock cluster. Any client of any process can use it; what
/// it holds is gone when it is disposed. Any number of them can run side by side. Safe for concurrent use.
/// </summary>
/// <remarks>
/// <para>It speaks the real protocol for producing (idempotent and transactional producers too), fetching, groups and offsets. It differs from
/// a real cluster: it has no admin requests, so topics are made by <see cref="CreateTopic"/> or through <see cref="ControlAddress"/>; it makes
/// any other topic that a client asks for, with 4 partitions; it keeps 5 MB or 100,000 batches of a partition and forgets the oldest; it does
/// not compact; it accepts transactions, but shows aborted records and forgets the offsets sent in them; a lookup by time finds nothing; a
/// consumer at the end of a partition waits <c>fetch.wait.max.ms</c> for news even when there are some.</para>
/// <para>A group's first member gets its partitions at once (<see cref="EmbeddedBrokerOptions.InitialRebalanceDelay"/>). Each later rebalance of
/// a group with the classic protocol takes <c>session.timeout.ms</c> less 1 s, whoever is back earlier: with sessions of 1.5 s, half a second. Who
/// has not joined again by then, because heartbeats (<c>heartbeat.interval.ms</c>) are too rare or partitions are given up too slowly, has lost its
/// partitions. A commit during a rebalance is refused. Members of a group must all use the same assignor: librdkafka ends the process
/// otherwise.</para>
/// </remarks>
public sealed partial class EmbeddedBroker : IDisposable, IAsyncDisposable
{
    const int MostBrokers = 100;

    readonly MockCluster _cluster;
    readonly BrokerControlServer _control;
    readonly Lock _making = new();
    ImmutableSortedSet<int> _brokers;

    EmbeddedBroker(EmbeddedBrokerOptions options)
    {
        _brokers = [.. Enumerable.Range(1, options.Brokers)];
        _cluster = new MockCluster(options);
        try
        {
            _control = new BrokerControlServer(this);
        }
        catch
        {
            _cluster.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Where clients find it, such as <c>127.0.0.1:40123</c>: a value for <c>bootstrap.servers</c>. It names the brokers that it was started with.
    /// </summary>
    public string BootstrapServers => _cluster.BootstrapServers;

    /// <summary>Where other processes can make topics, such as <c>127.0.0.1:40124</c>: a value for <c>goka.kafka.embedded-control</c>.</summary>
    public string ControlAddress => _control.Address;

    /// <summary>The partition count of every topic there is, those made by being used included.</summary>
    /// <exception cref="KafkaFaultException">All brokers are down.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public IReadOnlyDictionary<string, int> Topics => _cluster.Topics();

    /// <summary>Starts a cluster without topics; it can be used at once.</summary>
    /// <exception cref="DllNotFoundException">librdkafka is not installed; the message says how to.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A broker count that is not 1 to 100, or a time that is negative or above an hour.</exception>
    public static EmbeddedBroker Start(EmbeddedBrokerOptions? options = null)
    {
        options ??= new EmbeddedBrokerOptions();
        if (options.Brokers is < 1 or > MostBrokers)
            throw new ArgumentOutOfRangeException(nameof(options), options.Brokers, $"A cluster has 1 to {MostBrokers} brokers.");
        foreach (var time in new[] { options.InitialRebalanceDelay, options.ConsumerSessionTimeout, options.ConsumerHeartbeatInterval })
            RequireTime(time);
        LibrdkafkaLoader.EnsureLoaded();
        return new EmbeddedBroker(options);
    }

    /// <summary>Makes a topic, or does nothing when it is there with as many partitions.</summary>
    /// <param name="name">Its name, by Kafka's rules.</param>
    /// <param name="partitions">Its partition count, at least 1.</param>
    /// <exception cref="ArgumentException">A name or count that Kafka does not allow.</exception>
    /// <exception cref="InvalidOperationException">It is there with another partition count, which cannot be changed.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public void CreateTopic(string name, int partitions)
    {
        if (TopicRules.Check(new TopicSpec(name, partitions), _brokers.Count, out var reason) != ClusterError.None)
            throw new ArgumentException($"Not a topic: {reason}.");
        // One at a time, so that of two callers one makes it and the other compares.
        lock (_making)
        {
            var error = _cluster.Use(cluster => NativeMock.CreateTopic(cluster, name, partitions, 1));
            if (error == 0)
                return;
            if (error != MockCluster.TopicAlreadyExists)
                throw _cluster.Failure($"make topic '{name}'", error);
            if (Topics.TryGetValue(name, out var found) && found != partitions)
            {
                throw new InvalidOperationException(
                    $"Topic '{name}' is there with {found} partitions; {partitions} were asked for. Use another name, or make it before a client "
                    + "asks for it: a topic that is asked for first gets 4 partitions.");
            }
        }
    }

    /// <summary>
    /// Deletes a topic with its records and the offsets that groups have committed of it. Clients that still use it get errors, or make it again by
    /// asking for it, with 4 partitions, unless <c>allow.auto.create.topics</c> is off.
    /// </summary>
    /// <exception cref="ArgumentException">No such topic.</exception>
    public void DeleteTopic(string name)
    {
        Require(name, 0);
        _cluster.Do($"delete topic '{name}'", cluster => NativeMock.DeleteTopic(cluster, name));
    }

    /// <summary>Deletes the oldest records of a partition, as Kafka's DeleteRecords does. Nothing happens when they are gone already.</summary>
    /// <param name="topic">A topic that exists.</param>
    /// <param name="partition">One of its partitions.</param>
    /// <param name="before">The offset of the first record to keep; the partition's end deletes all.</param>
    /// <exception cref="ArgumentException">No such topic or partition, or an offset behind the partition's end.</exception>
    /// <exception cref="KafkaFaultException">The partition's leader is down.</exception>
    public void DeleteRecords(string topic, int partition, long before)
    {
        Require(topic, partition);
        var (first, end) = _cluster.Offsets(topic, partition);
        if (before < 0 || before > end)
            throw new ArgumentOutOfRangeException(nameof(before), before, $"{topic}[{partition}] has offsets {first} to {end}.");
        // The native call would take the partition's beginning back to an offset that has no record any more.
        if (before > first)
            _cluster.Do($"delete records of {topic}[{partition}]", cluster => NativeMock.DeleteRecords(cluster, topic, partition, before));
    }

    /// <summary>Stops the brokers: clients lose their connections, the records are gone. Harmless when done twice.</summary>
    public void Dispose()
    {
        _control.Dispose();
        _cluster.Dispose();
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync() => new(Task.Run(Dispose));
}
