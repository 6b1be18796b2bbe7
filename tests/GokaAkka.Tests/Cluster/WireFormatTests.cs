using GokaAkka.Cluster;
using GokaAkka.Cluster.Serialization;
using GokaAkka.Queries;
using GokaAkka.Records;
using GokaAkka.Storage;

namespace GokaAkka.Tests.Cluster;

public sealed class WireFormatTests
{
    static readonly ReadStamp s_stamp = new()
    {
        Source = ReadSource.Standby, Node = "akka.tcp://goka@a:1", Partition = 7, TableOffset = long.MaxValue, At = new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero),
    };

    [Fact]
    public void Every_message_between_nodes_must_have_a_format()
    {
        var messages = typeof(IWireMessage).Assembly.GetTypes().Where(static t => t is { IsAbstract: false } && (
            typeof(IWireMessage).IsAssignableFrom(t) || typeof(ReadRequest).IsAssignableFrom(t) || typeof(ReadReply).IsAssignableFrom(t))).ToArray();

        messages.Length.ShouldBeGreaterThan(5);
        foreach (var message in messages)
            WireFormats.Named(WireFormats.Of(message).Manifest)!.Type.ShouldBe(message);
    }

    [Fact]
    public void Read_of_a_key_must_arrive_as_it_was_sent()
    {
        var sent = new ReadKey("table", 3, 1L << 40, true, new byte[] { 0, 255, 7 });

        var arrived = Sent(sent);

        arrived.Key.ToArray().ShouldBe(sent.Key.ToArray());
        (arrived with { Key = sent.Key }).ShouldBe(sent);
    }

    [Fact]
    public void Read_of_a_range_must_arrive_as_it_was_sent()
    {
        foreach (var range in new[] { KeyRange.All, KeyRange.From("b"), KeyRange.Between("a", "b"), KeyRange.Prefix("é") })
        {
            var arrived = Sent(new ReadRange("table", 3, 0, false, range, 10, 20));

            (arrived.Table, arrived.Partition, arrived.MaxEntries, arrived.MaxBytes).ShouldBe(("table", 3, 10, 20));
            arrived.Range.Start.ToArray().ShouldBe(range.Start.ToArray());
            arrived.Range.Limit?.ToArray().ShouldBe(range.Limit?.ToArray());
            (arrived.Range.Limit is null).ShouldBe(range.Limit is null);
        }
    }

    [Fact]
    public void Answers_must_arrive_as_they_were_sent()
    {
        Sent(new KeyRead(null, s_stamp)).ShouldBe(new KeyRead(null, s_stamp));
        // An empty value is a value.
        Sent(new KeyRead([], s_stamp)).Value.ShouldBe([]);
        Sent(new KeyRead([1, 2], s_stamp)).Value.ShouldBe([1, 2]);
        var refused = new ReadRefused(QueryFailure.NotRestored, "a", "is elsewhere") { Owner = "b", Generation = 9 };
        Sent(refused).ShouldBe(refused);
        Sent(refused with { Owner = null }).Owner.ShouldBeNull();
        var range = Sent(new RangeRead([new TableEntry("k1", [1], 7), new TableEntry("k2", [], 7)], true, s_stamp));
        range.Entries.Select(static e => (e.Key.ToString(), e.Value.Length, e.Partition)).ShouldBe([("k1", 1, 7), ("k2", 0, 7)]);
        (range.IsLast, range.Stamp).ShouldBe((true, s_stamp));
    }

    [Fact]
    public void Statement_of_a_node_must_arrive_as_it_was_sent()
    {
        var sent = new NodeStatement("akka.tcp://goka@a:1", -5, 3, [new GroupStatement("g", "g-table", 4, "fnv1a", 12, [0, 2], [3])], [new ViewStatement("v", 2, "murmur2")]);

        var arrived = Sent(sent);

        (arrived.Address, arrived.Uid, arrived.Sequence).ShouldBe((sent.Address, sent.Uid, sent.Sequence));
        arrived.Views.ShouldBe(sent.Views);
        var group = arrived.Groups.Single();
        (group.Group, group.Table, group.PartitionCount, group.Partitioner, group.Generation).ShouldBe(("g", "g-table", 4, "fnv1a", 12));
        group.Partitions.ShouldBe([0, 2]);
        group.Standbys.ShouldBe([3]);
    }

    [Fact]
    public void Message_that_was_cut_off_must_be_an_error()
    {
        var format = WireFormats.Of(typeof(KeyRead));
        var bytes = format.Write(new KeyRead(new byte[100], s_stamp));

        for (var length = 0; length < bytes.Length; length += 7)
            Should.Throw<EndOfStreamException>(() => format.Read(bytes[..length]));
    }

    static T Sent<T>(T message) where T : notnull
    {
        var format = WireFormats.Of(typeof(T));
        return (T)WireFormats.Named(format.Manifest)!.Read(format.Write(message));
    }
}
