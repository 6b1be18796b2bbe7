namespace GokaAkka.Testing.Simulation;

/// <summary>A producer's identity, or why it has none.</summary>
readonly record struct IdentityAnswer(ClusterError Error, ProducerIdentity Identity);

// Producers' identities and transactions.
sealed partial class SimCluster
{
    readonly List<(long Producer, IReadOnlyCollection<TopicPartitionOffset> Offsets, IReadOnlyList<TopicPartition> Others, SimProcess Writer)> _pending = [];

    /// <summary>Gives a producer its identity; a transactional one fences those before it.</summary>
    public void InitProducer(
        SimProcess client, string? transactionalId, TimeSpan? timeout, Action<IdentityAnswer> answered, Action failed)
    {
        // Any broker answers for producers without transactions.
        var broker = transactionalId is null ? AnyUp() : TransactionCoordinator;
        Network.Send<IdentityAnswer>(
            client, broker, exchange =>
            {
                if (transactionalId is not null && broker != TransactionCoordinator)
                    exchange.Answer(new IdentityAnswer(ClusterError.NotCoordinatorForGroup, default));
                else
                    exchange.Answer(new IdentityAnswer(ClusterError.None, State.InitProducer(transactionalId, timeout)));
            }, answered, failed, mayRepeat: false);
    }

    /// <summary>Makes offsets part of a transaction; refused when the membership is over.</summary>
    public void CommitInTransaction(
        SimProcess client, ProducerIdentity producer, GroupMembership membership, IReadOnlyCollection<TopicPartitionOffset> offsets,
        Action<ClusterError> answered, Action failed) =>
        ToCoordinator(client, GroupCoordinator, exchange =>
        {
            Membership(membership, out var others);
            var generation = _mutations.Has(Mutation.StaleGenerationCommits)
                ? State.Group(membership.Group).Generation
                : membership.Generation;
            var error = State.CommitInTransaction(producer, membership.Group, membership.MemberId, generation, offsets);
            if (error == ClusterError.None)
                _pending.Add((producer.Id, offsets, others, client));
            else if (error is ClusterError.UnknownMemberId or ClusterError.IllegalGeneration)
                Faults.Add(Fault.CommitRefused);
            exchange.Answer(error);
        }, static error => error, answered, failed, mayRepeat: false);

    public void EndTransaction(SimProcess client, ProducerIdentity producer, bool commit, Action<ClusterError> answered, Action failed) =>
        ToCoordinator(
            client, TransactionCoordinator, exchange =>
            {
                var error = State.EndTransaction(producer, commit);
                if (error == ClusterError.ProducerFenced)
                    Faults.Add(Fault.ProducerFenced);
                exchange.Answer(error);
            }, static error => error, answered, failed, mayRepeat: false);

    void TransactionEnded(long producer, bool committed)
    {
        if (!committed)
            Faults.Add(_isTicking ? Fault.TransactionTimedOut : Fault.TransactionAborted);
        Witness.TransactionEnded(producer, committed);
        foreach (var pending in _pending.FindAll(p => p.Producer == producer))
        {
            if (committed)
                Witness.Committing(pending.Offsets, pending.Others, pending.Writer);
        }

        _pending.RemoveAll(p => p.Producer == producer);
        ServeWaiting();
    }
}
