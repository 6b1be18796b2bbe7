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
    public void Empty_batches_move_the_offset()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);
        rig.Task.Add(new RecordBatch("in", 2, TaskRig<long>.Generation) { NextOffset = 17 });

        rig.Run();

        rig.Commits().ShouldBe("in@17");
    }

    [Fact]
    public void Records_of_a_topic_that_is_no_input_are_an_error()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);

        Should.Throw<InvalidOperationException>(() => rig.Feed("other", ("k", "")).Run())
            .Message.ShouldBe("Group 'group' got records of topic 'other', which is not one of its inputs.");
    }
}
