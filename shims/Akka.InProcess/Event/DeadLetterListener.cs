using Akka.Actor;

namespace Akka.Event;

/// <summary>Logs dead letters, the first few of them and then none until a pause is over.</summary>
sealed class DeadLetterListener : ActorBase
{
    readonly EventStream _eventStream = Context.System.EventStream;
    readonly int _maxCount = Context.System.Settings.LogDeadLetters;
    readonly TimeSpan _pause = Context.System.Settings.LogDeadLettersSuspendDuration;
    readonly IScheduler _clock = Context.System.Scheduler;
    TimeSpan? _pausedUntil;
    int _count;

    protected override void PreStart()
    {
        _eventStream.Subscribe(Self, typeof(DeadLetter));
        _eventStream.Subscribe(Self, typeof(Dropped));
        _eventStream.Subscribe(Self, typeof(UnhandledMessage));
    }

    protected override void PostStop() => _eventStream.Unsubscribe(Self);

    protected override bool Receive(object message)
    {
        if (message is not AllDeadLetters letter)
            return false;
        if (letter.Message is IDeadLetterSuppression or IWrappedMessage { Message: IDeadLetterSuppression })
            return true;
        _count = _count == int.MaxValue ? 1 : _count + 1;
        if (_pausedUntil is { } until)
        {
            if (_clock.MonotonicClock < until)
                return true;
            Log(letter, $", of which {_count - _maxCount - 1} were not logged. The counter will be reset now");
            _count = 0;
            _pausedUntil = null;
        }
        else if (_maxCount == int.MaxValue || _count < _maxCount)
        {
            Log(letter, "");
        }
        else if (_pause == Timeout.InfiniteTimeSpan)
        {
            Log(letter, ", no more dead letters will be logged");
            Context.Stop(Self);
        }
        else
        {
            Log(letter, $", no more dead letters will be logged in next [{_pause}]");
            _pausedUntil = _clock.MonotonicClock + _pause;
        }
        return true;
    }

    void Log(AllDeadLetters letter, string remark)
    {
        var message = letter.Message is IWrappedMessage wrapped ? wrapped.Message : letter.Message;
        var type = message?.GetType().Name ?? "null";
        var from = IsActor(letter.Sender) ? $" from {letter.Sender}" : "";
        var to = $" to {letter.Recipient}";
        var fate = letter switch
        {
            UnhandledMessage => "was unhandled.",
            Dropped dropped => $"was dropped. {dropped.Reason}.",
            _ => "was not delivered.",
        };
        var hint = letter is DeadLetter ? $"If this is not an expected behavior then {letter.Recipient} may have terminated unexpectedly. " : "";
        var content = message?.ToString() ?? "null";
        _eventStream.Publish(new Info(letter.Recipient.Path.ToString(), letter.Recipient.GetType(),
            $"Message [{type}]{from}{to} {fate} [{_count}] dead letters encountered{remark}. {hint}" +
            "This logging can be turned off or adjusted with configuration settings 'akka.log-dead-letters' and 'akka.log-dead-letters-during-shutdown'." +
            (content == type ? "" : $" Message content: {content}")));
    }

    static bool IsActor(IActorRef sender) => sender is not (null or DeadLetterActorRef);
}
