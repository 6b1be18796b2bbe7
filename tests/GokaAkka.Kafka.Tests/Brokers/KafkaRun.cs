using System.Reflection;
using Confluent.Kafka;
using Xunit.Sdk;

[assembly: TestFramework("GokaAkka.RealKafka.Brokers.KafkaRun", "GokaAkka.Kafka.Tests")]

namespace GokaAkka.RealKafka.Brokers;

/// <summary>
/// A run of these tests: before the first one, one broker is started for all of them, unless <c>GOKA_BOOTSTRAP</c> names others; after the last
/// one, their topics are removed and it ends. Where it cannot be had, one test fails and says why, and no other is run.
/// </summary>
public sealed class KafkaRun(IMessageSink diagnostics) : XunitTestFramework(diagnostics)
{
    public const string Variable = "GOKA_BOOTSTRAP";

    static KafkaCluster? _own;

    /// <summary>Where the run's brokers are.</summary>
    public static string Bootstrap { get; private set; } = "";

    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) =>
        new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    static async Task Start()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            Bootstrap = given;
        }
        else
        {
            if (KafkaHome.Folder is null)
            {
                throw new InvalidOperationException(
                    $"These tests run on Apache Kafka: set {KafkaHome.Variable} to a folder with its jars in lib or libs, to have brokers started, or {Variable} to "
                    + "host:port of brokers that run.");
            }

            _own = await KafkaCluster.Start(1);
            Bootstrap = _own.Bootstrap;
        }
    }

    static async Task End()
    {
        if (Bootstrap.Length > 0)
        {
            using var admin = Clients.Admin(Bootstrap);
            // All of a run's topics have its mark in their names, those that the product has made as well.
            var topics = admin.GetMetadata(Clients.Deadline).Topics.Select(t => t.Topic).Where(t => t.Contains(KafkaClientContract.Run, StringComparison.Ordinal)).ToList();
            if (topics.Count > 0)
                await admin.DeleteTopicsAsync(topics);
        }

        if (_own is not null)
            await _own.DisposeAsync();
    }

    sealed class Executor(AssemblyName assembly, ISourceInformationProvider sources, IMessageSink diagnostics) : XunitTestFrameworkExecutor(assembly, sources, diagnostics)
    {
        protected override async void RunTestCases(IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions)
        {
            using var runner = new Runner(TestAssembly, testCases, DiagnosticMessageSink, executionMessageSink, executionOptions);
            await runner.RunAsync();
        }
    }

    sealed class Runner(
        ITestAssembly assembly, IEnumerable<IXunitTestCase> testCases, IMessageSink diagnostics, IMessageSink execution, ITestFrameworkExecutionOptions options)
        : XunitTestAssemblyRunner(assembly, testCases, diagnostics, execution, options)
    {
        protected override async Task AfterTestAssemblyStartingAsync()
        {
            await base.AfterTestAssemblyStartingAsync();
            await Aggregator.RunAsync(KafkaRun.Start);
            if (Aggregator.HasExceptions)
                TestCases = [.. TestCases.Take(1)];
        }

        protected override async Task BeforeTestAssemblyFinishedAsync()
        {
            await Aggregator.RunAsync(KafkaRun.End);
            await base.BeforeTestAssemblyFinishedAsync();
        }
    }
}
