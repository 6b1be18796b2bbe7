using GokaAkka.Kafka;

namespace GokaAkka.Actors;

// Offsets that have not changed and are committed again, so that brokers do not forget them: here in transactions, else by the polling thread.
sealed partial class PartitionActor<TState>
{
    bool _commitsUnchanged;

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
