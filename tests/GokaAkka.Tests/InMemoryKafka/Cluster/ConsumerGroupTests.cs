namespace GokaAkka.Testing.Tests;

public sealed class ConsumerGroupTests
{
    const string Group = "group";
    static readonly TimeSpan Session = TimeSpan.FromSeconds(10);
    static readonly TimeSpan RebalanceTime = TimeSpan.FromSeconds(30);

    readonly ManualTime _time = new();
    readonly KafkaCluster _cluster;

    public ConsumerGroupTests()
    {
        _cluster = new KafkaCluster(_time);
        _cluster.CreateTopic(new TopicSpec("a", 4), out _);
        _cluster.CreateTopic(new TopicSpec("b", 4), out _);
    }

    [Fact]
    public void Range_must_give_the_first_members_one_more()
    {
        var members = new[] { Join(), Join(), Join() };
        Rejoin(members[0]);

        members.Select(m => Assignment(m)!.Count(p => p.Topic == "a")).ShouldBe([2, 1, 1]);
    }

    [Fact]
    public void A_member_that_waits_for_the_others_must_not_be_dropped_for_its_silence()
    {
        Join(TimeSpan.FromHours(1));
        var waiting = Join();

        Pass(Session + Session);

        Assignment(waiting).ShouldBeNull();
        _cluster.Group(Group).Members.Count.ShouldBe(2);
    }

    [Fact]
    public void The_last_member_must_leave_an_empty_group_that_keeps_its_offsets()
    {
        var member = Join();
        Commit(member, 1, 5).ShouldBe(ClusterError.None);

        _cluster.Leave(Group, member);

        State.State.ShouldBe(GroupState.Empty);
        Committed().ShouldBe(5);
    }

    [Fact]
    public void A_tool_must_set_offsets_of_an_empty_group_only()
    {
        _cluster.CommitAsTool(Group, [new TopicPartitionOffset("a", 0, 3)]).ShouldBe(ClusterError.None);
        Join();

        _cluster.CommitAsTool(Group, [new TopicPartitionOffset("a", 0, 4)]).ShouldBe(ClusterError.UnknownMemberId);
        Committed().ShouldBe(3);
    }

    [Fact]
    public void Making_and_deleting_a_topic_must_rebalance_the_groups_that_read_it()
    {
        _cluster.DeleteTopic("b");
        var member = Join();
        Assignment(member)!.Count.ShouldBe(4);

        _cluster.CreateTopic(new TopicSpec("b", 2), out _);
        Heartbeat(member, 1).ShouldBe(ClusterError.RebalanceInProgress);
        Rejoin(member);
        Assignment(member)!.Count.ShouldBe(6);
        _cluster.DeleteTopic("b");
        Rejoin(member);

        Assignment(member)!.Count.ShouldBe(4);
    }

