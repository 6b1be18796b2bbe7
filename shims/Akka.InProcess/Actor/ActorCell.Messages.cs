using Akka.Event;

namespace Akka.Actor;

sealed partial class ActorCell
{
    // System messages that must wait for the cell's children or for its resumption, in order of arrival.
    readonly Queue<SystemMessage> _stashedSystemMessages = new();

    TimeSpan? _receiveTimeout;
    ICancelable _pendingReceiveTimeout;

    enum Readiness
    {
        Ready,
        Suspended,
        WaitingForChildren,
    }

    public TimeSpan? ReceiveTimeout => _receiveTimeout;

    public void SetReceiveTimeout(TimeSpan? timeout) => _receiveTimeout = timeout;

    /// <summary>Handles one message. Called by the mailbox, one at a time.</summary>
    public void Invoke(Envelope envelope)
    {
        var influencesTimeout = envelope.Message is not INotInfluenceReceiveTimeout;
        try
        {
            CurrentMessage = envelope.Message;
            MessageNumber++;
            Sender = envelope.Sender ?? System.DeadLetters;
            if (influencesTimeout)
                CancelReceiveTimeout();
            if (envelope.Message is IAutoReceivedMessage)
                AutoReceive(envelope);
            else
                ReceiveMessage(envelope.Message);
            CurrentMessage = null;
        }
        catch (Exception cause)
        {
            HandleInvokeFailure(cause);
        }
        finally
        {
            CheckReceiveTimeout(influencesTimeout);
        }
    }

    /// <summary>Handles one system message and those that it sets free.</summary>
    public void Invoke(SystemMessage message)
    {
        var readiness = CurrentReadiness();
        for (var next = message; next != null;)
        {
            try
            {
                if (MustWait(next, readiness))
                    _stashedSystemMessages.Enqueue(next);
                else
                    Handle(next);
            }
            catch (Exception cause)
            {
                HandleInvokeFailure(cause);
            }
            if (Mailbox.IsClosed)
            {
                while (_stashedSystemMessages.TryDequeue(out var left))
                    System.DeadLettersRef.Bounce(left);
                return;
            }
            readiness = CurrentReadiness();
            next = _stashedSystemMessages.TryPeek(out var waiting) && !MustWait(waiting, readiness) ? _stashedSystemMessages.Dequeue() : null;
        }
    }

    public void AutoReceive(Envelope envelope)
    {
        if (System.Settings.DebugAutoReceive)
            Publish(new Debug(Self.Path.ToString(), ActorType, "received AutoReceiveMessage " + envelope.Message));
        switch (envelope.Message)
        {
            case Terminated terminated:
                ReceiveTerminated(terminated);
                break;
            case PoisonPill:
                SelfRef.Stop();
                break;
            case Kill:
                throw new ActorKilledException("Kill");
            case Identify identify:
                Sender.Tell(new ActorIdentity(identify.MessageId, Self), Self);
                break;
        }
    }

    public void CheckReceiveTimeout(bool reschedule)
    {
        if (_receiveTimeout is not { } timeout)
        {
            CancelReceiveTimeout();
        }
        else if (reschedule || _pendingReceiveTimeout == null)
        {
            CancelReceiveTimeout();
            _pendingReceiveTimeout = System.Scheduler.ScheduleTellOnceCancelable(timeout, Self, Akka.Actor.ReceiveTimeout.Instance, Self);
        }
    }

    void CancelReceiveTimeout()
    {
        _pendingReceiveTimeout?.Cancel();
        _pendingReceiveTimeout = null;
    }

    void ReceiveMessage(object message) => _actor.AroundReceive(_behaviors.Peek(), message);

    void Handle(SystemMessage message)
    {
        switch (message)
        {
            case RunContinuation continuation:
                CurrentMessage = continuation.Message;
                continuation.Run();
                CurrentMessage = null;
                break;
            case AsyncFailure failure:
                CurrentMessage = failure.Message;
                HandleInvokeFailure(failure.Cause);
                Mailbox.Resume();
                break;
            case Failed failed:
                HandleFailed(failed);
                break;
            case DeathWatchNotification death:
                WatchedActorTerminated(death);
                break;
            case WatchMessage watch:
                AddWatcher(watch.Watchee, watch.Watcher);
                break;
            case UnwatchMessage unwatch:
                RemoveWatcher(unwatch.Watchee, unwatch.Watcher);
                break;
            case Create:
                CreateActor();
                break;
            case Recreate recreate:
                FaultRecreate(recreate.Cause);
                break;
            case Suspend:
                FaultSuspend();
                break;
            case Resume resume:
                FaultResume(resume.CausedByFailure);
                break;
            case Terminate:
                TerminateActor();
                break;
            default:
                throw new NotSupportedException($"Unknown system message {message.GetType().Name}");
        }
    }

    Readiness CurrentReadiness()
    {
        if (Children.IsWaiting)
            return Readiness.WaitingForChildren;
        return Mailbox.IsSuspended ? Readiness.Suspended : Readiness.Ready;
    }

    static bool MustWait(SystemMessage message, Readiness readiness) => readiness switch
    {
        Readiness.WaitingForChildren => message.WaitsForChildren,
        Readiness.Suspended => message.WaitsForResume,
        _ => false,
    };

    void CreateActor()
    {
        try
        {
            _actor = NewActor();
            _actor.AroundPreStart();
            CheckReceiveTimeout(reschedule: true);
            if (System.Settings.DebugLifecycle)
                Publish(new Debug(Self.Path.ToString(), _actor.GetType(), "Started (" + _actor + ")"));
        }
        catch (Exception e)
        {
            ClearActor(_actor);
            _actor = null; // says that creation has failed
            throw new ActorInitializationException(Self, "Exception during creation", e);
        }
    }
}
