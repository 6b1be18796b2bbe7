namespace GokaAkka.Tests.WithTester;

public class FaultTests
{
    readonly Tester _tester = new();

    [Fact]
    public void A_record_acknowledged_late_must_keep_its_offset_and_those_behind_it_uncommitted()
    {
        _tester.Process(GroupGraph.Define("g", g => g
            .Input("in", Codec.String, (ctx, topic) => ctx.Emit(topic, ctx.Key, topic))
            .Output("slow", Codec.String)
            .Output("fast", Codec.String)));
        _tester.Consume("in", "k", "fast");
        using var held = _tester.Faults.HoldAcks("slow");

        _tester.Consume("in", "k", "slow");
        _tester.Consume("in", "k", "fast");
        _tester.Consume("in", "k", "slow");
        _tester.CommittedOffset("g", "in").ShouldBe(1);
        held.Release(1);
        _tester.CommittedOffset("g", "in").ShouldBe(3);
        held.Release();

        _tester.CommittedOffset("g", "in").ShouldBe(4);
    }

    [Fact]
    public void A_store_must_not_have_what_the_changelog_has_not_acknowledged()
    {
        var node = _tester.Process(Graphs.Counter());
        _tester.Consume("in", "k", "v");
        using (_tester.Faults.HoldAcks("counter-table"))
        {
            _tester.Consume("in", "k", "v");
            node.Get("k").ShouldBe(2);
            _tester.CommittedOffset("counter", "in").ShouldBe(1);
            _tester.Faults.Crash(node);
        }

        // The record is in the changelog all the same, so the new life has it; its input, not committed, is read again.
        _tester.Faults.Restart(node);

        node.Get("k").ShouldBe(3);
        node.Partitions[0].Restored.ShouldBe(1);
    }

    [Fact]
    public void A_record_that_is_not_delivered_must_restart_the_partition_and_be_tried_again()
    {
        var node = _tester.Process(Graphs.Shouter());
        _tester.Faults.FailSends("out", count: 2);
        var written = _tester.Track<string>("out");

        _tester.Consume("in", "k", "hello");

        written.Rest().Select(r => r.Value).ShouldBe(["HELLO"]);
        node.Partitions[0].Restarts.ShouldBe(2);
        _tester.CommittedOffset("shouter", "in").ShouldBe(1);
    }

    [Fact]
    public void A_table_record_that_is_not_delivered_must_leave_the_table_as_its_changelog_says()
    {
        var node = _tester.Process(Graphs.Counter());
        _tester.Consume("in", "k", "v");
        _tester.Faults.FailSends("counter-table", fault: new KafkaFault("Local_MsgTimedOut", "no broker answered", FaultKind.Retriable));

        _tester.Consume("in", "k", "v");

        node.Get("k").ShouldBe(2);
        _tester.Journal.Where(r => r.Topic == "counter-table").Select(r => r.Text).ShouldBe(["1", "2"]);
    }

    [Fact]
    public void A_commit_that_is_refused_must_be_made_with_the_next_or_when_the_node_leaves()
    {
        var node = _tester.Process(Graphs.Counter());
        _tester.Faults.RefuseCommits("counter", count: 2);

        _tester.Consume("in", "k", "v");
        _tester.CommittedOffset("counter", "in").ShouldBeNull();
        _tester.Consume("in", "k", "v");
        _tester.CommittedOffset("counter", "in").ShouldBeNull();
        node.Stop();

        _tester.CommittedOffset("counter", "in").ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_store_that_fails_must_restart_the_partition_though_the_policy_is_to_skip_and_lose_nothing(bool isWritten)
    {
        var node = _tester.Process(Graphs.Counter(new InputOptions { Errors = ErrorPolicy.Skip }));
        _tester.Consume("in", "seen before", "v");
        if (isWritten)
            _tester.Faults.FailStoreWrites("counter-table");
        else
            _tester.Faults.FailStoreReads("counter-table");

        _tester.Consume("in", "k", "v");

        (node.Get("k"), node.Get("seen before")).ShouldBe((1, 1));
        node.Partitions[0].Restarts.ShouldBe(1);
        node.Skipped.ShouldBeEmpty();
        _tester.Consume("in", "k", "v");
        node.Get("k").ShouldBe(2);
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
        var graph = Graphs.Counter();
        _tester.Process(graph);
        _tester.Consume("in", "k", "v");
        _tester.Faults.FailStoreOpening("counter-table");

        var began = _tester.Time.GetUtcNow();

        _tester.View(graph.Table).Get("k").ShouldBe(1);

        _tester.Time.GetUtcNow().ShouldBeGreaterThan(began);
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
}