    /// <summary>
    /// Members that come, go, fall silent and come back in any order: whenever the group is stable each partition has one owner, topics stay
    /// co-partitioned, and who has missed the last rebalance cannot commit.
    /// </summary>
    [Fact]
    public void Whatever_members_do_each_partition_must_have_one_owner_and_stale_members_no_say() => Seeds.Each(300, random =>
    {
        var time = new ManualTime();
        var cluster = new KafkaCluster(time);
        cluster.CreateTopic(new TopicSpec("a", 5), out _);
        cluster.CreateTopic(new TopicSpec("b", 5), out _);
        var generations = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var last = 0;
        for (var step = 0; step < 150; step++)
        {
            switch (random.Next(8))
            {
                case 0 when generations.Count < 6:
                    cluster.Join(Group, null, Request(Session), out var joined);
                    generations[joined] = -1;
                    break;
                case 1 when generations.Count > 0 && random.Next(3) == 0:
                    var leaving = Pick();
                    cluster.Leave(Group, leaving);
                    generations.Remove(leaving);
                    break;
                case 2:
                    time.Advance(TimeSpan.FromSeconds(random.Next(1, 12)));
                    cluster.Advance();
                    break;
                case 3:
                    cluster.Rebalance(Group);
                    break;
                case > 3 when generations.Count > 0:
                    Poll(Pick());
                    break;
            }

            var group = cluster.Group(Group);
            group.Generation.ShouldBeGreaterThanOrEqualTo(last);
            last = group.Generation;
            if (group.State == GroupState.Stable)
                CheckAssignment(group);
        }

        // Left alone, those that go on polling end with everything.
        for (var round = 0; round < 4 && generations.Count > 0; round++)
        {
            foreach (var member in generations.Keys.ToArray())
                Poll(member);
        }

        if (generations.Count > 0)
            cluster.Group(Group).State.ShouldBe(GroupState.Stable);

        string Pick() => generations.ElementAt(random.Next(generations.Count)).Key;

        // What a client does in one turn.
        void Poll(string member)
        {
            var generation = generations[member];
            switch (cluster.Heartbeat(Group, member, generation))
            {
                case ClusterError.UnknownMemberId:
                    cluster.Commit(Group, member, generation, [new TopicPartitionOffset("a", 0, 1)]).ShouldBe(ClusterError.UnknownMemberId);
                    generations.Remove(member);
                    cluster.Join(Group, null, Request(Session), out var again);
                    generations[again] = -1;
                    break;
                case ClusterError.RebalanceInProgress:
                    cluster.Join(Group, member, Request(Session), out _).ShouldBe(ClusterError.None);
                    break;
                default:
                    cluster.Group(Group).Assignment(member, out var assignment).ShouldBe(ClusterError.None);
                    if (assignment is null)
                        break;
                    var isStale = generation != cluster.Group(Group).Generation;
                    cluster.Commit(Group, member, generation, [new TopicPartitionOffset("a", 0, 1)])
                        .ShouldBe(isStale ? ClusterError.IllegalGeneration : ClusterError.None);
                    generations[member] = cluster.Group(Group).Generation;
                    break;
            }
        }
    });

    static void CheckAssignment(ConsumerGroup group)
    {
        var all = group.Members.SelectMany(m => m.Assignment).ToArray();
        all.Length.ShouldBe(10);
        all.Distinct().Count().ShouldBe(10);
        foreach (var member in group.Members)
        {
            var a = member.Assignment.Where(p => p.Topic == "a").Select(p => p.Partition);
            a.ShouldBe(member.Assignment.Where(p => p.Topic == "b").Select(p => p.Partition));
        }
    }

    (GroupState State, int Generation) State => (_cluster.Group(Group).State, _cluster.Group(Group).Generation);

    static JoinRequest Request(TimeSpan session) => new("member", ["a", "b"], session, RebalanceTime);

    string Join(TimeSpan? session = null)
    {
        _cluster.Join(Group, null, Request(session ?? Session), out var member).ShouldBe(ClusterError.None);
        return member;
    }

    void Rejoin(string member) => _cluster.Join(Group, member, Request(Session), out _).ShouldBe(ClusterError.None);

    ClusterError Heartbeat(string member, int generation) => _cluster.Heartbeat(Group, member, generation);

    ClusterError Commit(string member, int generation, long offset) =>
        _cluster.Commit(Group, member, generation, [new TopicPartitionOffset("a", 0, offset)]);

    long? Committed()
    {
        _cluster.Group(Group).Offsets.Fetch(new TopicPartition("a", 0), out var offset).ShouldBe(ClusterError.None);
        return offset?.Offset;
    }

    IReadOnlyList<TopicPartition>? Assignment(string member)
    {
        _cluster.Group(Group).Assignment(member, out var assignment).ShouldBe(ClusterError.None);
        return assignment;
    }

    void Pass(TimeSpan time)
    {
        _time.Advance(time);
        _cluster.Advance();
    }
}
