namespace GokaAkka.Tests.WithTester;

public class ErrorTests
{
    readonly Tester _tester = new();

    [Fact]
    public void An_unknown_topic_must_be_told_with_those_that_are_known()
    {
        _tester.Process(Graphs.Shouter());

        var error = Should.Throw<TesterException>(() => _tester.Consume("inn", "k", "v"));

        error.Message.ShouldContain("'inn' is unknown");
        error.Message.ShouldContain("Known are in, out.");
        Should.Throw<TesterException>(() => _tester.Track<string>("ouT"));
        Should.Throw<TesterException>(() => _tester.TableValue<long>("counter-table", "k")).Message.ShouldContain("'counter-table' is unknown");
        Should.Throw<TesterException>(() => _tester.TableKeys("out")).Message.ShouldContain("a stream, not a table");
    }

    [Fact]
    public void A_value_of_another_type_must_be_told()
    {
        _tester.Process(Graphs.Counter());

        Should.Throw<TesterException>(() => _tester.Consume("in", "k", 5)).Message
            .ShouldStartWith("Topic 'in' holds values of type String (Input of group 'counter'), not Int32");
        Should.Throw<TesterException>(() => _tester.TableValue<string>("counter-table", "k")).Message.ShouldContain("Int64");
        _tester.Journal.ShouldBeEmpty();
    }

    [Fact]
    public void Two_codecs_for_a_topic_must_be_told()
    {
        _tester.Process(Graphs.Shouter());

        var error = Should.Throw<TesterException>(() => _tester.Process(GroupGraph.Define("other", g => g.Input("out", Codec.Int64, (_, _) => { }))));
        error.Message.ShouldContain("Output of group 'shouter'");
        error.Message.ShouldContain("Input of group 'other'");
        Should.Throw<TesterException>(() => _tester.Track(new Stream<string>("out", Codec.Json<string>()))).Message.ShouldContain("JsonCodec<String>");
    }

    [Fact]
    public void Inputs_that_are_not_co_partitioned_must_be_told()
    {
        var tester = new Tester(new TesterOptions { Partitions = 2 });
        tester.CreateTopic("b", 3);

        Should.Throw<TesterException>(() => tester.Process(GroupGraph.Define("g", g => g
                .Input("a", Codec.String, (_, _) => { })
                .Input("b", Codec.String, (_, _) => { }))))
            .Message.ShouldContain("'a' has 2 partitions, 'b' has 3 partitions");
        Should.Throw<TesterException>(() => tester.CreateTopic("b", 3)).Message.ShouldContain("exists");
    }

    [Fact]
    public void Nodes_of_a_group_that_read_other_topics_must_be_told()
    {
        _tester.Process(Graphs.Reader((_, _) => { }));

        Should.Throw<TesterException>(() => _tester.Process(GroupGraph.Define("reader", g => g.Input("other", Codec.String, (_, _) => { }))))
            .Message.ShouldContain("read different topics: in and other");
    }

    [Fact]
    public void An_endless_loop_must_be_told_with_its_topic()
    {
        var tester = new Tester(new TesterOptions { SettleRecords = 1000 });
        tester.Process(GroupGraph.Define("spinner", g => g
            .Input("in", Codec.String, (ctx, text) => ctx.Loopback(ctx.Key, text))
            .Loop(Codec.String, (ctx, text) => ctx.Loopback(ctx.Key, text))));

        var error = Should.Throw<TesterException>(() => tester.Consume("in", "k", "v"));

        error.Message.ShouldContain("endless loop");
        error.Message.ShouldContain("group 'spinner' from 'spinner-loop'");
    }

