namespace GokaAkka.Tests.WithTester;

public class TrackerTests
{
    [Fact]
    public void A_tracker_must_start_behind_what_is_there()
    {
        var tester = new Tester();
        tester.Process(Graphs.Shouter());
        tester.Consume("in", "bob", "before");

        var tracker = tester.Track<string>("out");
        tester.Consume("in", "bob", "hello");

        var (key, value) = tracker.Next().ShouldNotBeNull();
        key.ToString().ShouldBe("bob");
        value.ShouldBe("HELLO");
        tracker.Hwm.ShouldBe(2);
        tracker.NextOffset.ShouldBe(2);
        tracker.Next().ShouldBeNull();
    }

    [Fact]
    public void A_tracker_must_go_back_and_forth_and_show_headers_and_raw_values()
    {
        var tester = new Tester();
        tester.Process(GroupGraph.Define("g", g => g
            .Input("in", Codec.Int64, (ctx, n) => ctx.Emit("out", ctx.Key, n, Headers.Of("n", n.ToString())))
            .Output("out", Codec.Int64)));
        var tracker = tester.Track<long>("out");
        for (var i = 10L; i < 15; i++)
            tester.Consume("in", "k", i);

        tracker.Seek(3);
        tracker.Next().ShouldNotBeNull().Headers.GetString("n").ShouldBe("13");
        tracker.Seek(1);
        tracker.NextRaw().ShouldNotBeNull().Text.ShouldBe("11");
        tracker.NextOffset.ShouldBe(2);
        tracker.Rest().Select(r => r.Value).ShouldBe([12, 13, 14]);
    }

    [Fact]
    public void A_tracker_must_show_all_partitions_in_the_order_of_writing()
    {
        var tester = new Tester(new TesterOptions { Partitions = 8 });
        tester.Process(Graphs.Shouter());
        var tracker = tester.Track<string>("out");
        for (var i = 0; i < 20; i++)
            tester.Consume("in", $"key-{i}", $"v{i}");

        var all = tracker.Rest();

        all.Select(r => r.Value).ShouldBe(Enumerable.Range(0, 20).Select(i => $"V{i}"));
        all.Select(r => r.Partition).Distinct().Count().ShouldBeGreaterThan(3);
    }

    [Fact]
    public void A_value_that_the_codec_cannot_read_must_be_named_by_its_place()
    {
        var tester = new Tester();
        var tracker = tester.Track(new Stream<long>("numbers", Codec.Int64));
        tester.AppendRaw("numbers", "k", "seven"u8.ToArray());

        Should.Throw<TesterException>(() => tracker.Next()).Message.ShouldContain("numbers[0]@0, key 'k'");
    }
}
