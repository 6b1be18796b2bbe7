namespace GokaAkka.Actors;

// The offsets of what is done, and those that have not changed and are committed again so that brokers do not forget them: in transactions here, else by the
// polling thread.
sealed partial class PartitionActor<TState>
{
    readonly List<TopicPartitionOffset> _commits = [];
    bool _commitsUnchanged;

    void TakeCommits()
    {
        _commits.Clear();
        _task!.Watermark.TakeCommits(_commits);
        if (_commits.Count == 0)
            return;
        // Told first: whoever sees the commit finds the figures to match.
        foreach (var commit in _commits)
            _status.Input(commit.Topic).Done(commit.Offset);
        _connections.Poller.Board.Add(_commits, _generation);
    }

    /// <summary>Posts what is acknowledged of a task that has failed: it starts again behind that, and applies nothing twice.</summary>
    void PostCommits()
    {
        try
        {
            _task!.Advance();
        }
        catch (Exception e) when (e is DeliveryException or StorageCorruptException)
        {
            _corruption ??= Corruption(e);
            // What is before the record that was not delivered is done.
        }

        TakeCommits();
    }

    void CommitAgainLater()
    {
        if (_connections.Transactions is not null)
            Timers.StartSingleTimer(nameof(CommitAgainDue), CommitAgainDue.Instance, _processor.Settings.Processor.Poll.CommitAgainInterval);
    }

    void CommitAgain()
    {
        _commitsUnchanged = true;
        Touch();
        CommitAgainLater();
    }

    /// <summary>Adds to what a transaction commits the offsets of inputs of which nothing has come.</summary>
    void AddUnchanged(List<TopicPartitionOffset> offsets)
    {
        if (!_commitsUnchanged)
            return;
        _commitsUnchanged = false;
        foreach (var flow in _flows)
        {
            if (!offsets.Exists(o => o.Topic == flow.Id.Topic) && (_status.Input(flow.Id.Topic).DoneOffset ?? flow.FirstOffset) is var known and >= 0)
                offsets.Add(new TopicPartitionOffset(flow.Id.Topic, _partition, known));
        }
    }

    sealed record CommitAgainDue { public static readonly CommitAgainDue Instance = new(); }
}
