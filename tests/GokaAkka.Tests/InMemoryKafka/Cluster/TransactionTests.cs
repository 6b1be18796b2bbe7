namespace GokaAkka.Testing.Tests;

public sealed class TransactionTests
{
    static readonly TopicPartition A = new("a", 0);
    static readonly TopicPartition B = new("b", 0);

    readonly ManualTime _time = new();
    readonly KafkaCluster _cluster;

    public TransactionTests() => _cluster = NewCluster(_time);

    [Fact]
    public void A_newer_producer_must_fence_the_older_and_abort_what_it_left_open()
    {
        var old = _cluster.InitProducer("id");
        Send(old, A, 0);

        var newer = _cluster.InitProducer("id");

        newer.ShouldBe(new ProducerIdentity(old.Id, 1));
        Seen(A).ShouldBeEmpty();
        _cluster.Log(A)!.LastStableOffset.ShouldBe(2);
        _cluster.EndTransaction(old, commit: true).ShouldBe(ClusterError.ProducerFenced);
        _cluster.Produce(old, A, 1, [LogFixture.Record("k", "zombie")], inTransaction: true, out _).ShouldBe(ClusterError.ProducerFenced);
        Send(newer, A, 0);
        _cluster.EndTransaction(newer, commit: true).ShouldBe(ClusterError.None);
        Seen(A).Count.ShouldBe(1);
    }

    [Fact]
    public void A_transaction_open_for_too_long_must_be_aborted_and_its_producer_fenced()
    {
        var producer = _cluster.InitProducer("id", TimeSpan.FromSeconds(10));
        Send(producer, A, 0);
        _cluster.NextDeadline().ShouldBe(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(10));

        _cluster.Advance();

        _cluster.Log(A)!.Entries[0].Status.ShouldBe(RecordStatus.Aborted);
        _cluster.EndTransaction(producer, commit: true).ShouldBe(ClusterError.ProducerFenced);
        _cluster.NextDeadline().ShouldBe(TimeSpan.MaxValue);
    }

    [Fact]
    public void Offsets_of_a_membership_that_is_over_must_be_refused()
    {
        var producer = _cluster.InitProducer("id");
        var (member, generation) = Join();
        Join();
        _cluster.Join("group", member, Request, out _);

        CommitOffset(producer, member, generation, 5).ShouldBe(ClusterError.IllegalGeneration);
        CommitOffset(producer, "nobody", generation + 1, 5).ShouldBe(ClusterError.UnknownMemberId);
        CommitOffset(producer, member, generation + 1, 6).ShouldBe(ClusterError.None);
    }

    [Fact]
    public void A_topic_deleted_under_a_transaction_must_not_be_in_its_way()
    {
        var producer = _cluster.InitProducer("id");
        Send(producer, A, 0);
        Send(producer, B, 0);
        _cluster.RecreateTopic("a");

        _cluster.EndTransaction(producer, commit: true).ShouldBe(ClusterError.None);

        _cluster.Log(A)!.HighWatermark.ShouldBe(0);
        Seen(B).Count.ShouldBe(1);
    }

