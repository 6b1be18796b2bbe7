namespace GokaAkka.Tests.WithTester;

public class FaultTests
{
    [Fact]
    public void A_record_acknowledged_late_must_keep_its_offset_and_those_behind_it_uncommitted()
    {
        var tester = new Tester();
        tester.Process(GroupGraph.Define("g", g => g
            .Input("in", Codec.String, (ctx, topic) => ctx.Emit(topic, ctx.Key, topic))
            .Output("slow", Codec.String)
            .Output("fast", Codec.String)));
        tester.Consume("in", "k", "fast");
        using var held = tester.Faults.HoldAcks("slow");

        tester.Consume("in", "k", "slow");
        tester.Consume("in", "k", "fast");
        tester.Consume("in", "k", "slow");
        tester.CommittedOffset("g", "in").ShouldBe(1);
        held.Release(1);
        tester.CommittedOffset("g", "in").ShouldBe(3);
        held.Release();

        tester.CommittedOffset("g", "in").ShouldBe(4);
    }

    [Fact]
    public void A_store_must_not_have_what_the_changelog_has_not_acknowledged()
    {
        var tester = new Tester();
        var node = tester.Process(Graphs.Counter());
        tester.Consume("in", "k", "v");
        using (tester.Faults.HoldAcks("counter-table"))
        {
            tester.Consume("in", "k", "v");
            node.Get("k").ShouldBe(2);
            tester.CommittedOffset("counter", "in").ShouldBe(1);
            tester.Faults.Crash(node);
        }

        // The record is in the changelog all the same, so the new life has it; its input, not committed, is read again.
        tester.Faults.Restart(node);

        node.Get("k").ShouldBe(3);
        node.Partitions[0].Restored.ShouldBe(1);
    }

    [Fact]
    public void A_record_that_is_not_delivered_must_restart_the_partition_and_be_tried_again()
    {
        var tester = new Tester();
        var node = tester.Process(Graphs.Shouter());
        tester.Faults.FailSends("out", count: 2);
        var written = tester.Track<string>("out");

        tester.Consume("in", "k", "hello");

        written.Rest().Select(r => r.Value).ShouldBe(["HELLO"]);
        node.Partitions[0].Restarts.ShouldBe(2);
        tester.CommittedOffset("shouter", "in").ShouldBe(1);
    }

    [Fact]
    public void A_table_record_that_is_not_delivered_must_leave_the_table_as_its_changelog_says()
    {
        var tester = new Tester();
        var node = tester.Process(Graphs.Counter());
        tester.Consume("in", "k", "v");
        tester.Faults.FailSends("counter-table", fault: new KafkaFault("Local_MsgTimedOut", "no broker answered", FaultKind.Retriable));

        tester.Consume("in", "k", "v");

        node.Get("k").ShouldBe(2);
        tester.Journal.Where(r => r.Topic == "counter-table").Select(r => r.Text).ShouldBe(["1", "2"]);
    }

    [Fact]
    public void A_commit_that_is_refused_must_be_made_with_the_next_or_when_the_node_leaves()
    {
        var tester = new Tester();
        var node = tester.Process(Graphs.Counter());
        tester.Faults.RefuseCommits("counter", count: 2);

        tester.Consume("in", "k", "v");
        tester.CommittedOffset("counter", "in").ShouldBeNull();
        tester.Consume("in", "k", "v");
        tester.CommittedOffset("counter", "in").ShouldBeNull();
        node.Stop();

        tester.CommittedOffset("counter", "in").ShouldBe(2);
    }

    [Fact]
    public void A_store_that_cannot_be_written_must_restart_the_partition_and_lose_nothing()
    {
        var tester = new Tester();
        var node = tester.Process(Graphs.Counter(new InputOptions { Errors = ErrorPolicy.Skip }));
        tester.Consume("in", "k", "v");
        tester.Faults.FailStoreWrites("counter-table");

        tester.Consume("in", "k", "v");

        node.Get("k").ShouldBe(2);
        node.Partitions[0].Restarts.ShouldBe(1);
        node.Skipped.ShouldBeEmpty();
        tester.Consume("in", "k", "v");
        node.Get("k").ShouldBe(3);
    }

    [Fact]
    public void A_store_that_cannot_be_read_must_restart_the_partition_though_the_policy_is_to_skip()
    {
        var tester = new Tester();
        var node = tester.Process(Graphs.Counter(new InputOptions { Errors = ErrorPolicy.Skip }));
        tester.Faults.FailStoreReads("counter-table");

        tester.Consume("in", "never seen", "v");

        node.Get("never seen").ShouldBe(1);
        node.Partitions[0].Restarts.ShouldBe(1);
        node.Skipped.ShouldBeEmpty();
    }

