using System.CommandLine;
using System.CommandLine.Parsing;
using GokaAkka.Testing;

namespace GokaAkka.Cli.Commands;

/// <summary>
/// <c>goka broker</c>: an embedded broker as a process of its own, for programs that share it and outlive each other. It prints where it is
/// and runs until Ctrl-C, SIGTERM or <c>--for</c> ends it.
/// </summary>
static class BrokerCommand
{
    const int Failed = 1;

    public static Command Create()
    {
        var topics = new Option<TopicArgument[]>("--topic", "-t")
        {
            Description = "A topic to make and its partition count, such as clicks:8. May be given more than once.",
            HelpName = "NAME:PARTITIONS",
            CustomParser = static result => [.. result.Tokens.Select(t => TopicArgument.Parse(t.Value, result)).OfType<TopicArgument>()],
            DefaultValueFactory = static _ => [],
        };
        var addressFile = new Option<FileInfo?>("--address-file")
        {
            Description = "A file to write both addresses to once the broker is ready; it goes when the broker does.",
            HelpName = "FILE",
        };
        var lifetime = new Option<double?>("--for")
        {
            Description = "Stop after so many seconds instead of running until Ctrl-C.",
            HelpName = "SECONDS",
            CustomParser = static result => Seconds(result.Tokens[0].Value, result),
        };
        var command = new Command("broker", "Runs an embedded Kafka broker on loopback ports of its own. What it holds is gone when it stops.")
        {
            topics, addressFile, lifetime,
        };
        command.SetAction((parsed, _) => Run(
            parsed.GetValue(topics)!, parsed.GetValue(addressFile), parsed.GetValue(lifetime), parsed.InvocationConfiguration));
        return command;
    }

    static double? Seconds(string text, ArgumentResult result)
    {
        const double Most = 1_000_000;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= Most)
            return seconds;
        result.AddError($"--for takes a number of seconds, above 0 and at most {Most}, found '{text}'.");
        return null;
    }

    static async Task<int> Run(IReadOnlyList<TopicArgument> topics, FileInfo? addressFile, double? seconds, InvocationConfiguration terminal)
    {
        using var signal = new StopSignals();
        try
        {
            // One left behind by a broker that was killed must not be taken for this one's.
            addressFile?.Delete();
            await using var broker = EmbeddedBroker.Start();
            foreach (var topic in topics)
                broker.CreateTopic(topic.Name, topic.Partitions);
            using var file = addressFile is null ? null : new AddressFile(addressFile.FullName, broker);
            await terminal.Output.WriteAsync(AddressFile.Lines(broker));
            await terminal.Output.FlushAsync();
            await Task.Delay(seconds is { } limit ? TimeSpan.FromSeconds(limit) : Timeout.InfiniteTimeSpan, signal.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return 0;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or DllNotFoundException or IOException or UnauthorizedAccessException)
        {
            await terminal.Error.WriteLineAsync(e.Message);
            return Failed;
        }
    }
}
