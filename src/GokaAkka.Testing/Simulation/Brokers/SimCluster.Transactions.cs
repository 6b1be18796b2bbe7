namespace GokaAkka.Testing.Simulation;

/// <summary>A producer's identity, or why it has none.</summary>
readonly record struct IdentityAnswer(ClusterError Error, ProducerIdentity Identity);

// Producers' identities.
sealed partial class SimCluster
{
    /// <summary>Gives a producer its identity; a transactional one fences those before it.</summary>
    public void InitProducer(SimProcess client, string? transactionalId, Action<IdentityAnswer> answered, Action failed)
    {
        // Any broker answers for producers without transactions.
        var broker = transactionalId is null ? AnyUp() : TransactionCoordinator;
        Network.Send<IdentityAnswer>(
            client, broker, exchange => exchange.Answer(new IdentityAnswer(ClusterError.None, State.InitProducer(transactionalId))), answered, failed);
    }
}
