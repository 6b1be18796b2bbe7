namespace GokaAkka.Tests.Processing;

/// <summary>What a partition does after its process stood still for so long that the partition may be another's.</summary>
public sealed class LeaseTests
{
    readonly ManualTime _time = new();
    readonly MembershipLease _lease;
    readonly List<TaskCompletionSource> _calls = [];
    bool _isLost;

    public LeaseTests() => _lease = new MembershipLease(_time, TimeSpan.FromSeconds(12));

    [Fact]
    public void Nothing_is_sent_until_the_group_has_said_whose_the_partition_is()
    {
        using var rig = Rig(Graphs.Counting);
        Freeze();

        rig.Feed("in", ("k", ""), ("k", "")).Run();
        rig.Sender.Sent.ShouldBeEmpty();
        rig.Value("k").ShouldBe(0);
        rig.Task.IsIdle.ShouldBeFalse();
        _lease.Prove();
        rig.Run();

        rig.Sender.Sent.Count.ShouldBe(2);
        rig.Value("k").ShouldBe(2);
    }

    [Fact]
    public void Nothing_is_sent_ever_where_the_partition_is_lost()
    {
        using var rig = Rig(Graphs.Counting);
        Freeze();
        rig.Feed("in", ("k", "")).Run();

        _isLost = true;
        _lease.Prove();

        Should.Throw<Exception>(() => rig.Run()).ToString().ShouldContain(nameof(PartitionLostException));
        rig.Sender.Sent.ShouldBeEmpty();
        rig.Value("k").ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Callbacks_that_were_at_work_meanwhile_are_no_exception(int concurrency)
    {
        var options = new InputOptions { Concurrency = concurrency };
        using var rig = Rig(g => g.Input("in", Codec.String, Waits, options).Output("out", Codec.String));
        (string, string?)[] records = [("k", "a"), ("l", "b")];
        rig.Feed("in", records[..concurrency]).Run();
        Freeze();

        _calls.ForEach(c => c.SetResult());
        rig.Run();
        rig.Sender.Sent.ShouldBeEmpty();
        _lease.Prove();
        rig.Run();

        rig.Sender.Sent.Select(s => s.Text).ShouldBe(records[..concurrency].Select(r => r.Item2), ignoreOrder: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_record_that_fails_meanwhile_is_passed_over_once_it_is_known_whose_it_is(int concurrency)
    {
        var options = new InputOptions { Concurrency = concurrency, Errors = ErrorPolicy.DeadLetter };
        using var rig = Rig(g => g.Input("in", Codec.String, Fails, options).Output("out", Codec.String));
        rig.Feed("in", ("k", "a")).Run();
        Freeze();

        _calls[0].SetResult();
        rig.Run();
        rig.Sender.Sent.ShouldBeEmpty();
        _lease.Prove();
        rig.Run();
        _calls[1].SetResult();
        rig.Run();

        rig.Sender.Sent.Select(s => s.Topic).ShouldBe(["group-dlq"]);

        async ValueTask Fails(IContext<long> ctx, string text)
        {
            await Waits(ctx, text);
            throw new InvalidOperationException("it fails");
        }
    }

    [Fact]
    public void What_is_gathered_of_the_table_is_kept_back_as_well()
    {
        using var rig = Rig(Graphs.Counting, isCoalescing: true);
        rig.Feed("in", ("k", "")).Run();
        Freeze();

        rig.Task.SendCoalesced();
        rig.Sender.Sent.ShouldBeEmpty();
        // The store gets nothing that the changelog may never have.
        rig.Task.BeginFlush();
        rig.Table!.DirtyCount.ShouldBe(1);
        _lease.Prove();
        rig.Task.BeginFlush();

        rig.Sender.Sent.Count.ShouldBe(1);
        rig.Table.DirtyCount.ShouldBe(0);
    }

    [Fact]
    public void Waiting_ends_with_the_membership()
    {
        Freeze();
        var known = _lease.Known();
        known.IsCompleted.ShouldBeFalse();

        _lease.End();

        known.IsCompleted.ShouldBeTrue();
        _lease.IsExpired.ShouldBeFalse();
    }

    // Nothing of the process runs meanwhile, so that nothing renews.
    void Freeze() => _time.Advance(TimeSpan.FromSeconds(12));

    TaskRig<long> Rig(Action<GroupGraphBuilder<long>> define, bool isCoalescing = false)
    {
        var rig = TaskRig<long>.Of(define);
        rig.NewTask(isCoalescing: isCoalescing, lease: _lease, isLost: () => _isLost);
        return rig;
    }

    async ValueTask Waits(IContext<long> ctx, string value)
    {
        var call = new TaskCompletionSource();
        _calls.Add(call);
        await call.Task;
        ctx.Emit("out", ctx.Key, value);
    }
}
