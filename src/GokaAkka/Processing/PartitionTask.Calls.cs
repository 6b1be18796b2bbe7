using GokaAkka.Graph;
using GokaAkka.Records;

namespace GokaAkka.Processing;

// When a callback may start, and those of a partition that run beside each other.
sealed partial class PartitionTask<TState>
{
    // What is sent belongs to a segment that is open: it is ended, for room is given back by whole segments.
    bool HasRoom()
    {
        if (!_window.IsFull)
            return true;
        CutSegment();
        return false;
    }

    // While a flush waits no callback starts: none of other keys has to stand still because of a pause, unless memory runs short.
    bool MayWait => _calls.Paused == 0 || _flush.IsUrgent;

    /// <summary>Starts the callback of the record at hand beside those at work. False when it has to wait for one of them.</summary>
    bool StartCall(InputEdge<TState> edge, RecordBatch batch)
    {
        if ((_flushWanted && !_isTransactional) || !_calls.TryStart(edge, batch, _index, _now))
        {
            Pending = _calls.Changed;
            return false;
        }

        _index++;
        TakeEndedCalls();
        return true;
    }

    void TakeEndedCalls()
    {
        _processed += _calls.TakeEnded(_now);
        if (_isTransactional)
            return;
        _flushWanted &= MayWait;
        if (_flushWanted && _calls.Active == 0)
            BeginFlush();
    }

    /// <summary>While held: finishes callbacks that run beside each other, for none of their records may be half done.</summary>
    void FinishCalls()
    {
        TakeEndedCalls();
        if (_calls.Active > 0)
            Pending = _calls.Changed;
    }
}
