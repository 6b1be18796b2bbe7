using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.InProcess.Tests.Clusters;

using Cluster = Akka.Cluster.Cluster;
using MemberStatus = Akka.Cluster.MemberStatus;

/// <summary>
/// Actor systems of one process that form a cluster. These specs hold on the in-process implementation and on Akka.NET: the settings
/// make the latter quick, and what is expected is waited for.
/// </summary>
public sealed class Nodes : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly List<ActorSystem> _systems = [];

    public static Config Settings { get; } = ConfigurationFactory.ParseString("""
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          loggers = []
          log-dead-letters = off
          actor.provider = cluster
          remote.log-remote-lifecycle-events = off
          remote.dot-netty.tcp {
            hostname = "127.0.0.1"
            port = 0
            tcp-reuse-addr = off
          }
          cluster {
            log-info = off
            gossip-interval = 100ms
            leader-actions-interval = 100ms
            periodic-tasks-initial-delay = 100ms
            unreachable-nodes-reaper-interval = 100ms
            failure-detector {
              heartbeat-interval = 100ms
              acceptable-heartbeat-pause = 500ms
            }
            split-brain-resolver.stable-after = 500ms
            split-brain-resolver.down-all-when-unstable = off
          }
        }
        """);

    /// <summary>Starts a system that has not joined.</summary>
    public ActorSystem Start(string settings = "")
    {
        var system = ActorSystem.Create("nodes", ConfigurationFactory.ParseString(settings).WithFallback(Settings));
        _systems.Add(system);
        return system;
    }

    /// <summary>Starts systems and waits until all of them see each other Up; the first one is the oldest.</summary>
    public async Task<ActorSystem[]> Form(int count, string settings = "", Func<int, string> rolesOf = null)
    {
        var systems = Enumerable.Range(0, count)
            .Select(i => Start($"akka.cluster.roles = [{rolesOf?.Invoke(i)}]\n" + settings)).ToArray();
        foreach (var system in systems)
            await Join(system, systems[0]);
        foreach (var system in systems)
            await SeesUp(system, systems);
        return systems;
    }

    public static Task Join(ActorSystem system, ActorSystem through) =>
        Cluster.Get(system).JoinAsync(Cluster.Get(through).SelfAddress, new CancellationTokenSource(Patience).Token);

    public static Task SeesUp(ActorSystem system, params ActorSystem[] expected) => Until(
        () => Cluster.Get(system).State.Members.Where(member => member.Status == MemberStatus.Up).Select(member => member.Address).ToImmutableHashSet()
            .SetEquals(expected.Select(AddressOf)),
        () => $"{AddressOf(system)} sees [{string.Join("; ", Cluster.Get(system).State.Members)}]");

    /// <summary>Ends the system as a crash of its process would.</summary>
    public static void Crash(ActorSystem system) => ((ExtendedActorSystem)system).Abort();

    public static Address AddressOf(ActorSystem system) => Cluster.Get(system).SelfAddress;

    public static async Task Until(Func<bool> condition, Func<string> state)
    {
        var deadline = DateTime.UtcNow + Patience;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
        {
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException($"Not so within {Patience}: {state()}");
            await timer.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var system in _systems)
            ((ExtendedActorSystem)system).Abort();
        await Task.WhenAll(_systems.Select(system => system.WhenTerminated)).WaitAsync(Patience);
    }
}
