using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;

namespace Akka.InProcess.Tests.Systems;

/// <summary>Whom the split brain resolver downs: members are named by their hosts, "a" being the oldest, those after the bar unreachable.</summary>
public sealed class DowningSpec
{
    [Theory]
    [InlineData("keep-majority", "a b | c", "c")]
    [InlineData("keep-majority", "a | b c", "a")]
    [InlineData("keep-majority", "a | b", "b")]
    [InlineData("keep-majority", "b | a", "b")]
    [InlineData("keep-oldest", "a b | c", "c")]
    [InlineData("keep-oldest", "b c | a", "a")]
    [InlineData("keep-oldest", "c d | a b", "c d")]
    [InlineData("keep-oldest", "a | b", "b")]
    [InlineData("static-quorum", "a b | c", "c")]
    [InlineData("static-quorum", "a | b c", "a")]
    [InlineData("down-all", "a b | c", "a b c")]
    public void The_strategy_must_down(string strategy, string members, string downed)
    {
        var config = ConfigurationFactory.ParseString($$"""
            akka.cluster.split-brain-resolver {
              active-strategy = {{strategy}}
              static-quorum.quorum-size = 2
            }
            """).WithFallback(ConfigurationFactory.Default());
        var settings = new ClusterSettings(config, "nodes").Downing;
        var sides = members.Split(" | ");
        var view = MembershipView.Empty;
        foreach (var host in members.Split(' ').Where(host => host != "|"))
            view = view.With(Up(host));
        view = view with { Unreachable = [.. sides[1].Split(' ').Select(host => Up(host).UniqueAddress)] };
        settings.After.ShouldBe(TimeSpan.FromSeconds(20));
        settings.Decide(view).Select(member => member.Address.Host).ShouldBe(downed.Split(' '));
    }

    [Theory]
    [InlineData("akka.cluster.downing-provider-class = \"Akka.Cluster.NoDowning, Akka.Cluster\"", null)]
    [InlineData("akka.cluster.split-brain-resolver.active-strategy = off", null)]
    [InlineData("akka.cluster.downing-provider-class = \"\"", null)]
    [InlineData("akka.cluster { downing-provider-class = \"\", auto-down-unreachable-after = 3s }", 3)]
    [InlineData("akka.cluster.split-brain-resolver.stable-after = 7s", 7)]
    public void Downing_must_come_when_the_configuration_says(string settings, int? seconds) =>
        new ClusterSettings(ConfigurationFactory.ParseString(settings).WithFallback(ConfigurationFactory.Default()), "nodes").Downing.After
            .ShouldBe(seconds is { } after ? TimeSpan.FromSeconds(after) : null);

    // The letter is the age, too.
    static Member Up(string host) => new(new UniqueAddress(new Address("akka.tcp", "nodes", host, 1), host[0]), host[0], MemberStatus.Up, []);
}
