using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>
/// The members of one cluster. The nodes share it, where those of Akka.NET gossip: every change is seen by all nodes in the same order.
/// What the leader does on convergence is done at once, step by step, so that subscribers see every status.
/// </summary>
sealed class Membership
{
    readonly Lock _lock = new();
    readonly Dictionary<UniqueAddress, Cluster> _nodes = new();
    readonly HashSet<UniqueAddress> _exitingConfirmed = [];
    MembershipView _view = MembershipView.Empty;
    int _upNumber;

    /// <summary>What the cluster's singletons and their state are kept in.</summary>
    public SharedState Shared { get; } = new();

    public MembershipView View
    {
        get
        {
            lock (_lock)
                return _view;
        }
    }

    /// <summary>Lets a node in. False when a predecessor at its address must be removed first.</summary>
    public bool Join(Cluster node)
    {
        lock (_lock)
        {
            if (_view.Find(node.SelfUniqueAddress) != null)
                return true;
            if (_view.Find(node.SelfAddress) is { } predecessor)
            {
                Publish(_view.With(predecessor.Copy(MemberStatus.Down)));
                if (_view.Find(node.SelfAddress) != null)
                    return false;
            }
            _nodes.Add(node.SelfUniqueAddress, node);
            node.Joined(this);
            Publish(_view.With(new Member(node.SelfUniqueAddress, Member.NotUpYet, MemberStatus.Joining, node.SelfRoles)));
            return true;
        }
    }

    /// <summary>Says that the node is being waited for too long to become Up: it may work as long as there is no convergence.</summary>
    public void LetWeaklyUp(UniqueAddress node) =>
        Move(node, member => member.Status == MemberStatus.Joining ? member.Copy(MemberStatus.WeaklyUp) : member);

    public void Leave(Address address) => Move(View.Find(address)?.UniqueAddress, member =>
        member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up ? member.Copy(MemberStatus.Leaving) : member);

    public void Down(UniqueAddress node) => Move(node, member => member.Copy(MemberStatus.Down));

    /// <summary>The node has done what it had to do before it is removed.</summary>
    public void ConfirmExiting(UniqueAddress node)
    {
        lock (_lock)
        {
            _exitingConfirmed.Add(node);
            Publish(_view);
        }
    }

    /// <summary>The node's system has ended. If that was no leave, the others will find it unreachable.</summary>
    public void Gone(UniqueAddress node)
    {
        lock (_lock)
        {
            _nodes.Remove(node);
            if (_view.Find(node) == null)
                return;
            foreach (var other in _nodes.Values)
                other.NodeGone(node);
        }
    }

    public void Unreachable(UniqueAddress node)
    {
        lock (_lock)
        {
            if (_view.Find(node) != null)
                Publish(_view with { Unreachable = _view.Unreachable.Add(node) });
        }
    }

    void Move(UniqueAddress node, Func<Member, Member> change)
    {
        lock (_lock)
        {
            if (node is null || _view.Find(node) is not { } member)
                return;
            var changed = change(member);
            if (changed.Status != member.Status)
                Publish(_view.With(changed));
        }
    }

    void Publish(MembershipView next)
    {
        do
        {
            var events = next.Since(_view);
            _view = next;
            if (events.Count > 0)
                foreach (var node in _nodes.Values.ToList())
                    node.Changed(next, events);
            foreach (var removed in events.OfType<ClusterEvent.MemberRemoved>())
            {
                _nodes.Remove(removed.Member.UniqueAddress);
                _exitingConfirmed.Remove(removed.Member.UniqueAddress);
                Shared.Removed(removed.Member.UniqueAddress);
            }
            next = LeaderActions(_view);
        }
        while (!ReferenceEquals(next, _view));
    }

    MembershipView LeaderActions(MembershipView view)
    {
        if (!view.HasConverged)
            return view;
        var next = view;
        var enough = HasEnoughMembers(view);
        foreach (var member in view.Members)
        {
            next = member.Status switch
            {
                MemberStatus.Joining or MemberStatus.WeaklyUp when enough => next.With(member.CopyUp(++_upNumber)),
                MemberStatus.Leaving => next.With(member.Copy(MemberStatus.Exiting)),
                MemberStatus.Exiting when _exitingConfirmed.Contains(member.UniqueAddress) => next.Without(member),
                MemberStatus.Down => next.Without(member),
                _ => next,
            };
        }
        return next;
    }

    // As the settings of the leader's node say.
    bool HasEnoughMembers(MembershipView view)
    {
        if (_nodes.Values.FirstOrDefault(node => node.SelfAddress.Equals(view.Leader())) is not { } leader)
            return false;
        var candidates = view.Members.Where(member => member.Status is not (MemberStatus.Down or MemberStatus.Exiting)).ToList();
        return candidates.Count >= leader.Settings.MinNrOfMembers
            && leader.Settings.MinNrOfMembersOfRole.All(role => candidates.Count(member => member.HasRole(role.Key)) >= role.Value);
    }
}
