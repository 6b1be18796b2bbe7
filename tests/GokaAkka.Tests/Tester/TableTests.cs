namespace GokaAkka.Tests.WithTester;

public class TableTests
{
    static readonly Table<long> Prices = new("prices", Codec.Int64);

    [Fact]
    public void A_value_that_was_set_must_be_found_by_the_callback()
    {
        var tester = new Tester();
        var graph = GroupGraph.Define<long>("sum", g => g
            .Input("input", Codec.Int64, (ctx, add) => ctx.SetValue(ctx.Value + add))
            .Persist(Codec.Int64));
        tester.Process(graph);

        tester.SetTableValue(graph.Table, "value", 10);
        tester.Consume("input", "value", 2L);

        tester.TableValue(graph.Table, "value").ShouldBe(12);
    }

    [Fact]
    public void A_value_that_was_set_must_outlive_a_crash_since_the_changelog_has_it()
    {
        var tester = new Tester(new TesterOptions { FlushWhenSettled = false });
        var node = tester.Process(Graphs.Counter());
        tester.SetTableValue("counter-table", "k", 10L);

        tester.Faults.Crash(node);
        tester.Faults.Restart(node);
        tester.Consume("in", "k", "v");

        node.Get("k").ShouldBe(11);
    }

    [Fact]
    public void Clearing_must_empty_every_table_and_leave_the_streams()
    {
        var tester = new Tester(new TesterOptions { Partitions = 3 });
        var graph = Graphs.Counter();
        tester.Process(graph);
        var view = tester.View(graph.Table);
        tester.SetTableValue(Prices, "apple", 7);
        for (var i = 0; i < 10; i++)
            tester.Consume("in", $"key-{i}", "v");

        tester.ClearValues();

        tester.TableKeys(graph.Table).ShouldBeEmpty();
        tester.TableKeys(Prices).ShouldBeEmpty();
        view.Has("key-3").ShouldBeFalse();
        tester.HasTableValue("prices", "apple").ShouldBeFalse();
        tester.Consume("in", "key-3", "v");
        tester.TableValue(graph.Table, "key-3").ShouldBe(1);
        tester.Journal.Count(r => r.Topic == "in").ShouldBe(11);
    }

    [Fact]
    public void Keys_must_come_in_byte_order_from_all_partitions()
    {
        var tester = new Tester(new TesterOptions { Partitions = 5 });
        tester.Process(Graphs.Counter());
        foreach (var key in new[] { "c", "a", "Z", "b", "aa" })
            tester.Consume("in", key, "v");

        tester.TableKeys("counter-table").Select(k => k.ToString()).ShouldBe(["Z", "a", "aa", "b", "c"]);
    }

    [Fact]
    public void A_value_must_be_removed_with_a_tombstone_that_views_see()
    {
        var tester = new Tester();
        var view = tester.View(Prices);
        tester.SetTableValue(Prices, "apple", 7);
        view.Get("apple").ShouldBe(7);
        var tracker = tester.Track(Prices);

        tester.DeleteTableValue("prices", "apple");

        view.Has("apple").ShouldBeFalse();
        tracker.Next().ShouldNotBeNull().IsNull.ShouldBeTrue();
    }

    [Fact]
    public void A_table_that_nobody_owns_must_be_read_from_its_topic()
    {
        var tester = new Tester(new TesterOptions { Partitions = 2 });
        tester.SetTableValue(Prices, "apple", 7);
        tester.SetTableValue(Prices, "apple", 8);

        tester.TableValue(Prices, "apple").ShouldBe(8);
        tester.TableValue(Prices, "pear").ShouldBe(0);
        tester.HasTableValue("prices", "pear").ShouldBeFalse();
    }
}
