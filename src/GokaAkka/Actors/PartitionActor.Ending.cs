using Akka.Actor;
using Akka.Event;

namespace GokaAkka.Actors;

// How a partition ends: drained, when it is to go elsewhere or the node stops; discarded, when it is another's already; failed.
sealed partial class PartitionActor<TState>
{
    bool _isOverdue;
    bool _awaitsProof;

    /// <summary>Waits, for a bounded time, until all that was begun is done and written, looking at each thing that happens whether it was the last.</summary>
    void Draining()
    {
        Receive<RecordBatch>(batch => _task!.Add(batch));
        Receive<Continue>(_ =>
        {
            _workQueued = false;
            Work();
            CheckDrained();
        });
        Receive<TaskHost.Awake>(_ => CheckDrained());
        Receive<FlushWritten>(_ =>
        {
            FlushEnded();
            CheckDrained();
        });
        Receive<Status.Failure>(m => Failed(m.Cause));
        Receive<Proven>(_ =>
        {
            _awaitsProof = false;
            CheckDrained();
        });
        Receive<Overdue>(_ =>
        {
            _isOverdue = true;
            CheckDrained();
        });
        Receive<LookAfterAcknowledgements>(_ => LookAfterAcks());
        Receive<ForeignKeys>(m =>
        {
            TakeForeign(m);
            CheckDrained();
        });
        Receive<StartVisit<TState>>(m => m.Run.Abort(_partition));
        Receive<Discard>(_ => Discarded());
        InTransactions(_ => Drained(), CheckDrained);
    }

    /// <summary>Waits, for a bounded time, until the fate of every record sent is known, then tells the failure and stops.</summary>
    void Failing()
    {
        Receive<RecordBatch>(batch => _task!.Add(batch));
        Receive<TaskHost.Awake>(_ =>
        {
            _host.Look();
            CheckQuiet();
        });
        Receive<Overdue>(_ =>
        {
            _isOverdue = true;
            CheckQuiet();
        });
        Receive<StartVisit<TState>>(m => m.Run.Abort(_partition));
        Receive<Drain>(_ => DrainFailing());
        Receive<Discard>(_ => Discarded());
        InTransactions(_ => GiveUp(_failure!), CheckQuiet);
        ReceiveAny(_ => { });
    }

    void StartDraining()
    {
        _status.State = PartitionState.Draining;
        Become(Draining);
        if (_table is not null)
            _processor.Tables.Remove(_partition, _table);
        _task!.Stop();
        SetDeadline(_processor.Settings.Processor.DrainTimeout);
        // What a callback at work does when it ends is taken in.
        if (!_workQueued)
            Work();
        CheckDrained();
    }

    void CheckDrained()
    {
        if (_failure is null)
            Advance();
        if (_failure is null && !_left)
            Try(_task!.SendCoalesced);
        if (_failure is null)
            Try(_task!.BeginFlush);
        if (_failure is not null)
            return;
        AwaitProof();
        WriteReadyFlush();
        if (HasLeft(_task!.IsIdle) && (_task.IsSettled || IsThrough) && IsChangelogOurs)
        {
            Drained();
        }
        else if (_isOverdue)
        {
            _log.Warning(
                "Partition {0} of group {1} did not finish within {2}: {3} runs of records are not acknowledged; the next owner reads them again",
                _partition, _processor.Graph.Group, _processor.Settings.Processor.DrainTimeout, _task.Watermark.Open);
            _processor.Status.IsCutOff |= _processor.Status.State == ProcessorState.Stopping;
            Drained();
        }
    }

    /// <summary>While it is not known whose the partition is nothing held back is sent, and nothing else may come to tell that it can be.</summary>
    void AwaitProof()
    {
        if (_awaitsProof || !_connections.Poller.Lease.IsExpired)
            return;
        _awaitsProof = true;
        _connections.Poller.Lease.Known().ContinueWith(
            static (_, self) => ((IActorRef)self!).Tell(Proven.Instance), Self, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    void Drained()
    {
        _leavesTablesOpen = MayLeaveTablesOpen();
        _status.State = PartitionState.Stopped;
        End();
    }

    void Discarded()
    {
        _status.State = PartitionState.Stopped;
        End();
    }

    void Failed(Exception error)
    {
        if (_failure is not null)
            return;
        _failure = error;
        _corruption = Corruption(error);
        Tell(error);
        _status.State = PartitionState.Restarting;
        if (_table is not null)
            _processor.Tables.Remove(_partition, _table);
        _task!.Stop();
        _task.EndSends();
        _status.Task = null;
        Timers.CancelAll();
        Become(Failing);
        SetDeadline(_processor.Settings.Processor.DrainTimeout);
        _host.Woken();
    }

    void GiveUp(Exception error)
    {
        if (_task is null)
            Withdraw();
        Tell(error);
        _status.State = PartitionState.Restarting;
        Context.Parent.Tell(new PartitionFailed(_partition, _generation, error));
        End();
    }

    void Tell(Exception error)
    {
        if (error is not RestartAskedForException)
            _status.LastError = error;
    }

    void SetDeadline(TimeSpan timeout)
    {
        _isOverdue = false;
        Timers.StartSingleTimer(nameof(Overdue), Overdue.Instance, timeout);
    }

    sealed record Overdue { public static readonly Overdue Instance = new(); }

    sealed record Proven { public static readonly Proven Instance = new(); }
}
