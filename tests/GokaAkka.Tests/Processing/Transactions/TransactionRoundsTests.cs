using GokaAkka.Processing.Transactions;

namespace GokaAkka.Tests.Processing;

public sealed class TransactionRoundsTests
{
    readonly List<string> _log = [];
    readonly TransactionRounds _rounds;
    readonly FakeSender _sender = new();

    public TransactionRoundsTests()
    {
        _rounds = new TransactionRounds(new Host(_log));
        _rounds.Start();
        Expect("open");
    }

    [Fact]
    public void A_partition_is_admitted_once_a_transaction_is_open()
    {
        var one = new Member(1, _log);
        _rounds.Enlist(one);
        Expect();

        _rounds.Opened(_sender);
        Expect("admit 1");

        _rounds.Enlist(new Member(2, _log));
        Expect("admit 2");
        one.Sender.ShouldBe(_sender);
    }

    [Fact]
    public void A_round_commits_what_all_partitions_have_come_to_and_the_next_nothing_of_it()
    {
        var (one, two) = Two();
        _rounds.Touched();
        _rounds.Touched();
        Expect("schedule");
        _rounds.RoundDue();
        Expect("await cut", "hold 1", "hold 2");

        _rounds.CutReached(two, [At(2, 20)]);
        Expect();
        _rounds.CutReached(one, [At(1, 10)]);
        Expect("commit in[2]@20 in[1]@10");
        _rounds.Committed();

        Expect("go 1", "go 2");
        _rounds.Touched();
        Expect("schedule");
        _rounds.RoundDue();
        _rounds.CutReached(one, []);
        _rounds.CutReached(two, [At(2, 21)]);
        Expect("await cut", "hold 1", "hold 2", "commit in[2]@21");
    }

    [Fact]
    public void A_transaction_without_new_offsets_proves_the_membership_by_one_that_is_committed()
    {
        var one = new Member(1, _log) { Start = At(1, 7) };
        _rounds.Enlist(one);
        _rounds.Opened(_sender);
        Expect("admit 1");

        _rounds.RoundDue();
        _rounds.CutReached(one, []);
        Expect("await cut", "hold 1", "commit in[1]@7");
        _rounds.Committed();
        _rounds.RoundDue();
        _rounds.CutReached(one, [At(1, 9)]);
        _rounds.Committed();
        Expect("go 1", "await cut", "hold 1", "commit in[1]@9", "go 1");

        _rounds.RoundDue();
        _rounds.CutReached(one, []);
        Expect("await cut", "hold 1", "commit in[1]@9");
    }

    [Fact]
    public void A_partition_that_is_restored_while_a_round_runs_is_admitted_after_it_and_one_that_never_was_leaves_at_once()
    {
        var (one, two) = Two();
        _rounds.RoundDue();
        _rounds.Enlist(new Member(3, _log));
        var four = new Member(4, _log);
        _rounds.Enlist(four);
        _rounds.Leave(four);
        Expect("await cut", "hold 1", "hold 2", "left 4");
        _rounds.CutReached(one, []);
        _rounds.CutReached(two, []);
        Expect("commit ");

        _rounds.Committed();

        Expect("go 1", "go 2", "admit 3");
    }

    [Fact]
    public void A_partition_that_leaves_has_its_round_at_once_and_is_let_go_when_it_is_committed()
    {
        var (one, two) = Two();
        _rounds.Leave(one);
        Expect("await cut", "hold 1", "hold 2");
        _rounds.CutReached(one, [At(1, 10)]);
        _rounds.CutReached(two, []);
        Expect("commit in[1]@10");

        _rounds.Committed();

        Expect("left 1", "go 2");
        _rounds.Gone(one);
        Expect();
    }

    [Fact]
    public void A_partition_that_asks_to_leave_while_the_brokers_commit_what_it_did_is_let_go_with_that()
    {
        var (one, two) = Two();
        _rounds.RoundDue();
        _rounds.CutReached(one, []);
        _rounds.CutReached(two, []);
        _rounds.Leave(two);
        Expect("await cut", "hold 1", "hold 2", "commit ");

        _rounds.Committed();

        Expect("go 1", "left 2");
    }

