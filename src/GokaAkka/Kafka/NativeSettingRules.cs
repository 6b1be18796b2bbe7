namespace GokaAkka.Kafka;

/// <summary>
/// Settings of the native client that GokaAkka relies on. Every way by which native settings get in leads here: HOCON, environment variables and
/// code are one configuration, of which all clients are made. The table for people is in docs/guarantees.md.
/// </summary>
static class NativeSettingRules
{
    const string Setting = "goka.kafka.allow-unsafe";

    static readonly Rule[] Rules =
    [
        new("the client would commit what it has handed out, processed or not", "enable.auto.offset.store"),
        new("the client commits in the background what GokaAkka calls processed, as often as goka.processor.commit-interval says",
            "enable.auto.commit", "auto.commit.enable", "auto.commit.interval.ms"),
        new("offsets are the brokers' to keep", "offset.store.method", "offset.store.path", "offset.store.sync.interval.ms"),
        new("goka.processor.start-offset says where an input starts, and a table is read from where its store ends", "auto.offset.reset"),
        new("a table's reader waits for the partition's end, and a group's polling thread takes all that comes for records", "enable.partition.eof"),
        new("the first record of a poll would come without its time and headers", "dotnet.consumer.consume.result.fields"),
        new("a group commits under its own name", "group.id"),
        new("goka.processor.delivery makes transactions, and goka.processor.transaction.id names them", "transactional.id"),
        new("goka.processor.transaction.timeout says it, and is compared with the commit interval", "transaction.timeout.ms"),
        new("goka.kafka.bootstrap-servers says it, and messages name the brokers by it", "bootstrap.servers", "metadata.broker.list"),
        new("goka.kafka.client-id says it, and the group or view follows", "client.id"),
        new("GokaAkka would never hear that a record is acknowledged, and commit nothing", "delivery.report.only.error"),
        new("goka.processor.in-flight-size and goka.emitter.max-pending-size bound it, and a full queue would be an error",
            "queue.buffering.max.messages", "queue.buffering.max.kbytes"),
        new("nobody takes the client's log lines off that queue, so that it grows", "log.queue"),
        new("a record that one broker has acknowledged is lost with that broker", "acks", "request.required.acks") { Safe = ["all", "-1"] },
        new("records could be doubled or change places when the producer sends again", "enable.idempotence") { Safe = ["true"] },
        new("a record that is given up leaves a gap, which only a restart of its partition can close", "message.timeout.ms", "delivery.timeout.ms") { Safe = ["0"] },
        new("a record that is given up leaves a gap, which only a restart of its partition can close", "retries", "message.send.max.retries") { Safe = ["2147483647"] },
        new("aborted records of transactions would be read as if they were there", "isolation.level") { Safe = ["read_committed"] },
    ];

    /// <summary>Names of all settings that are refused.</summary>
    public static IEnumerable<string> Names => Rules.SelectMany(static r => r.Names);

    /// <summary>What is wrong with a native setting, to follow its name and value; null for nothing.</summary>
    /// <param name="name">The client's name of the setting.</param>
    /// <param name="value">Its value.</param>
    /// <param name="isWeakening">Whether it weakens a guarantee and no more, which can be allowed.</param>
    public static string? Problem(string name, string value, out bool isWeakening)
    {
        var rule = Array.Find(Rules, r => r.Names.Contains(name));
        isWeakening = rule?.Safe is not null;
        return rule switch
        {
            null => null,
            { Safe: null } => $"GokaAkka sets it by itself, for {rule.Reason}. Leave it out.",
            { Safe: var safe } when safe.Contains(value, StringComparer.OrdinalIgnoreCase) => null,
            _ => $"expected {rule.Safe[0]}, for {rule.Reason}. {Setting} = on allows it.",
        };
    }

    sealed record Rule(string Reason, params string[] Names)
    {
        /// <summary>Values that weaken nothing; null where it is not to be set at all.</summary>
        public string[]? Safe { get; init; }
    }
}
