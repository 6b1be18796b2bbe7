namespace GokaAkka.Testing;

/// <summary>How an <see cref="EmbeddedBroker"/> is set up.</summary>
public sealed record EmbeddedBrokerOptions
{
    /// <summary>Number of brokers in the cluster, 1 to 100. Each has a port of its own; they are numbered from 1.</summary>
    public int Brokers { get; init; } = 1;

    /// <summary>
    /// How long a group without members waits for more of them when the first one joins (Kafka's <c>group.initial.rebalance.delay.ms</c>), in
    /// whole milliseconds, and less than their <c>session.timeout.ms</c>. By default it does not wait; real brokers wait for 3 s.
    /// </summary>
    public TimeSpan InitialRebalanceDelay { get; init; }

    /// <summary>
    /// After how long without a heartbeat a member of a group with <c>group.protocol=consumer</c> is out (Kafka's
    /// <c>group.consumer.session.timeout.ms</c>); members of other groups bring their own <c>session.timeout.ms</c>.
    /// </summary>
    public TimeSpan ConsumerSessionTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often the members of such a group send heartbeats (Kafka's <c>group.consumer.heartbeat.interval.ms</c>). A rebalance takes a few of them.
    /// </summary>
    public TimeSpan ConsumerHeartbeatInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Takes what the broker has to say, such as requests it does not know, one line each; null to drop it. Called on the broker's own
    /// threads: it must not wait for the broker.
    /// </summary>
    public Action<string>? Log { get; init; }
}
