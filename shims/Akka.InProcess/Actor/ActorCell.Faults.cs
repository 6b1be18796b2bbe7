using Akka.Event;

namespace Akka.Actor;

sealed partial class ActorCell
{
    // Who has failed and is waiting for a decision: this actor, or the child whose failure it passed on. Null when nobody.
    IActorRef _perpetrator;
    Exception _recreationCause;

    bool IsFailed => _perpetrator != null;

    /// <summary>Suspends actor and children and asks the parent what to do.</summary>
    void HandleInvokeFailure(Exception cause, IReadOnlyCollection<IActorRef> childrenNotToSuspend = null)
    {
        if (IsFailed)
            return;
        try
        {
            Mailbox.Suspend();
            // A failure passed on from a child: the child is suspended already.
            var perpetrator = CurrentMessage is Failed failed ? failed.Child : (IActorRef)Self;
            _perpetrator = perpetrator;
            SuspendChildren(except: child => child.Equals(perpetrator) || (childrenNotToSuspend?.Contains(child) ?? false));
            Parent.SendSystemMessage(new Failed(SelfRef, cause, Self.Path.Uid));
        }
        catch (Exception e)
        {
            Publish(new Error(e, Self.Path.ToString(), ActorType, "Emergency stop: exception in failure handling for " + cause));
            StopChildren();
            FinishTerminate();
        }
    }

    void HandleFailed(Failed failed)
    {
        CurrentMessage = failed;
        Sender = failed.Child;
        if (Children.Find(failed.Child) is not { } stats)
        {
            Publish(new Debug(Self.Path.ToString(), ActorType, $"Dropping Failed({failed.Cause}) from unknown or old child {failed.Child}"));
            return;
        }
        if (!_actor.Strategy.HandleFailure(this, failed.Child, failed.Cause, stats, Children.Stats))
            global::System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(failed.Cause).Throw();
        CurrentMessage = null;
    }

    void FaultRecreate(Exception cause)
    {
        if (_actor == null)
        {
            Publish(new Error(null, Self.Path.ToString(), ActorType, "Changing Recreate into Create after " + cause));
            FaultCreate();
            return;
        }
        if (!Children.IsNormal)
        {
            // Already stopping or restarting.
            FaultResume(null);
            return;
        }
        var failed = _actor;
        var message = CurrentMessage;
        if (System.Settings.DebugLifecycle)
            Publish(new Debug(Self.Path.ToString(), failed.GetType(), "Restarting"));
        try
        {
            failed.AroundPreRestart(cause, message);
            _stash?.UnstashAll();
        }
        catch (Exception e)
        {
            Publish(new Error(new PreRestartException(Self, e, cause, message), Self.Path.ToString(), failed.GetType(), e.Message));
        }
        finally
        {
            ClearActor(failed);
        }
        _recreationCause = cause;
        if (!Children.TrySetReason(TerminationReason.Recreation))
            FinishRecreate(cause);
    }

    void FinishRecreate(Exception cause)
    {
        var survivors = Children.Stats;
        try
        {
            try
            {
                Mailbox.Resume();
            }
            finally
            {
                _perpetrator = null; // in any case, so that a failure of the new instance is passed on
            }
            _actor = NewActor();
            _actor.AroundPostRestart(cause, null);
            CheckReceiveTimeout(reschedule: true);
            if (System.Settings.DebugLifecycle)
                Publish(new Debug(Self.Path.ToString(), _actor.GetType(), "Restarted (" + _actor + ")"));
            foreach (var survivor in survivors)
                survivor.Child.Restart(cause);
        }
        catch (Exception e)
        {
            ClearActor(_actor); // so that its PreRestart is not called for this failure
            HandleInvokeFailure(new PostRestartException(Self, e, cause), Array.ConvertAll(survivors, survivor => survivor.Child));
        }
    }

    void FaultSuspend()
    {
        Mailbox.Suspend();
        SuspendChildren(except: _ => false);
    }

    void FaultResume(Exception causedByFailure)
    {
        if (_actor == null)
        {
            Publish(new Error(null, Self.Path.ToString(), ActorType, "Changing Resume into Create after " + causedByFailure));
            FaultCreate();
            return;
        }
        var perpetrator = _perpetrator;
        Mailbox.Resume();
        if (causedByFailure != null)
            _perpetrator = null;
        foreach (var stats in Children.Stats)
            stats.Child.Resume(stats.Child.Equals(perpetrator) ? causedByFailure : null);
    }

    void FaultCreate()
    {
        SetReceiveTimeout(null);
        CancelReceiveTimeout();
        StopChildren();
        if (!Children.TrySetReason(TerminationReason.Creation))
            FinishCreate();
    }

    void FinishCreate()
    {
        Mailbox.Resume();
        _perpetrator = null;
        try
        {
            CreateActor();
        }
        catch (Exception e)
        {
            HandleInvokeFailure(e);
        }
    }

    void TerminateActor()
    {
        SetReceiveTimeout(null);
        CancelReceiveTimeout();
        UnwatchWatchedActors();
        StopChildren();
        var wasTerminating = Children.IsTerminating;
        if (!Children.TrySetReason(TerminationReason.Termination))
        {
            FinishTerminate();
        }
        else if (!wasTerminating)
        {
            Mailbox.Suspend(); // no more user messages
            _perpetrator = Self; // no more failures either
            if (System.Settings.DebugLifecycle)
                Publish(new Debug(Self.Path.ToString(), ActorType, "Stopping"));
        }
    }

    void FinishTerminate()
    {
        var actor = _actor;
        try
        {
            actor?.AroundPostStop();
            _stash?.UnstashAll();
        }
        catch (Exception e)
        {
            Publish(new Error(e, Self.Path.ToString(), ActorType, e.Message));
        }
        Children.SetTerminated();
        Mailbox.Close();
        Parent.SendSystemMessage(new DeathWatchNotification(SelfRef, existenceConfirmed: true));
        TellWatchersWeDied();
        UnwatchWatchedActors();
        if (System.Settings.DebugLifecycle)
            Publish(new Debug(Self.Path.ToString(), ActorType, "Stopped"));
        ClearActor(actor);
        _actor = null;
        Mailbox.Dispatcher.Detach();
    }

    void HandleChildTerminated(IActorRef child)
    {
        switch (Children.Remove(child))
        {
            case TerminationReason.Recreation:
                FinishRecreate(_recreationCause);
                break;
            case TerminationReason.Creation:
                FinishCreate();
                break;
            case TerminationReason.Termination:
                FinishTerminate();
                break;
        }
    }

    void StopChildren()
    {
        foreach (var stats in Children.Stats)
            Stop(stats.Child);
    }

    void SuspendChildren(Predicate<IActorRef> except)
    {
        foreach (var stats in Children.Stats)
            if (!except(stats.Child))
                stats.Child.Suspend();
    }
}
