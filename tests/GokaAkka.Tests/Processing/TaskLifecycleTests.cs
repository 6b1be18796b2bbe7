namespace GokaAkka.Tests.Processing;

public sealed class TaskLifecycleTests
{
    [Theory]
    [InlineData(TaskRig<long>.Generation - 1)]
    [InlineData(TaskRig<long>.Generation + 1)]
    public void A_batch_of_another_generation_is_dropped_and_its_room_given_back(int generation)
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);

        rig.Task.Add(rig.Batch("in", generation, ("k", "")));
        rig.Run();

        rig.Sender.Sent.ShouldBeEmpty();
        rig.Commits().ShouldBe("");
        rig.Consumed.ShouldBe(1);
    }

    [Fact]
    public void A_budget_is_kept_and_the_rest_stays_for_the_next_run()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);
        rig.Feed("in", ("a", ""), ("b", ""), ("c", "")).Feed("in", ("d", ""));

        rig.Task.Run(0, budget: 2);

        rig.Sender.Sent.Count.ShouldBe(2);
        rig.Task.HasWork.ShouldBeTrue();
        rig.Task.TakeProcessed().ShouldBe(2);
        rig.Run();
        rig.Task.TakeProcessed().ShouldBe(2);
        rig.Consumed.ShouldBe(4);
    }

    [Fact]
    public void Stopping_keeps_what_is_done_and_drops_the_rest()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);
        rig.Feed("in", ("a", ""), ("b", ""), ("c", "")).Feed("in", ("d", ""));
        rig.Task.Run(0, budget: 2);

        rig.Task.Stop();
        rig.Task.Stop();
        rig.Run();
        rig.Task.IsSettled.ShouldBeFalse();
        rig.Sender.AckAll();

        rig.Commits().ShouldBe("in@2");
        rig.Task.IsSettled.ShouldBeTrue();
        rig.Consumed.ShouldBe(4);
        rig.Feed("in", ("e", "")).Run();
        rig.Sender.Sent.Count.ShouldBe(2);
        rig.Consumed.ShouldBe(5);
    }

    [Fact]
    public void Disposing_gives_back_all_room()
    {
        var rig = TaskRig<long>.Of(Graphs.Counting);
        rig.Feed("in", ("a", ""), ("b", "")).Feed("in", ("c", ""));
        rig.Task.Run(0, budget: 1);

        rig.Dispose();

        rig.Consumed.ShouldBe(3);
    }

    [Fact]
    public void Records_of_a_topic_that_is_no_input_are_an_error()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);

        Should.Throw<InvalidOperationException>(() => rig.Feed("other", ("k", "")).Run())
            .Message.ShouldBe("Group 'group' got records of topic 'other', which is not one of its inputs.");
    }

    [Fact]
    public void No_record_must_begin_while_too_much_is_not_acknowledged_and_the_next_one_when_it_is()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);
        rig.NewTask(inFlightBytes: 500);
        rig.Feed("in", ("a", ""), ("b", ""), ("c", ""), ("d", "")).Run();

        // Each has some 300 B beside its own.
        rig.Sender.Sent.Count.ShouldBe(2);
        (rig.Task.HasWork, rig.Task.IsIdle).ShouldBe((false, false));

        FakeSender.Ack(rig.Sender.Sent[0]);
        rig.Task.HasWork.ShouldBeFalse("the segment is not whole");
        rig.IsWoken.ShouldBeFalse();
        FakeSender.Ack(rig.Sender.Sent[1]);
        rig.IsWoken.ShouldBeTrue();
        rig.Run().Sender.Sent.Count.ShouldBe(4);
        rig.Commits().ShouldBe("in@2");
        rig.Task.Stop();
        rig.Sender.AckAll();
        rig.Commits().ShouldBe("in@4");
    }

    [Fact]
    public void A_commit_that_is_deferred_must_not_hold_the_room_of_records_that_are_acknowledged()
    {
        var deferred = new List<DeferredCommit>();
        using var rig = TaskRig<long>.Of(g => g.Input("in", Codec.String, (ctx, _) =>
        {
            deferred.Add(ctx.DeferCommit());
            ctx.SetValue(1);
        }).Persist(Codec.Int64));
        rig.NewTask(inFlightBytes: 100);
        rig.Feed("in", ("a", ""), ("b", ""), ("c", ""));
        for (var i = 1; i <= 3; i++)
        {
            rig.Run().Sender.Sent.Count.ShouldBe(i);
            rig.Sender.AckAll();
        }

        deferred.Count.ShouldBe(3);
        rig.Commits().ShouldBe("");
    }
}
