namespace GokaAkka.Kafka;

/// <summary>
/// A member of a consumer group. Owned by one thread: every call, and every call of <see cref="IGroupEvents"/>, is made on it.
/// </summary>
public interface IGroupConsumer : IDisposable
{
    /// <summary>
    /// Joins the group for these topics, which have equal partition counts and are to be the same for all members. Called once, before the first
    /// <see cref="Poll"/>. A cooperative member takes the same partitions of all of them; an eager one does by its assignor.
    /// </summary>
    void Subscribe(IReadOnlyList<string> topics, IGroupEvents events);

    /// <summary>
    /// Waits up to <paramref name="timeout"/> for records, takes up to <paramref name="maxRecords"/> and hands them to
    /// <paramref name="sink"/>. Rebalances happen during the call. Must be called at least once per max.poll.interval.
    /// </summary>
    /// <returns>The number of records taken.</returns>
    /// <exception cref="KafkaFaultException">A fault that does not pass by itself.</exception>
    int Poll(TimeSpan timeout, int maxRecords, IRecordSink sink);

    /// <summary>Stops handing out records of these partitions. What the client has fetched already may be dropped and fetched again.</summary>
    void Pause(IReadOnlyCollection<TopicPartition> partitions);

    /// <summary>Hands out records of these partitions again, from where it stopped.</summary>
    void Resume(IReadOnlyCollection<TopicPartition> partitions);

    /// <summary>
    /// Goes on reading a partition from another offset: the next record of it that is handed out is at or after that offset. Not allowed
    /// inside <see cref="IGroupEvents"/>.
    /// </summary>
    void Seek(TopicPartitionOffset position);

    /// <summary>Commits these offsets and waits for the answer. Allowed inside <see cref="IGroupEvents.Revoked"/>.</summary>
    /// <exception cref="KafkaFaultException">Not committed.</exception>
    void Commit(IReadOnlyCollection<TopicPartitionOffset> offsets);

    /// <summary>Commits these offsets in the background; a newer call for a partition replaces an older one that is not on its way yet.</summary>
    void CommitInBackground(IReadOnlyCollection<TopicPartitionOffset> offsets);

    /// <summary>
    /// The group's committed offsets of these partitions, each with the topic id that it was committed with; partitions without one are left out.
    /// </summary>
    /// <exception cref="KafkaFaultException">No answer within <paramref name="timeout"/>.</exception>
    IReadOnlyList<TopicPartitionOffset> Committed(IReadOnlyCollection<TopicPartition> partitions, TimeSpan timeout);

    /// <summary>
    /// Proof of membership for <see cref="IRecordProducer.SendOffsetsToTransaction"/>: taken on the owning thread, used on any.
    /// </summary>
    IGroupMembership Membership { get; }

    /// <summary>
    /// The group's generation as its coordinator counts it, the same for all members: of the assignment that this member has. -1 where the client does
    /// not tell.
    /// </summary>
    int Generation { get; }

    /// <summary>
    /// How long the process may stand still and be sure that nobody else has been given its partitions; infinite where that does not happen.
    /// </summary>
    TimeSpan Lease => Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Looks whether other members join the group for other topics. Allowed inside <see cref="IGroupEvents.Assigned"/>. Nothing is known, and nobody refused,
    /// where the brokers do not say.
    /// </summary>
    /// <exception cref="InvalidOperationException">Some do.</exception>
    void RefuseForeignMembers(TimeSpan timeout)
    {
    }

    /// <summary>Leaves the group: <see cref="IGroupEvents.Revoked"/> is called for what is still assigned.</summary>
    void Close();
}

/// <summary>Membership of a consumer group at one generation. Made and understood by one implementation of the seam.</summary>
public interface IGroupMembership
{
    /// <summary>The group's id.</summary>
    string Group { get; }
}

/// <summary>What a group consumer tells its owner, on the owner's thread, inside <see cref="IGroupConsumer.Poll"/> or <c>Close</c>.</summary>
public interface IGroupEvents
{
    /// <summary>
    /// These partitions are this member's from now on, beside those it has. Returns where to start reading those that should not start at the
    /// committed offset; an empty list for none. Told of every rebalance that has ended, also when it brought nothing: from here on
    /// <see cref="IGroupConsumer.Membership"/> is of the new generation.
    /// </summary>
    IReadOnlyList<TopicPartitionOffset> Assigned(IReadOnlyList<TopicPartition> partitions);

    /// <summary>
    /// These partitions go to someone else once this call returns: finish, commit, let go. All that the member has, or, of a cooperative one, those
    /// that move; the rest goes on.
    /// </summary>
    void Revoked(IReadOnlyList<TopicPartition> partitions);

    /// <summary>These partitions are someone else's already: discard, commit nothing.</summary>
    void Lost(IReadOnlyList<TopicPartition> partitions);

    /// <summary>A fault the client goes on from by itself, for logs and health.</summary>
    void Faulted(KafkaFault fault);
}

/// <summary>Takes records off a consumer, one call each, in offset order per partition. Spans are valid during the call only.</summary>
public interface IRecordSink
{
    /// <summary>A record.</summary>
    /// <param name="topic">The topic; the same string instance for every record of a topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="offset">The record's offset.</param>
    /// <param name="timestamp">Milliseconds since the Unix epoch, or -1 when the broker gave none.</param>
    /// <param name="key">The key; empty for a null key.</param>
    /// <param name="value">The value; empty for a null value.</param>
    /// <param name="valueIsNull">Whether the value is null.</param>
    /// <param name="headers">The headers, or null for none.</param>
    void Add(string topic, int partition, long offset, long timestamp, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers);
}
