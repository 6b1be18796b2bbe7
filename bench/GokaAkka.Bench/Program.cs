using System.CommandLine;
using GokaAkka.Bench;
using GokaAkka.Bench.Loads;
using GokaAkka.Bench.Runs;

if (args is [ChildProcess.Command, var scenario, var address])
    return await ChildProcess.Serve(scenario, address);
if (args is [LatencyWorker.Command, var trial])
    return await LatencyWorker.Serve(trial);

var names = new Argument<string[]>("name") { Description = $"What to measure; everything when none is given: {string.Join(", ", Suite.Names)}.", Arity = ArgumentArity.ZeroOrMore };
names.AcceptOnlyFromAmong([.. Suite.Names]);
var quick = new Option<bool>("--quick") { Description = "One round with a tenth of the records: to see that everything runs, not to quote." };
var bootstrap = new Option<string?>("--bootstrap") { Description = "Brokers to use (host:port) in place of an embedded one. They keep all records." };
var json = new Option<FileInfo?>("--json") { Description = "Writes the figures there as well." };
var rounds = new Option<int>("--rounds") { Description = "Rounds of each scenario.", DefaultValueFactory = static _ => 3 };
var records = new Option<int?>("--records") { Description = "Records of each scenario, in place of 1,000,000." };
var partitions = new Option<int?>("--partitions") { Description = "Partitions of each scenario." };
var keys = new Option<int?>("--keys") { Description = "Distinct keys of each scenario." };
var valueSize = new Option<int?>("--value-size") { Description = "Bytes of each value." };
var cache = new Option<int?>("--cache") { Description = "MiB of the table's values in memory." };
var store = new Option<string?>("--store") { Description = $"Where tables are kept: {string.Join(", ", Scenario.DurableStores)} or memory." };
store.AcceptOnlyFromAmong([.. Scenario.DurableStores, "memory"]);
var results = new Option<DirectoryInfo>("--results") { Description = "The folder for results.md and results.json.", DefaultValueFactory = static _ => new("bench/results") };

var command = new RootCommand("Measures GokaAkka beside the plain Kafka client, on an embedded broker unless told otherwise.")
{
    names, quick, bootstrap, json, rounds, records, partitions, keys, valueSize, cache, store, results, LatencyCommand.Create(),
};
command.SetAction(async (parsed, _) =>
{
    var isQuick = parsed.GetValue(quick);
    var chosen = parsed.GetValue(names)!;
    var broker = parsed.GetValue(bootstrap) is { } at ? new BrokerAddress(at, "") : null;
    var scenarios = Suite.Scenarios(chosen, Adjust, broker is null);
    var count = isQuick ? 1 : parsed.GetValue(rounds);
    var runner = new Runner(broker, count, Console.Out);
    var measured = await runner.Run(scenarios);
    var code = runner.Failures == 0 ? 0 : 1;

    var markdown = Report.Markdown(measured, count);
    Console.WriteLine();
    Console.WriteLine(markdown);
    if (parsed.GetValue(json) is { } file)
        await File.WriteAllTextAsync(file.FullName, Report.Json(measured));
    if (isQuick)
        return code;
    var folder = parsed.GetValue(results)!;
    folder.Create();
    await File.WriteAllTextAsync(Path.Combine(folder.FullName, "results.md"), markdown);
    await File.WriteAllTextAsync(Path.Combine(folder.FullName, "results.json"), Report.Json(measured));
    return code;

    Scenario Adjust(Scenario s) => s with
    {
        Records = (parsed.GetValue(records) ?? s.Records) / (isQuick ? 10 : 1),
        Partitions = parsed.GetValue(partitions) ?? s.Partitions,
        Keys = parsed.GetValue(keys) ?? s.Keys,
        ValueSize = parsed.GetValue(valueSize) ?? s.ValueSize,
        Cache = parsed.GetValue(cache) ?? s.Cache,
        Store = parsed.GetValue(store) ?? s.Store,
    };
});
return await command.Parse(args).InvokeAsync();
