namespace GokaAkka.Integration.Tests.Broker;

public sealed class BrokerCommandTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("goka-broker-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_broker_of_its_own_must_tell_where_it_is_serve_others_and_stop_cleanly()
    {
        var file = Path.Combine(_folder, "address");
        using var broker = new BrokerProcess("--topic", "a:3", "--topic", "b:1", "--address-file", file);
        string?[] lines = [await broker.ReadLine(), await broker.ReadLine()];
        lines[0].ShouldNotBeNull().ShouldStartWith("bootstrap=127.0.0.1:");
        lines[1].ShouldNotBeNull().ShouldStartWith("control=127.0.0.1:");
        File.ReadAllLines(file).ShouldBe(lines);
        Directory.GetFiles(_folder).Length.ShouldBe(1, "the file's draft is gone");
        var (bootstrap, control) = (lines[0]!.Split('=')[1], lines[1]!.Split('=')[1]);

        await BrokerControlClient.CreateTopic(control, "c", 2);
        using (var producer = Clients.Producer(bootstrap))
            await producer.ProduceAsync("b", Clients.Message("k", "v"));
        using (var admin = Clients.Admin(bootstrap))
        {
            admin.GetMetadata(Clients.Deadline).Topics.ToDictionary(t => t.Topic, t => t.Partitions.Count)
                .ShouldBe(new Dictionary<string, int> { ["a"] = 3, ["b"] = 1, ["c"] = 2 }, ignoreOrder: true);
        }

        Clients.Text(Clients.Read(bootstrap, "b", 1)[0].Message.Value).ShouldBe("v");

        broker.Terminate();
        var end = await broker.Exit();
        end.ShouldBe((0, "", ""));
        File.Exists(file).ShouldBeFalse();
    }

    [Fact]
    public async Task A_broker_for_a_time_must_end_by_itself()
    {
        using var broker = new BrokerProcess("--for", "0.1");

        var end = await broker.Exit();

        end.ExitCode.ShouldBe(0, end.Errors);
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
        using var broker = new BrokerProcess(arguments);

        var end = await broker.Exit();

        end.ExitCode.ShouldBe(1);
        end.Errors.ShouldContain(complaint);
    }
}
