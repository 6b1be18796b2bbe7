using GokaAkka.Kafka.Confluent;

namespace GokaAkka.Tests.GokaMap;

/// <summary>The native client's settings where goka's differ.</summary>
public sealed class ClientDefaultsTests
{
    [Fact]
    public void A_producer_waits_for_all_replicas_and_never_doubles_or_reorders()
    {
        var producer = ConfluentDefaults.Producer(new ProducerOptions("p"));
        producer["acks"].ShouldBe("all");
        producer["enable.idempotence"].ShouldBe("true");
        // Retried for as long as it takes.
        producer["message.timeout.ms"].ShouldBe("0");
    }

    [Fact]
    public void Consumers_read_what_is_committed_and_make_no_topics()
    {
        foreach (var consumer in new[] { Group(), ConfluentDefaults.TableConsumer("t") })
        {
            consumer["isolation.level"].ShouldBe("read_committed");
            consumer["allow.auto.create.topics"].ShouldBe("false");
        }
    }

    [Fact]
    public void A_group_starts_where_it_is_told_and_commits_only_what_is_done()
    {
        Group()["auto.offset.reset"].ShouldBe("earliest");
        Group()["enable.auto.offset.store"].ShouldBe("false");
    }

    [Fact]
    public void Members_take_the_same_partitions_of_every_topic() => Group()["partition.assignment.strategy"].ShouldBe("range");

    static Dictionary<string, string> Group() => ConfluentDefaults.GroupConsumer(new GroupConsumerOptions("g", "c"));
}
