namespace GokaAkka.Testing.Tests;

/// <summary>Cooperative groups on the in-memory cluster, polled in turn by one thread.</summary>
public sealed class CooperativeGroupTests
{
    const string Group = "group";
    static readonly string[] Topics = ["a", "b"];

    readonly InMemoryKafka _kafka = new();

    public CooperativeGroupTests()
    {
        foreach (var topic in Topics)
            _kafka.CreateTopic(topic, 7);
    }

    [Fact]
    public void As_few_partitions_as_possible_must_move()
    {
        var members = new[] { Open("1"), Open("2"), Open("3") };
        Settle(members);
        members.Select(m => m.Owned.Count).Order().ShouldBe([4, 4, 6]);
        var before = members.Select(m => m.Owned.ToHashSet()).ToList();

        var fourth = Open("4");
        Member[] all = [.. members, fourth];
        Settle(all);

        all.Select(m => m.Owned.Count).Order().ShouldBe([2, 4, 4, 4]);
        // Two of one who had three: nobody else gives anything up.
        members.Zip(before).Sum(m => m.Second.Except(m.First.Owned).Count()).ShouldBe(2);
        fourth.Owned.Count.ShouldBe(2);
    }

    [Fact]
    public void At_no_time_must_a_partition_have_two_members_that_the_group_knows() => Seeds.Each(60, random =>
    {
        var kafka = new InMemoryKafka();
        foreach (var topic in Topics)
            kafka.CreateTopic(topic, 7);
        var members = new List<Member>();
        for (var step = 0; step < 200; step++)
        {
            var choice = random.Next(100);
            if (members.Count == 0 || (choice < 6 && members.Count < 5))
                members.Add(new Member(kafka, $"m{step}"));
            else if (choice < 9)
                Remove(members, Pick(), static m => m.Close());
            else if (choice < 11)
                Pick().Expire();
            else
                Pick().Poll();
            Check(kafka, members);
        }

        Settle(members);
        if (members.Count > 0)
            members.SelectMany(m => m.Owned).Order(TopicOrder).ShouldBe(All(), ignoreOrder: true);
        foreach (var member in members)
        {
            member.Owned.Where(p => p.Topic == "a").Select(p => p.Partition).ShouldBe(
                member.Owned.Where(p => p.Topic == "b").Select(p => p.Partition), ignoreOrder: true);
            (member.Owned.Count / 2).ShouldBeInRange(7 / members.Count, (7 + members.Count - 1) / members.Count);
        }

        Member Pick() => members[random.Next(members.Count)];
    });

    static readonly Comparer<TopicPartition> TopicOrder = Comparer<TopicPartition>.Create(
        static (a, b) => a.Topic != b.Topic ? string.CompareOrdinal(a.Topic, b.Topic) : a.Partition.CompareTo(b.Partition));

    static IEnumerable<TopicPartition> All() => Topics.SelectMany(t => Enumerable.Range(0, 7).Select(p => new TopicPartition(t, p)));

    static void Remove(List<Member> members, Member member, Action<Member> how)
    {
        how(member);
        members.Remove(member);
    }

    // One that has been dropped and does not know it yet has what others may have too: it hears that it is lost.
    static void Check(InMemoryKafka kafka, List<Member> members)
    {
        var known = kafka.Members(Group).Select(m => m.ClientId).ToHashSet();
        var owned = members.Where(m => known.Contains(m.Name) && !m.WasExpired).SelectMany(m => m.Owned).ToList();
        owned.Distinct().Count().ShouldBe(owned.Count, string.Join("; ", members));
    }

    static void Settle(IReadOnlyCollection<Member> members)
    {
        for (var round = 0; round < 20; round++)
        {
            foreach (var member in members)
                member.Poll();
        }
    }

    Member Open(string name) => new(_kafka, name);

    sealed class Member : IGroupEvents, IRecordSink
    {
        readonly IGroupConsumer _consumer;
        readonly InMemoryKafka _kafka;

        public Member(InMemoryKafka kafka, string name)
        {
            _kafka = kafka;
            Name = name;
            _consumer = kafka.CreateGroupConsumer(new GroupConsumerOptions(Group, name, Rebalance: RebalanceProtocol.Cooperative));
            _consumer.Subscribe(Topics, this);
        }

        public string Name { get; }

        public HashSet<TopicPartition> Owned { get; } = [];

        public bool WasExpired { get; private set; }

        public void Poll() => _consumer.Poll(TimeSpan.Zero, 100, this);

        public void Close()
        {
            _consumer.Close();
            _consumer.Dispose();
        }

        public void Expire()
        {
            if (_kafka.Members(Group).All(m => m.ClientId != Name))
                return;
            _kafka.ExpireMember(Group, Name);
            WasExpired = Owned.Count > 0;
        }

        public IReadOnlyList<TopicPartitionOffset> Assigned(IReadOnlyList<TopicPartition> partitions)
        {
            foreach (var partition in partitions)
                Owned.Add(partition).ShouldBeTrue($"{Name} has {partition} already");
            return [];
        }

        public void Revoked(IReadOnlyList<TopicPartition> partitions) => Go(partitions);

        public void Lost(IReadOnlyList<TopicPartition> partitions)
        {
            Go(partitions);
            WasExpired = false;
        }

        public void Faulted(KafkaFault fault)
        {
        }

        public void Add(
            string topic, int partition, long offset, long timestamp, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers)
        {
        }

        public override string ToString() => $"{Name} has {string.Join(" ", Owned)}";

        void Go(IReadOnlyList<TopicPartition> partitions)
        {
            foreach (var partition in partitions)
                Owned.Remove(partition).ShouldBeTrue($"{Name} has no {partition}");
        }
    }
}
