namespace GokaAkka.Testing;

/// <summary>What a consumer says when it joins a group.</summary>
/// <param name="ClientId">Its client id; its member id starts with it.</param>
/// <param name="Topics">The topics it reads.</param>
/// <param name="SessionTimeout">It is dropped when nothing is heard of it for so long.</param>
/// <param name="RebalanceTimeout">A rebalance waits so long for it to come back.</param>
internal sealed record JoinRequest(string ClientId, IReadOnlyList<string> Topics, TimeSpan SessionTimeout, TimeSpan RebalanceTimeout)
{
    /// <summary>How it hands partitions over.</summary>
    public RebalanceProtocol Protocol { get; init; }

    /// <summary>What it has and keeps meanwhile, when it is cooperative.</summary>
    public IReadOnlyList<TopicPartition> Owned { get; init; } = [];
}

/// <summary>A member of a consumer group, as its coordinator keeps it.</summary>
internal sealed class GroupMember(string id, JoinRequest request)
{
    public string Id { get; } = id;

    public JoinRequest Request { get; set; } = request;

    /// <summary>Whether it has come back for the rebalance under way.</summary>
    public bool HasJoined { get; set; }

    public TimeSpan LastSeen { get; set; }

    public IReadOnlyList<TopicPartition> Assignment { get; set; } = [];

    public TimeSpan SessionEnds => LastSeen + Request.SessionTimeout;
}
