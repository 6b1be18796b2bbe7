namespace GokaAkka.Tests.Processing;

public sealed class RetryTests
{
    readonly List<string> _calls = [];
    readonly Dictionary<string, TaskCompletionSource> _gates = [];
    int _failures;

    [Fact]
    public void A_record_is_tried_again_after_growing_pauses_and_the_next_one_waits()
    {
        _failures = 5;
        using var rig = Failing(ErrorPolicy.Skip.AfterRetries(5));

        rig.Feed("in", ("k", "bad"), ("k", "good")).Run();
        rig.Task.HasWork.ShouldBeFalse();
        rig.Task.AtWork.ShouldHaveSingleItem().Offset.ShouldBe(0);
        while (rig.Pauses.Count > 0)
            rig.EndPause();

        _calls.ShouldBe(["bad 1", "bad 2", "bad 3", "bad 4", "bad 5", "bad 6", "good 1"]);
        rig.Retries.Select(r => r.Pause.TotalMilliseconds).ShouldBe([100, 200, 400, 800, 1000]);
        rig.Retries.Select(r => r.Error.Attempts).ShouldBe([1, 2, 3, 4, 5]);
        rig.Skipped.ShouldBeEmpty();
        rig.Sender.AckAll();
        rig.Commits().ShouldBe("in@2");
    }

    [Fact]
    public void A_policy_may_have_pauses_of_its_own()
    {
        _failures = 4;
        using var rig = Failing(ErrorPolicy.Skip.AfterRetries(4, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5)));

        rig.Feed("in", ("k", "bad")).Run().EndPause().EndPause().EndPause().EndPause();

