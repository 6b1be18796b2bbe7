using GokaAkka.Runtime;

namespace GokaAkka.Tests.Kafka;

public sealed class GroupPollerTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    static readonly TopicPartition A0 = new("a", 0);
    static readonly TopicPartition B0 = new("b", 0);
    static readonly TopicPartition A1 = new("a", 1);
    static readonly TopicPartition A2 = new("a", 2);

    readonly FakeGroupConsumer _consumer = new();
    readonly PollListener _listener = new();
    readonly GroupPoller _poller;

    public GroupPollerTests()
    {
        _poller = new GroupPoller(
            _consumer, ["a", "b"], _listener,
            new PollOptions
            {
                QueuedRecords = 10,
                Patience = TimeSpan.FromMilliseconds(1),
                BusyTimeout = TimeSpan.FromMilliseconds(1),
                CommitInterval = TimeSpan.Zero,
                DrainTimeout = TimeSpan.FromSeconds(20),
            },
            NodeRuntime.Machine, "poll");
        _poller.Start();
    }

    public void Dispose()
    {
        _listener.DrainsAtOnce();
        _poller.Stop();
        _listener.Await("the end", Patience, () => _listener.HasEnded);
    }

    [Fact]
    public void Records_wait_until_the_partition_is_open_and_come_in_order()
    {
        _consumer.Assign(A0, B0);
        _consumer.Hand("a", 0, 5, 3);
        _consumer.Hand("b", 0, 0, 1);
        _consumer.Hand("a", 0, 8, 1);
        _consumer.AwaitPolls(6);
        _consumer.IsPaused(A0).ShouldBeTrue();
        var generation = Generation(A0);

        var target = Open(0, generation);

        target.AwaitRecords(5);
        target.Offsets("a").ShouldBe([5, 6, 7, 8]);
        target.Generations.ShouldAllBe(g => g == generation);
        _consumer.AwaitPolls();
        _consumer.IsPaused(A0).ShouldBeFalse();
    }

    [Fact]
    public void Opening_under_an_older_generation_does_nothing()
    {
        _consumer.Assign(A0, B0);
        _consumer.Hand("a", 0, 0, 1);
        _listener.Await("an assignment", Patience, () => _listener.Flows.ContainsKey(A0));

        var target = Open(0, Generation(A0) - 1);
        _consumer.AwaitPolls();

        target.Records.ShouldBe(0);
    }

    [Fact]
    public void A_partition_with_enough_to_do_is_paused_alone_and_resumed_when_half_is_done()
    {
        _consumer.Assign(A0, B0, A1);
        var target = Open(0, Generation(A0));
        Open(1, Generation(A1));
        _consumer.Hand("a", 0, 0, 10);
        target.AwaitRecords(10);
        _consumer.AwaitPolls();

        (_consumer.IsPaused(A0), _consumer.IsPaused(B0), _consumer.IsPaused(A1)).ShouldBe((true, false, false));
        _listener.Flows[A0].Return(5, 0);
        _poller.RoomMade();
        _consumer.AwaitPolls();
        _consumer.IsPaused(A0).ShouldBeTrue("half is still too much");
        _listener.Flows[A0].Return(1, 0);
        _poller.RoomMade();
        _consumer.AwaitPolls();

        _consumer.IsPaused(A0).ShouldBeFalse();
    }

    [Fact]
    public void A_halted_topic_is_paused_also_on_partitions_assigned_later()
    {
        _poller.Halt("a", true);
        _consumer.Assign(A0, B0);
        Open(0, Generation(A0));
        _consumer.AwaitPolls();

        (_consumer.IsPaused(A0), _consumer.IsPaused(B0)).ShouldBe((true, false));
        _poller.Halt("a", false);
        _consumer.AwaitPolls();

        _consumer.IsPaused(A0).ShouldBeFalse();
    }

    [Fact]
    public void A_restart_reads_again_from_what_is_done_and_under_a_new_generation()
    {
        var first = Assigned();
        var target = Open(0, first);
        _consumer.Hand("a", 0, 5, 4);
        _consumer.Hand("b", 0, 7, 1);
        target.AwaitRecords(5);
        _poller.Board.Add([new TopicPartitionOffset("a", 0, 7)], first);
        IReadOnlyList<PartitionFlow>? renewed = null;

        _poller.Restart(0, first, flows => renewed = flows);
        _consumer.Await("two seeks", Patience, () => _consumer.Log.Count(l => l.StartsWith("seek")) == 2);
        _consumer.AwaitPolls();

        _consumer.Log.Where(l => l.StartsWith("seek")).ShouldBe(["seek a[0]@7", "seek b[0]@7"], ignoreOrder: true);
        var second = renewed![0].Generation;
        second.ShouldBeGreaterThan(first);
        _consumer.Hand("a", 0, 7, 2);
        _consumer.AwaitPolls();
        target.Records.ShouldBe(5);
        var next = Open(0, second);
        next.AwaitRecords(2);
        next.Generations.ShouldAllBe(g => g == second);
    }

    [Fact]
    public void A_restart_of_a_partition_that_had_no_records_seeks_nowhere_and_one_of_the_past_does_nothing()
    {
        var first = Assigned();
        var renewals = 0;

        _poller.Restart(0, first, _ => renewals++);
        _poller.Restart(0, first, _ => renewals++);
        _consumer.AwaitPolls();

        renewals.ShouldBe(1);
        _consumer.Log.ShouldNotContain(l => l.StartsWith("seek"));
    }

    [Fact]
    public void What_is_posted_is_committed_in_the_background_once()
    {
        var generation = Assigned();
        _poller.Board.Add([new TopicPartitionOffset("a", 0, 3), new TopicPartitionOffset("a", 0, 4)], generation);
        _consumer.AwaitPolls(5);

        _consumer.Log.Where(l => l.StartsWith("background")).ShouldBe(["background a[0]@4"]);
    }

    [Fact]
    public void Revoked_partitions_drain_first_and_are_committed_then()
    {
        var generation = Assigned();
        var target = Open(0, generation);
        _consumer.Revoke(A0, B0);
        _listener.Await("a revocation", Patience, () => _listener.Draining is not null);
        _consumer.Log.ShouldNotContain(l => l.StartsWith("commit"));

        _poller.Board.Add([new TopicPartitionOffset("a", 0, 3)], generation);
        _consumer.Hand("a", 0, 3, 2);
        _listener.Draining!.SetResult();
        _consumer.Await("a commit", Patience, () => _consumer.Log.Contains("commit a[0]@3"));
        _poller.Board.Add([new TopicPartitionOffset("a", 0, 5)], generation);
        _consumer.AwaitPolls();

        target.Records.ShouldBe(0, "records of a partition that is gone go nowhere");
        _consumer.Log.Count(l => l.StartsWith("commit") || l.StartsWith("background")).ShouldBe(1);
    }

    [Fact]
    public void A_leaving_partition_commits_its_last_offset_again_in_case_the_background_failed()
    {
        _listener.DrainsAtOnce();
        _consumer.Assign(A0, B0);
        _poller.Board.Add([new TopicPartitionOffset("a", 0, 3)], Generation(A0));
        _consumer.Await("a background commit", Patience, () => _consumer.Log.Contains("background a[0]@3"));

        _consumer.Revoke(A0, B0);

        _consumer.Await("a commit", Patience, () => _consumer.Log.Contains("commit a[0]@3"));
    }

    [Fact]
    public void A_commit_that_fails_as_partitions_leave_is_told_and_polling_goes_on()
    {
        _listener.DrainsAtOnce();
        _consumer.CommitFault = new KafkaFaultException("Not committed", new KafkaFault("RebalanceInProgress", "too late", FaultKind.Retriable));
        _consumer.Assign(A0, B0);
        _poller.Board.Add([new TopicPartitionOffset("a", 0, 3)], Generation(A0));
        _consumer.Revoke(A0, B0);

        _listener.Await("a fault", Patience, () => _listener.Faults.Count > 0);
        _consumer.AwaitPolls();

        _listener.Faults.Single().Code.ShouldBe("RebalanceInProgress");
        _listener.HasEnded.ShouldBeFalse();
    }

    [Fact]
    public void Partitions_that_stay_keep_their_generation_and_what_they_post_when_others_come_and_go()
    {
        _listener.DrainsAtOnce();
        _consumer.Assign(A0, B0, A1);
        var generation = Generation(A0);
        var target = Open(0, generation);
        _consumer.Hand("a", 0, 0, 1);
        target.AwaitRecords(1);
        _consumer.Next((events, _) =>
        {
            _poller.Board.Add([new TopicPartitionOffset("a", 0, 1)], generation);
            _poller.Board.Add([new TopicPartitionOffset("a", 1, 7)], _listener.Flows[A1].Generation);
            events.Revoked([A1]);
            events.Assigned([]);
            events.Assigned([A2]);
        });
        _consumer.Assigned.Remove(A1);
        _consumer.Hand("a", 0, 1, 2);
        target.AwaitRecords(3);
        _consumer.Await("both commits", Patience, () => _consumer.Log.Contains("commit a[1]@7") && _consumer.Log.Contains("background a[0]@1"));

        target.Generations.ShouldAllBe(g => g == generation);
        Generation(A2).ShouldBeGreaterThan(generation);
        _listener.Flows[A0].Generation.ShouldBe(generation);
        _poller.Board.Add([new TopicPartitionOffset("a", 0, 3)], generation);
        _consumer.Await("the next commit", Patience, () => _consumer.Log.Contains("background a[0]@3"));
    }

    [Fact]
    public void Offsets_that_do_not_change_are_committed_again_before_the_brokers_forget_them()
    {
        var consumer = new FakeGroupConsumer { Offsets = { new TopicPartitionOffset("b", 0, 5) } };
        var listener = new PollListener();
        listener.DrainsAtOnce();
        var poller = new GroupPoller(
            consumer, ["a", "b"], listener, new PollOptions { CommitInterval = TimeSpan.Zero, CommitAgainInterval = TimeSpan.FromMilliseconds(1) },
            NodeRuntime.Machine, "poll");
        poller.Start();
        consumer.Assign(A0, B0);
        listener.Await("an assignment", Patience, () => listener.Flows.ContainsKey(A0));
        poller.Board.Add([new TopicPartitionOffset("a", 0, 3)], listener.Flows[A0].Generation);

        consumer.Await("commits of both", Patience, () => consumer.Log.Count(l => l == "commit a[0]@3 b[0]@5") >= 2);

        poller.Stop();
        listener.Await("the end", Patience, () => listener.HasEnded);
    }

    [Fact]
    public void Lost_partitions_commit_nothing()
    {
        var generation = Assigned();
        _consumer.Next((events, _) =>
        {
            _poller.Board.Add([new TopicPartitionOffset("a", 0, 3)], generation);
            events.Lost([A0, B0]);
        });
        _consumer.Assigned.Clear();
        _listener.Await("a loss", Patience, () => _listener.LostPartitions.Count == 2);
        _consumer.AwaitPolls();

        _consumer.Log.ShouldNotContain(l => l.StartsWith("commit") || l.StartsWith("background"));
        _consumer.Assigned.Clear();
    }

    [Fact]
    public void Stopping_goes_on_polling_until_partitions_have_drained_so_that_the_group_keeps_the_member()
    {
        var generation = Assigned();
        var target = Open(0, generation);

        _poller.Stop();
        _listener.Await("a revocation", Patience, () => _listener.Draining is not null);
        _consumer.Hand("a", 0, 3, 2);
        _consumer.AwaitPolls();
        _consumer.Log.ShouldNotContain("close");
        _consumer.IsPaused(A0).ShouldBeTrue();
        _poller.Board.Add([new TopicPartitionOffset("a", 0, 3)], generation);
        _listener.Draining!.SetResult();
        _listener.Await("the end", Patience, () => _listener.HasEnded);

        target.Records.ShouldBe(0);
        _listener.Error.ShouldBeNull();
        _consumer.Log.SkipWhile(l => !l.StartsWith("commit")).ShouldBe(["commit a[0]@3", "close", "dispose"]);
    }

    [Fact]
    public void A_rebalance_while_stopping_commits_what_drains_and_takes_nothing_on()
    {
        var generation = Assigned();
        Open(0, generation);

        _poller.Stop();
        _listener.Await("a revocation", Patience, () => _listener.Draining is not null);
        _poller.Board.Add([new TopicPartitionOffset("a", 0, 3)], generation);
        _consumer.Next((events, _) =>
        {
            _listener.Draining!.SetResult();
            events.Revoked([A0, B0]);
            events.Assigned([A0, A1, B0]);
        });
        _listener.Await("the end", Patience, () => _listener.HasEnded);

        _listener.Flows.ShouldNotContainKey(A1);
        _consumer.Log.SkipWhile(l => !l.StartsWith("commit")).ShouldBe(["commit a[0]@3", "close", "dispose"]);
    }

    [Fact]
    public void A_poll_that_throws_ends_the_thread_in_order_and_is_told()
    {
        _listener.DrainsAtOnce();
        _consumer.Assign(A0, B0);
        _consumer.Next((_, _) => throw new KafkaFaultException("Fenced", new KafkaFault("Fenced", "by another", FaultKind.Fatal)));

        _listener.Await("the end", Patience, () => _listener.HasEnded);

        _listener.Error.ShouldBeOfType<KafkaFaultException>();
        _consumer.Log.TakeLast(2).ShouldBe(["close", "dispose"]);
    }

    [Fact]
    public void A_consumer_that_cannot_be_disposed_is_told_too()
    {
        _consumer.DisposeFault = new InvalidOperationException("cannot");

        _poller.Stop();
        _listener.Await("the end", Patience, () => _listener.HasEnded);

        _listener.Error!.Message.ShouldBe("cannot");
    }

    int Assigned()
    {
        _consumer.Assign(A0, B0);
        return Generation(A0);
    }

    int Generation(TopicPartition partition)
    {
        _listener.Await($"an assignment of {partition}", Patience, () => _listener.Flows.ContainsKey(partition));
        return _listener.Flows[partition].Generation;
    }

    Target Open(int partition, int generation)
    {
        var target = new Target();
        _poller.Open(partition, generation, target);
        _consumer.AwaitPolls();
        return target;
    }

    sealed class Target : Observed, IBatchTarget
    {
        readonly List<(string Topic, long Offset, int Generation)> _seen = [];

        public int Records => Look(() => _seen.Count);

        public List<int> Generations => Look(() => _seen.Select(s => s.Generation).ToList());

        public List<long> Offsets(string topic) => Look(() => _seen.Where(s => s.Topic == topic).Select(s => s.Offset).ToList());

        public void AwaitRecords(int count) => Await($"{count} records", Patience, () => _seen.Count >= count);

        public void Read(RecordBatch batch) => See(() =>
        {
            for (var i = 0; i < batch.Count; i++)
                _seen.Add((batch.Topic, batch[i].Offset, batch.Generation));
            batch.Dispose();
        });

        public override string ToString() => string.Join(" ", _seen);
    }
}
