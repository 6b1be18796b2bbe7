using Akka.Configuration;
using GokaAkka.Actors.Configuration;
using GokaAkka.Kafka.Confluent;

namespace GokaAkka.Integration.Tests.Samples;

/// <summary><c>goka broker</c> in a process of its own, which outlives the programs that use it.</summary>
sealed class StandaloneBroker : IDisposable
{
    readonly ChildProcess _process;
    readonly ITopicManager _topics;

    StandaloneBroker(ChildProcess process, string address, string control)
    {
        _process = process;
        Address = address;
        Arguments = ["--bootstrap", address, "--control", control];
        Control = control;
        _topics = new ConfluentKafkaClient(Settings(address, control)).CreateTopicManager();
    }

    /// <summary>Where clients find it.</summary>
    public string Address { get; }

    /// <summary>Where programs make topics.</summary>
    public string Control { get; }

    /// <summary>What tells a program where it is.</summary>
    public string[] Arguments { get; }

    public static async Task<StandaloneBroker> Start(params string[] topics)
    {
        var process = ChildProcess.Start(Builds.Tool, ["broker", .. topics.SelectMany(t => new[] { "--topic", t })]);
        try
        {
            var address = (await process.Printed(@"bootstrap=(\S+)")).Groups[1].Value;
            return new StandaloneBroker(process, address, (await process.Printed(@"control=(\S+)")).Groups[1].Value);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>How many records a topic has had; 0 while there is no such topic.</summary>
    public async Task<long> Records(string topic)
    {
        var found = await _topics.Describe([topic]);
        if (!found.TryGetValue(topic, out var description))
            return 0;
        var records = 0L;
        for (var p = 0; p < description.Partitions; p++)
            records += (await _topics.Offsets(topic, p)).High;
        return records;
    }

    public void Dispose()
    {
        _topics.Dispose();
        _process.Dispose();
    }

    /// <summary>Settings for a client in this process.</summary>
    public static KafkaSettings Settings(string address, string control) => KafkaSettingsReader.Read(new SettingsSection(SettingsLayers.Of(ConfigurationFactory.ParseString($$"""
        goka.kafka {
          bootstrap-servers = "{{address}}"
          embedded-control = "{{control}}"
          table-consumer.fetch.wait.max.ms = 10
        }
        """).WithFallback(GokaSettings.DefaultConfig())), "goka.kafka"));
}
