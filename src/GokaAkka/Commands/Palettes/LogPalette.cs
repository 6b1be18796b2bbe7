using System.Threading.Channels;
using Akka.Actor;
using Akka.Event;
using GokaAkka.Inspection;

namespace GokaAkka.Commands.Palettes;

/// <summary><c>log</c>: what nodes say.</summary>
static class LogPalette
{
    // Of what comes faster than a client reads it, the oldest is dropped.
    const int MostWaiting = 1000;

    static readonly CommandArgument Lines = new("lines", "the most lines of before") { Kind = ArgumentKind.Option, Default = "20" };
    static readonly CommandArgument Follow = new("follow", "goes on with what this node says from now on, until it is ended") { Kind = ArgumentKind.Flag };
    static readonly CommandArgument Level = new("level", "debug, info, warning or error")
    {
        Values = static (_, _) => Task.FromResult<IReadOnlyList<string>>(LogKeeper.Levels),
    };

    public static CommandPalette Create(ExtendedActorSystem system) => new("log", "what nodes say",
    [
        new("tail", "shows the last warnings and errors of every node", call => Tail(system, call))
        {
            Arguments = [Lines, Follow, Level with { Kind = ArgumentKind.Option, Default = "info", Description = "with --follow, the least level: debug, info, warning or error" }],
        },
        new("level", "shows or sets from which level on this node's loggers write", call => SetLevel(system, call)) { Arguments = [Level] },
    ]);

    static async Task Tail(ExtendedActorSystem system, CommandCall call)
    {
        var picture = await ClusterPicture.Take(call.Goka, call.Cancellation).ConfigureAwait(false);
        var kept = picture.Nodes.SelectMany(static n => n.Log.Select(l => (Node: n.Address, Line: l))).OrderBy(static l => l.Line.At).ToList();
        await call.Table("lines", "at", "level", "node", "source", "text").ConfigureAwait(false);
        foreach (var (node, line) in kept.TakeLast(call.Number(Lines.Name)!.Value))
            await Show(call, node, line).ConfigureAwait(false);
        if (call.Has(Follow.Name))
            await FollowOn(system, call, picture.Nodes[0].Address, LevelOf(call.Required(Level.Name))).ConfigureAwait(false);
        else
            await picture.NoteSilence(call).ConfigureAwait(false);
    }

    static async Task FollowOn(ExtendedActorSystem system, CommandCall call, string node, LogLevel level)
    {
        var lines = Channel.CreateBounded<LogReport>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
        var follower = system.SystemActorOf(Props.Create(() => new Follower(lines.Writer, level)), $"goka-log-{Guid.NewGuid():N}");
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(call.Cancellation).ConfigureAwait(false))
                await Show(call, node, line).ConfigureAwait(false);
        }
        finally
        {
            system.Stop(follower);
        }
    }

    static Task Show(CommandCall call, string node, LogReport line) => call.Row(ClusterPicture.Text(line.At), line.Level, node, line.Source, line.Text);

    static async Task SetLevel(ExtendedActorSystem system, CommandCall call)
    {
        if (call[Level.Name] is { } wanted)
        {
            system.EventStream.SetLogLevel(LevelOf(wanted));
            await call.Note("Actors that run already go on saying what they were started to say: a lower level is theirs from their next start.").ConfigureAwait(false);
        }

        await call.Text($"level {LogKeeper.Levels[(int)system.EventStream.LogLevel]}").ConfigureAwait(false);
    }

    static LogLevel LevelOf(string name) => Array.IndexOf(LogKeeper.Levels, name) is >= 0 and var level
        ? (LogLevel)level
        : throw new CommandException($"A level is {string.Join(", ", LogKeeper.Levels)}, found '{name}'.");

    sealed class Follower : ReceiveActor
    {
        readonly LogLevel _level;

        public Follower(ChannelWriter<LogReport> lines, LogLevel level)
        {
            _level = level;
            Receive<LogEvent>(line => lines.TryWrite(LogKeeper.ReportOf(line)));
        }

        protected override void PreStart()
        {
            for (var level = _level; level <= LogLevel.ErrorLevel; level++)
                Context.System.EventStream.Subscribe(Self, level.ClassFor());
        }
    }
}
