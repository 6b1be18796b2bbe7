using Akka.Actor;
using Akka.Configuration;
using GokaAkka.Actors;
using GokaAkka.Kafka;

namespace GokaAkka.Bench.Cases;

/// <summary>One run of a case: its scenario, the brokers, and what it needs of them. Topics it makes have names of its own.</summary>
sealed class CaseRun(Scenario scenario, BrokerAddress broker, string directory) : IAsyncDisposable
{
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);

    readonly string _unique = $"{scenario.Case}-{Guid.NewGuid():N}"[..24];
    ActorSystem? _system;

    public Scenario Scenario { get; } = scenario;

    public BrokerAddress Broker { get; } = broker;

    /// <summary>A folder of the run's own.</summary>
    public string Directory { get; } = directory;

    /// <summary>The scenario's records.</summary>
    public string Input => Dataset.Topic(Scenario);

    /// <summary>A group or topic name that no other run has.</summary>
    public string Own(string name) => $"{_unique}-{name}";

    /// <summary>GokaAkka with its defaults on these brokers, in a system that ends with the run.</summary>
    public Goka Goka => Goka.Get(_system ??= NewSystem());

    /// <summary>Ends the system, so that the next use of <see cref="Goka"/> starts a new one.</summary>
    public async Task Restart()
    {
        if (_system is { } system)
            await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance).ConfigureAwait(false);
        _system = null;
    }

    /// <summary>Makes a topic with the scenario's partition count.</summary>
    public async Task<string> Topic(string name)
    {
        using var topics = Goka.CreateTopicManager();
        await topics.Create(new TopicSpec(name, Scenario.Partitions)).ConfigureAwait(false);
        return name;
    }

    /// <summary>Waits until a processor has worked off so many records.</summary>
    public static Task Processed(Processor processor, long records) => Until(processor, p => p.Processed, records);

    /// <summary>Waits until all that so many records caused is acknowledged, and committed where that is part of it.</summary>
    public static Task Done(Processor processor, long records) => Until(processor, p => p.Inputs.Sum(i => i.DoneOffset ?? 0), records);

    static async Task Until(Processor processor, Func<PartitionStatus, long> figure, long records)
    {
        while (processor.Partitions.Sum(figure) < records)
        {
            if (processor.Done.IsCompleted)
                await processor.Done.ConfigureAwait(false);
            await Task.Delay(Look).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until a topic holds so many records, which is when all of them are acknowledged.</summary>
    public async Task Written(string topic, long records)
    {
        using var topics = Goka.CreateTopicManager();
        while (await Count(topics, topic).ConfigureAwait(false) < records)
            await Task.Delay(Look).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await Restart().ConfigureAwait(false);

    async Task<long> Count(ITopicManager topics, string topic)
    {
        var sum = 0L;
        for (var partition = 0; partition < Scenario.Partitions; partition++)
            sum += (await topics.Offsets(topic, partition).ConfigureAwait(false)).High;
        return sum;
    }

    ActorSystem NewSystem() => ActorSystem.Create("bench", ConfigurationFactory.ParseString(
        $$"""
        akka.loglevel = WARNING
        akka.coordinated-shutdown.exit-clr = off
        goka {
          kafka.bootstrap-servers = "{{Broker.Bootstrap}}"
          kafka.embedded-control = "{{Broker.Control}}"
          storage.provider = {{Scenario.Store}}
          storage.directory = "{{Directory}}"
          table.cache-size = {{Scenario.Cache}}MiB
        }
        """));
}
