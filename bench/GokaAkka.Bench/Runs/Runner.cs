namespace GokaAkka.Bench.Runs;

/// <summary>Runs scenarios round by round, each beside the raw client: baseline and case in turn, so that both meet the same machine.</summary>
sealed class Runner(BrokerAddress? given, int rounds, TextWriter progress)
{
    /// <summary>Scenarios that could not be run; the progress says why.</summary>
    public int Failures { get; private set; }

    public async Task<List<Result>> Run(IReadOnlyList<Scenario> scenarios)
    {
        var results = new List<Result>();
        foreach (var scenario in scenarios)
        {
            try
            {
                results.Add(await Run(scenario).ConfigureAwait(false));
                await progress.WriteLineAsync(Report.Line(results[^1])).ConfigureAwait(false);
            }
            catch (Exception e) when (e is InvalidOperationException or Kafka.KafkaFaultException)
            {
                await progress.WriteLineAsync(e.Message).ConfigureAwait(false);
                Failures++;
            }
        }

        return results;
    }

    async Task<Result> Run(Scenario scenario)
    {
        // A broker per scenario: what the runs before have written would weigh on it.
        var (broker, address) = given is null ? await BrokerProcess.Start().ConfigureAwait(false) : (null, given);
        using var ownBroker = broker;
        await Prepare(scenario, address).ConfigureAwait(false);
        var beside = scenario.Beside();
        if (beside is not null)
            await Prepare(beside, address).ConfigureAwait(false);
        var result = new Result(scenario);
        for (var round = 0; round < rounds; round++)
        {
            if (beside is not null)
                result.Raw.Add(await ChildProcess.Run(beside, address).ConfigureAwait(false));
            result.Measured.Add(await ChildProcess.Run(scenario, address).ConfigureAwait(false));
        }

        return result;
    }

    static async Task Prepare(Scenario scenario, BrokerAddress address)
    {
        if (scenario.Records == 0)
            return;
        await using var run = new Cases.CaseRun(scenario, address, Path.GetTempPath());
        using var topics = run.Goka.CreateTopicManager();
        var topic = Dataset.Topic(scenario);
        if ((await topics.Describe([topic]).ConfigureAwait(false)).ContainsKey(topic))
            return;
        await run.Topic(topic).ConfigureAwait(false);
        await ChildProcess.Run(scenario with { Case = "fill" }, address).ConfigureAwait(false);
    }
}

/// <summary>A scenario's rounds and those of the raw client beside it.</summary>
sealed record Result(Scenario Scenario)
{
    public List<Measured> Measured { get; } = [];

    public List<Measured> Raw { get; } = [];
}
