using Akka.Actor;

namespace GokaAkka.Actors;

// A partition's part in the transactions of its processor.
sealed partial class PartitionActor<TState>
{
    // What the transaction that is being committed holds of this partition's offsets.
    List<TopicPartitionOffset> _cut = [];
    bool _isHeld;
    bool _hasCut;
    bool _isTouched;
    bool _isLeaving;
    bool _left;

    void InTransactions(Action<Exception> rolledBack, Action goOn)
    {
        Receive<HoldForCommit>(_ =>
        {
            _isHeld = true;
            Try(() =>
            {
                _task!.Hold();
                CutIfHeld();
            });
            goOn();
        });
        Receive<TransactionCommitted>(_ =>
        {
            Committed();
            goOn();
        });
        Receive<TransactionLeft>(_ =>
        {
            _left = true;
            Committed();
            goOn();
        });
        Receive<RollBack>(m => rolledBack(m.Reason));
    }

    /// <summary>Whether what it has done is committed and in its store, whatever a callback is still at.</summary>
    bool IsThrough => _left && _writing is null;

    /// <summary>Something is done that the open transaction is to be ended for.</summary>
    void Touch()
    {
        if (_connections.Transactions is not { } transactions || _isTouched)
            return;
        _isTouched = true;
        transactions.Tell(Touched.Instance);
    }

    void CutIfHeld()
    {
        if (!_isHeld || _hasCut)
            return;
        var offsets = new List<TopicPartitionOffset>();
        if (!_task!.TryCut(offsets))
            return;
        AddUnchanged(offsets);
        _hasCut = true;
        _cut = offsets;
        _connections.Transactions!.Tell(new CutReached(offsets));
    }

    void Committed()
    {
        foreach (var offset in _cut)
            _status.Input(offset.Topic).Done(offset.Offset);
        _isHeld = _hasCut = _isTouched = false;
        _task!.Resume();
        WriteReadyFlush();
        if (_failure is null && !_left && !_workQueued && _task.HasWork)
            Work();
    }

    /// <summary>Asks to leave the transactions once <paramref name="isReady"/> or it is late; whether that is done, or there are none.</summary>
    bool HasLeft(bool isReady)
    {
        if (_connections.Transactions is not { } transactions || _left)
            return true;
        if (!_isLeaving && (isReady || _isOverdue))
        {
            _isLeaving = true;
            // What a callback at work would do is not part of it any more.
            SetDeadline(_processor.Settings.Processor.Transaction.Timeout);
            transactions.Tell(LeaveTransactions.Instance);
        }

        return false;
    }

    /// <summary>
    /// Ends a partition that has failed: when the fate of all it has sent is known, or, in transactions, when what it had done before is
    /// committed. What cannot be committed is given up at once, and the transaction with it.
    /// </summary>
    void CheckQuiet()
    {
        if (_connections.Transactions is null)
        {
            if (!_task!.IsQuiet && !_isOverdue)
                return;
            PostCommits();
            GiveUp(_failure!);
        }
        else if (_left || _failure is not (RecordException or RestartAskedForException) || _task!.IsTorn || (_isLeaving && _isOverdue) || !TryCut())
        {
            GiveUp(_failure!);
        }
        else
        {
            HasLeft(isReady: true);
        }
    }

    /// <summary>False when something of what was sent will never arrive, or arrived in another changelog.</summary>
    bool TryCut()
    {
        try
        {
            CutIfHeld();
            return true;
        }
        catch (Exception e) when (e is DeliveryException or StorageCorruptException)
        {
            _corruption ??= Corruption(e);
            return false;
        }
    }

    void DrainFailing()
    {
        // In transactions it ends by itself, as soon as what it has done is committed.
        if (_connections.Transactions is null)
            Drained();
    }

    /// <summary>Takes back that it wants to be, or is, part of the transactions: it has sent nothing.</summary>
    void Withdraw() => _connections.Transactions?.Tell(WithdrawFromTransactions.Instance);
}
