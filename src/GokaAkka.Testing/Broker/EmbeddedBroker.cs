using GokaAkka.Kafka;
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
/// <para>A group's first join takes 3 s, each later rebalance <c>session.timeout.ms</c> less 1 s; below 3,100 ms a member never gets in. A commit
/// during a rebalance is refused. Members of a group must all use the same assignor: librdkafka ends the process otherwise.</para>
/// </remarks>
public sealed partial class EmbeddedBroker : IDisposable, IAsyncDisposable
{
    const int MostBrokers = 100;

    readonly MockCluster _cluster;
    readonly BrokerControlServer _control;
    readonly Lock _making = new();
    readonly int _brokers;

    EmbeddedBroker(EmbeddedBrokerOptions options)
    {
        _brokers = options.Brokers;
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

    /// <summary>Where clients find it, such as <c>127.0.0.1:40123</c>: a value for <c>bootstrap.servers</c>.</summary>
    public string BootstrapServers => _cluster.BootstrapServers;

    /// <summary>
    /// Where other processes can make topics, such as <c>127.0.0.1:40124</c>: a value for <c>goka.kafka.embedded-control</c>.
    /// </summary>
    public string ControlAddress => _control.Address;

    /// <summary>The partition count of every topic there is, those made by being used included.</summary>
    /// <exception cref="KafkaFaultException">All brokers are down.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public IReadOnlyDictionary<string, int> Topics => _cluster.Topics();

    /// <summary>Starts a cluster without topics; it can be used at once.</summary>
    /// <exception cref="DllNotFoundException">librdkafka is not installed; the message says how to.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A broker count that is not 1 to 100.</exception>
    public static EmbeddedBroker Start(EmbeddedBrokerOptions? options = null)
    {
        options ??= new EmbeddedBrokerOptions();
        if (options.Brokers is < 1 or > MostBrokers)
            throw new ArgumentOutOfRangeException(nameof(options), options.Brokers, $"A cluster has 1 to {MostBrokers} brokers.");
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
        if (TopicRules.Check(new TopicSpec(name, partitions), _brokers, out var reason) != ClusterError.None)
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

    /// <summary>Stops the brokers: clients lose their connections, the records are gone. Harmless when done twice.</summary>
    public void Dispose()
    {
        _control.Dispose();
        _cluster.Dispose();
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync() => new(Task.Run(Dispose));
}
