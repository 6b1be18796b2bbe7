namespace GokaAkka.Processing;

/// <summary>What a partition's task tells the one who runs it.</summary>
interface ITaskHost
{
    /// <summary>Something the task waits for has happened: call <see cref="PartitionTask{TState}.Advance"/> on the task's thread. Told on any thread.</summary>
    void Woken();

    /// <summary>A batch has been used up, and its room is free again.</summary>
    void Consumed(string topic, int records, int bytes);

    /// <summary>
    /// A value was set for a key that the group's partitioner places elsewhere: its input was written with another one. Here it is kept all
    /// the same, and readers that go by the partitioner do not find it.
    /// </summary>
    void Misplaced(ReadOnlySpan<byte> key);

    /// <summary>A record has failed and was passed over, as its policy says.</summary>
    void Skipped(RecordException error);

    /// <summary>A record has failed and was passed over, as its policy says, after a copy of it was sent to a topic.</summary>
    void DeadLettered(RecordException error, string topic);

    /// <summary>A record has failed and is tried again after a pause, as its policy says.</summary>
    void Retrying(RecordException error, TimeSpan pause);

    /// <summary>Ends after this time on the host's clock, or at the cancellation; the core has no clock of its own.</summary>
    Task Delay(TimeSpan pause, CancellationToken cancellation);
}