    [Fact]
    public void A_partition_that_vanishes_costs_the_transaction_and_all_start_again_under_a_new_producer_where_rounds_go_on()
    {
        var (one, _) = Two();
        _rounds.Touched();
        Expect("schedule");

        _rounds.Gone(one);

        Expect("roll back 2", "open");
        _rounds.IsDecided.ShouldBeFalse();
        _rounds.Opened(_sender);
        _rounds.IsDecided.ShouldBeTrue();
        Expect();
        _rounds.Enlist(new Member(1, _log));
        _rounds.Touched();
        _rounds.RoundDue();
        Expect("admit 1", "schedule", "await cut", "hold 1");
    }

    [Fact]
    public void A_partition_that_withdraws_costs_nothing_and_is_not_waited_for()
    {
        var (one, two) = Two();
        _rounds.RoundDue();
        _rounds.CutReached(two, [At(2, 20)]);
        Expect("await cut", "hold 1", "hold 2");

        _rounds.Withdraw(one);

        Expect("commit in[2]@20");
        _rounds.Gone(one);
        _rounds.Committed();
        Expect("go 2");
    }

    [Fact]
    public void A_partition_that_vanishes_when_its_offsets_are_with_the_brokers_costs_nothing()
    {
        var (one, two) = Two();
        _rounds.RoundDue();
        _rounds.CutReached(one, [At(1, 10)]);
        _rounds.CutReached(two, []);
        _rounds.Gone(one);
        Expect("await cut", "hold 1", "hold 2", "commit in[1]@10");

        _rounds.Committed();

        Expect("go 2");
    }

    [Fact]
    public void A_commit_that_fails_rolls_every_partition_back_and_names_the_cause()
    {
        var (one, two) = Two();
        _rounds.RoundDue();
        _rounds.CutReached(one, []);
        _rounds.CutReached(two, []);
        _rounds.IsDecided.ShouldBeFalse();
        _log.Clear();

        _rounds.Failed(new TimeoutException("no answer"));

        Expect("roll back 1", "roll back 2", "open");
        one.Reason!.Message.ShouldContain("no answer");
        _rounds.Failed(new TimeoutException("again"));
        _rounds.Committed();
        _rounds.RoundDue();
        Expect();
    }

    [Fact]
    public void A_partition_that_does_not_stop_in_time_is_named()
    {
        var (one, two) = Two();
        _rounds.RoundDue();
        _rounds.CutReached(one, []);
        _log.Clear();

        _rounds.CutOverdue();

        Expect("roll back 1", "roll back 2", "open");
        two.Reason!.Message.ShouldContain("partition 2");
        two.Reason.Message.ShouldNotContain("partition 1");
        _rounds.CutOverdue();
        Expect();
    }

    [Fact]
    public void A_round_without_partitions_commits_nothing_and_goes_on()
    {
        _rounds.Opened(_sender);
        _rounds.Touched();
        _rounds.RoundDue();
        Expect("schedule", "await cut", "commit ");
        _rounds.Committed();
        _rounds.IsDecided.ShouldBeTrue();
    }

    (Member One, Member Two) Two()
    {
        var (one, two) = (new Member(1, _log), new Member(2, _log));
        _rounds.Opened(_sender);
        _rounds.Enlist(one);
        _rounds.Enlist(two);
        Expect("admit 1", "admit 2");
        return (one, two);
    }

    static TopicPartitionOffset At(int partition, long offset) => new("in", partition, offset);

    void Expect(params string[] told)
    {
        _log.ShouldBe(told);
        _log.Clear();
    }

    sealed class Member(int partition, List<string> log) : ITransactionMember
    {
        public int Partition => partition;

        public TopicPartitionOffset? Start { get; init; }

        public IRecordSender? Sender { get; private set; }

        public Exception? Reason { get; private set; }

        public void Admit(IRecordSender sender)
        {
            Sender = sender;
            log.Add($"admit {partition}");
        }

        public void Hold() => log.Add($"hold {partition}");

        public void Go() => log.Add($"go {partition}");

        public void Left() => log.Add($"left {partition}");

        public void RollBack(Exception reason)
        {
            Reason = reason;
            log.Add($"roll back {partition}");
        }
    }

    sealed class Host(List<string> log) : ITransactionHost
    {
        public void Open() => log.Add("open");

        public void ScheduleRound() => log.Add("schedule");

        public void AwaitCut() => log.Add("await cut");

        public void Commit(IReadOnlyList<TopicPartitionOffset> offsets) => log.Add("commit " + string.Join(" ", offsets));
    }
}