    [Fact]
    public void A_call_from_inside_a_callback_must_be_told()
    {
        var tester = new Tester(new TesterOptions { OnError = ErrorPolicy.Fail });
        tester.Process(Graphs.Reader((_, _) => tester.Consume("in", "k", "again")));

        Should.Throw<TesterException>(() => tester.Consume("in", "k", "v")).Message.ShouldContain("from inside a callback");
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("null")]
    [InlineData("fails")]
    [InlineData("divides")]
    [InlineData("regex")]
    public void A_callback_that_fails_must_be_told_with_its_record_and_cause(string how)
    {
        var zero = how.Length - how.Length;
        string? nothing = zero == 0 ? null : "";
        var tester = new Tester(new TesterOptions { OnError = ErrorPolicy.Fail });
        var node = tester.Process(GroupGraph.Define("group", g => g.Inputs(
            ["input", "input2", "input3"], Codec.String, (ctx, text) =>
            {
                switch (how)
                {
                    case "throws":
                        throw new InvalidOperationException("some panic");
                    case "null":
                        _ = nothing!.Length;
                        break;
                    case "fails":
                        ctx.Fail(new InvalidOperationException("failing callback"));
                        break;
                    case "divides":
                        _ = 123 / zero;
                        break;
                    default:
                        _ = new Regex(")");
                        break;
                }
            })));

        var error = Should.Throw<TesterException>(() => tester.Consume("input2", "key", "some-message"));

        error.Message.ShouldContain("Processor 'group' has stopped");
        error.Message.ShouldContain("the callback failed for the record at input2[0]@0, key 'key'");
        var record = error.InnerException.ShouldBeOfType<ProcessorFailedException>().InnerException.ShouldBeOfType<RecordException>();
        record.InnerException!.StackTrace!.ShouldContain(nameof(A_callback_that_fails_must_be_told_with_its_record_and_cause), Case.Sensitive, "the callback's stack");
        node.State.ShouldBe(TesterNodeState.Failed);
        (tester.CommittedOffset("group", "input2") ?? 0).ShouldBe(0);
        Should.Throw<TesterException>(() => tester.Consume("input2", "key", "more")).Message.ShouldContain("Faults.Restart");
    }

    [Fact]
    public void A_callback_that_fails_under_the_restart_policy_must_be_tried_again_as_often_as_allowed()
    {
        var tester = new Tester(new TesterOptions { MaxRestarts = 3 });
        var tries = 0;
        var began = tester.Time.GetUtcNow();
        tester.Process(Graphs.Reader((_, _) =>
        {
            tries++;
            throw new InvalidOperationException("not today");
        }));

        var error = Should.Throw<TesterException>(() => tester.Consume("in", "k", "v"));

        tries.ShouldBe(4);
        error.Message.ShouldContain("failed again after 3 restarts");
        error.Message.ShouldContain("not today");
        // 200 + 400 + 800 ms.
        (tester.Time.GetUtcNow() - began).ShouldBe(TimeSpan.FromMilliseconds(1400));
    }

    [Fact]
    public void A_node_that_failed_must_go_on_where_it_was_when_it_is_started_again()
    {
        var tester = new Tester(new TesterOptions { OnError = ErrorPolicy.Fail });
        var isBroken = true;
        var node = tester.Process(GroupGraph.Define<long>("counter", g => g
            .Input("in", Codec.String, (ctx, text) =>
            {
                if (isBroken && text == "poison")
                    throw new InvalidOperationException("broken");
                ctx.SetValue(ctx.Value + 1);
            })
            .Persist(Codec.Int64)));
        tester.Consume("in", "k", "fine");
        Should.Throw<TesterException>(() => tester.Consume("in", "k", "poison"));
        node.State.ShouldBe(TesterNodeState.Failed);

        isBroken = false;
        tester.Faults.Restart(node);

        node.State.ShouldBe(TesterNodeState.Running);
        node.Get("k").ShouldBe(2);
    }

    [Fact]
    public void Faults_on_nodes_that_cannot_have_them_must_be_told()
    {
        var tester = new Tester(new TesterOptions { Partitions = 2 });
        var node = tester.Process(Graphs.Counter());
        var stranger = new Tester().Process(Graphs.Counter());

        Should.Throw<TesterException>(() => tester.Faults.Restart(node)).Message.ShouldContain("is Running");
        Should.Throw<TesterException>(() => tester.Faults.Move(2, node)).Message.ShouldContain("0 to 1");
        Should.Throw<TesterException>(() => tester.Faults.Lose(node, 7)).Message.ShouldContain("does not have partition 7");
        Should.Throw<TesterException>(() => tester.Faults.Crash(stranger)).Message.ShouldContain("another tester");
        node.Stop();
        Should.Throw<TesterException>(() => tester.Faults.Crash(node)).Message.ShouldContain("is Stopped");
        Should.Throw<TesterException>(() => tester.Consume("in", "k", "v", partition: 2)).Message.ShouldContain("no partition 2");
    }
}
