using Confluent.Kafka;
using Confluent.Kafka.Admin;
using GokaAkka.Kafka.Native;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// Topics through Confluent.Kafka's admin client, or through the control port of an embedded broker, which has no admin calls. The client
/// blocks, so its calls run on pool threads.
/// </summary>
sealed class ConfluentTopicManager : ITopicManager
{
    static readonly TimeSpan CreationPoll = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    readonly KafkaSettings _settings;
    readonly LastError _lastError = new();
    readonly string _principal;
    readonly CallGate _gate = new();
    readonly Lazy<IAdminClient> _admin;
    readonly Lazy<IAdminClient> _leadersAdmin;
    readonly Lazy<LeaderQuestions> _leaders;
    bool _isDisposed;

    public ConfluentTopicManager(KafkaSettings settings, Dictionary<string, string> config, ClientLog log)
    {
        _settings = settings;
        _principal = Faults.Principal(config);
        _admin = new(() => Admin(config));
        _leadersAdmin = new(() => Admin(LeaderQuestions.Config(config)));
        _leaders = new(() => new LeaderQuestions(_leadersAdmin.Value, settings.BootstrapServers, this, _lastError));

        IAdminClient Admin(Dictionary<string, string> settings) =>
            new AdminClientBuilder(settings).SetErrorHandler((_, e) => _lastError.Note(e)).SetLogHandler((_, line) => Log(line)).Build();

        // That settings of consumers say nothing to it is not so: its questions for offsets follow them. The rest is told by its clients themselves.
        void Log(LogMessage line)
        {
            if (line.Facility != "CONFWARN")
                log.Add(line);
        }
    }

    public bool MayCreate => _settings.CreateTopics;

    bool IsEmbedded => _settings.EmbeddedControl.Length > 0;

    public Task<IReadOnlyDictionary<string, TopicDescription>> Describe(
        IReadOnlyCollection<string> topics, CancellationToken cancellation = default) => Call<IReadOnlyDictionary<string, TopicDescription>>(
        async () =>
        {
            // An embedded broker does not answer admin calls.
            if (IsEmbedded || topics.Count == 0)
                return TopicMetadata.Find(_admin.Value, topics, _settings, _lastError);
            var found = Find(topics);
            if (found.Count > 0)
                await AddPolicies(found).ConfigureAwait(false);
            return found;
        },
        cancellation);

    public async Task Create(TopicSpec topic, CancellationToken cancellation = default)
    {
        if (IsEmbedded)
            await BrokerControlClient.CreateTopic(_settings.EmbeddedControl, topic.Name, topic.Partitions, cancellation).ConfigureAwait(false);
        else
            await Call(() => CreateByAdmin(topic), cancellation).ConfigureAwait(false);
        await WaitUntilKnown(topic, cancellation).ConfigureAwait(false);
    }

    public Task<OffsetRange> Offsets(string topic, int partition, CancellationToken cancellation = default) => Call(
        async () =>
        {
            var (low, high) = (Ask(topic, partition, NativeOffsets.Earliest), Ask(topic, partition, NativeOffsets.Latest));
            return new OffsetRange(await low.ConfigureAwait(false), await high.ConfigureAwait(false));
        },
        cancellation);

