using System.CommandLine;

return new RootCommand("Runs GokaAkka nodes and an embedded broker, and looks inside running ones.").Parse(args).Invoke();