    /// <summary>
    /// Producers that commit, abort, die and are replaced in any order: a transaction is seen in all partitions or in none, with its offset, and
    /// nothing of a zombie is ever seen.
    /// </summary>
    [Fact]
    public void Whatever_producers_do_each_transaction_must_be_seen_whole_or_not_at_all() => Seeds.Each(300, random =>
    {
        var cluster = NewCluster(new ManualTime());
        cluster.Join("group", null, Request, out var member);
        var ids = new[] { "x", "y", "z" };
        var current = ids.ToDictionary(id => id, id => new Client(cluster.InitProducer(id)));
        var zombies = new List<Client>();
        var committed = new List<string>();
        long? offset = null;
        for (var step = 0; step < 150; step++)
        {
            var id = ids[random.Next(ids.Length)];
            var client = current[id];
            switch (random.Next(8))
            {
                case < 4:
                    foreach (var partition in new[] { A, B })
                        client.Send(cluster, partition, $"{id}-{client.Identity.Epoch}-{client.Transactions}").ShouldBe(ClusterError.None);
                    break;
                case 4:
                    client.Offset = step;
                    cluster.CommitInTransaction(client.Identity, "group", member, 1, [new TopicPartitionOffset("a", 0, step)])
                        .ShouldBe(ClusterError.None);
                    break;
                case 5:
                    var commit = random.Next(2) == 0;
                    cluster.EndTransaction(client.Identity, commit).ShouldBe(ClusterError.None);
                    if (commit && client.Sent > 0)
                        committed.Add($"{id}-{client.Identity.Epoch}-{client.Transactions}");
                    if (commit)
                        offset = client.Offset ?? offset;
                    client.Next();
                    break;
                case 6:
                    zombies.Add(client);
                    current[id] = new Client(cluster.InitProducer(id));
                    break;
                case 7 when zombies.Count > 0:
                    var zombie = zombies[random.Next(zombies.Count)];
                    zombie.Send(cluster, A, "zombie").ShouldBe(ClusterError.ProducerFenced);
                    cluster.EndTransaction(zombie.Identity, commit: true).ShouldBe(ClusterError.ProducerFenced);
                    break;
            }
        }

        foreach (var client in current.Values)
            cluster.EndTransaction(client.Identity, commit: false);
        foreach (var partition in new[] { A, B })
        {
            var seen = cluster.Log(partition)!.ReadAll(0).Select(r => r.Text()!).Distinct();
            seen.Order().ShouldBe(committed.Order());
        }

        cluster.Group("group").Offsets.Fetch(A, out var found).ShouldBe(ClusterError.None);
        (found?.Offset).ShouldBe(offset);
    });

    static readonly JoinRequest Request = new("member", ["a"], TimeSpan.FromHours(1), TimeSpan.FromHours(1));

    static KafkaCluster NewCluster(TimeProvider time)
    {
        var cluster = new KafkaCluster(time);
        cluster.CreateTopic(new TopicSpec("a", 1), out _).ShouldBe(ClusterError.None);
        cluster.CreateTopic(new TopicSpec("b", 1), out _).ShouldBe(ClusterError.None);
        return cluster;
    }

    (string Member, int Generation) Join()
    {
        _cluster.Join("group", null, Request, out var member);
        return (member, _cluster.Group("group").Generation);
    }

    void Send(ProducerIdentity producer, TopicPartition partition, int sequence) =>
        _cluster.Produce(producer, partition, sequence, [LogFixture.Record("k", "v")], inTransaction: true, out _).ShouldBe(ClusterError.None);

    ClusterError CommitOffset(ProducerIdentity producer, string member, int generation, long offset) =>
        _cluster.CommitInTransaction(producer, "group", member, generation, [new TopicPartitionOffset("a", 0, offset)]);

    List<LogRecord> Seen(TopicPartition partition) => _cluster.Log(partition)!.ReadAll(0);

    sealed class Client(ProducerIdentity identity)
    {
        readonly Dictionary<TopicPartition, int> _sequences = [];

        public ProducerIdentity Identity { get; } = identity;

        public int Transactions { get; private set; }

        public int Sent { get; private set; }

        public long? Offset { get; set; }

        public ClusterError Send(KafkaCluster cluster, TopicPartition partition, string value)
        {
            var sequence = _sequences.GetValueOrDefault(partition);
            var error = cluster.Produce(Identity, partition, sequence, [LogFixture.Record("k", value)], inTransaction: true, out _);
            if (error != ClusterError.None)
                return error;
            _sequences[partition] = sequence + 1;
            Sent++;
            return error;
        }

        public void Next()
        {
            Transactions++;
            Sent = 0;
            Offset = null;
        }
    }
}
