using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>One state of a cluster, the same for all of its nodes.</summary>
sealed record MembershipView(ImmutableSortedSet<Member> Members, ImmutableHashSet<UniqueAddress> Unreachable)
{
    public static readonly MembershipView Empty = new(ImmutableSortedSet.Create(Member.Ordering), []);

    /// <summary>Nothing hinders the leader: who cannot be reached is on its way out.</summary>
    public bool HasConverged => Members.All(member => IsReachable(member) || member.Status is MemberStatus.Down or MemberStatus.Exiting);

    public Member Find(UniqueAddress node) => Members.FirstOrDefault(member => member.UniqueAddress == node);

    public Member Find(Address address) => Members.FirstOrDefault(member => member.Address.Equals(address));

    public bool IsReachable(Member member) => !Unreachable.Contains(member.UniqueAddress);

    public MembershipView With(Member member) => this with { Members = Members.Remove(member).Add(member) };

    public MembershipView Without(Member member) =>
        new(Members.Remove(member), Unreachable.Remove(member.UniqueAddress));

    public Address Leader(string role = null) => Members
        .Where(member => IsReachable(member) && member.Status != MemberStatus.Down && (role == null || member.HasRole(role)))
        .OrderBy(member => Rank(member.Status)).ThenBy(member => member, Member.Ordering).FirstOrDefault()?.Address;

    public ClusterEvent.CurrentClusterState ToState() => new(Members, [.. Members.Where(member => !IsReachable(member))],
        [.. Members.Where(IsReachable).Select(member => member.Address)], Leader(), Roles().ToImmutableDictionary(role => role, Leader));

    /// <summary>The events that lead from <paramref name="before"/> to this state.</summary>
    public List<ClusterEvent.IClusterDomainEvent> Since(MembershipView before)
    {
        var events = new List<ClusterEvent.IClusterDomainEvent>();
        events.AddRange(Members.Where(member => !IsReachable(member) && !before.Unreachable.Contains(member.UniqueAddress))
            .Select(member => new ClusterEvent.UnreachableMember(member)));
        events.AddRange(Members.Where(member => IsReachable(member) && before.Unreachable.Contains(member.UniqueAddress))
            .Select(member => new ClusterEvent.ReachableMember(member)));
        foreach (var member in Members.Where(member => before.Find(member.UniqueAddress)?.Status != member.Status))
            events.Add(StatusEvent(member));
        foreach (var member in before.Members.Where(member => Find(member.UniqueAddress) == null))
            events.Add(new ClusterEvent.MemberRemoved(member.Copy(MemberStatus.Removed), member.Status));
        if (!Equals(Leader(), before.Leader()))
            events.Add(new ClusterEvent.LeaderChanged(Leader()));
        foreach (var role in Roles().Union(before.Roles()).Where(role => !Equals(Leader(role), before.Leader(role))))
            events.Add(new ClusterEvent.RoleLeaderChanged(role, Leader(role)));
        return events;
    }

    IEnumerable<string> Roles() => Members.SelectMany(member => member.Roles).Distinct();

    static int Rank(MemberStatus status) => status switch
    {
        MemberStatus.Up or MemberStatus.Leaving => 0,
        MemberStatus.WeaklyUp => 1,
        MemberStatus.Joining => 2,
        _ => 3,
    };

    static ClusterEvent.IMemberEvent StatusEvent(Member member) => member.Status switch
    {
        MemberStatus.Joining => new ClusterEvent.MemberJoined(member),
        MemberStatus.WeaklyUp => new ClusterEvent.MemberWeaklyUp(member),
        MemberStatus.Up => new ClusterEvent.MemberUp(member),
        MemberStatus.Leaving => new ClusterEvent.MemberLeft(member),
        MemberStatus.Exiting => new ClusterEvent.MemberExited(member),
        MemberStatus.Down => new ClusterEvent.MemberDowned(member),
        _ => throw new ArgumentException($"A member of a cluster cannot be {member.Status}."),
    };
}
