using System.CommandLine;
using GokaAkka.Cli.Commands;

// Commands that run until told to stop see to the signals themselves: the parser's own handler comes only after they have begun.
var terminal = new InvocationConfiguration { ProcessTerminationTimeout = null };
return await new RootCommand("Runs GokaAkka nodes and an embedded broker, and looks inside running ones.")
{
    BrokerCommand.Create(),
}.Parse(args).InvokeAsync(terminal);
