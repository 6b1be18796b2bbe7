using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace GokaAkka.Bench.Micro;

/// <summary>
/// What single parts of a record's way cost, without Kafka: for whoever changes one of them. In this process, which is compiled fully at once as
/// those of the other cases are.
/// </summary>
static class MicroBenchmarks
{
    public const string Name = "micro";

    /// <param name="results">The folder for <c>micro.md</c>; null to print only.</param>
    public static void Run(bool isQuick, DirectoryInfo? results)
    {
        var job = (isQuick ? Job.Dry : Job.ShortRun).WithToolchain(InProcessNoEmitToolchain.Instance);
        var config = ManualConfig.CreateEmpty()
            .AddJob(job).AddDiagnoser(MemoryDiagnoser.Default).AddColumnProvider(DefaultColumnProviders.Instance).AddLogger(ConsoleLogger.Default);
        var markdown = new List<string>();
        foreach (var type in new[] { typeof(TaskBenchmarks), typeof(TableBenchmarks), typeof(RecordBenchmarks) })
        {
            var summary = BenchmarkRunner.Run(type, config.WithArtifactsPath(Path.Combine(Path.GetTempPath(), "goka-bench-micro")));
            var log = new AccumulationLogger();
            MarkdownExporter.GitHub.ExportToLog(summary, log);
            markdown.Add(log.GetLog());
        }

        if (results is null)
            return;
        results.Create();
        File.WriteAllText(Path.Combine(results.FullName, "micro.md"), string.Join("\n", markdown));
    }
}
