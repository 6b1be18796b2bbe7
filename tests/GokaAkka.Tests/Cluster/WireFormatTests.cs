using System.IO.Compression;
using System.Text.Json;
using GokaAkka.Cluster.Serialization;
using GokaAkka.Inspection;
using GokaAkka.Queries;

namespace GokaAkka.Tests.Cluster;

/// <summary>The formats of what nodes send each other, which nodes of other versions rely on.</summary>
public sealed class WireFormatTests
{
    static readonly DateTimeOffset s_time = new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);

    static readonly ReadStamp s_stamp = new() { Source = ReadSource.Standby, Node = "a", Partition = 7, TableOffset = long.MaxValue, At = s_time };

    // Messages as they are on the wire: JSON, which is compressed there, or bytes. What is here is not changed, only added to.
    static readonly (IWireMessage Message, string Wire)[] s_known =
    [
        (new NodeStatement("akka.tcp://g@a:1", -5, 3, [new GroupStatement("g", "t", 4, "fnv1a", 12, [0, 2], [3])], [new ViewStatement("v", 2, "murmur2")]),
            """
            {"Address":"akka.tcp://g@a:1","Uid":-5,"Sequence":3,"Groups":[{"Group":"g","Table":"t","PartitionCount":4,"Partitioner":"fnv1a",
            "Generation":12,"Partitions":[0,2],"Standbys":[3]}],"Views":[{"Table":"v","PartitionCount":2,"Partitioner":"murmur2"}]}
            """.ReplaceLineEndings("")),
        (new ReadKey("table", 3, 1L << 40, true, new byte[] { 0, 255, 7 }), "057461626C65030000000000000000010000010300000000FF07"),
        (new ReadRange("é", 3, 0, false, KeyRange.From("b"), 10, 20), "02C3A903000000000000000000000000010000006200000000000A00000014000000"),
        (new ReadRange("t", 3, 0, false, KeyRange.Between("a", "b"), 10, 20), "01740300000000000000000000000001000000610101000000620A00000014000000"),
        (new KeyRead(null, s_stamp), "000000000001000000016107000000FFFFFFFFFFFFFF7F8092E3489B6DDC08"),
        (new KeyRead([], s_stamp), "010000000001000000016107000000FFFFFFFFFFFFFF7F8092E3489B6DDC08"),
        (new KeyRead([1, 2], s_stamp), "0102000000010201000000016107000000FFFFFFFFFFFFFF7F8092E3489B6DDC08"),
        (new RangeRead([new TableEntry("k1", [1], 7), new TableEntry("k2", [], 7)], true, s_stamp), "01000000016107000000FFFFFFFFFFFFFF7F8092E3489B6DDC080102000000020000006B310100000001020000006B3200000000"),
        (new ReadRefused(QueryFailure.NotRestored, "a", "is elsewhere") { Owner = "b", Generation = 9 }, "0200000001610C697320656C73657768657265016209000000"),
        (new ReadRefused(QueryFailure.Failed, "a", "is broken"), "0500000001610969732062726F6B656E00FFFFFFFF"),
        (DescribeNode.Instance, "{}"),
        (new NodeDescribed(Report()),
            """
            {"Report":{"Address":"a","Roles":["r"],"Status":"Up","Silent":"s","At":"2024-05-06T07:08:09+00:00",
            "Started":"2024-05-06T07:08:09+00:00","Version":"1","Kafka":"k","Groups":[{"Group":"g","State":"Running","Error":"e",
            "Delivery":"d","PartitionCount":1,"Edges":[{"Kind":"input","Topic":"in","Type":"String","Codec":"StringCodec"}],"Paused":["in"],
            "PollAgeMs":1.5,"Troubles":[{"What":"w","Reason":"r","Since":"2024-05-06T07:08:09+00:00"}],
            "Rebalances":[{"At":"2024-05-06T07:08:09+00:00","Kind":"assigned","Partitions":[0]}],"Partitions":[{"Partition":1,"Role":"active",
            "State":"Running","Generation":2,"Restarts":3,"LastError":"l","Processed":4,"Skipped":5,"DeadLetters":6,"Retries":7,"Misplaced":8,
            "Restored":9,"Remaining":10,"RestoreStarted":"2024-05-06T07:08:09+00:00","TableOffset":11,"Inputs":[{"Topic":"in","Records":1,
            "Bytes":2,"NextOffset":3,"DoneOffset":4,"HighWatermark":5,"Lag":6,"LastTimestamp":"2024-05-06T07:08:09+00:00"}],
            "Outputs":[{"Topic":"out","Records":1,"Bytes":2}]}]}],"Views":[{"Table":"t","State":"Running","Error":"e","LookedUpBy":"g",
            "Partitions":[]}],"Actions":[{"Name":"n","Description":"d","Status":"s","Value":"v","Started":"2024-05-06T07:08:09+00:00",
            "Ended":"2024-05-06T07:08:09+00:00","Error":"e"}],"Log":[{"At":"2024-05-06T07:08:09+00:00","Level":"warning","Source":"src",
            "Text":"text"}]}}
            """.ReplaceLineEndings("")),
        (new NodeCommand(NodeVerb.RestartPartition, "g") { Topic = "in", Partition = 2, Value = "v" }, """{"Verb":"RestartPartition","Name":"g","Topic":"in","Partition":2,"Value":"v"}"""),
        (new NodeAnswer(NodeConcern.None, "none"), """{"Concern":"None","Text":"none"}"""),
        (new UnknownMessage("later/2"), """{"Manifest":"later/2"}"""),
    ];

    [Fact]
    public void Every_message_between_nodes_must_have_a_format_and_an_example_here()
    {
        var messages = typeof(IWireMessage).Assembly.GetTypes().Where(static t => t is { IsAbstract: false } && typeof(IWireMessage).IsAssignableFrom(t)).ToArray();

        messages.Length.ShouldBeGreaterThan(8);
        foreach (var message in messages)
            WireFormats.Named(WireFormats.Of(message).Manifest)!.Type.ShouldBe(message);
        s_known.Select(static k => WireFormats.Of(k.Message.GetType()).Manifest).Distinct().ShouldBe(WireFormats.All.Select(static f => f.Manifest));
    }

    [Fact]
    public void Format_must_be_written_and_read_as_it_always_was()
    {
        foreach (var (message, wire) in s_known)
        {
            var format = WireFormats.Of(message.GetType());
            Shown(format.Write(message), wire).ShouldBe(wire, format.Manifest);
            Again(format, wire).ShouldBe(wire, format.Manifest);
        }

        // These go as numbers.
        Enum.GetNames<QueryFailure>().ShouldBe(["UnknownTable", "NotRunning", "NotRestored", "Behind", "TimedOut", "Failed"]);
        Enum.GetNames<ReadSource>().ShouldBe(["Owner", "Standby", "View"]);
    }

    [Fact]
    public void What_a_later_version_adds_must_be_ignored()
    {
        foreach (var (message, wire) in s_known)
        {
            var added = IsJson(wire) ? Regex.Replace(wire.Replace("{}", "{\"Later\":[{}]}"), "{(?=\"(?!Later))", "{\"Later\":{\"A\":[null]},") : wire + "2A00FF";

            Again(WireFormats.Of(message.GetType()), added).ShouldBe(wire);
        }

        var refused = (ReadRefused)Read(WireFormats.Of(typeof(ReadRefused)), "63000000" + "0161" + "0162" + "00" + "FFFFFFFF");
        refused.Failure.ShouldBe(QueryFailure.Failed, "a reason that is not known here");
    }

    [Fact]
    public void What_an_older_version_has_not_must_get_its_default_and_what_every_version_has_must_be_there()
    {
        var report = ((NodeDescribed)Read(WireFormats.Of(typeof(NodeDescribed)), """{"Report":{"Address":"a","Status":"Up","Groups":[{"Group":"g","State":"Running"}]}}""")).Report;
        (report.Version, report.Views.Count, report.Groups[0].Edges.Count, report.Groups[0].PollAgeMs).ShouldBe(("", 0, 0, null));
        ((NodeCommand)Read(WireFormats.Of(typeof(NodeCommand)), """{"Verb":"Pause","Name":"g"}""")).ShouldBe(new NodeCommand(NodeVerb.Pause, "g"));

        foreach (var broken in new[] { """{"Address":"a","Uid":1,"Sequence":1,"Groups":[]}""", """{"Address":"a","Uid":1,"Sequence":1,"Groups":[],"Views":null}""" })
            Should.Throw<JsonException>(() => Read(WireFormats.Of(typeof(NodeStatement)), broken)).Message.ShouldContain("Views", Case.Insensitive);
    }

    [Fact]
    public void Message_that_was_cut_off_or_damaged_must_be_an_error_and_take_no_memory()
    {
        foreach (var (message, wire) in s_known)
        {
            var format = WireFormats.Of(message.GetType());
            var bytes = format.Write(message);
            for (var length = 0; length < bytes.Length; length++)
            {
                // What is compressed may end before its last bytes.
                object? read = null;
                if (Record.Exception(() => read = format.Read(bytes[..length])) is null)
                    Shown(format.Write(read!), wire).ShouldBe(wire, $"{format.Manifest}, {length} of {bytes.Length} bytes");
            }

            if (IsJson(wire))
                continue;
            for (var at = 0; at + 4 <= bytes.Length; at++)
            {
                var damaged = bytes.ToArray();
                BitConverter.TryWriteBytes(damaged.AsSpan(at), int.MaxValue - 100);
                var before = GC.GetAllocatedBytesForCurrentThread();
                Record.Exception(() => format.Read(damaged));
                (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20, $"{format.Manifest}, damaged at {at}");
            }
        }
    }

    static bool IsJson(string wire) => wire.StartsWith('{');

    static string Again(WireFormat format, string wire) => Shown(format.Write(Read(format, wire)), wire);

    static object Read(WireFormat format, string wire)
    {
        if (!IsJson(wire))
            return format.Read(Convert.FromHexString(wire));
        var bytes = new MemoryStream();
        using (var zip = new BrotliStream(bytes, CompressionLevel.Optimal))
            zip.Write(Encoding.UTF8.GetBytes(wire));
        return format.Read(bytes.ToArray());
    }

    // Compressed bytes may differ from one version of the compressor to the next.
    static string Shown(byte[] bytes, string wire)
    {
        if (!IsJson(wire))
            return Convert.ToHexString(bytes);
        using var text = new StreamReader(new BrotliStream(new MemoryStream(bytes), CompressionMode.Decompress));
        return text.ReadToEnd();
    }

    static NodeReport Report() => new()
    {
        Address = "a", Roles = ["r"], Status = "Up", Silent = "s", At = s_time, Started = s_time, Version = "1", Kafka = "k",
        Groups =
        [
            new GroupReport
            {
                Group = "g", State = "Running", Error = "e", Delivery = "d", PartitionCount = 1, Edges = [new EdgeReport("input", "in", "String", "StringCodec")],
                Paused = ["in"], PollAgeMs = 1.5, Troubles = [new TroubleReport("w", "r", s_time)], Rebalances = [new RebalanceReport(s_time, "assigned", [0])],
                Partitions =
                [
                    new PartitionReport
                    {
                        Partition = 1, Role = "active", State = "Running", Generation = 2, Restarts = 3, LastError = "l", Processed = 4, Skipped = 5, DeadLetters = 6,
                        Retries = 7, Misplaced = 8, Restored = 9, Remaining = 10, RestoreStarted = s_time, TableOffset = 11,
                        Inputs =
                        [
                            new InputReport
                            {
                                Topic = "in", Records = 1, Bytes = 2, NextOffset = 3, DoneOffset = 4, HighWatermark = 5, Lag = 6, LastTimestamp = s_time,
                            },
                        ],
                        Outputs = [new OutputReport("out", 1, 2)],
                    },
                ],
            },
        ],
        Views = [new ViewReport { Table = "t", State = "Running", Error = "e", LookedUpBy = "g" }],
        Actions = [new ActionReport { Name = "n", Description = "d", Status = "s", Value = "v", Started = s_time, Ended = s_time, Error = "e" }],
        Log = [new LogReport(s_time, "warning", "src", "text")],
    };
}
