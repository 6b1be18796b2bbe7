using System.Text.RegularExpressions;
using Confluent.Kafka.Admin;
using GokaAkka.FaultWorker;
using GokaAkka.Integration.Tests.Broker;
using GokaAkka.Outages.Brokers;

namespace GokaAkka.Outages;

/// <summary>One scenario with one guarantee: two workers under a steady load, and what became of it.</summary>
sealed class Trial : IDisposable
{
    const int Rate = 2_000;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    readonly Scenario _scenario;
    readonly string _delivery;
    readonly TopicWatch _in;
    readonly TopicWatch _out;
    readonly Load _load;
    readonly List<string> _complaints = [];
    readonly List<ChildProcess> _first = [];
    Task _loading = Task.CompletedTask;
    TimeSpan _longestStop;

    public Trial(KafkaCluster brokers, FaultCluster cluster, Scenario scenario, string delivery)
    {
        (Brokers, Cluster, _scenario, _delivery) = (brokers, cluster, scenario, delivery);
        Workers = new Workers(cluster, delivery);
        _in = new TopicWatch(cluster.Bootstrap, cluster.Topic);
        _out = new TopicWatch(cluster.Bootstrap, cluster.Out, _in);
        _load = new Load(cluster, FaultForm.Seed);
    }

    public KafkaCluster Brokers { get; }

    public FaultCluster Cluster { get; }

    public Workers Workers { get; }

    /// <summary>What the two workers that were there from the start have printed.</summary>
    public IEnumerable<string> Outputs => _first.Select(w => w.Output);

    /// <summary>How many partitions the workers emit to.</summary>
    public int OutputPartitions => _out.News.Length;

    /// <summary>What happens, and then the load without it for a while.</summary>
    public async Task<Outcome> Run(int size, TimeSpan after)
    {
        IReadOnlyDictionary<string, Tally> table = new Dictionary<string, Tally>();
        await Attempt(() => _scenario.Happens(this, size));
        await Attempt(Restore);
        await Attempt(GoOn);
        await Attempt(() => Task.Delay(after));
        _load.Stop();
        await Attempt(() => _loading);
        await Attempt(() => Until(() => _out.Counts.Distinct >= _load.Count, $"of {_load.Count} records sent, some were never emitted"));
        await Attempt(() => Stop([.. Workers.Places]));
        await Attempt(() => Task.Run(Workers.NoneFailed));
        await Attempt(() => Task.Run(() => table = TableFold.Read(Cluster)));
        var (emitted, notTabled) = (_out.Counts, _load.Sent.Sum(s => s.Value - table.GetValueOrDefault(s.Key).Distinct));
        var restarts = Regex.Matches(Workers.ToString(), @"> stopped .*restarts=(\d+)").Sum(m => long.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
        return new Outcome(
            _scenario.Title(size), _delivery, _load.Count, _out.Missing(_load.Sent), notTabled,
            Math.Max(emitted.Records - emitted.Distinct, table.Values.Sum(t => t.Applied - t.Distinct)), emitted.OutOfOrder, restarts, _out.Silences, _in.Silences,
            _longestStop, _complaints);
    }

    /// <summary>Starts the workers and, once they run, the load, and lets it go on for a while.</summary>
    public async Task Begin()
    {
        StartWorkers();
        await Task.WhenAll(_first.Select(w => w.Printed("> state running")));
        StartLoad();
        await GoOn();
        await Task.Delay(Settled);
    }

    public void StartWorkers() => _first.AddRange([Start(0), Start(1)]);

    public void StartLoad() => _loading = _load.Run(long.MaxValue, Rate);

    public ChildProcess Start(int place) => Workers.StartWith(
        place, $"{Cluster.Config}\n{_scenario.Config}\n{(place == 0 ? $"goka.processor.transaction.id = {Roles.TransactionalId}" : "")}", "--minutes", "1440");

    /// <summary>Ends workers by SIGTERM, with exit code 0.</summary>
    public async Task Stop(params int[] places)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            await Workers.Terminate(places);
        }
        finally
        {
            _longestStop = clock.Elapsed > _longestStop ? clock.Elapsed : _longestStop;
        }
    }

    /// <summary>Waits until every partition has emitted something new; of those that were there from the start.</summary>
    public Task GoOn()
    {
        var before = _out.News;
        return Until(() => _out.News is var now && Enumerable.Range(0, FaultCluster.Partitions).All(p => now.ElementAtOrDefault(p) > before.ElementAtOrDefault(p)),
            "not every partition has gone on");
    }

    /// <summary>Adds a partition to what the workers emit to.</summary>
    public async Task GrowOutput()
    {
        var partitions = OutputPartitions + 1;
        using var admin = Clients.Admin(Cluster.Bootstrap);
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = Cluster.Out, IncreaseTo = partitions }]);
        _out.Grow(partitions);
    }

    public void Dispose()
    {
        Workers.Dispose();
        _load.Dispose();
        _out.Dispose();
        _in.Dispose();
    }

    /// <summary>All that the workers printed and logged.</summary>
    public override string ToString() => string.Join('\n', [.. _complaints, Workers.ToString()]);

    /// <summary>Whatever the scenario has left: the next one needs all brokers.</summary>
    async Task Restore()
    {
        await Task.WhenAll(Enumerable.Range(1, 3).Select(id => Brokers[id]).Where(b => b.HasEnded).Select(b => b.Start()));
        await Brokers.IsWhole();
    }

    // What fails is told, and the rest is measured all the same.
    async Task Attempt(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception e)
        {
            _complaints.Add($"{e.GetType().Name}: {e.Message}");
        }
    }

    // For as long as something new comes.
    async Task Until(Func<bool> condition, string complaint)
    {
        var (seen, since) = (_out.Counts.Distinct, Stopwatch.StartNew());
        using var timer = new PeriodicTimer(Interval);
        while (!condition())
        {
            await timer.WaitForNextTickAsync();
            if (_out.Counts.Distinct is var now && now != seen)
                (seen, since) = (now, Stopwatch.StartNew());
            if (since.Elapsed > Patience)
                throw new TimeoutException($"Nothing new for {Patience.TotalSeconds:0} s, at {seen} records: {complaint}.");
        }
    }
}
