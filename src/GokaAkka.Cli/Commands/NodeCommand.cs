using System.CommandLine;
using GokaAkka.Cli.Nodes;
using GokaAkka.Nodes;

namespace GokaAkka.Cli.Commands;

/// <summary><c>goka node</c>: runs nodes as HOCON says, until Ctrl-C or SIGTERM. Exit codes are <see cref="NodeExit"/>'s.</summary>
static class NodeCommand
{
    public const string Name = "node";

    const int MostNodes = 64;

    public static Command Create()
    {
        var files = new Option<string[]>("--config", "-c")
        {
            Description = "HOCON of the node; given again, the later file goes over the earlier one.", HelpName = "FILE", DefaultValueFactory = static _ => [],
        };
        var nodes = new Option<int>("--nodes")
        {
            Description = "Runs so many nodes in this process; the others join the first.",
            HelpName = "COUNT",
            DefaultValueFactory = static _ => 1,
            CustomParser = static result =>
            {
                var text = result.Tokens[0].Value;
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MostNodes)
                    return count;
                result.AddError($"--nodes takes a number from 1 to {MostNodes}, found '{text}'.");
                return 1;
            },
        };
        var command = new Command(
            Name, "Runs nodes: what HOCON names of assemblies, views, and an example. Ctrl-C or SIGTERM ends them cleanly.\n\n" + NodeExit.Codes) { files, nodes };
        command.SetAction((parsed, _) => Run(parsed.GetValue(files)!, parsed.GetValue(nodes), parsed.InvocationConfiguration));
        return command;
    }

    static async Task<int> Run(IReadOnlyList<string> files, int nodes, InvocationConfiguration terminal)
    {
        using var signals = new StopSignals();
        try
        {
            await using var fleet = new NodeFleet(GokaNode.Read(files), nodes, terminal.Output);
            await fleet.Run(signals.Token);
            return 0;
        }
        catch (Exception e)
        {
            await terminal.Error.WriteLineAsync(GokaNode.TextOf(e));
            return NodeExit.CodeOf(e);
        }
    }
}
