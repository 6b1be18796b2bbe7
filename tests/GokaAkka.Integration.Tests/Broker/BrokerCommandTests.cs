namespace GokaAkka.Integration.Tests.Broker;

public sealed class BrokerCommandTests : IDisposable
{
    readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_broker_of_its_own_must_tell_where_it_is_serve_others_and_stop_cleanly()
    {
        var file = _files["address"];
        using var broker = ChildProcess.Start(Builds.Tool, "broker", "--topic", "a:3", "--topic", "b:1", "--address-file", file);
        var told = await broker.Printed(@"^bootstrap=(127\.0\.0\.1:\d+)\ncontrol=(127\.0\.0\.1:\d+)$");
        string.Join('\n', File.ReadAllLines(file)).ShouldBe(told.Value);
        Directory.GetFiles(Path.GetDirectoryName(file)!).Length.ShouldBe(1, "the file's draft is gone");
        var (bootstrap, control) = (told.Groups[1].Value, told.Groups[2].Value);

        await BrokerControlClient.CreateTopic(control, "c", 2);
        using (var producer = Clients.Producer(bootstrap))
            await producer.ProduceAsync("b", Clients.Message("k", "v"));
        using (var admin = Clients.Admin(bootstrap))
        {
            admin.GetMetadata(Clients.Deadline).Topics.ToDictionary(t => t.Topic, t => t.Partitions.Count)
                .ShouldBe(new Dictionary<string, int> { ["a"] = 3, ["b"] = 1, ["c"] = 2 }, ignoreOrder: true);
        }

        Clients.Text(Clients.Read(bootstrap, "b", 1)[0].Message.Value).ShouldBe("v");

        broker.Signal(ChildProcess.Terminate);
        (await broker.ExitCode()).ShouldBe(0, broker.ToString());
        (broker.Output, broker.Errors).ShouldBe((told.Value, ""));
        File.Exists(file).ShouldBeFalse();
    }

    [Fact]
    public async Task A_broker_for_a_time_must_end_by_itself()
    {
        using var broker = await ChildProcess.Run(Builds.Tool, "broker", "--for", "0.1");

        (await broker.ExitCode()).ShouldBe(0, broker.ToString());
    }

    [Theory]
    [InlineData("--topic takes NAME:PARTITIONS", "--topic", "clicks")]
    [InlineData("--topic takes NAME:PARTITIONS", "--topic", "clicks:0")]
    [InlineData("'cl icks' is no topic name", "--topic", "cl icks:2")]
    [InlineData("'t' is there with 2 partitions; 3 were asked for", "--topic", "t:2", "--topic", "t:3")]
    [InlineData("--for takes a number of seconds", "--for", "soon")]
    [InlineData("/nowhere/at/all", "--address-file", "/nowhere/at/all")]
    public async Task Arguments_that_make_no_sense_must_be_named_and_end_it(string complaint, params string[] arguments)
    {
        using var broker = await ChildProcess.Run(Builds.Tool, ["broker", .. arguments]);

        (await broker.ExitCode()).ShouldBe(1);
        broker.Errors.ShouldContain(complaint);
    }
}
