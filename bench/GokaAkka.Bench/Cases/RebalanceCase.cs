using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using GokaAkka.Actors;
using GokaAkka.Codecs;
using GokaAkka.Graph;
using GokaAkka.Testing;

namespace GokaAkka.Bench.Cases;

/// <summary>
/// How long partitions stand still when a second node joins a group and leaves it again, on a Kafka in memory: what is left is GokaAkka's own part,
/// draining, committing, closing, restoring. The longest silence of each partition in each rebalance is one time.
/// </summary>
static class RebalanceCase
{
    const int Changes = 5;
    const string Topic = "in";

    static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(1);

    public static async Task<Measured> Run(CaseRun run, string rebalance)
    {
        var kafka = new InMemoryKafka();
        kafka.CreateTopic(Topic, run.Scenario.Partitions);
        var silences = new Silences(run.Scenario.Partitions);
        var graph = GroupGraph.Define<long>("counts", g => g
            .Input(Topic, Codec.Bytes, (context, _) =>
            {
                silences.Seen(context.Partition);
                context.SetValue(context.Value + 1);
            })
            .Persist(Codec.Int64));
        using var pumping = new CancellationTokenSource();
        var pump = Task.Run(() => Pump(kafka, run.Scenario.Partitions, pumping.Token));
        await using var first = new Node(run, kafka, rebalance, "first");
        await first.Goka.Process(graph).Ready.ConfigureAwait(false);
        var meter = Meter.Start();
        for (var change = 0; change < Changes; change++)
        {
            var second = new Node(run, kafka, rebalance, "second");
            await silences.Measure(() => second.Goka.Process(graph).Ready).ConfigureAwait(false);
            await silences.Measure(() => second.DisposeAsync().AsTask()).ConfigureAwait(false);
        }

        var measured = meter.Stop(silences.Records, silences.Latency());
        await pumping.CancelAsync().ConfigureAwait(false);
        await pump.ConfigureAwait(false);
        return measured;
    }

    static async Task Pump(InMemoryKafka kafka, int partitions, CancellationToken stop)
    {
        using var pace = new PeriodicTimer(Pace);
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            for (var partition = 0; partition < partitions; partition++)
                kafka.Append(Topic, partition, $"key{i % 1000}", "value");
            await pace.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    sealed class Node(CaseRun run, InMemoryKafka kafka, string rebalance, string name) : IAsyncDisposable
    {
        readonly ActorSystem _system = ActorSystem.Create(name, ConfigurationFactory.ParseString(
            $$"""
            akka.loglevel = WARNING
            akka.coordinated-shutdown.exit-clr = off
            goka {
              processor.rebalance = {{rebalance}}
              storage.provider = {{run.Scenario.Store}}
              storage.directory = "{{run.Directory}}/{{name}}"
            }
            """));

        public Goka Goka => Goka.Get(_system, _options);

        readonly GokaOptions _options = new() { Kafka = kafka };

        public async ValueTask DisposeAsync() =>
            await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance).ConfigureAwait(false);
    }

    /// <summary>The time of each partition's last record, and the longest between two while something is measured.</summary>
    sealed class Silences(int partitions)
    {
        readonly long[] _last = new long[partitions];
        readonly long[] _longest = new long[partitions];
        readonly ConcurrentBag<double> _micros = [];
        long _records;

        public long Records => Interlocked.Read(ref _records);

        public void Seen(int partition)
        {
            var now = TimeProvider.System.GetTimestamp();
            var last = Interlocked.Exchange(ref _last[partition], now);
            if (last > 0 && now - last is var silence && silence > Volatile.Read(ref _longest[partition]))
                Volatile.Write(ref _longest[partition], silence);
            Interlocked.Increment(ref _records);
        }

        /// <summary>From before the change until every partition has gone on after it.</summary>
        public async Task Measure(Func<Task> change)
        {
            Array.Clear(_longest);
            await change().ConfigureAwait(false);
            var changed = TimeProvider.System.GetTimestamp();
            using var look = new PeriodicTimer(Pace);
            while (Array.Exists(_last, last => last < changed))
                await look.WaitForNextTickAsync().ConfigureAwait(false);
            foreach (var longest in _longest)
                _micros.Add(longest * 1e6 / TimeProvider.System.TimestampFrequency);
        }

        public Latency Latency()
        {
            var sorted = _micros.Order().ToArray();
            return new Latency(sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100], sorted[^1]);
        }
    }
}
