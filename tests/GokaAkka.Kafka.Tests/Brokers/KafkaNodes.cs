using GokaAkka.Integration.Tests.Restore;

namespace GokaAkka.RealKafka.Brokers;

/// <summary>Nodes of this process on real brokers.</summary>
static class KafkaNodes
{
    /// <summary>On the run's brokers.</summary>
    /// <param name="storage">Its stores; null for stores in memory.</param>
    /// <param name="hocon">More settings.</param>
    public static Node Start(IStorageProvider? storage = null, string hocon = "") => On(KafkaRun.Bootstrap, storage, hocon);

    /// <inheritdoc cref="Start"/>
    public static Node On(string bootstrap, IStorageProvider? storage = null, string hocon = "") => new(storage ?? new MemoryStorageProvider(), $$"""
        goka {
          kafka {
            bootstrap-servers = "{{bootstrap}}"
            # Longer than a busy machine stands still: a test that does not end sessions is not to see one end.
            consumer { session.timeout.ms = 30000, heartbeat.interval.ms = 500, fetch.wait.max.ms = 20 }
            table-consumer.fetch.wait.max.ms = 20
          }
        }
        {{hocon}}
        """);
}
