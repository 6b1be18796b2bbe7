namespace GokaAkka.Kafka.Confluent;

/// <summary>What GokaAkka sets of the native client, each where the client's own default would lose data, time or memory.</summary>
static class ConfluentDefaults
{
    /// <summary>
    /// How long a request may take. A broker that stands still keeps its connections, and the client goes on asking it, for leaders and coordinators too, until a
    /// request has run out of time. The client's own minute is longer than the brokers take to replace it (broker.session.timeout.ms, 9 s).
    /// </summary>
    public static readonly TimeSpan SocketTimeout = TimeSpan.FromSeconds(10);

    // What the client's batch.size is by default.
    const int ClientBatchSize = 1_000_000;

    public static Dictionary<string, string> GroupConsumer(GroupConsumerOptions options) => new(Consumer())
    {
        ["group.id"] = options.Group,
        // Also where the position is not kept any more: what is kept is not passed over. StartOffsets says where a group begins.
        ["auto.offset.reset"] = "earliest",
        // Offsets are stored by us when they are done; the client sends what is stored in the background.
        ["enable.auto.offset.store"] = "false",
        ["enable.auto.commit"] = "true",
        ["auto.commit.interval.ms"] = "100",
        // How long partitions stand still after a crash, and after an outage that was longer than the session: the client joins again as a new member then, and the
        // coordinator waits a session for the old one. The client's own 45 s are for brokers that take long to change the coordinator; five heartbeats do.
        ["session.timeout.ms"] = "15000",
        ["heartbeat.interval.ms"] = "3000",
        // With equal subscriptions, range keeps equal partition numbers of all topics together.
        ["partition.assignment.strategy"] = options.Rebalance == RebalanceProtocol.Cooperative ? "cooperative-sticky" : "range",
    };

    public static Dictionary<string, string> TableConsumer(string clientId) => new(Consumer())
    {
        // Restoring is faster than processing.
        ["queued.max.messages.kbytes"] = "65536",
        // Never joined, but the client wants one.
        ["group.id"] = clientId,
        ["enable.auto.commit"] = "false",
        ["enable.auto.offset.store"] = "false",
        ["enable.partition.eof"] = "true",
        // An offset that is not there means that the topic is another one than it was: to be noticed, not to be glossed over.
        ["auto.offset.reset"] = "error",
    };

    public static Dictionary<string, string> Producer(ProducerOptions options)
    {
        var config = new Dictionary<string, string>
        {
            ["enable.idempotence"] = "true",
            ["acks"] = "all",
            // A record is retried for as long as it takes: giving one up would leave a gap that only a restart can close.
            ["message.timeout.ms"] = "0",
            ["linger.ms"] = "5",
            // Bounded by partitions and emitters, which wait for room before they begin something: a full queue would be an error here.
            ["queue.buffering.max.messages"] = "0",
            ["queue.buffering.max.kbytes"] = "2147483647",
            ["socket.nagle.disable"] = "true",
            ["reconnect.backoff.ms"] = "50",
            ["reconnect.backoff.max.ms"] = "1000",
        };
        if (options.TransactionalId is { } id)
        {
            config["transactional.id"] = id;
            if (options.TransactionTimeout is { } timeout)
            {
                config["transaction.timeout.ms"] = Milliseconds(timeout);
                // The client wants it no longer than that.
                config["socket.timeout.ms"] = Milliseconds(timeout < SocketTimeout ? timeout : SocketTimeout);
            }

            // Transactional producers may not retry for ever; the transaction is aborted then.
            config.Remove("message.timeout.ms");
        }

        return config;
    }

    /// <summary>A batch that is too large for its topic would be refused with all its records, none of which is.</summary>
    public static void LimitBatches(Dictionary<string, string> config, IEnumerable<int> limits)
    {
        var smallest = limits.DefaultIfEmpty(int.MaxValue).Min();
        if (smallest < (int.TryParse(config.GetValueOrDefault("batch.size"), CultureInfo.InvariantCulture, out var size) ? size : ClientBatchSize))
            config["batch.size"] = smallest.ToString(CultureInfo.InvariantCulture);
    }

    static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    static Dictionary<string, string> Consumer() => new()
    {
        ["isolation.level"] = "read_committed",
        ["allow.auto.create.topics"] = "false",
        ["fetch.wait.max.ms"] = "50",
        ["fetch.error.backoff.ms"] = "100",
        ["socket.nagle.disable"] = "true",
        // The bound that matters is the one in bytes; a record takes some 150 B beside its own.
        ["queued.min.messages"] = "1000000",
        ["queued.max.messages.kbytes"] = "24576",
        // How long a fetcher that found the queue full sleeps, whatever is taken off it meanwhile: the client's own second is longer than we need for all of it.
        ["fetch.queue.backoff.ms"] = "10",
        ["reconnect.backoff.ms"] = "50",
        ["reconnect.backoff.max.ms"] = "1000",
    };
}
