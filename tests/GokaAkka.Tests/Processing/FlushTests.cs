namespace GokaAkka.Tests.Processing;

public sealed class FlushTests
{
    [Fact]
    public void A_flush_waits_for_the_changelog_and_tells_when_it_may_be_written()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);
        rig.Feed("in", ("k", "")).Run();

        rig.Task.BeginFlush();
        rig.WriteFlush().ShouldBeFalse();
        rig.Stored("k").ShouldBeNull();
        rig.Sender.AckAll();
        rig.IsWoken.ShouldBeTrue();

        rig.WriteFlush().ShouldBeTrue();
        rig.Stored("k").ShouldBe("1");
        rig.Store.Position.ShouldBe(new StorePosition(101, KeyHash.Fingerprint("k"u8, "1"u8, false), TaskRig<long>.Now));
    }

    [Fact]
    public void A_flush_begun_after_everything_is_acknowledged_wakes_the_host_though_nothing_more_comes()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);
        rig.Feed("in", ("k", "")).Run();
        rig.Sender.AckAll();
        rig.Commits().ShouldBe("in@1");

        rig.Task.BeginFlush();

        rig.IsWoken.ShouldBeTrue();
        rig.WriteFlush().ShouldBeTrue();
        rig.Stored("k").ShouldBe("1");
    }

    [Fact]
    public void A_flush_stands_where_it_was_taken_also_when_later_records_are_acknowledged_first()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);
        rig.Feed("in", ("k", "")).Run();
        rig.Task.BeginFlush();
        rig.Feed("in", ("k", ""), ("k", "")).Run();

        rig.Sender.AckAll();
        rig.Commits().ShouldBe("in@3");

        rig.WriteFlush().ShouldBeTrue();
        rig.Stored("k").ShouldBe("1");
        rig.Store.Position.NextOffset.ShouldBe(101);
        rig.Value("k").ShouldBe(3);
    }

    [Fact]
    public void A_flush_is_not_held_up_by_emits_that_are_not_acknowledged()
    {
        using var rig = TaskRig<long>.Of(g => g
            .Input("in", Codec.String, (ctx, _) =>
            {
                ctx.SetValue(5);
                ctx.Emit("out", "k", "v");
            })
            .Output("out", Codec.String)
            .Persist(Codec.Int64));
        rig.Feed("in", ("k", "")).Run();
        rig.Task.BeginFlush();

        FakeSender.Ack(rig.Sender.To("group-table").Single());

        rig.WriteFlush().ShouldBeTrue();
        rig.Commits().ShouldBe("");
    }

    [Fact]
    public void A_flush_in_the_middle_of_a_batch_cuts_it()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);
        rig.Feed("in", ("k", ""), ("k", ""), ("k", ""));
        rig.Task.Run(0, budget: 2);

        rig.Task.BeginFlush();
        rig.Run();
        FakeSender.Ack(rig.Sender.Sent[0]);
        rig.WriteFlush().ShouldBeFalse();
        FakeSender.Ack(rig.Sender.Sent[1]);

        rig.WriteFlush().ShouldBeTrue();
        rig.Stored("k").ShouldBe("2");
        rig.Store.Position.NextOffset.ShouldBe(102);
        rig.Commits().ShouldBe("in@2");
    }

    [Fact]
    public void Without_changes_there_is_no_flush()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);
        rig.Task.BeginFlush();
        rig.WriteFlush().ShouldBeFalse();
        rig.Feed("in", ("k", "")).Run();
        rig.Task.BeginFlush();
        rig.Sender.AckAll();
        rig.WriteFlush().ShouldBeTrue();

        rig.Task.BeginFlush();

        rig.WriteFlush().ShouldBeFalse();
        rig.Task.IsSettled.ShouldBeTrue();
    }

    [Fact]
    public void Large_values_make_a_flush_urgent()
    {
        using var rig = TaskRig<byte[]>.Of(
            g => g.Input("in", Codec.String, (ctx, _) => ctx.SetValue(new byte[100_000])).Persist(Codec.Bytes), cacheBytes: 1_000_000);

        rig.Feed("in", [.. Enumerable.Range(0, 4).Select(i => ($"k{i}", (string?)""))]).Run();
        rig.Task.IsFlushUrgent.ShouldBeFalse();
        rig.Feed("in", ("k4", "")).Run();

        rig.Task.IsFlushUrgent.ShouldBeTrue();
        rig.Task.BeginFlush();
        rig.Task.IsFlushUrgent.ShouldBeFalse();
    }

    /// <summary>
    /// The invariant all of it is for: replaying the changelog up to the store's position gives the store's contents, whenever it is looked at.
    /// </summary>
    [Fact]
    public void The_store_holds_exactly_what_the_changelog_says_up_to_its_position()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var graph = GroupGraph.Define<string>("group", g => g
            .Input("in", Codec.String, (ctx, text) =>
            {
                if (text == "delete")
                    ctx.Delete();
                else if (text != "nothing")
                    ctx.SetValue(text);
                if (random.Next(10) == 0)
                    ctx.DeferCommit().Complete();
            })
            .Persist(Codec.String));
        using var rig = new TaskRig<string>(graph, cacheBytes: 2_000);
        var acked = 0;

        for (var step = 0; step < 3000; step++)
        {
            switch (random.Next(6))
            {
                case 0:
                    rig.Feed("in", [.. Enumerable.Range(0, random.Next(1, 8)).Select(i => (
                        $"k{random.Next(20)}", (string?)(random.Next(6) switch { 0 => "delete", 1 => "nothing", _ => $"v{step}.{i}" })))]);
                    break;
                case 1:
                    rig.Task.Run(step, random.Next(1, 5));
                    break;
                case 2:
                    rig.Task.BeginFlush();
                    break;
                case 3:
                    rig.WriteFlush();
                    break;
                default:
                    for (var n = random.Next(4); n > 0 && acked < rig.Sender.Sent.Count; n--)
                        FakeSender.Ack(rig.Sender.Sent[acked++]);
                    break;
            }

            if (step % 20 == 0)
                Check(rig, $"seed {seed}, step {step}");
        }
    }

    static void Check(TaskRig<string> rig, string where)
    {
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var record in rig.Sender.Sent.Where(r => r.Offset < rig.Store.Position.NextOffset))
        {
            if (record.Text is { } text)
                expected[record.Key.ToString()] = text;
            else
                expected.Remove(record.Key.ToString());
        }

        using var stored = rig.Store.Iterate(KeyRange.All);
        var found = new List<string>();
        while (stored.Next())
            found.Add($"{Encoding.UTF8.GetString(stored.Key)}={Encoding.UTF8.GetString(stored.Value)}");
        found.ShouldBe(expected.Select(e => $"{e.Key}={e.Value}"), where);
    }
}
