namespace GokaAkka.Tests.Processing;

public sealed class AsyncCallbackTests
{
    readonly List<string> _log = [];
    TaskCompletionSource _gate = new();

    [Fact]
    public void The_next_record_waits_for_a_callback_at_work()
    {
        using var rig = Gated();
        rig.Feed("in", ("k", "a"), ("k", "b")).Run();

        rig.Task.Run(0, 100);
        _log.ShouldBe(["+a"], "running meanwhile does nothing");
        rig.Task.Pending.ShouldNotBeNull();
        rig.Task.HasWork.ShouldBeFalse();
        rig.Task.IsSettled.ShouldBeFalse();
        Pass();
        rig.Task.HasWork.ShouldBeTrue();
        rig.Run();
        Pass();
        rig.Run();

        _log.ShouldBe(["+a", "-a", "+b", "-b"]);
        rig.Sender.Sent.Select(r => r.Text).ShouldBe(["a", "b"]);
        rig.Task.Pending.ShouldBeNull();
    }

    [Fact]
    public void Callbacks_that_end_at_once_need_no_second_run()
    {
        using var rig = TaskRig<long>.Of(g => g
            .Input("in", Codec.String, (ctx, _) =>
            {
                ctx.SetValue(ctx.Value + 1);
                return ValueTask.CompletedTask;
            })
            .Persist(Codec.Int64));

        rig.Feed("in", ("k", ""), ("k", ""), ("k", ""));
        rig.Task.Run(0, 100);

        rig.Value("k").ShouldBe(3);
    }

    [Fact]
    public void A_callback_that_fails_late_leaves_nothing()
    {
        using var rig = Gated();
        rig.Feed("in", ("k", "a")).Run();

        _gate.SetException(new InvalidDataException("late"));
        var error = Should.Throw<RecordException>(() => rig.Run());

        error.Stage.ShouldBe(ProcessingStage.Callback);
        rig.Sender.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void Stopping_while_a_callback_is_at_work_ends_its_batch_after_it_and_drops_the_rest()
    {
        using var rig = Gated();
        rig.Feed("in", ("k", "a"), ("k", "b")).Feed("in", ("k", "c")).Run();

        rig.Task.Stop();
        rig.Task.IsSettled.ShouldBeFalse();
        Pass();
        rig.Run();
        rig.Sender.AckAll();

        _log.ShouldBe(["+a", "-a"]);
        rig.Commits().ShouldBe("in@1");
        rig.Task.IsSettled.ShouldBeTrue();
        rig.Consumed.ShouldBe(3);
    }

    [Fact]
    public async Task A_batch_is_not_given_back_to_the_pool_while_a_callback_reads_its_key()
    {
        var key = "";
        var rig = TaskRig<Stateless>.Of(g => g.Input("in", Codec.String, async (ctx, _) =>
        {
            await _gate.Task;
            key = ctx.Key.ToString();
        }));
        rig.Feed("in", ("the key", "a")).Run();
        var pending = rig.Task.Pending!;

        rig.Dispose();
        Pass();
        await pending;

        key.ShouldBe("the key");
        rig.Consumed.ShouldBe(0);
    }

    [Fact]
    public void A_flush_taken_while_a_callback_is_at_work_cuts_before_its_record()
    {
        using var rig = TaskRig<long>.Of(g => g
            .Input("in", Codec.String, async (ctx, text) =>
            {
                ctx.SetValue(ctx.Value + 1);
                if (text == "wait")
                    await _gate.Task;
            })
            .Persist(Codec.Int64));
        rig.Feed("in", ("k", ""), ("k", "wait"), ("k", "")).Run();

        rig.Task.BeginFlush();
        Pass();
        rig.Run();
        rig.Sender.AckAll();

        rig.WriteFlush().ShouldBeTrue();
        rig.Stored("k").ShouldBe("1");
        rig.Store.Position.NextOffset.ShouldBe(101);
        rig.Commits().ShouldBe("in@3");
    }

    TaskRig<string> Gated() => TaskRig<string>.Of(g => g
        .Input("in", Codec.String, async (ctx, text) =>
        {
            _log.Add("+" + text);
            await _gate.Task;
            ctx.SetValue(text);
            _log.Add("-" + text);
        })
        .Persist(Codec.String));

    // Callbacks go on within this call, on this thread.
    void Pass()
    {
        var gate = _gate;
        _gate = new TaskCompletionSource();
        gate.SetResult();
    }
}
