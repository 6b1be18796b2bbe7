using Akka.Actor;
using Akka.Event;

namespace GokaAkka.Actors;

// A partition's own and joined tables: taken over open from whoever had them before, and left open for the next where one is to come.
sealed partial class PartitionActor<TState>
{
    readonly KeptTables _kept;

    // What is wrong with stores that are to be removed.
    readonly Dictionary<StorageId, string> _damaged = [];
    bool _leavesTablesOpen;

    Props ITableEdgeVisitor<Props>.Visit<T>(TableEdge<T> edge) =>
        TableActor<T>.Props(_connections.Home.Source(edge.Codec, edge.Topic, _partition, follow: true, static _ => { }) with { Kept = _kept.Of<T>(edge.Topic) });

    void StartOwnTable(PersistEdge<TState> persist)
    {
        var source = _connections.Home.Source(persist.Codec, persist.Topic, _partition, follow: false, _status.Take);
        var kept = _kept.Of<TState>(persist.Topic);
        _status.Table = _opened = kept.Table ??= source.Open(_log);
        Context.ActorOf(TableActor<TState>.Props(source with { Table = _opened }), "table");
    }

    void Flush()
    {
        Try(_task!.BeginFlush);
        // In transactions a flush begins where one of them ends: also after the last record, when nothing else would end one.
        if (_table!.DirtyCount > 0)
            Touch();
    }

    /// <summary>
    /// Drained, a standby can go on with the tables as they are, if the store has all that the cache has; else what is in the cache may not even be
    /// in the changelog.
    /// </summary>
    bool MayLeaveTablesOpen() => _processor.Settings.Processor.Standby > 0 && _failure is null && _writing is null
        && (_task is null || _task.IsSettled) && _table is null or { DirtyCount: 0 };

    /// <summary>Stops, once a write that has begun has ended: the next owner of the store is not to find it in use.</summary>
    void End()
    {
        if (_writing is { IsCompleted: false })
            Become(Ending);
        else
            Context.Stop(Self);
    }

    void Ending()
    {
        Receive<FlushWritten>(_ => Context.Stop(Self));
        Receive<Status.Failure>(_ => Context.Stop(Self));
        Receive<StartVisit<TState>>(m => m.Run.Abort(_partition));
        Receive<RecordBatch>(static late => late.Dispose());
        ReceiveAny(static _ => { });
    }

    // Timers that are over, and what was on its way from the polling thread, the task, a table or the producer when it began to end.
    protected override void Unhandled(object message)
    {
        if (message is RecordBatch late)
            late.Dispose();
        else if (message is not (FlushDue or CoalesceDue or CommitAgainDue or Overdue or Proven or LookAfterAcknowledgements or TaskHost.Awake or Continue or FlushWritten
            or TableFailed or ProducerReplaced or ForeignKeys))
            base.Unhandled(message);
    }

    void CloseTables()
    {
        if (_leavesTablesOpen)
            return;
        _kept.Close();
        foreach (var (id, damage) in _damaged)
        {
            _log.Warning("Table {0}: the local store is removed and restored from the changelog: {1}", id, damage);
            _processor.Storage.Value.Delete(id);
        }
    }
}
