using System.CommandLine;
using GokaAkka.Cli.Commands;
using GokaAkka.Cli.Remote;

// Commands that run until told to stop see to the signals themselves: the parser's own handler comes only after they have begun.
var terminal = new InvocationConfiguration { ProcessTerminationTimeout = null };
var parsed = new RootCommand("Runs GokaAkka nodes, an embedded broker and the simulation, and looks inside running ones.")
{
    BrokerCommand.Create(),
    SimCommand.Create(),
    NodeCommand.Create(),
    CmdCommand.Create(),
}.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
var code = await parsed.InvokeAsync(terminal);
// What is typed wrong is told from what went wrong, where scripts look at it.
return parsed.Errors.Count > 0 && parsed.CommandResult.Command.Name is CmdCommand.Name or NodeCommand.Name ? CmdShell.Usage : code;
