using System.CommandLine;

namespace GokaAkka.Samples.Clicks;

/// <summary>The arguments of the clicks demo.</summary>
sealed class ClicksCommand
{
    const string Name = "clicks";
    const int HighestRate = 100_000;
    const int MostUsers = 100_000;
    const double LongestRun = 1_000_000;

    readonly CommonOptions _common = new(Name, "clicks-per-user");

    readonly Option<string[]> _topics = new("--topic")
    {
        HelpName = "NAME", Description = "A stream of clicks; give it several times to count several together.", DefaultValueFactory = _ => ["clicks"],
    };

    readonly Option<int> _rate = Options.Number("--rate", "N", 1, HighestRate, 1000, "Clicks per second.");

    readonly Option<int> _users = Options.Number("--users", "N", 1, MostUsers, 100, "Users who click.");

    readonly Option<double> _duration = Options.Number("--for", "SECONDS", 0.1, LongestRun, "Stops by itself after so long. Without it Ctrl-C does.");

    readonly Option<Fault> _fault = Options.Choice<Fault>(
        "--fault", "Lets a click go wrong, to show how that is reported: one that the callback throws for, or one that does not decode.");

    public Task<int> Run(string[] args)
    {
        var command = new RootCommand("Counts clicks per user: an emitter, a processor with a table, a view. goka's first example.")
        {
            _duration, _rate, _users, _topics, _fault,
        };
        _common.AddTo(command);
        command.SetAction((parsed, stop) => new ClicksDemo(Read(parsed)).Run(stop));
        return SampleProgram.Run(Name, args, command, _common);
    }

    ClicksSettings Read(ParseResult parsed) => new(
        _common.Read(parsed), parsed.GetValue(_topics)!, parsed.GetValue(_rate), parsed.GetValue(_users),
        parsed.GetResult(_duration) is null ? null : TimeSpan.FromSeconds(parsed.GetValue(_duration)), parsed.GetValue(_fault));
}
