namespace GokaAkka.Actors;

// Whether what a partition writes is acknowledged.
sealed partial class PartitionActor<TState>
{
    readonly AckWatch _acks = new();
    long _doneAtLastLook;

    string Unacknowledged => $"what partition {_partition} writes";

    void LookAfterAcks()
    {
        LookForForeignRecords();
        var task = _task!;
        var progressed = task.Watermark.Done != _doneAtLastLook;
        _doneAtLastLook = task.Watermark.Done;
        var waits = _acks.Look(_processor.Time.GetElapsedTime(0), task.InFlight, progressed);
        var troubles = _processor.Status.Troubles;
        if (waits >= _processor.Settings.Processor.Watch.UnacknowledgedAfter)
            troubles.Meet(Unacknowledged, $"{task.InFlight} records are sent and not acknowledged, none for {waits.TotalSeconds:0} s");
        else if (waits == TimeSpan.Zero || progressed)
            troubles.End(Unacknowledged);
    }
}
