namespace GokaAkka.Tests.Processing;

public sealed class WatermarkTests
{
    [Fact]
    public void Nothing_is_committed_past_a_record_that_is_not_acknowledged()
    {
        using var rig = TaskRig<Stateless>.Of(g => g
            .Input("in", Codec.String, (ctx, value) => ctx.Emit("out", ctx.Key, value))
            .Output("out", Codec.String));
        rig.Feed("in", ("a", "")).Feed("in", ("b", "")).Feed("in", ("c", "")).Run();
        var sent = rig.Sender.Sent;

        FakeSender.Ack(sent[2]);
        rig.Commits().ShouldBe("");
        FakeSender.Ack(sent[0]);
        rig.Commits().ShouldBe("in@1");
        FakeSender.Ack(sent[1]);

        rig.Commits().ShouldBe("in@3");
        rig.Commits().ShouldBe("");
        rig.Task.IsSettled.ShouldBeTrue();
    }

    [Fact]
    public void Inputs_of_a_partition_commit_each_their_own_offset()
    {
        using var rig = TaskRig<long>.Of(g => g
            .Input("in", Codec.String, (ctx, _) => ctx.SetValue(1))
            .Input("other", Codec.String, (_, _) => { })
            .Persist(Codec.Int64));

        rig.Feed("other", ("a", ""), ("b", "")).Feed("in", ("a", "")).Run();

        rig.Commits().ShouldBe("other@2");
        rig.Sender.AckAll();
        rig.Commits().ShouldBe("in@1");
    }

    [Fact]
    public void A_batch_that_ends_behind_its_last_record_or_has_none_commits_where_it_ends()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);
        var batch = rig.Batch("in", TaskRig<long>.Generation, ("a", ""));
        batch.NextOffset = 9;
        rig.Task.Add(batch);

        rig.Run();
        rig.Sender.AckAll();

        rig.Commits().ShouldBe("in@9");
        rig.Task.Add(new RecordBatch("in", TaskRig<long>.Partition, TaskRig<long>.Generation) { NextOffset = 17 });
        rig.Run().Commits().ShouldBe("in@17");
    }

    [Fact]
    public void An_emit_that_is_not_delivered_fails_the_task_and_nothing_behind_it_is_committed()
    {
        using var rig = TaskRig<Stateless>.Of(g => g
            .Input("in", Codec.String, (ctx, text) => ctx.Emit("out", "k", text)).Output("out", Codec.String));
        rig.Feed("in", ("a", "1")).Feed("in", ("b", "2")).Feed("in", ("c", "3")).Run();

        FakeSender.Ack(rig.Sender.Sent[0]);
        FakeSender.Fail(rig.Sender.Sent[1]);
        FakeSender.Ack(rig.Sender.Sent[2]);

        var error = Should.Throw<DeliveryException>(() => rig.Task.Advance());
        error.Message.ShouldContain("records of in[2] before offset 2 caused did not complete: An emitted record was not delivered: KafkaStorageError: the disk is full");
        var commits = new List<TopicPartitionOffset>();
        rig.Task.Watermark.TakeCommits(commits);
        commits.Single().Offset.ShouldBe(1);
        rig.Task.IsQuiet.ShouldBeTrue();
    }

    [Fact]
    public void A_task_is_quiet_only_once_the_fate_of_every_record_is_known()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);
        rig.Feed("in", ("a", "")).Feed("in", ("b", "")).Run();
        rig.Task.IsQuiet.ShouldBeFalse();

        FakeSender.Fail(rig.Sender.Sent[0]);
        rig.Task.IsQuiet.ShouldBeFalse();
        FakeSender.Ack(rig.Sender.Sent[1]);

        rig.Task.IsQuiet.ShouldBeTrue();
    }

    [Fact]
    public void A_record_that_fails_in_the_middle_of_a_batch_leaves_those_before_it_to_be_committed()
    {
        using var rig = TaskRig<long>.Of(g => g
            .Input("in", Codec.Int64, (ctx, n) => ctx.SetValue(n))
            .Persist(Codec.Int64));

        Should.Throw<RecordException>(() => rig.Feed("in", ("a", "1"), ("b", "2"), ("c", "x"), ("d", "4")).Run());
        rig.Task.IsQuiet.ShouldBeFalse();
        rig.Task.Stop();
        rig.Sender.AckAll();

        rig.Commits().ShouldBe("in@2");
        rig.Task.IsQuiet.ShouldBeTrue();
        rig.Consumed.ShouldBe(4);
    }

    [Fact]
    public async Task Acknowledgements_from_other_threads_end_with_everything_committed()
    {
        using var rig = TaskRig<long>.Of(Graphs.Counting);
        for (var i = 0; i < 200; i++)
            rig.Feed("in", ("a", ""), ("b", ""), ("c", ""));
        rig.Run();
        var records = rig.Sender.Sent.ToArray();

        // As the producer does: per partition in order, on a thread of its own, while the task goes on.
        var acks = Task.Run(() => Array.ForEach(records, FakeSender.Ack));
        var last = "";
        while (!acks.IsCompleted)
            last = rig.Commits() is { Length: > 0 } more ? more : last;
        await acks;
        last = rig.Commits() is { Length: > 0 } rest ? rest : last;

        last.ShouldBe("in@600");
        rig.Task.IsSettled.ShouldBeTrue();
    }
}
