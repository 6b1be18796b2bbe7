using Akka.Actor;
using Akka.Event;

namespace Akka.TestKit.Internal;

/// <summary>What an event filter takes, and a count of it.</summary>
sealed class LogFilter(string description, Predicate<LogEvent> takes)
{
    readonly Lock _lock = new();
    int _taken;
    TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool Take(LogEvent logEvent)
    {
        bool matches;
        try
        {
            matches = takes(logEvent);
        }
        catch (FormatException)
        {
            // The log call is wrong; whoever prints the event says so.
            matches = false;
        }
        if (!matches)
            return false;
        lock (_lock)
        {
            _taken++;
            _more.TrySetResult();
        }
        return true;
    }

    public override string ToString() => description;

    /// <summary>The count so far, and a task that ends with the next one.</summary>
    public (int Taken, Task More) State()
    {
        lock (_lock)
        {
            if (_more.Task.IsCompleted)
                _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (_taken, _more.Task);
        }
    }
}

sealed record Mute(IReadOnlyCollection<LogFilter> Filters) : INoSerializationVerificationNeeded;

sealed record Unmute(IReadOnlyCollection<LogFilter> Filters) : INoSerializationVerificationNeeded;
