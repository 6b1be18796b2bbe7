using System.CommandLine;
using GokaAkka.Outages;
using GokaAkka.Outages.Soak;

var command = new RootCommand("What brokers and members that come and go cost, on three brokers that are started from GOKA_KAFKA_HOME.") { OutagesCommand.Create(), SoakCommand.Create() };
return await command.Parse(args).InvokeAsync();
