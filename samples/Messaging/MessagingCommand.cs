using System.CommandLine;

namespace GokaAkka.Samples.Messaging;

/// <summary>The parts of the example, each of which can run as a program of its own.</summary>
[Flags]
enum Parts
{
    /// <summary>Keeps who is blocked.</summary>
    Blocker = 1,

    /// <summary>Keeps what to put in the place of words.</summary>
    Translator = 2,

    /// <summary>Delivers what is sent.</summary>
    Filter = 4,

    /// <summary>Keeps feeds.</summary>
    Collector = 8,

    /// <summary>Notices who spams.</summary>
    Detector = 16,

    /// <summary>What users talk to.</summary>
    Service = 32,

    /// <summary>Everything in one process.</summary>
    All = 63,
}

/// <summary>The arguments of the messaging example.</summary>
sealed class MessagingCommand
{
    const string Name = "messaging";
    const int LongestRun = 1_000_000;

    readonly CommonOptions _common = new(Name, Name);

    readonly Argument<Parts> _part = new("part")
    {
        Description = "Which program to run: blocker, translator, filter, collector, detector, service, or all in one process.",
        DefaultValueFactory = _ => Parts.All,
    };

    readonly Option<int> _port = Options.Number("--port", "PORT", 0, 65535, 0, "Where the service listens on 127.0.0.1; 0 takes any free port.");

    readonly Option<double> _duration = Options.Number("--for", "SECONDS", 0.1, LongestRun, "Stops by itself after so long. Without it Ctrl-C does.");

    public Task<int> Run(string[] args)
    {
        var command = new RootCommand("goka's messaging example: filter, blocker, collector, translator, detector, and an HTTP service.")
        {
            _part, _port, _duration,
        };
        _common.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            TimeSpan? duration = parsed.GetResult(_duration) is null ? null : TimeSpan.FromSeconds(parsed.GetValue(_duration));
            await new MessagingDemo(_common.Read(parsed), parsed.GetValue(_part), parsed.GetValue(_port)).Run(duration, stop);
            return 0;
        });
        return SampleProgram.Run(Name, args, command, _common);
    }
}
