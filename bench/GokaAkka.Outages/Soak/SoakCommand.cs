using System.CommandLine;
using GokaAkka.Outages.Brokers;

namespace GokaAkka.Outages.Soak;

/// <summary><c>soak</c>: brokers stop and start, members join and leave, at first a topic grows, for as long as is asked for, and nothing else may grow.</summary>
static class SoakCommand
{
    const int MostPartitions = 24;

    // What a client keeps for each partition is no leak, and is not to be taken for one: the last is known to all clients (topic.metadata.refresh.interval.ms) before
    // the part of the run begins that is judged.
    const double GrowthPart = Series.WarmUp / 2;

    // The least that Kafka takes. A segment that is written to is not compacted, and Kafka's own of 1 GiB would be for the whole run: each restore would read more than
    // the one before, and the allocator keeps what the largest took.
    const int TableSegmentBytes = 1024 * 1024;

    static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var minutes = new Option<int>("--minutes") { Description = "How long. The output topic grows in the first sixth, and the first third is not judged.", DefaultValueFactory = static _ => 30 };
        var delivery = new Option<string>("--delivery") { Description = "The guarantee.", DefaultValueFactory = static _ => "exactly-once" };
        delivery.AcceptOnlyFromAmong("at-least-once", "exactly-once");
        var results = new Option<DirectoryInfo?>("--results") { Description = "The folder for soak.csv and soak.svg, in place of a temporary one." };
        var command = new Command("soak", "Whether memory, threads and file handles stay what they are while brokers and members come and go.") { minutes, delivery, results };
        command.SetAction((parsed, _) => Requirements.Met(
            () => Run(parsed.GetValue(minutes), parsed.GetValue(delivery)!, parsed.GetValue(results) ?? Directory.CreateTempSubdirectory("goka-soak-"))));
        return command;
    }

    static async Task<int> Run(int minutes, string delivery, DirectoryInfo results)
    {
        results.Create();
        await Console.Error.WriteLineAsync($"GOKA_SEED={FaultForm.Seed}, results in {results.FullName}");
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", typeof(SoakCommand).Assembly.Location);
        await using var brokers = await KafkaCluster.Start(3);
        var scenario = new Scenario("soak", minutes * 60, ComeAndGo);
        using var trial = new Trial(brokers, await FaultCluster.On(brokers.Bootstrap, TableSegmentBytes), scenario, delivery);
        var outcome = await trial.Run(scenario.Size, Pause);
        await File.WriteAllTextAsync(Path.Combine(results.FullName, "workers.log"), trial.ToString());

        // A key's records change their partition as the topic grows: their order is nobody's promise then, nor how long a new partition is silent.
        var fallsShort = outcome.Lost > 0 || (outcome.Repeated > 0 && delivery == "exactly-once") || outcome.Complaints.Count > 0;
        Console.WriteLine($"{delivery}: {outcome.Sent} records, {outcome.Lost} lost, {outcome.Repeated} repeated, {outcome.Restarts} restarts; the output has {trial.OutputPartitions} partitions");
        foreach (var complaint in outcome.Complaints)
            Console.WriteLine(complaint.Split('\n')[0]);
        var workers = trial.Outputs.Select(Series.Of).Where(w => w[0].Points.Count > 0).ToList();
        if (workers.Count == 0)
            return 1;
        await File.WriteAllTextAsync(Path.Combine(results.FullName, "soak.svg"), Chart.Svg(workers));
        await File.WriteAllLinesAsync(Path.Combine(results.FullName, "soak.csv"), Csv(workers));
        foreach (var (worker, series) in workers.Index().SelectMany(w => w.Item.Select(s => (w.Index, s))))
        {
            fallsShort |= series.FallsShort();
            Console.WriteLine($"worker {worker}: {series}");
        }

        return fallsShort ? 1 : 0;
    }

    static async Task ComeAndGo(Trial trial, int seconds)
    {
        var (clock, random) = (Stopwatch.StartNew(), new Random(FaultForm.Seed));
        await trial.Begin();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            var broker = trial.Brokers[random.Next(1, 4)];
            await (random.Next(2) == 0 ? broker.Kill() : broker.Stop());
            await Task.Delay(Pause);
            await broker.Start();
            await trial.Brokers.IsWhole();
            await trial.GoOn();
            trial.Start(2);
            await trial.Workers[2].Printed("> state running");
            await trial.GoOn();
            if (trial.OutputPartitions < MostPartitions && clock.Elapsed.TotalSeconds < seconds * GrowthPart)
                await trial.GrowOutput();
            await Task.Delay(Pause);
            await trial.Stop(2);
            await trial.GoOn();
        }
    }

    static IEnumerable<string> Csv(IReadOnlyList<IReadOnlyList<Series>> workers) =>
    [
        "worker,seconds," + string.Join(',', workers[0].Select(s => s.Name)),
        .. workers.Index().SelectMany(w => Enumerable.Range(0, w.Item[0].Points.Count).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{w.Index},{w.Item[0].Points[i].Hours * 3600:0.0},{string.Join(',', w.Item.Select(s => s.Points[i].Value.ToString(CultureInfo.InvariantCulture)))}"))),
    ];
}
