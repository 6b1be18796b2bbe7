using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// Topics through Confluent.Kafka's admin client, or through the control port of an embedded broker, which has no admin calls. The client
/// blocks, so its calls run on pool threads.
/// </summary>
sealed class ConfluentTopicManager(KafkaSettings settings, Dictionary<string, string> adminConfig, Dictionary<string, string> consumerConfig)
    : ITopicManager
{
    static readonly TimeSpan CreationPoll = TimeSpan.FromMilliseconds(100);

    readonly Lazy<IAdminClient> _admin = new(() => new AdminClientBuilder(adminConfig).SetLogHandler(static (_, _) => { }).Build());
    readonly Lazy<IConsumer<Ignore, Ignore>> _consumer =
        new(() => new ConsumerBuilder<Ignore, Ignore>(consumerConfig).SetLogHandler(static (_, _) => { }).Build());

    bool IsEmbedded => settings.EmbeddedControl.Length > 0;

    public Task<IReadOnlyDictionary<string, TopicDescription>> Describe(
        IReadOnlyCollection<string> topics, CancellationToken cancellation = default) => Task.Run<IReadOnlyDictionary<string, TopicDescription>>(
        async () =>
        {
            var found = TopicMetadata.Find(_admin.Value, topics, settings);
            if (!IsEmbedded && found.Count > 0)
                await AddPolicies(found).ConfigureAwait(false);
            return found;
        },
        cancellation);

    public async Task Create(TopicSpec topic, CancellationToken cancellation = default)
    {
        if (IsEmbedded)
            await BrokerControlClient.CreateTopic(settings.EmbeddedControl, topic.Name, topic.Partitions, cancellation).ConfigureAwait(false);
        else
            await CreateByAdmin(topic).ConfigureAwait(false);
        await WaitUntilKnown(topic, cancellation).ConfigureAwait(false);
    }

    public Task<OffsetRange> Offsets(string topic, int partition, CancellationToken cancellation = default) => Task.Run(
        () =>
        {
            try
            {
                var marks = _consumer.Value.QueryWatermarkOffsets(new global::Confluent.Kafka.TopicPartition(topic, partition), settings.ConnectTimeout);
                return new OffsetRange(marks.Low.Value, marks.High.Value);
            }
            catch (KafkaException e)
            {
                throw Faults.Exception($"Asking {settings.BootstrapServers} for the offsets of {topic}[{partition}] failed", e);
            }
        },
        cancellation);

    public Task<long> OffsetAt(string topic, int partition, DateTimeOffset time, CancellationToken cancellation = default) => Task.Run(
        async () =>
        {
            try
            {
                var asked = new TopicPartitionTimestamp(topic, partition, new Timestamp(time.ToUnixTimeMilliseconds(), TimestampType.CreateTime));
                var found = _consumer.Value.OffsetsForTimes([asked], settings.ConnectTimeout);
                if (found.Count > 0 && found[0].Offset.Value >= 0)
                    return found[0].Offset.Value;
            }
            catch (KafkaException e)
            {
                throw Faults.Exception($"Asking {settings.BootstrapServers} for the offset of {topic}[{partition}] at {time:O} failed", e);
            }

            return (await Offsets(topic, partition, cancellation).ConfigureAwait(false)).High;
        },
        cancellation);

    public void Dispose()
    {
        if (_admin.IsValueCreated)
            _admin.Value.Dispose();
        if (_consumer.IsValueCreated)
            _consumer.Value.Dispose();
    }

    async Task AddPolicies(Dictionary<string, TopicDescription> found)
    {
        try
        {
            var resources = found.Keys.Select(t => new ConfigResource { Type = ResourceType.Topic, Name = t });
            var results = await _admin.Value.DescribeConfigsAsync(
                resources, new DescribeConfigsOptions { RequestTimeout = settings.ConnectTimeout }).ConfigureAwait(false);
            foreach (var result in results)
                found[result.ConfigResource.Name] = found[result.ConfigResource.Name] with
                {
                    Settings = result.Entries.Values.Where(e => e.Value is not null).ToDictionary(e => e.Name, e => e.Value),
                };
        }
        catch (KafkaException)
        {
            // A principal may describe topics and yet not their settings; then the settings are unknown and not checked.
        }
    }

    async Task CreateByAdmin(TopicSpec topic)
    {
        var specification = new TopicSpecification
        {
            Name = topic.Name,
            NumPartitions = topic.Partitions,
            ReplicationFactor = (short)(topic.Replicas ?? -1),
            Configs = topic.Settings?.ToDictionary(),
        };
        try
        {
            await _admin.Value.CreateTopicsAsync(
                [specification], new CreateTopicsOptions { RequestTimeout = settings.ConnectTimeout }).ConfigureAwait(false);
        }
        catch (CreateTopicsException e) when (e.Results.All(r => r.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            // Another member of the group was faster.
        }
        catch (CreateTopicsException e)
        {
            var fault = Faults.From(e.Results.First(r => r.Error.IsError).Error);
            throw new KafkaFaultException($"Topic '{topic.Name}' could not be made on {settings.BootstrapServers}", fault, e);
        }
        catch (KafkaException e)
        {
            throw Faults.Exception($"Topic '{topic.Name}' could not be made on {settings.BootstrapServers}", e);
        }
    }

    async Task WaitUntilKnown(TopicSpec topic, CancellationToken cancellation)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!(await Describe([topic.Name], cancellation).ConfigureAwait(false)).ContainsKey(topic.Name))
        {
            if (TimeProvider.System.GetElapsedTime(deadline) > settings.ConnectTimeout)
            {
                throw new KafkaFaultException(
                    $"Topic '{topic.Name}' was made but is not known on {settings.BootstrapServers} after {settings.ConnectTimeout.TotalSeconds:0.#} s",
                    new KafkaFault("UnknownTopicOrPart", "the brokers do not list it", FaultKind.Retriable));
            }

            await Task.Delay(CreationPoll, cancellation).ConfigureAwait(false);
        }
    }
}