        rig.Retries.Select(r => r.Pause.TotalSeconds).ShouldBe([2, 4, 5, 5]);
    }

    [Fact]
    public void Stopping_in_a_pause_ends_it_and_leaves_the_record_to_the_next_owner()
    {
        _failures = int.MaxValue;
        using var rig = Failing(ErrorPolicy.Skip.AfterRetries(2));
        rig.Feed("in", ("k", "good"), ("k", "bad"), ("k", "good")).Run();

        rig.Task.Stop();
        rig.Run();
        rig.Sender.AckAll();

        rig.Commits().ShouldBe("in@1");
        rig.Task.IsSettled.ShouldBeTrue();
        rig.Skipped.ShouldBeEmpty();
        rig.Consumed.ShouldBe(3);
    }

    [Fact]
    public void A_commit_that_a_failed_attempt_deferred_holds_nothing_back_and_fails_nothing()
    {
        var deferred = new List<DeferredCommit>();
        using var rig = TaskRig<Stateless>.Of(
            g => g.Input("in", Codec.String, (ctx, _) =>
            {
                deferred.Add(ctx.DeferCommit());
                if (ctx.Attempt == 1)
                    throw new InvalidDataException("first");
            }),
            ErrorPolicy.Skip.AfterRetries(1));

        rig.Feed("in", ("k", "")).Run().EndPause();
        deferred[0].Fail(new InvalidOperationException("late"));
        rig.Commits().ShouldBe("");
        deferred[1].Complete();

        rig.Commits().ShouldBe("in@1");
    }

    [Fact]
    public void What_is_refused_is_sent_again_without_calling_the_callback_again_and_a_flush_meanwhile_holds_what_was_sent()
    {
        using var rig = Emitting(ErrorPolicy.Skip.AfterRetries(2));
        RefuseFirst(rig, 1);

        rig.Feed("in", ("k", "a")).Run();
        rig.Commits().ShouldBe("");
        rig.Task.BeginFlush();
        rig.Sender.AckAll();
        rig.WriteFlush().ShouldBeTrue();
        rig.Stored("k").ShouldBe("1");
        rig.Store.Position.NextOffset.ShouldBe(101);
        rig.Commits().ShouldBe("in@0");
        rig.EndPause();

        _calls.ShouldBe(["a 1"]);
        rig.Sender.Sent.Select(r => $"{r.Topic} {r.Text}").ShouldBe(["group-table 1", "out first", "out second"]);
        rig.Value("k").ShouldBe(1);
        rig.Sender.AckAll();
        rig.Commits().ShouldBe("in@1");
    }

    [Fact]
    public void A_broker_that_fails_is_not_the_records_fault_and_not_tried_again_in_place()
    {
        using var rig = Emitting(ErrorPolicy.Skip.AfterRetries(2));
        rig.Sender.Refuse = _ => new KafkaFaultException("Not sent", new KafkaFault("Down", "all brokers are down", FaultKind.Retriable));

        Should.Throw<RecordException>(() => rig.Feed("in", ("k", "a")).Run()).IsFinal.ShouldBeFalse();

        rig.Pauses.ShouldBeEmpty();
    }

    [Fact]
    public void Concurrent_callbacks_of_other_keys_go_on_while_one_waits_for_its_next_attempt()
    {
        using var rig = Concurrent(ErrorPolicy.Skip.AfterRetries(1));
        rig.Feed("in", ("a", "1"), ("b", "2"), ("c", "3"), ("a", "4")).Run();

        End(rig, "1", fails: true);
        End(rig, "2");
        End(rig, "3");
        rig.Sender.AckAll();
        _calls.ShouldBe(["1 1", "2 1", "3 1"], "the next record of the key waits");
        rig.Commits().ShouldBe("");
        rig.EndPause();
        End(rig, "1");
        End(rig, "4");
        rig.Sender.AckAll();

        _calls.ShouldBe(["1 1", "2 1", "3 1", "1 2", "4 1"]);
        rig.Commits().ShouldBe("in@4");
        rig.Value("a").ShouldBe("4");
    }

    [Fact]
    public void A_flush_that_is_due_does_not_keep_concurrent_callbacks_waiting_for_a_pause()
    {
        using var rig = Concurrent(ErrorPolicy.Skip.AfterRetries(1));
        rig.Feed("in", ("a", "1"), ("b", "2"), ("b", "3")).Run();
        rig.Task.BeginFlush();
        End(rig, "1", fails: true);

        End(rig, "2");

        _calls.ShouldBe(["1 1", "2 1", "3 1"]);
        rig.EndPause();
        End(rig, "1");
        End(rig, "3");
        rig.Sender.AckAll();
        rig.Task.BeginFlush();
        rig.WriteFlush().ShouldBeTrue();
        (rig.Stored("a"), rig.Stored("b")).ShouldBe(("1", "3"));
    }

    [Fact]
    public void Stopping_while_a_concurrent_callback_pauses_leaves_its_record_uncommitted()
    {
        using var rig = Concurrent(ErrorPolicy.Skip.AfterRetries(1));
        rig.Feed("in", ("a", "1"), ("b", "2")).Run();
        End(rig, "1", fails: true);
        End(rig, "2");
        rig.Sender.AckAll();

        rig.Task.Stop();
        Should.Throw<RecordException>(() => rig.Run()).Offset.ShouldBe(0);

        rig.Task.IsQuiet.ShouldBeTrue();
        rig.Commits().ShouldBe("");
        rig.Skipped.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_visit_is_tried_again_and_passed_over_in_the_end()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting, ErrorPolicy.DeadLetter.AfterRetries(1));
        rig.Feed("in", ("a", ""), ("b", "")).Run();
        rig.Sender.AckAll();
        rig.Commits();
        var run = new VisitRun<long>(
            "visitor", ctx =>
            {
                _calls.Add($"{ctx.Key} {ctx.Attempt}");
                if (ctx.Key == "a")
                    throw new InvalidDataException("never");
            },
            default);
        run.Begin(1);

        rig.Task.Add(run);
        rig.Run().EndPause();
        rig.Commits();

        _calls.ShouldBe(["a 1", "a 2", "b 1"]);
        (await run.Done).ShouldBe(2);
        rig.Skipped.ShouldHaveSingleItem().Topic.ShouldBe("visitor");
        rig.DeadLettered.ShouldBeEmpty("no record was lost: the key is still in the table");
    }

    TaskRig<long> Failing(ErrorPolicy policy) => TaskRig<long>.Of(
        g => g
            .Input("in", Codec.String, (ctx, text) =>
            {
                _calls.Add($"{text} {ctx.Attempt}");
                ctx.SetValue(ctx.Value + 1);
                if (text == "bad" && _failures-- > 0)
                    throw new InvalidDataException($"no {ctx.Attempt}");
            })
            .Persist(Codec.Int64),
        policy);

    TaskRig<long> Emitting(ErrorPolicy policy) => TaskRig<long>.Of(
        g => g
            .Input("in", Codec.String, (ctx, text) =>
            {
                _calls.Add($"{text} {ctx.Attempt}");
                ctx.SetValue(ctx.Value + 1);
                ctx.Emit("out", "k", "first");
                ctx.Emit("out", "k", "second");
            })
            .Output("out", Codec.String)
            .Persist(Codec.Int64),
        policy);

    static void RefuseFirst(TaskRig<long> rig, int times) => rig.Sender.Refuse = record => record.Text == "first" && times-- > 0 ? FakeSender.TooLarge : null;

    TaskRig<string> Concurrent(ErrorPolicy policy) => TaskRig<string>.Of(
        g => g
            .Input(
                "in", Codec.String,
                async (ctx, text) =>
                {
                    _calls.Add($"{text} {ctx.Attempt}");
                    await (_gates[text] = new TaskCompletionSource()).Task;
                    ctx.SetValue(text);
                },
                new InputOptions { Concurrency = 3 })
            .Persist(Codec.String),
        policy);

    void End(TaskRig<string> rig, string text, bool fails = false)
    {
        if (fails)
            _gates[text].SetException(new InvalidDataException("bad"));
        else
            _gates[text].SetResult();
        rig.Run();
    }
}
