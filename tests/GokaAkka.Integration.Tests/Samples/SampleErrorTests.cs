namespace GokaAkka.Integration.Tests.Samples;

/// <summary>Whatever is wrong, a sample says what it is, soon, in words, and fails.</summary>
[Collection(SamplesCollection.Name)]
public sealed class SampleErrorTests : IDisposable
{
    readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("--rate", "x", "--rate takes a number from 1 to 100000, found 'x'.")]
    [InlineData("--for", "0", "--for takes a number from 0.1 to 1000000, found '0'.")]
    [InlineData("--fault", "what", "--fault takes one of none, callback, value, found 'what'.")]
    [InlineData("--bootstrap", "here", "--bootstrap 'here' is not HOST:PORT, such as localhost:9092.")]
    [InlineData("--control", "127.0.0.1:9", "--control belongs to a running broker: give its address too, with --bootstrap.")]
    [InlineData("--store", "kept", "--store keeps tables for the next start, but the embedded broker's topics end with this one")]
    [InlineData("--nonsense", "1", "'--nonsense'")]
    public Task Wrong_arguments_of_clicks_must_be_named(string option, string value, string message) => Fails(Builds.Clicks, [option, value], message);

    [Theory]
    [InlineData("FILE, the change history, is missing.", "--out", "table")]
    [InlineData("--out FILE, where the table goes, is missing.", "history")]
    [InlineData("--role takes one of all, emit, process, export, found 'what'.", "history", "--out", "table", "--role", "what")]
    [InlineData("--role process shares a broker with other processes: give its address with --bootstrap", "--role", "process")]
    [InlineData("FILE, the change history, is not for --role export.", "history", "--role", "export", "--out", "table", "--bootstrap", "a:1")]
    public Task Wrong_arguments_of_churn_must_be_named(string message, params string[] arguments) => Fails(Builds.Churn, arguments, message);

    [Fact]
    public async Task A_broker_that_is_not_there_must_be_named()
    {
        var nobody = $"127.0.0.1:{UnusedPort()}";
        var history = History.Generated(10, seed: 1).Write(_files["history"], ..);
        var message = $"No Kafka broker answered at {nobody}";

        await Task.WhenAll(
            Fails(Builds.Clicks, ["--bootstrap", nobody], message),
            Fails(Builds.Churn, [history, "--out", _files["table"], "--bootstrap", nobody], message),
            Fails(Builds.Churn, [history, "--role", "emit", "--bootstrap", nobody], message),
            Fails(Builds.Churn, ["--role", "process", "--bootstrap", nobody], message),
            Fails(Builds.Churn, ["--role", "export", "--out", _files["table"], "--bootstrap", nobody], message));
    }

    [Fact]
    public async Task A_topic_that_does_not_exist_must_be_named()
    {
        using var broker = await StandaloneBroker.Start("other:4");
        var history = History.Generated(10, seed: 1).Write(_files["history"], ..);

        await Fails(Builds.Clicks, ["--topic", "absent", .. broker.Arguments], "Topic 'absent' does not exist");
        await Fails(Builds.Churn, [history, "--role", "emit", "--topic", "absent", .. broker.Arguments], "Topic 'absent'", "it does not exist");
        await Fails(
            Builds.Churn, ["--role", "export", "--out", _files["table"], "--topic", "absent", .. broker.Arguments], "Topic 'absent' does not exist");
    }

    [Fact]
    public async Task Co_partitioned_topics_with_different_partition_counts_must_be_named_with_their_counts()
    {
        using var broker = await StandaloneBroker.Start("web:4", "mobile:6");

        await Fails(
            Builds.Clicks, ["--topic", "web", "--topic", "mobile", .. broker.Arguments],
            "not co-partitioned", "'web' has 4 partitions", "'mobile' has 6 partitions");
    }

    [Fact]
    public async Task A_table_with_another_partition_count_than_the_input_must_be_named_with_its_count()
    {
        using var broker = await StandaloneBroker.Start("clicks:4", "clicks-per-user-table:6");

        await Fails(Builds.Clicks, broker.Arguments, "Topic 'clicks-per-user-table' has 6 partitions, expected 4");
    }

    [Theory]
    [InlineData("callback", "the callback failed for the record at clicks[", "clicks on /refused are refused")]
    [InlineData("value", "decoding the value failed for the record at clicks[", "The value is not UTF-8 text")]
    public Task A_record_that_cannot_be_processed_must_be_named_with_the_cause(string fault, string where, string why) =>
        Fails(Builds.Clicks, ["--fault", fault], where, "key 'alice'", why);

    [Fact]
    public async Task Verbose_must_show_where_a_callback_threw()
    {
        using var clicks = await ChildProcess.Run(Builds.Clicks, "--fault", "callback", "--verbose");

        (await clicks.ExitCode()).ShouldBe(1, clicks.ToString());
        clicks.Errors.ShouldContain("   at GokaAkka.Samples.Clicks.ClicksGraph.");
    }

    [Fact]
    public async Task A_history_that_is_not_there_must_be_named() =>
        await Fails(Builds.Churn, [_files["absent"], "--out", _files["table"]], $"There is no file '{_files["absent"]}'");

    [Fact]
    public async Task An_output_directory_that_is_not_there_must_be_named_before_any_work()
    {
        var history = History.Generated(10, seed: 1).Write(_files["history"], ..);

        await Fails(Builds.Churn, [history, "--out", _files["absent/table"]], $"there is no directory '{_files["absent"]}'");
    }

    [Fact]
    public async Task A_bad_line_must_be_named_with_file_number_found_and_expected()
    {
        await File.WriteAllTextAsync(_files["history"], "1498682240\t406bc1fad\t3\t3\ta\n1498682240\t406bc1fad\t3\t3\n");

        await Fails(
            Builds.Churn, [_files["history"], "--out", _files["table"]],
            $"{_files["history"]}, line 2: expected time, commit, lines added, lines deleted and path", "found 4 columns");

        File.Exists(_files["table"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_gzipped_history_that_is_cut_off_must_be_named()
    {
        var whole = await File.ReadAllBytesAsync(History.Generated(2000, seed: 1).Write(_files["whole"], .., gzip: true));
        await File.WriteAllBytesAsync(_files["cut"], whole[..(whole.Length / 2)]);

        await Fails(Builds.Churn, [_files["cut"], "--out", _files["table"]], _files["cut"]);

        File.Exists(_files["table"]).ShouldBeFalse();
    }

    [Fact]
    public async Task An_export_from_a_group_without_processors_must_give_up_and_say_where_the_group_is()
    {
        using var broker = await StandaloneBroker.Start("churn:2");
        var history = History.Generated(100, seed: 1).Write(_files["history"], ..);
        using var emit = await ChildProcess.Run(Builds.Churn, [history, "--role", "emit", .. broker.Arguments]);
        (await emit.ExitCode()).ShouldBe(0, emit.ToString());

        await Fails(
            Builds.Churn, ["--role", "export", "--out", _files["table"], "--timeout", "1", .. broker.Arguments],
            "Group 'churn-per-path' has not moved on in topic 'churn'", "partition 0 is at 0 of ", "Is a processor of the group running?");
    }

    static async Task Fails(string program, string[] arguments, params string[] messages)
    {
        // Soon: within the deadline of a child.
        using var child = await ChildProcess.Run(program, arguments);
        (await child.ExitCode()).ShouldBeInRange(1, 2, child.ToString());
        foreach (var message in messages)
            child.Errors.ShouldContain(message, customMessage: child.ToString());
        child.Errors.ShouldNotContain("   at ", customMessage: child.ToString());
        child.Output.ShouldNotContain("   at ", customMessage: child.ToString());
    }

    static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
