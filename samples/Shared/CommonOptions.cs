using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;

namespace GokaAkka.Samples;

/// <summary>The arguments that every sample takes.</summary>
sealed class CommonOptions
{
    const int MostPartitions = 256;
    const int DefaultPartitions = 8;

    readonly string _name;

    public CommonOptions(string name, string group)
    {
        _name = name;
        Group = new Option<string>("--group")
        {
            HelpName = "NAME", Description = "The consumer group; its table is the topic NAME-table.", DefaultValueFactory = _ => group,
        };
        Bootstrap.Validators.Add(CheckBootstrap);
        Control.Validators.Add(CheckControl);
    }

    public Option<string> Group { get; }

    public Option<string?> Bootstrap { get; } = new("--bootstrap")
    {
        HelpName = "HOST:PORT", Description = "A running Kafka cluster. Without it the sample starts an embedded broker.",
    };

    public Option<string?> Control { get; } = new("--control")
    {
        HelpName = "HOST:PORT", Description = "The control port of a broker started with 'goka broker', which makes the table's topic.",
    };

    public Option<string?> Store { get; } = new("--store")
    {
        HelpName = "DIRECTORY", Description = "Keeps the local stores there for the next start. Without it they are temporary. Needs --bootstrap.",
    };

    public Option<int> Partitions { get; } = Options.Number(
        "--partitions", "N", 1, MostPartitions, DefaultPartitions, "Partitions of the topics on the embedded broker.");

    public Option<bool> Verbose { get; } = new("--verbose") { Description = "Shows the library's log, and stack traces of errors." };

    public void AddTo(RootCommand command)
    {
        foreach (var option in new Option[] { Bootstrap, Control, Group, Store, Partitions, Verbose })
            command.Options.Add(option);
        command.Validators.Add(CheckTogether);
    }

    public NodeSettings Read(ParseResult parsed) => new(
        _name, parsed.GetValue(Bootstrap), parsed.GetValue(Control), parsed.GetValue(Group)!, parsed.GetValue(Store),
        parsed.GetValue(Partitions), parsed.GetValue(Verbose));

    void CheckBootstrap(OptionResult result)
    {
        foreach (var server in result.GetValue(Bootstrap)?.Split(',') ?? [])
        {
            var colon = server.LastIndexOf(':');
            if (colon < 1 || !ushort.TryParse(server[(colon + 1)..], out var port) || port == 0)
                result.AddError($"--bootstrap '{server}' is not HOST:PORT, such as localhost:9092.");
        }
    }

    void CheckControl(OptionResult result)
    {
        if (result.GetValue(Control) is { } control && (!IPEndPoint.TryParse(control, out var address) || address.Port == 0))
            result.AddError($"--control '{control}' is not ADDRESS:PORT, such as 127.0.0.1:9093; 'goka broker' prints it.");
    }

    void CheckTogether(CommandResult result)
    {
        var isEmbedded = result.GetResult(Bootstrap) is not { Implicit: false };
        if (isEmbedded && result.GetResult(Control) is not null)
            result.AddError("--control belongs to a running broker: give its address too, with --bootstrap.");
        if (isEmbedded && result.GetResult(Store) is not null)
        {
            result.AddError(
                "--store keeps tables for the next start, but the embedded broker's topics end with this one: "
                + "start a broker of its own ('./goka broker') and give its address with --bootstrap, or leave --store out.");
        }

        if (!isEmbedded && result.GetResult(Partitions) is { Implicit: false })
            result.AddError("--partitions is for the embedded broker; topics of a running cluster have their partitions already.");
    }
}
