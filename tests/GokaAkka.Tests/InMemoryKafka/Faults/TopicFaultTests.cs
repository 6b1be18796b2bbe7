namespace GokaAkka.Testing.Tests;

public sealed class TopicFaultTests : InMemoryKafkaFixture
{
    [Fact]
    public void A_table_whose_end_is_an_aborted_transaction_must_reach_its_end()
    {
        Kafka.Append(Topic, 0, "a", "1");
        Kafka.AppendTransaction(Topic, 0, commit: false, ("a", "aborted"), ("b", "aborted")).ShouldBe(3);

        var table = OpenTable();

        table.AwaitEnd(4, Patience);
        table.Calls.ShouldBe(["read 0..0 next 4", "end 4"]);
    }

    [Fact]
    public void A_table_that_gets_only_a_marker_must_reach_its_new_end()
    {
        Kafka.Append(Topic, 0, "a", "1");
        var table = OpenTable();
        table.AwaitEnd(1, Patience);

        Kafka.AppendTransaction(Topic, 0, commit: true);

        table.AwaitEnd(2, Patience);
        table.Calls.ShouldBe(["read 0..0 next 1", "end 1", "end 2"]);
    }

    [Fact]
    public void A_table_whose_end_was_compacted_away_must_reach_its_end()
    {
        Kafka.Append(Topic, 0, "a", "1");
        Kafka.Append(Topic, 0, "b", "2");
        Kafka.Append(Topic, 0, "b", (byte[]?)null);
        Kafka.Compact(Topic, 0);
        Kafka.Read(Topic, 0).Select(r => r.Offset).ShouldBe([0]);

        var table = OpenTable();

        table.AwaitEnd(3, Patience);
        table.Calls.ShouldBe(["read 0..0 next 3", "end 3"]);
    }

    [Fact]
    public void Tombstones_must_stay_in_a_compaction_that_is_told_to_keep_them()
    {
        Kafka.Append(Topic, 0, "b", "2");
        Kafka.Append(Topic, 0, "b", (byte[]?)null);

        Kafka.Compact(Topic, 0, dropTombstones: false);

        Kafka.Read(Topic, 0).Single().Value.ShouldBeNull();
    }

    [Fact]
    public void A_table_read_from_an_offset_that_is_not_kept_must_start_at_the_first_that_is()
    {
        for (var i = 0; i < 5; i++)
            Kafka.Append(Topic, 0, "k", $"{i}");
        Kafka.DeleteRecords(Topic, 0, before: 3);

        var table = OpenTable(from: 1);

        table.AwaitEnd(5, Patience);
        table.Records.Select(r => r.Offset).ShouldBe([3, 4]);
    }

    [Fact]
    public void A_table_made_again_must_be_read_from_its_new_start()
    {
        Kafka.Append(Topic, 0, "old", "1");
        Kafka.Append(Topic, 0, "old", "2");
        var table = OpenTable();
        table.AwaitEnd(2, Patience);
        var id = Kafka.Topic(Topic)!.TopicId;

        Kafka.RecreateTopic(Topic);
        table.AwaitEnd(0, Patience);
        Kafka.Append(Topic, 0, "new", "1");

        table.AwaitRecords(3, Patience);
        table.Records[^1].ShouldSatisfyAllConditions(r => r.Key.ShouldBe("new"), r => r.Offset.ShouldBe(0));
        Kafka.Topic(Topic)!.TopicId.ShouldNotBe(id);
    }

    [Fact]
    public void A_table_that_loses_its_tail_must_be_read_again()
    {
        for (var i = 0; i < 3; i++)
            Kafka.Append(Topic, 0, "k", $"{i}");
        var table = OpenTable();
        table.AwaitEnd(3, Patience);

        Kafka.LoseRecords(Topic, 0, from: 1);

        table.AwaitEnd(1, Patience);
        Kafka.Append(Topic, 0, "k", "again").ShouldBe(1);
    }

    [Fact]
    public void A_table_that_is_missing_must_be_told_once_and_be_read_when_it_is_made()
    {
        var table = OpenTable(topic: "later");
        table.AwaitFault(Patience);

        Kafka.CreateTable("later");
        Kafka.Append("later", 0, "k", "v");

        table.AwaitRecords(1, Patience);
        table.Faults.Single().Kind.ShouldBe(FaultKind.Retriable);
    }

    [Fact]
    public void A_group_whose_topic_was_made_again_must_read_it_from_the_start()
    {
        Kafka.Append(Topic, 0, "old", "1");
        var member = OpenMember();
        member.AwaitRecords(1);

        Kafka.RecreateTopic(Topic);
        Kafka.Append(Topic, 0, "new", "1");

        // Its position is 1, which fits; what comes behind it is read.
        Kafka.Append(Topic, 0, "new", "2");
        member.AwaitRecords(2);
        member.Records[^1].ShouldSatisfyAllConditions(r => r.Key.ShouldBe("new"), r => r.Offset.ShouldBe(1));
    }

    [Fact]
    public void A_log_must_show_what_is_open_and_aborted_and_where_markers_are()
    {
        Kafka.Append(Topic, 0, "a", "1");
        Kafka.AppendTransaction(Topic, 0, commit: false, ("a", "2"));
        var producer = OpenTransaction();
        Send(producer, 0, "3");
        producer.Flush(Patience).ShouldBeTrue();

        Kafka.ReadLog(Topic).Select(r => r.Status).ShouldBe(
            [RecordStatus.Committed, RecordStatus.Aborted, RecordStatus.AbortMarker, RecordStatus.Open]);
        Kafka.Read(Topic).Single().Text.ShouldBe("1");
        Kafka.Offsets(Topic, 0).ShouldBe(new OffsetRange(0, 3));
    }

    [Fact]
    public void A_topic_that_is_missing_must_be_an_error_that_names_it()
    {
        Should.Throw<KafkaFaultException>(() => Kafka.Read("missing")).Message.ShouldContain("missing");
        Should.Throw<KafkaFaultException>(() => Kafka.Append(Topic, 2, "k", "v")).Message.ShouldContain("partitions 0 to 1, not 2");
    }
}