    [Fact]
    public void A_store_that_stays_locked_must_fail_the_processor_with_the_reason()
    {
        var tester = new Tester(new TesterOptions { MaxRestarts = 2 });
        tester.Faults.FailStoreOpening("counter-table", count: 10);

        Should.Throw<TesterException>(() => tester.Process(Graphs.Counter())).Message.ShouldContain("held by another process");
    }

    [Fact]
    public void A_view_whose_store_does_not_open_must_try_again()
    {
        var tester = new Tester();
        var graph = Graphs.Counter();
        tester.Process(graph);
        tester.Consume("in", "k", "v");
        tester.Faults.FailStoreOpening("counter-table");

        var began = tester.Time.GetUtcNow();

        tester.View(graph.Table).Get("k").ShouldBe(1);

        tester.Time.GetUtcNow().ShouldBeGreaterThan(began);
    }

    [Theory]
    [InlineData(ErrorAction.Skip)]
    [InlineData(ErrorAction.Fail)]
    [InlineData(ErrorAction.Restart)]
    public void A_poison_record_must_follow_its_policy(ErrorAction action)
    {
        var poison = new FailingCodec<string>(Codec.String)
        {
            Decoding = bytes => bytes.AsSpan().SequenceEqual("poison"u8) ? new FormatException("bad bytes") : null,
        };
        var tester = new Tester(new TesterOptions { MaxRestarts = 2 });
        var node = tester.Process(GroupGraph.Define<long>("g", g => g
            .Input("in", poison, (ctx, _) => ctx.SetValue(ctx.Value + 1), new InputOptions { Errors = new ErrorPolicy(action) })
            .Persist(Codec.Int64)));
        // Somebody else writes it with the codec itself, which is the same to the tester.
        var stream = new Stream<string>("in", Codec.String);
        tester.Consume(stream, "k", "fine");

        if (action == ErrorAction.Skip)
        {
            tester.Consume(stream, "k", "poison");
            tester.Consume(stream, "k", "fine");
            node.Get("k").ShouldBe(2);
            node.Skipped.ShouldHaveSingleItem().Message.ShouldContain("decoding the value failed for the record at in[0]@1, key 'k': bad bytes");
            tester.CommittedOffset("g", "in").ShouldBe(3);
            return;
        }

        Should.Throw<TesterException>(() => tester.Consume(stream, "k", "poison")).Message.ShouldContain("in[0]@1, key 'k': bad bytes");
        node.State.ShouldBe(TesterNodeState.Failed);
        tester.CommittedOffset("g", "in").ShouldBe(1);
        tester.TableValue<long>("g-table", "k").ShouldBe(1);
    }

    [Fact]
    public void A_value_that_cannot_be_encoded_must_fail_its_callback()
    {
        var codec = new FailingCodec<string>(Codec.String) { Encoding = text => text == "LOUD" ? new FormatException("too loud") : null };
        var tester = new Tester(new TesterOptions { OnError = ErrorPolicy.Skip });
        var node = tester.Process(GroupGraph.Define("g", g => g
            .Input("in", Codec.String, (ctx, text) => ctx.Emit("out", ctx.Key, text.ToUpperInvariant()))
            .Output("out", codec)));
        var written = tester.Track<string>("out");

        tester.Consume("in", "k", "loud");
        tester.Consume("in", "k", "soft");

        written.Rest().Select(r => r.Value).ShouldBe(["SOFT"]);
        node.Skipped.ShouldHaveSingleItem().Message.ShouldContain("too loud");
    }

    [Fact]
    public void A_key_placed_by_another_hash_must_keep_its_state_and_be_reported()
    {
        var tester = new Tester(new TesterOptions { Partitions = 4 });
        var node = tester.Process(Graphs.Counter());
        var home = Partitioners.Fnv1a.Partition("k"u8, 4);
        var away = (home + 1) % 4;

        tester.Consume("in", "k", "v", partition: away);
        tester.Consume("in", "k", "v", partition: away);

        tester.TableValue<long>("counter-table", "k").ShouldBe(2);
        tester.Journal.Where(r => r.Topic == "counter-table").ShouldAllBe(r => r.Partition == away);
        node.Partitions[away].Misplaced.ShouldBe(2);
        tester.Faults.Crash(node);
        tester.Faults.Restart(node);
        tester.Consume("in", "k", "v", partition: away);
        tester.TableValue<long>("counter-table", "k").ShouldBe(3);
    }
}
