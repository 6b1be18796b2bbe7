using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

/// <summary>The logger of tests: shows event filters what is logged and prints what none of them takes.</summary>
public class TestEventListener : DefaultLogger
{
    readonly List<LogFilter> _filters = [];

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger initialize:
                initialize.LoggingBus.Subscribe(Self, typeof(Mute));
                initialize.LoggingBus.Subscribe(Self, typeof(Unmute));
                initialize.LoggingBus.Subscribe(Self, typeof(DeadLetter));
                return base.Receive(message);
            case Mute mute:
                _filters.AddRange(mute.Filters);
                return true;
            case Unmute unmute:
                foreach (var filter in unmute.Filters)
                    _filters.Remove(filter);
                return true;
            // Filters take a dead letter for a warning; it is not printed, as the dead letter listener logs it.
            case DeadLetter letter:
                IsTaken(new Warning(letter.Recipient.Path.ToString(), letter.Recipient.GetType(), letter));
                return true;
            case LogEvent logEvent:
                if (!IsTaken(logEvent))
                    Print(logEvent);
                return true;
            default:
                return base.Receive(message);
        }
    }

    bool IsTaken(LogEvent logEvent) => _filters.Exists(filter => filter.Take(logEvent));
}
