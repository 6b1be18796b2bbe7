namespace GokaAkka.Testing.Simulation;

/// <summary>The outcome of a join: the member's id, the generation and what it is to read.</summary>
readonly record struct JoinAnswer(ClusterError Error, string MemberId, int Generation, IReadOnlyList<TopicPartition> Assignment);

/// <summary>The committed offset of each partition asked for; null where there is none.</summary>
readonly record struct CommittedAnswer(ClusterError Error, IReadOnlyList<(TopicPartition Partition, TopicPartitionOffset? Offset)> Offsets);

// Groups: membership and offsets.
sealed partial class SimCluster
{
    readonly List<(Exchange<JoinAnswer> Exchange, string Group, string MemberId)> _joins = [];

    /// <summary>Joins a group; the answer comes when every member has.</summary>
    public void Join(SimProcess client, string group, string? memberId, JoinRequest request, Action<JoinAnswer> answered, Action failed) =>
        ToCoordinator<JoinAnswer>(client, GroupCoordinator, exchange =>
        {
            if (exchange.IsCopy && memberId is null)
                return;
            var error = State.Join(group, memberId, request, out var id);
            if (error != ClusterError.None)
            {
                exchange.Answer(new JoinAnswer(error, id, -1, []));
                return;
            }

            if (!exchange.IsCopy)
            {
                Network.Hold(exchange);
                _joins.Add((exchange, group, id));
            }

            AnswerJoins();
        }, error => new JoinAnswer(error, memberId ?? "", -1, []), answered, failed,
            // What a cooperative member says to own is what it owns at that moment.
            mayRepeat: request.Protocol == RebalanceProtocol.Eager);

    /// <summary>A sign of life.</summary>
    public void Heartbeat(SimProcess client, string group, string memberId, int generation, Action<ClusterError> answered, Action failed) =>
        ToCoordinator(client, GroupCoordinator, exchange =>
        {
            State.Advance();
            exchange.Answer(State.Heartbeat(group, memberId, generation));
            AnswerJoins();
        }, static error => error, answered, failed);

    public void Leave(SimProcess client, string group, string memberId, Action done) =>
        ToCoordinator(client, GroupCoordinator, exchange =>
        {
            exchange.Answer(State.Leave(group, memberId));
            AnswerJoins();
        }, static error => error, _ => done(), done);

    /// <summary>Commits offsets under a membership.</summary>
    public void Commit(
        SimProcess client, GroupMembership membership, IReadOnlyCollection<TopicPartitionOffset> offsets, Action<ClusterError> answered,
        Action failed) =>
        ToCoordinator(client, GroupCoordinator, exchange =>
        {
            var error = Membership(membership, out var others);
            if (error == ClusterError.None)
            {
                Witness.Committing(offsets, others, client);
                State.Group(membership.Group).Offsets.Commit(offsets);
            }
            else
            {
                Faults.Add(Fault.CommitRefused);
            }

            exchange.Answer(error);
        }, static error => error, answered, failed);

    /// <summary>Asks for committed offsets. Refused while a transaction may change one of them.</summary>
    public void Committed(
        SimProcess client, string group, IReadOnlyList<TopicPartition> partitions, Action<CommittedAnswer> answered, Action failed) =>
        ToCoordinator(client, GroupCoordinator, exchange =>
        {
            var found = new List<(TopicPartition, TopicPartitionOffset?)>(partitions.Count);
            foreach (var partition in partitions)
            {
                if (State.Group(group).Offsets.Fetch(partition, out var offset) is var error and not ClusterError.None)
                {
                    exchange.Answer(new CommittedAnswer(error, []));
                    return;
                }

                found.Add((partition, offset));
            }

            exchange.Answer(new CommittedAnswer(ClusterError.None, found));
        }, static error => new CommittedAnswer(error, []), answered, failed);

    /// <summary>Whether a member at a generation may commit, and what others have.</summary>
    ClusterError Membership(GroupMembership membership, out IReadOnlyList<TopicPartition> others)
    {
        others = [.. State.Group(membership.Group).Members.Where(m => m.Id != membership.MemberId).SelectMany(static m => m.Assignment)];
        return _mutations.Has(Mutation.StaleGenerationCommits)
            ? ClusterError.None
            : State.Group(membership.Group).CheckMembership(membership.MemberId, membership.Generation);
    }

    void ToCoordinator<T>(
        SimProcess client, int coordinator, Action<Exchange<T>> handle, Func<ClusterError, T> refusal, Action<T> answered, Action failed,
        bool mayRepeat = true) =>
        Network.Send<T>(client, coordinator, exchange =>
        {
            // Moved while the request was on its way.
            if (coordinator != GroupCoordinator && coordinator != TransactionCoordinator)
                exchange.Answer(refusal(ClusterError.NotCoordinatorForGroup));
            else
                handle(exchange);
        }, answered, failed, mayRepeat);

    void AnswerJoins()
    {
        for (var i = 0; i < _joins.Count; i++)
        {
            var (exchange, group, memberId) = _joins[i];
            var error = State.Group(group).Assignment(memberId, out var assignment);
            if (!exchange.IsOver && error == ClusterError.None && assignment is null)
                continue;
            _joins.RemoveAt(i--);
            exchange.Answer(new JoinAnswer(error, memberId, State.Group(group).Generation, assignment ?? []));
        }
    }
}
