using System.CommandLine;
using GokaAkka.Cli.Commands;

// Commands that run until told to stop see to the signals themselves: the parser's own handler comes only after they have begun.
var terminal = new InvocationConfiguration { ProcessTerminationTimeout = null };
return await new RootCommand("Runs GokaAkka nodes, an embedded broker and the simulation, and looks inside running ones.")
{
    BrokerCommand.Create(),
    SimCommand.Create(),
}.Parse(args).InvokeAsync(terminal);
