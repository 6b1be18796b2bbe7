using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Node = GokaAkka.Integration.Tests.Restore.Node;

namespace GokaAkka.RealKafka.Topics;

/// <summary>A processor whose user may not do everything: what is missing is named and waited for, and costs no record.</summary>
public sealed class RightsTests(SecureBroker broker) : IClassFixture<SecureBroker>
{
    const string User = "alice";
    const int Records = 200;

    readonly string _group = KafkaClientContract.Unique("rights");

    string In => _group + "-in";

    string Out => _group + "-out";

    [OwnBrokersTheory]
    [InlineData("skip")]
    [InlineData("dead-letter")]
    public async Task A_right_to_write_that_is_taken_away_must_be_waited_for_and_cost_no_record(string policy)
    {
        await Prepare();
        await using var node = Alice($"goka.processor.on-error = {policy}");
        var processor = node.Goka.Process(Graph);
        await processor.Ready.WaitAsync(Node.Patience);
        await Send(Records);
        await Done(processor, Records);

        foreach (var topic in new[] { Out, _group + "-table" })
        {
            var denied = Rule(ResourceType.Topic, topic, AclOperation.Write, AclPermissionType.Deny);
            await broker.Admin.CreateAclsAsync([denied]);
            await Send(Records);
            await Integration.Tests.Samples.Eventually.Holds(
                () => processor.Troubles.Any(t => t.Reason.Contains($"user '{User}' needs WRITE on topic '{topic}'", StringComparison.Ordinal)),
                () => $"what is missing is named: {string.Join("; ", processor.Troubles)}");
            await broker.Admin.DeleteAclsAsync([denied.ToFilter()]);
            await Done(processor, Records * (topic == Out ? 2 : 3));
        }

        // More where the table could be written and the output could not: such records are processed again.
        (await processor.Get("key")).ShouldBeGreaterThanOrEqualTo(3 * Records);
        processor.Partitions.ShouldAllBe(p => p.Restarts == 0 && p.Skipped == 0 && p.DeadLetters == 0);
        await Integration.Tests.Samples.Eventually.Holds(() => processor.Troubles.Count == 0, () => string.Join("; ", processor.Troubles));
    }

    [OwnBrokersFact]
    public async Task A_topic_that_the_user_may_not_see_must_not_be_called_missing()
    {
        await Prepare();
        await broker.Admin.CreateAclsAsync([Rule(ResourceType.Topic, Out, AclOperation.All, AclPermissionType.Deny)]);
        await using var node = Alice("");
        // The brokers follow a rule a moment after they have taken it.
        using var topics = node.Goka.CreateTopicManager();
        await Integration.Tests.Samples.Eventually.Holds(() => IsRefused(topics.Describe([Out])), static () => "the rule has no effect");

        var error = await Should.ThrowAsync<Exception>(() => node.Goka.Process(Graph).Ready.WaitAsync(Node.Patience));

        error.Message.ShouldContain($"Topic '{Out}' on {broker.Cluster.SecureBootstrap} cannot be seen");
        error.Message.ShouldContain($"user '{User}' needs DESCRIBE on topic '{Out}'");
    }

    [OwnBrokersFact]
    public async Task A_wrong_password_must_be_named_with_what_to_check()
    {
        await using var node = Alice("goka { start-timeout = 1s, kafka { connect-timeout = 3s, client.sasl.password = wrong } }");

        var error = await Should.ThrowAsync<Exception>(() => node.Goka.Process(Graph).Ready.WaitAsync(Node.Patience));

        error.Message.ShouldContain("uthentication failed");
        error.Message.ShouldContain("check sasl.mechanism, sasl.username and its password under goka.kafka.client");
    }

    GroupGraph<long> Graph => GroupGraph.Define<long>(_group, g => g
        .Input(In, Codec.String, (ctx, text) =>
        {
            ctx.SetValue(ctx.Value + 1);
            ctx.Emit(Out, ctx.Key, text);
        })
        .Output(Out, Codec.String)
        .Persist(Codec.Int64));

    Node Alice(string hocon) => KafkaNodes.On(broker.Cluster.SecureBootstrap, hocon: $$"""
        {{hocon}}
        goka.kafka {
          client { security.protocol = sasl_plaintext, sasl.mechanism = SCRAM-SHA-256, sasl.username = {{User}} }
          replication-factor = 1
        }
        """ + (hocon.Contains("sasl.password", StringComparison.Ordinal) ? "" : $"\ngoka.kafka.client.sasl.password = {SecureBroker.Password}"));

    async Task Prepare()
    {
        await broker.Admin.AlterUserScramCredentialsAsync([new UserScramCredentialUpsertion
        {
            User = User,
            ScramCredentialInfo = new ScramCredentialInfo { Mechanism = ScramMechanism.ScramSha256, Iterations = 4096 },
            Password = Encoding.UTF8.GetBytes(SecureBroker.Password),
        }]);
        await broker.Admin.CreateAclsAsync([
            Rule(ResourceType.Topic, "*", AclOperation.All, AclPermissionType.Allow),
            Rule(ResourceType.Group, "*", AclOperation.All, AclPermissionType.Allow),
            Rule(ResourceType.Broker, "kafka-cluster", AclOperation.IdempotentWrite, AclPermissionType.Allow)]);
        await broker.Admin.CreateTopicsAsync([.. new[] { In, Out }.Select(static t => new TopicSpecification { Name = t, NumPartitions = 1, ReplicationFactor = 1 })]);
    }

    static async Task<bool> IsRefused(Task question)
    {
        try
        {
            await question;
            return false;
        }
        catch (KafkaFaultException)
        {
            return true;
        }
    }

    async Task Send(int count)
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = broker.Cluster.Bootstrap }).Build();
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => producer.ProduceAsync(In, new Message<string, string> { Key = "key", Value = $"{i}" })));
    }

    static Task Done(Processor<long> processor, int records) => Integration.Tests.Samples.Eventually.Holds(
        () => processor.Partitions.Sum(p => p.Inputs[0].DoneOffset ?? 0) == records,
        () => $"{processor.Partitions.Sum(p => p.Inputs[0].DoneOffset ?? 0)} of {records} are done. Troubles: {string.Join("; ", processor.Troubles)}");

    static AclBinding Rule(ResourceType type, string name, AclOperation operation, AclPermissionType permission) => new()
    {
        Pattern = new ResourcePattern { Type = type, Name = name, ResourcePatternType = ResourcePatternType.Literal },
        Entry = new AccessControlEntry { Principal = "User:" + User, Host = "*", Operation = operation, PermissionType = permission },
    };
}

/// <summary>A broker where users log in, for the tests of a class.</summary>
public sealed class SecureBroker : IAsyncLifetime
{
    public const string Password = "alice-secret";

    KafkaCluster? _cluster;
    IAdminClient? _admin;

    internal KafkaCluster Cluster => _cluster!;

    internal IAdminClient Admin => _admin!;

    public async Task InitializeAsync()
    {
        if (OwnBrokers.Missing is not null)
            return;
        _cluster = await KafkaCluster.Start(1, isSecure: true);
        _admin = Clients.Admin(_cluster.Bootstrap);
    }

    public async Task DisposeAsync()
    {
        _admin?.Dispose();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }
}
