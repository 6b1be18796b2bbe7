using System.Diagnostics;
using System.Globalization;
using GokaAkka.Actors;
using GokaAkka.Actors.Configuration;
using GokaAkka.Nodes;
using Xunit.Abstractions;

namespace GokaAkka.Specs;

/// <summary>A program that is a node: what it takes, how it ends.</summary>
public sealed class NodeSpec(ITestOutputHelper output) : GokaSpec(output)
{
    readonly StringWriter _errors = new();
    readonly StringWriter _output = new();
    readonly CancellationTokenSource _stop = new();

    [Theory]
    [InlineData("hocon/local.conf")]
    [InlineData("hocon/kafka.conf")]
    public void Examples_must_have_no_unknown_key(string file)
    {
        var settings = GokaSettings.Create(SettingsLayers.Of(HoconFile.Read(Path.Combine(Root(), file)).WithFallback(GokaSettings.DefaultConfig())));

        settings.Kafka.Consumer["session.timeout.ms"].ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Node_must_run_its_processor_and_leave_with_0_when_it_is_told_to_stop()
    {
        Processor<long>? processor = null;
        var run = Run([], node => processor = node.Process(Counting()));
        Send("alice");
        AwaitCondition(() => processor?.State == ProcessorState.Running, Patience);
        AwaitCommitted();

        await _stop.CancelAsync();

        (await run.WaitAsync(Patience)).ShouldBe(0, _errors.ToString());
        processor!.State.ShouldBe(ProcessorState.Stopped);
        Kafka.Members(Group).ShouldBeEmpty();
        _errors.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task Node_must_end_with_1_and_the_reason_when_its_processor_fails()
    {
        Kafka.DeleteTopic("in");

        (await Run([], node => node.Process(Counting())).WaitAsync(Patience)).ShouldBe(1);

        _errors.ToString().ShouldStartWith("'counts' cannot start:");
    }

    [Fact]
    public async Task Node_must_end_with_1_and_the_reason_when_its_program_cannot_start_it()
    {
        (await Run([], _ => throw new InvalidOperationException("no clicks today")).WaitAsync(Patience)).ShouldBe(1);

        _errors.ToString().ShouldBe($"no clicks today{Environment.NewLine}");
    }

    [Fact]
    public async Task Node_must_take_the_later_file_over_the_earlier_one()
    {
        using var files = new Files();
        var (first, second) = (files.Write("goka.kafka { client-id = first, connect-timeout = 3s }"), files.Write("goka.kafka.client-id = second"));
        GokaSettings? settings = null;

        var run = Run(["--config", first, $"--config={second}"], node => settings = node.Goka.Settings);
        AwaitCondition(() => settings is not null, Patience);
        await _stop.CancelAsync();

        (await run.WaitAsync(Patience)).ShouldBe(0, _errors.ToString());
        (settings!.Kafka.ClientId, settings.Kafka.ConnectTimeout).ShouldBe(("second", TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public async Task Node_must_name_what_is_wrong_in_its_files()
    {
        using var files = new Files();
        var (unknown, broken) = (files.Write("goka.kafka.bootstrap-server = x"), files.Write("goka { kafka { }, view { } }"));

        foreach (var file in new[] { unknown, broken, "nowhere.conf" })
            (await Run(["--config", file], _ => throw new InvalidOperationException("started")).WaitAsync(Patience)).ShouldBe(1);

        var lines = _errors.ToString().Split(Environment.NewLine);
        lines[0].ShouldBe("goka.kafka.bootstrap-server is no setting of GokaAkka. Did you mean goka.kafka.bootstrap-servers? reference.conf has every setting.");
        _errors.ToString().ShouldContain($"The HOCON file '{broken}' cannot be read: ");
        _errors.ToString().ShouldContain("The HOCON file 'nowhere.conf' cannot be read: ");
    }

    [Theory]
    [InlineData("--config", "--config: expected a file after it.")]
    [InlineData("--nodes", "'--nodes' is no argument of a node.")]
    public async Task Node_must_refuse_arguments_that_it_does_not_know(string arg, string expected)
    {
        (await Run([arg], _ => { }).WaitAsync(Patience)).ShouldBe(1);

        _errors.ToString().ShouldStartWith(expected);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Node_must_take_a_signal_for_a_wish_to_stop(string signal)
    {
        using var signals = new StopSignals();
        var told = new TaskCompletionSource();
        await using var registration = signals.Token.Register(told.SetResult);

        using var kill = Process.Start("kill", [$"-{signal}", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);

        await told.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Node_must_print_its_arguments_when_asked()
    {
        (await Run(["--help"], _ => throw new InvalidOperationException("started")).WaitAsync(Patience)).ShouldBe(0);

        _output.ToString().ShouldContain("--config FILE");
    }

    Task<int> Run(string[] args, Action<GokaNode> start) =>
        GokaNode.Run(args, start, new GokaOptions { Kafka = Kafka, Storage = Storage }, _output, _errors, _stop.Token);

    static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "GokaAkka.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException($"No GokaAkka.sln above '{AppContext.BaseDirectory}'.");
    }

    sealed class Files : IDisposable
    {
        readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("goka-node-");

        public string Write(string hocon)
        {
            var path = Path.Combine(_directory.FullName, $"{Guid.NewGuid():N}.conf");
            File.WriteAllText(path, hocon);
            return path;
        }

        public void Dispose() => _directory.Delete(recursive: true);
    }
}
