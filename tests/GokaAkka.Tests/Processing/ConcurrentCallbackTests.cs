namespace GokaAkka.Tests.Processing;

public sealed class ConcurrentCallbackTests
{
    readonly Dictionary<string, TaskCompletionSource> _gates = [];
    readonly Dictionary<string, DeferredCommit> _deferred = [];

    [Fact]
    public void Callbacks_of_other_keys_go_on_and_commits_stay_in_order()
    {
        using var rig = Concurrent();
        rig.Feed("in", ("a", "1"), ("b", "2"), ("a", "3")).Run();
        _gates.Keys.ShouldBe(["1", "2"]);

        End(rig, "2");
        rig.Sender.AckAll();
        rig.Commits().ShouldBe("");
        End(rig, "1");
        rig.Sender.AckAll();
        rig.Commits().ShouldBe("in@2");
        End(rig, "3");
        rig.Sender.AckAll();

        rig.Commits().ShouldBe("in@3");
        rig.Value("a").ShouldBe("3");
        rig.Task.IsSettled.ShouldBeTrue();
    }

    [Fact]
    public void A_flush_waits_for_the_callbacks_at_work_and_holds_what_they_changed()
    {
        using var rig = Concurrent();
        rig.Feed("in", ("a", "1"), ("b", "2")).Run();
        End(rig, "2");
        rig.Task.BeginFlush();
        rig.Feed("in", ("c", "3")).Run();
        _gates.Keys.ShouldBe(["1", "2"]);

        End(rig, "1");
        rig.Sender.AckAll();

        rig.WriteFlush().ShouldBeTrue();
        (rig.Stored("a"), rig.Stored("b"), rig.Stored("c")).ShouldBe(("1", "2", null));
        End(rig, "3");
    }

    [Fact]
    public void A_failed_callback_does_not_make_the_task_wait_for_what_was_never_sent()
    {
        using var rig = Concurrent();
        rig.Feed("in", ("a", "1"), ("b", "2"), ("c", "3")).Run();
        End(rig, "1");
        rig.Sender.AckAll();

        _gates["2"].SetException(new InvalidDataException("bad"));
        Should.Throw<RecordException>(() => rig.Run()).Offset.ShouldBe(1);
        rig.Task.Stop();

        rig.Task.IsQuiet.ShouldBeTrue();
        rig.Commits().ShouldBe("in@1");
        _gates["3"].SetResult();
    }

    [Fact]
    public void A_deferring_callback_that_fails_and_is_skipped_holds_nothing_back()
    {
        using var rig = Concurrent(ErrorPolicy.Skip);
        rig.Feed("in", ("a", "defer"), ("b", "2")).Run();

        _gates["defer"].SetException(new InvalidDataException("bad"));
        rig.Run();
        End(rig, "2");
        rig.Sender.AckAll();

        rig.Commits().ShouldBe("in@2");
        rig.Skipped.Count.ShouldBe(1);
    }

    [Fact]
    public void A_failed_task_tells_when_the_fate_of_what_a_callback_has_sent_in_part_is_known()
    {
        using var rig = TaskRig<string>.Of(g => g
            .Input(
                "in", Codec.String,
                async (ctx, _) =>
                {
                    await (_gates["1"] = new TaskCompletionSource()).Task;
                    ctx.SetValue("sent");
                    ctx.SetValue("too large");
                },
                new InputOptions { Concurrency = 3 })
            .Persist(Codec.String));
        rig.Sender.Refuse = r => r.Text == "too large" ? FakeSender.TooLarge : null;
        rig.Feed("in", ("a", "")).Run();
        Should.Throw<RecordException>(() => End(rig, "1"));
        rig.Task.Stop();
        rig.Task.EndSends();
        rig.Task.IsQuiet.ShouldBeFalse();
        rig.TakeWoken();

        rig.Sender.AckAll();

        rig.TakeWoken().ShouldBeTrue();
        rig.Task.IsQuiet.ShouldBeTrue();
        rig.Commits().ShouldBe("");
    }

    TaskRig<string> Concurrent(ErrorPolicies? errors = null) => TaskRig<string>.Of(
        g => g
            .Input(
                "in", Codec.String,
                async (ctx, text) =>
                {
                    if (text == "defer")
                        _deferred[text] = ctx.DeferCommit();
                    await (_gates[text] = new TaskCompletionSource()).Task;
                    ctx.SetValue(text);
                },
                new InputOptions { Concurrency = 3 })
            .Persist(Codec.String),
        errors);

    void End(TaskRig<string> rig, string text)
    {
        _gates[text].SetResult();
        rig.Run();
    }
}
