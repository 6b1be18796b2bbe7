using GokaAkka.Processing;
using GokaAkka.Storage;

namespace GokaAkka.Testing.Simulation;

// A partition's part in the transactions of its node: the same steps as the partition's actor takes.
sealed partial class SimPartition
{
    SimMember? _member;
    bool _isHeld;
    bool _hasCut;
    bool _isTouched;
    bool _isLeaving;
    bool _left;

    /// <summary>A transaction is open: the partition sends into it.</summary>
    public void Admitted(IRecordSender sender)
    {
        if (_phase == Phase.Restoring)
            StartTask(sender);
    }

    /// <summary>The transaction is about to end.</summary>
    public void Held()
    {
        if (_phase is not (Phase.Running or Phase.Draining or Phase.Failing))
            return;
        _isHeld = true;
        Try(() =>
        {
            Task!.Hold();
            CutIfHeld();
        });
    }

    /// <summary>The transaction is committed.</summary>
    public void Committed(bool hasLeft)
    {
        if (_phase is not (Phase.Running or Phase.Draining or Phase.Failing))
            return;
        _left |= hasLeft;
        _isHeld = _hasCut = _isTouched = false;
        Task!.Resume();
        WriteReadyFlush();
        if (_failure is not null && _left)
            GiveUp(_failure);
        else if (_failure is null && !_left && !_workQueued)
            Work();
    }

    /// <summary>The transaction is not committed.</summary>
    public void RolledBack(Exception reason)
    {
        switch (_phase)
        {
            case Phase.Running:
                Failed(reason);
                break;
            case Phase.Draining:
                End();
                break;
            case Phase.Failing:
                GiveUp(_failure!);
                break;
        }
    }

    void Enlist()
    {
        if (_phase != Phase.Restoring || _member is not null)
            return;
        _member = new SimMember(this, _box);
        _node.Transactions!.Tell(rounds => rounds.Enlist(_member));
    }

    void Withdraw()
    {
        if (_member is { } member)
            _node.Transactions!.Tell(rounds => rounds.Withdraw(member));
    }

    void Gone()
    {
        if (_member is { } member)
            _node.Transactions!.Tell(rounds => rounds.Gone(member));
    }

    void Touch()
    {
        if (_node.Transactions is not { } transactions || _isTouched)
            return;
        _isTouched = true;
        transactions.Tell(rounds => rounds.Touched());
    }

    void CutIfHeld()
    {
        if (!_isHeld || _hasCut)
            return;
        var offsets = new List<TopicPartitionOffset>();
        if (!Task!.TryCut(offsets))
            return;
        _hasCut = true;
        _node.Transactions!.Tell(rounds => rounds.CutReached(_member!, offsets));
    }

    /// <summary>Asks to leave the transactions once it is ready or late; whether that is done, or there are none.</summary>
    bool HasLeft(bool isReady)
    {
        if (_node.Transactions is not { } transactions || _left)
            return true;
        if (!_isLeaving && (isReady || IsOverdue))
        {
            _isLeaving = true;
            _giveUpAt = _node.World.Scheduler.Now + _node.World.Settings.TransactionTimeout;
            transactions.Tell(rounds => rounds.Leave(_member!));
        }

        return false;
    }

    bool IsOverdue => _node.World.Scheduler.Now >= _giveUpAt;

    /// <summary>Ends a partition that has failed, once what it had done before is committed, or at once where it cannot be.</summary>
    void CheckFailedInTransaction()
    {
        if (_failure is not RecordException || Task!.IsTorn || (_isLeaving && IsOverdue) || !TryCut())
        {
            GiveUp(_failure!);
            return;
        }

        HasLeft(isReady: true);
        CheckLater(CheckQuiet);
    }

    bool TryCut()
    {
        try
        {
            CutIfHeld();
            return true;
        }
        catch (Exception e) when (e is DeliveryException or StorageCorruptException)
        {
            _isCorrupt |= IsCorrupt(e);
            return false;
        }
    }
}