    public Task<long> OffsetAt(string topic, int partition, DateTimeOffset time, CancellationToken cancellation = default) => Call(
        async () => await Ask(topic, partition, time.ToUnixTimeMilliseconds()).ConfigureAwait(false) is var found and >= 0
            ? found
            : await Ask(topic, partition, NativeOffsets.Latest).ConfigureAwait(false),
        cancellation);

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }

        _gate.Shut();
        // A call under way waits for brokers, and who disposes does not.
        new Thread(LetGo) { Name = "goka-topics-end", IsBackground = true }.Start();
    }

    void LetGo()
    {
        _gate.Close();
        if (_leaders.IsValueCreated)
            _leaders.Value.Close();
        foreach (var admin in new[] { _leadersAdmin, _admin }.Where(static a => a.IsValueCreated))
            admin.Value.Dispose();
    }

    /// <summary>Whatever becomes of the call: who has asked hears of it, and who gives up does not wait for the client.</summary>
    async Task<T> Call<T>(Func<Task<T>> ask, CancellationToken cancellation)
    {
        try
        {
            // Two questions at the most, each with a time of its own.
            return await Task.Run(Inside, cancellation).WaitAsync(2 * _settings.ConnectTimeout + Grace, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new KafkaFaultException(
                $"Asking {_settings.BootstrapServers} for topics failed{_lastError.Suffix}", new KafkaFault(nameof(ErrorCode.Local_TimedOut), "the client has not ended the question", FaultKind.Retriable), e);
        }

        async Task<T> Inside()
        {
            _gate.Enter(this);
            try
            {
                return await ask().ConfigureAwait(false);
            }
            finally
            {
                _gate.Leave();
            }
        }
    }

    async Task<long> Ask(string topic, int partition, long at) =>
        (await _leaders.Value.Ask(topic, [partition], at, _settings.ConnectTimeout).ConfigureAwait(false))[0];

    /// <summary>Asks for them by name, which makes none where brokers make topics on request, and tells one that may not be seen from one that does not exist.</summary>
    Dictionary<string, TopicDescription> Find(IReadOnlyCollection<string> topics)
    {
        List<NativeTopics.Described> answers;
        try
        {
            answers = NativeTopics.Describe(_admin.Value, topics, _settings.ConnectTimeout);
            _lastError.Clear();
        }
        catch (KafkaException e)
        {
            throw TopicMetadata.Failed(e, _settings, _lastError);
        }

        foreach (var (name, error, _, _, _) in answers.Where(static t => t.Error.IsError && t.Error.Code != ErrorCode.UnknownTopicOrPart))
        {
            // One that is there and has no leader yet is not one that is missing.
            throw error.Code == ErrorCode.TopicAuthorizationFailed
                ? new KafkaFaultException($"Topic '{name}' on {_settings.BootstrapServers} cannot be seen", Faults.OfTopic(error, "DESCRIBE", name, _principal))
                : new KafkaFaultException($"Topic '{name}' on {_settings.BootstrapServers} cannot be described", Faults.From(error));
        }

        return answers.Where(static t => !t.Error.IsError && t.Partitions > 0).ToDictionary(static t => t.Name, static t => new TopicDescription(t.Name, t.Partitions, t.Replicas) { TopicId = t.Id });
    }

    /// <summary>A principal may see topics and yet not their settings, which are unknown then.</summary>
    async Task AddPolicies(Dictionary<string, TopicDescription> found)
    {
        var resources = found.Keys.Select(t => new ConfigResource { Type = ResourceType.Topic, Name = t });
        try
        {
            var results = await _admin.Value.DescribeConfigsAsync(
                resources, new DescribeConfigsOptions { RequestTimeout = _settings.ConnectTimeout }).ConfigureAwait(false);
            foreach (var result in results)
                Add(result.ConfigResource, result.Entries);
        }
        catch (DescribeConfigsException e)
        {
            foreach (var result in e.Results.Where(static r => !r.Error.IsError))
                Add(result.ConfigResource, result.Entries);
        }
        catch (KafkaException e) when (Faults.From(e.Error).Kind == FaultKind.Retriable)
        {
            throw Faults.Exception($"Asking {_settings.BootstrapServers} for the settings of topics failed", e);
        }
        catch (KafkaException)
        {
            // Not allowed for any of them.
        }

        void Add(ConfigResource resource, Dictionary<string, ConfigEntryResult> entries) => found[resource.Name] = found[resource.Name] with
        {
            Settings = entries.Values.Where(static e => e.Value is not null).ToDictionary(static e => e.Name, static e => e.Value),
        };
    }

    async Task<bool> CreateByAdmin(TopicSpec topic)
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
                [specification], new CreateTopicsOptions { RequestTimeout = _settings.ConnectTimeout }).ConfigureAwait(false);
            return true;
        }
        catch (CreateTopicsException e) when (e.Results.All(r => r.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            // Another member of the group was faster.
            return false;
        }
        catch (CreateTopicsException e)
        {
            var fault = Faults.From(e.Results.First(r => r.Error.IsError).Error);
            throw new KafkaFaultException($"Topic '{topic.Name}' could not be made on {_settings.BootstrapServers}", fault, e);
        }
        catch (KafkaException e)
        {
            throw Faults.Exception($"Topic '{topic.Name}' could not be made on {_settings.BootstrapServers}", e);
        }
    }

    async Task WaitUntilKnown(TopicSpec topic, CancellationToken cancellation)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!await IsKnown().ConfigureAwait(false))
        {
            if (TimeProvider.System.GetElapsedTime(deadline) > _settings.ConnectTimeout)
            {
                throw new KafkaFaultException(
                    $"Topic '{topic.Name}' was made but is not known on {_settings.BootstrapServers} after {_settings.ConnectTimeout.TotalSeconds:0.#} s",
                    new KafkaFault("UnknownTopicOrPart", "the brokers do not list it", FaultKind.Retriable));
            }

            await Task.Delay(CreationPoll, cancellation).ConfigureAwait(false);
        }

        async Task<bool> IsKnown()
        {
            try
            {
                return (await Describe([topic.Name], cancellation).ConfigureAwait(false)).ContainsKey(topic.Name);
            }
            catch (KafkaFaultException e) when (e.Fault.Kind == FaultKind.Retriable)
            {
                return false;
            }
        }
    }
}
