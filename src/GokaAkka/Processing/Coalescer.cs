namespace GokaAkka.Processing;

/// <summary>
/// Holds table records back, so that of each key only the last value of an interval is sent. What was processed meanwhile is committed once
/// these are acknowledged. Used by the partition's thread.
/// </summary>
sealed class Coalescer<TState>
{
    readonly string _topic;
    readonly UnsentKeys<TState> _unsent;
    readonly ChangelogSender _sender;
    List<Segment> _held = [];

    public Coalescer(string topic, PartitionTable<TState> table, ChangelogSender sender)
    {
        _topic = topic;
        _sender = sender;
        _unsent = table.TrackUnsent();
    }

    /// <summary>Whether nothing waits to be sent.</summary>
    public bool IsEmpty => _held.Count == 0;

    /// <summary>A record of the segment has changed the table.</summary>
    public void Hold(Segment segment)
    {
        if (_held.Count > 0 && ReferenceEquals(_held[^1], segment))
            return;
        // As if the user had deferred its commit: it is nothing that is under way.
        segment.ExpectDeferred();
        _held.Add(segment);
    }

    /// <summary>Sends the last value of every key that was changed since the last turn, counted on a segment that lets those before it go.</summary>
    /// <exception cref="KafkaFaultException">A value was refused; the message names its key.</exception>
    public void Send(Segment turn, long now)
    {
        turn.Held = _held;
        _held = [];
        for (var i = 0; i < _unsent.Count; i++)
        {
            var unsent = _unsent.Take(i);
            try
            {
                _sender.Send(_topic, unsent.Key, unsent.Value, unsent.IsDelete, unsent.Headers, turn, now);
            }
            catch (KafkaFaultException e)
            {
                throw new KafkaFaultException($"The value of key '{Key.Copy(unsent.Key)}' was refused by table '{_topic}'", e.Fault, e);
            }
        }

        _unsent.Clear();
    }
}
