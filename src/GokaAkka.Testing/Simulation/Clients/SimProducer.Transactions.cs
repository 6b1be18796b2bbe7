namespace GokaAkka.Testing.Simulation;

// What a transactional producer does besides sending: on a thread that waits for the coordinator, which is asked again until it answers.
sealed partial class SimProducer
{
    ProducerIdentity _identity;

    public void InitTransactions(TimeSpan timeout) => Ask("initialise transactions", timeout, (answered, failed) => Cluster.InitProducer(
        Process, options.TransactionalId, options.TransactionTimeout, answer =>
        {
            _identity = answer.Identity;
            answered(answer.Error);
        },
        failed));

    public void BeginTransaction()
    {
    }

    public void SendOffsetsToTransaction(IReadOnlyCollection<TopicPartitionOffset> offsets, IGroupMembership membership, TimeSpan timeout)
    {
        var member = (GroupMembership)membership;
        Ask("make offsets part of the transaction", timeout, (answered, failed) =>
        {
            if (world.Mutations.Has(Mutation.CommitsOffsetsBeside))
                Cluster.Commit(Process, member, offsets, answered, failed);
            else
                Cluster.CommitInTransaction(Process, _identity, member, offsets, answered, failed);
        });
    }

    public void CommitTransaction(TimeSpan timeout) => End(commit: true, timeout);

    public void AbortTransaction(TimeSpan timeout) => End(commit: false, timeout);

    void End(bool commit, TimeSpan timeout)
    {
        if (!Flush(timeout))
            throw new KafkaFaultException("Could not end the transaction", Testing.Faults.TimedOut("delivering its records"));
        if (world.Mutations.Has(Mutation.ResumesBeforeCommitIsKnown))
            Cluster.EndTransaction(Process, _identity, commit, static _ => { }, static () => { });
        else
            Ask("end the transaction", timeout, (answered, failed) => Cluster.EndTransaction(Process, _identity, commit, answered, failed));
    }

    void Ask(string what, TimeSpan timeout, Action<Action<ClusterError>, Action> send)
    {
        var end = world.Scheduler.Now + timeout;
        while (true)
        {
            var (isOver, found) = (false, (ClusterError?)null);
            send(error => (isOver, found) = (true, error), () => isOver = true);
            Process.Wait(() => isOver, Timeout.InfiniteTimeSpan);
            world.Trace.Add($"{Process.Name}: {what}: {found?.ToString() ?? "no answer"}");
            if (found == ClusterError.None)
                return;
            if (found is { } error and not ClusterError.NotCoordinatorForGroup)
            {
                var kind = error is ClusterError.ProducerFenced or ClusterError.InvalidTxnState ? FaultKind.Fatal : FaultKind.AbortsTransaction;
                throw new KafkaFaultException($"Could not {what}", Testing.Faults.Of(error, "the coordinator refuses", kind));
            }

            if (world.Scheduler.Now >= end)
                throw new KafkaFaultException($"Could not {what}", Testing.Faults.TimedOut("the coordinator's answer"));
            Process.Wait(static () => false, Random.Milliseconds(5, 50));
        }
    }
}
