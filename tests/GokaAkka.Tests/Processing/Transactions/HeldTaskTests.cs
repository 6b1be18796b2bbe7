namespace GokaAkka.Tests.Processing;

/// <summary>How a partition's task comes to a stop for the end of a transaction, and what waits for the transaction's outcome.</summary>
public sealed class HeldTaskTests
{
    readonly Dictionary<string, TaskCompletionSource> _gates = [];
    DeferredCommit? _deferred;

    [Fact]
    public void A_held_task_begins_no_record_and_goes_on_where_it_was()
    {
        using var rig = Counting();
        rig.Feed("in", ("a", ""), ("b", ""), ("c", ""));
        rig.Task.Run(TaskRig<long>.Now, 2);

        rig.Task.Hold();
        rig.Run();
        rig.Sender.Sent.Count.ShouldBe(2);
        rig.Cut().ShouldBeNull();
        rig.Sender.AckAll();
        rig.Cut().ShouldBe("in@2");
        rig.Task.Resume();
        rig.Run();

        rig.Sender.To("group-table").Select(r => r.Key.ToString()).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public void Each_transaction_holds_the_offsets_of_its_own_records()
    {
        using var rig = Counting();
        rig.Sender.AcksAtOnce = true;
        rig.Feed("in", ("a", "")).Run();
        rig.Task.Hold();
        rig.Cut().ShouldBe("in@1");
        rig.Task.Resume();

        rig.Task.Hold();
        rig.Cut().ShouldBe("");
        rig.Task.Resume();
        rig.Feed("in", ("a", "")).Run();
        rig.Task.Hold();

        rig.Cut().ShouldBe("in@2");
    }

    [Fact]
    public void Nothing_reaches_the_store_before_its_transaction_is_committed_nor_anything_of_the_next_one()
    {
        using var rig = Counting();
        rig.Sender.AcksAtOnce = true;
        rig.Feed("in", ("k", "")).Run();
        rig.Task.BeginFlush();
        rig.WriteFlush().ShouldBeFalse();

        rig.Task.Hold();
        rig.Cut().ShouldBe("in@1");
        rig.WriteFlush().ShouldBeFalse();
        rig.Stored("k").ShouldBeNull();
        rig.Task.Resume();
        rig.Feed("in", ("k", "")).Run();

        rig.WriteFlush().ShouldBeTrue();
        (rig.Stored("k"), rig.Value("k")).ShouldBe(("1", 2));
        rig.Store.Position.NextOffset.ShouldBe(101);
    }

    [Fact]
    public void A_callback_at_work_is_left_alone_and_is_part_of_the_next_transaction()
    {
        using var rig = Transactional(g => g.Input("in", Codec.String, async (ctx, v) =>
        {
            await Gate(v);
            ctx.SetValue(v);
        }));
        rig.Feed("in", ("a", "1")).Run();
        rig.Task.Hold();
        rig.Cut().ShouldBe("");

        _gates["1"].SetResult();
        rig.Run();
        rig.Task.HasWork.ShouldBeFalse();
        rig.Sender.Sent.ShouldBeEmpty();
        rig.Task.Resume();
        rig.Run();
        rig.Sender.AckAll();
        rig.Task.Hold();

        rig.Cut().ShouldBe("in@1");
    }

    [Fact]
    public void Callbacks_that_run_beside_each_other_all_end_first_and_no_new_one_begins()
    {
        using var rig = Transactional(g => g.Input("in", Codec.String, async (ctx, v) =>
        {
            await Gate(v);
            ctx.SetValue(v);
        }, new InputOptions { Concurrency = 2 }));
        rig.Sender.AcksAtOnce = true;
        rig.Feed("in", ("a", "1"), ("b", "2"), ("c", "3")).Run();
        rig.Task.Hold();
        End(rig, "2");
        rig.Cut().ShouldBeNull();

        End(rig, "1");

        rig.Cut().ShouldBe("in@2");
        _gates.Keys.ShouldBe(["1", "2"]);
        rig.Task.Resume();
        rig.Run();
        _gates.Keys.ShouldBe(["1", "2", "3"]);
        End(rig, "3");
    }

    [Fact]
    public void A_deferred_commit_holds_up_the_end_of_the_transaction()
    {
        using var rig = Transactional(g => g.Input("in", Codec.String, (ctx, _) => _deferred = ctx.DeferCommit()));
        rig.Feed("in", ("a", "")).Run();
        rig.Task.Hold();
        rig.Cut().ShouldBeNull();

        _deferred!.Complete();

        rig.IsWoken.ShouldBeTrue();
        rig.Cut().ShouldBe("in@1");
    }

    [Fact]
    public void What_was_sent_in_part_is_torn_and_is_not_passed_over()
    {
        using var rig = Transactional(
            g => g.Input("in", Codec.String, (ctx, _) =>
            {
                ctx.SetValue("1");
                ctx.SetValue("too large");
            }),
            ErrorPolicy.Skip);
        rig.Sender.Refuse = r => r.Text == "too large" ? FakeSender.TooLarge : null;

        Should.Throw<RecordException>(() => rig.Feed("in", ("a", "")).Run());

        rig.Task.IsTorn.ShouldBeTrue();
        rig.Skipped.ShouldBeEmpty();
    }

    [Fact]
    public void A_failed_callback_leaves_a_state_that_can_be_committed_up_to_its_record()
    {
        using var rig = Transactional(g => g.Input("in", Codec.String, (ctx, v) =>
        {
            ctx.SetValue(v);
            if (v == "bad")
                throw new FormatException("bad");
        }));
        Should.Throw<RecordException>(() => rig.Feed("in", ("a", "good"), ("a", "bad"), ("a", "good")).Run());
        rig.Task.IsTorn.ShouldBeFalse();

        rig.Task.Stop();
        rig.Task.Hold();
        rig.Sender.AckAll();

        rig.Cut().ShouldBe("in@1");
    }

    [Fact]
    public async Task Visits_are_told_done_when_they_are_committed()
    {
        using var rig = Counting();
        rig.Sender.AcksAtOnce = true;
        rig.Feed("in", ("a", ""), ("b", "")).Run();
        var run = new VisitRun<long>("all", ctx => ctx.SetValue(ctx.Value * 10), CancellationToken.None);
        run.Begin(1);
        rig.Task.Add(run);
        rig.Run();
        rig.Task.Hold();
        rig.Cut().ShouldBe("in@2");
        run.Done.IsCompleted.ShouldBeFalse();

        rig.Task.Resume();
        rig.Run();

        run.Done.IsCompletedSuccessfully.ShouldBeTrue();
        (await run.Done).ShouldBe(2);
    }

    static TaskRig<long> Counting()
    {
        var rig = TaskRig<long>.Of(Graphs.Counting);
        rig.NewTask(isTransactional: true);
        return rig;
    }

    static TaskRig<string> Transactional(Action<GroupGraphBuilder<string>> define, ErrorPolicy? errors = null)
    {
        var rig = TaskRig<string>.Of(g =>
        {
            define(g);
            g.Persist(Codec.String);
        });
        rig.NewTask(errors, isTransactional: true);
        return rig;
    }

    void End(TaskRig<string> rig, string value)
    {
        _gates[value].SetResult();
        // The callback goes on where its gate was opened, or on the pool.
        SpinWait.SpinUntil(() => rig.Task.HasWork, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        rig.Run();
    }

    Task Gate(string value)
    {
        var gate = new TaskCompletionSource();
        _gates[value] = gate;
        return gate.Task;
    }
}
