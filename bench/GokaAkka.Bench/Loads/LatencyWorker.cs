using System.Text.Json;
using Akka.Actor;
using Akka.Configuration;
using GokaAkka.Codecs;
using GokaAkka.Graph;

namespace GokaAkka.Bench.Loads;

/// <summary>
/// The process under test. It says <see cref="Ready"/>, then for each line of its input the requests a second since the last one, and ends with its input.
/// </summary>
static class LatencyWorker
{
    public const string Command = "measure-latency";
    public const string Ready = "ready";

    public static async Task<int> Serve(string given)
    {
        var trial = JsonSerializer.Deserialize<LatencyTrial>(given)!;
        var requests = new RequestCounts();
        if (trial.IsRaw)
        {
            using var loop = new RawLatencyLoop(trial, requests);
            await Answer(requests).ConfigureAwait(false);
            return 0;
        }

        var directory = Directory.CreateTempSubdirectory("goka-bench-latency-");
        RequestLogger.Counts = requests;
        var system = ActorSystem.Create("bench", ConfigurationFactory.ParseString(
            $$"""
            akka.loglevel = INFO
            akka.loggers = ["{{typeof(RequestLogger).AssemblyQualifiedName}}"]
            akka.coordinated-shutdown.exit-clr = off
            goka {
              kafka.bootstrap-servers = "{{trial.Broker.Bootstrap}}"
              kafka.embedded-control = "{{trial.Broker.Control}}"
              kafka.client.statistics.interval.ms = {{RequestCounts.IntervalMs}}
              processor.delivery = {{trial.Scenario.Delivery}}
              storage.provider = litedb
              storage.directory = "{{directory.FullName}}"
            }
            """));
        try
        {
            var processor = Goka.Get(system).Process(GroupGraph.Define<long>(trial.Group, g => g
                .Input(trial.Input, Codec.Bytes, (context, value) =>
                {
                    context.SetValue(context.Value + 1);
                    context.Emit(trial.Output, context.Key, value);
                })
                .Output(trial.Output, Codec.Bytes)
                .Persist(Codec.Int64)));
            await processor.Ready.ConfigureAwait(false);
            await Answer(requests).ConfigureAwait(false);
            return 0;
        }
        finally
        {
            await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance).ConfigureAwait(false);
            directory.Delete(recursive: true);
        }
    }

    static async Task Answer(RequestCounts requests)
    {
        Console.WriteLine(Ready);
        while (await Console.In.ReadLineAsync().ConfigureAwait(false) is not null)
            Console.WriteLine(JsonSerializer.Serialize(requests.Take()));
    }
}
