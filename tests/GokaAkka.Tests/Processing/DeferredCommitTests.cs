namespace GokaAkka.Tests.Processing;

public sealed class DeferredCommitTests
{
    readonly Dictionary<string, DeferredCommit> _deferred = [];

    [Fact]
    public void Completing_twice_counts_once()
    {
        using var rig = Deferring();
        rig.Feed("in", ("k", "a!"), ("k", "b!")).Run();
        rig.Sender.AckAll();

        _deferred["a!"].Complete();
        _deferred["a!"].Complete();
        _deferred["a!"].Fail(new InvalidOperationException("too late"));
        rig.Commits().ShouldBe("in@1");
        _deferred["b!"].Complete();

        rig.Commits().ShouldBe("in@2");
    }

    [Fact]
    public void Completing_before_the_callback_ends_is_enough()
    {
        using var rig = TaskRig<Stateless>.Of(g => g.Input("in", Codec.String, (ctx, _) => ctx.DeferCommit().Complete()));

        rig.Feed("in", ("k", "a"), ("k", "b")).Run();

        rig.Commits().ShouldBe("in@2");
    }

    [Fact]
    public void A_failed_deferred_commit_fails_the_task_and_names_the_records()
    {
        using var rig = Deferring();
        rig.Feed("in", ("k", "a!")).Run();
        rig.Sender.AckAll();

        _deferred["a!"].Fail(new TimeoutException("the database is slow"));

        rig.IsWoken.ShouldBeTrue();
        var error = Should.Throw<DeliveryException>(() => rig.Task.Advance());
        error.Message.ShouldBe("What the records of in[2] before offset 1 caused did not complete: the database is slow");
    }

    [Fact]
    public void Commits_may_be_completed_from_many_threads_in_any_order()
    {
        var seed = Environment.TickCount;
        using var rig = TaskRig<Stateless>.Of(g => g.Input("in", Codec.String, (ctx, text) => _deferred[text] = ctx.DeferCommit()));
        rig.Feed("in", [.. Enumerable.Range(0, 500).Select(i => ("k", (string?)$"{i}"))]).Run();
        var shuffled = _deferred.Values.ToArray();
        new Random(seed).Shuffle(shuffled);

        Parallel.ForEach(shuffled, static d => d.Complete());

        rig.Commits().ShouldBe("in@500", $"seed {seed}");
        rig.Task.Watermark.Open.ShouldBe(0);
    }

    [Fact]
    public void A_deferring_callback_that_fails_and_is_skipped_holds_nothing_back()
    {
        using var rig = TaskRig<Stateless>.Of(
            g => g.Input("in", Codec.String, (ctx, text) =>
            {
                _deferred[text] = ctx.DeferCommit();
                if (text == "bad")
                    throw new InvalidDataException("bad");
            }),
            ErrorPolicy.Skip);

        rig.Feed("in", ("k", "a"), ("k", "bad"), ("k", "b")).Run();
        rig.Commits().ShouldBe("");
        _deferred["a"].Complete();
        rig.Commits().ShouldBe("in@1");
        _deferred["b"].Complete();

        rig.Commits().ShouldBe("in@3");
        rig.Task.Watermark.Open.ShouldBe(0);
    }

    [Fact]
    public void A_deferring_record_whose_emit_is_refused_and_skipped_holds_nothing_back()
    {
        using var rig = TaskRig<long>.Of(
            g => g
                .Input("in", Codec.String, (ctx, text) =>
                {
                    _deferred[text] = ctx.DeferCommit();
                    ctx.SetValue(1);
                    ctx.Emit("out", "k", text);
                })
                .Output("out", Codec.String)
                .Persist(Codec.Int64),
            ErrorPolicy.Skip);
        rig.Sender.Refuse = r => r.Topic == "out" ? new InvalidOperationException("refused") : null;

        rig.Feed("in", ("k", "a")).Run();
        rig.Commits().ShouldBe("");
        rig.Sender.AckAll();

        rig.Commits().ShouldBe("in@1");
    }

    [Fact]
    public async Task A_callback_may_defer_after_an_await_while_the_partition_goes_on()
    {
        var gate = new TaskCompletionSource();
        using var rig = TaskRig<long>.Of(g => g
            .Input("in", Codec.String, async (ctx, text) =>
            {
                ctx.SetValue(ctx.Value + 1);
                if (text != "wait")
                    return;
                await gate.Task;
                _deferred[text] = ctx.DeferCommit();
            })
            .Persist(Codec.Int64));
        rig.Feed("in", ("k", "a"), ("k", "wait"), ("k", "b")).Run();
        rig.Sender.AckAll();

        // Another thread wakes the callback; what it does must leave the partition's own counts alone.
        var pending = rig.Task.Pending!;
        _ = Task.Run(gate.SetResult);
        await pending.WaitAsync(TimeSpan.FromSeconds(10));
        rig.Task.Watermark.Open.ShouldBe(0);
        rig.Run();
        rig.Sender.AckAll();

        rig.Commits().ShouldBe("in@1");
        _deferred["wait"].Complete();
        rig.Commits().ShouldBe("in@3");
    }

    TaskRig<long> Deferring() => TaskRig<long>.Of(g => g
        .Input("in", Codec.String, (ctx, text) =>
        {
            ctx.SetValue(ctx.Value + 1);
            if (text.EndsWith('!'))
                _deferred[text] = ctx.DeferCommit();
        })
        .Persist(Codec.Int64));
}
