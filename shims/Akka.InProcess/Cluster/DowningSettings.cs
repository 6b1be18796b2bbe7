using Akka.Configuration;

namespace Akka.Cluster;

/// <summary>What becomes of members that have been unreachable for a time, and after how long; never when <see cref="After"/> is null.</summary>
sealed record DowningSettings(TimeSpan? After, string Strategy, string Role, bool DownIfAlone, int Quorum)
{
    public const string KeepMajority = "keep-majority";
    public const string KeepOldest = "keep-oldest";
    public const string StaticQuorum = "static-quorum";
    public const string DownAll = "down-all";
    public const string DownUnreachable = "auto-down";

    static readonly DowningSettings s_never = new(null, "", "", false, 0);

    public static DowningSettings Create(Config cluster, TimeSpan? autoDownAfter)
    {
        var provider = cluster.GetString("downing-provider-class", "").Split(',')[0].Trim();
        switch (provider)
        {
            case "":
            case "Akka.Cluster.AutoDowning" when autoDownAfter != null:
                return autoDownAfter == null ? s_never : s_never with { After = autoDownAfter, Strategy = DownUnreachable };
            case "Akka.Cluster.NoDowning":
                return s_never;
            case "Akka.Cluster.SBR.SplitBrainResolverProvider":
                return Resolver(cluster.GetConfig("split-brain-resolver"));
            default:
                throw new ConfigurationException($"'akka.cluster.downing-provider-class' is \"{provider}\". The in-process implementation knows " +
                    "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster.AutoDowning with auto-down-unreachable-after, and Akka.Cluster.NoDowning.");
        }
    }

    static DowningSettings Resolver(Config resolver)
    {
        var strategy = resolver.GetString("active-strategy");
        if (strategy == "off")
            return s_never;
        if (strategy is not (KeepMajority or KeepOldest or StaticQuorum or DownAll))
            throw new ConfigurationException($"'akka.cluster.split-brain-resolver.active-strategy' is \"{strategy}\"; the in-process " +
                $"implementation knows {KeepMajority}, {KeepOldest}, {StaticQuorum}, {DownAll} and off.");
        return new DowningSettings(resolver.GetTimeSpan("stable-after"), strategy, resolver.GetString($"{strategy}.role", ""),
            resolver.GetBoolean($"{KeepOldest}.down-if-alone"), strategy == StaticQuorum ? resolver.GetInt($"{StaticQuorum}.quorum-size") : 0);
    }

    /// <summary>Whom to down, as seen from the side that can still act: the unreachable ones, that side itself, or all.</summary>
    public IEnumerable<Member> Decide(MembershipView view)
    {
        var unreachable = view.Members.Where(member => !view.IsReachable(member)).ToList();
        var reachable = view.Members.Where(view.IsReachable).ToList();
        var keep = Strategy switch
        {
            DownUnreachable => true,
            DownAll => false,
            StaticQuorum => Voters(reachable).Count >= Quorum,
            KeepOldest => OldestIsHere(view, unreachable.Count, reachable.Count),
            _ => MajorityIsHere(Voters(reachable), Voters(unreachable)),
        };
        return keep ? unreachable : Strategy == DownAll ? view.Members : reachable;
    }

    List<Member> Voters(IEnumerable<Member> members) => [.. members.Where(member =>
        member.Status is MemberStatus.Up or MemberStatus.Leaving && (Role is "" || member.HasRole(Role)))];

    static bool MajorityIsHere(List<Member> here, List<Member> there) => here.Count != there.Count
        ? here.Count > there.Count
        : here.Count > 0 && here.Concat(there).Min(Member.Ordering) is { } lowest && here.Contains(lowest);

    bool OldestIsHere(MembershipView view, int unreachable, int reachable)
    {
        if (Voters(view.Members).Min(Member.AgeOrdering) is not { } oldest)
            return false;
        // An oldest member that is alone gives way to the others.
        return view.IsReachable(oldest)
            ? !DownIfAlone || reachable > 1 || unreachable == 1
            : DownIfAlone && unreachable == 1 && reachable > 1;
    }
}
