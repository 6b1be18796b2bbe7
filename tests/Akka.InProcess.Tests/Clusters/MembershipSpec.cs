using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.InProcess.Tests.Clusters;

using Cluster = Akka.Cluster.Cluster;
using ClusterEvent = Akka.Cluster.ClusterEvent;
using MemberStatus = Akka.Cluster.MemberStatus;

public sealed class MembershipSpec
{
    [Fact]
    public async Task Three_systems_must_see_each_other_and_agree_on_the_leader()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(3);
        foreach (var system in systems)
        {
            var state = Cluster.Get(system).State;
            state.Members.Count.ShouldBe(3);
            state.Unreachable.ShouldBeEmpty();
            await Nodes.Until(() => Equals(Cluster.Get(system).State.Leader, systems.Select(Nodes.AddressOf).Min(Akka.Cluster.Member.AddressOrdering)),
                () => $"leader is {Cluster.Get(system).State.Leader}");
            Cluster.Get(system).SelfMember.Status.ShouldBe(MemberStatus.Up);
            Cluster.Get(system).IsUp.ShouldBeTrue();
        }
        Cluster.Get(systems[1]).State.Members.Min(Akka.Cluster.Member.AgeOrdering).Address.ShouldBe(Nodes.AddressOf(systems[0]));
    }

    [Fact]
    public async Task A_node_that_joins_must_be_told_of_the_members_that_there_are()
    {
        await using var nodes = new Nodes();
        var (first, second) = (nodes.Start(), nodes.Start());
        await Nodes.Join(first, first);
        var recorder = new Recorder(second);
        Cluster.Get(second).Subscribe(recorder.Ref, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));

        await Nodes.Join(second, first);

        await recorder.Expect<ClusterEvent.MemberUp>(up => up.Member.Address == Nodes.AddressOf(first));
        await recorder.Expect<ClusterEvent.MemberUp>(up => up.Member.Address == Nodes.AddressOf(second));
    }

    [Fact]
    public async Task A_node_must_be_no_member_before_it_joins()
    {
        await using var nodes = new Nodes();
        var cluster = Cluster.Get(nodes.Start());
        cluster.State.Members.ShouldBeEmpty();
        cluster.SelfMember.Status.ShouldBe(MemberStatus.Removed);
        cluster.IsUp.ShouldBeFalse();
        cluster.IsTerminated.ShouldBeFalse();
        cluster.SelfAddress.Protocol.ShouldBe("akka.tcp");
        cluster.SelfAddress.Host.ShouldBe("127.0.0.1");
        cluster.SelfAddress.Port.Value.ShouldBeGreaterThan(0);
        cluster.SelfUniqueAddress.Address.ShouldBe(cluster.SelfAddress);
    }

    [Fact]
    public async Task Nodes_must_join_through_the_seed_nodes_of_their_configuration()
    {
        await using var nodes = new Nodes();
        var seed = nodes.Start();
        var address = Nodes.AddressOf(seed);
        var late = nodes.Start($"akka.cluster.seed-nodes = [\"{address}\"]");
        Cluster.Get(late).State.Members.ShouldBeEmpty();
        Cluster.Get(seed).JoinSeedNodes([address]);
        await Nodes.SeesUp(late, seed, late);
        await Nodes.SeesUp(seed, seed, late);
    }

    [Fact]
    public async Task Roles_must_be_known_to_all_and_have_leaders_of_their_own()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(2, rolesOf: i => i == 0 ? "seed" : "worker, fast");
        Cluster.Get(systems[1]).SelfRoles.ShouldBe(["worker", "fast"], ignoreOrder: true);
        var seen = Cluster.Get(systems[0]).State;
        seen.Members.Single(member => member.HasRole("worker")).Address.ShouldBe(Nodes.AddressOf(systems[1]));
        seen.AllRoles.ShouldBe(["seed", "worker", "fast"], ignoreOrder: true);
        await Nodes.Until(() => Equals(Cluster.Get(systems[0]).State.RoleLeader("worker"), Nodes.AddressOf(systems[1])), () => "no leader of the role");
        Cluster.Get(systems[0]).State.RoleLeader("nobody").ShouldBeNull();
    }

    [Fact]
    public async Task Leaving_must_go_through_every_status_and_end_the_system()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(3);
        var leaver = Cluster.Get(systems[2]).SelfAddress;
        var recorder = new Recorder(systems[0]);
        Cluster.Get(systems[0]).Subscribe(recorder.Ref, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        await recorder.Expect<ClusterEvent.MemberUp>(up => up.Member.Address.Equals(leaver));
        await Cluster.Get(systems[2]).LeaveAsync(new CancellationTokenSource(Nodes.Patience).Token);
        (await recorder.Expect<ClusterEvent.MemberRemoved>()).PreviousStatus.ShouldBe(MemberStatus.Exiting);
        recorder.Told.OfType<ClusterEvent.IMemberEvent>().Where(told => told.Member.Address.Equals(leaver)).Select(told => told.GetType().Name)
            .ShouldBe(["MemberUp", "MemberLeft", "MemberExited", "MemberRemoved"]);
        Cluster.Get(systems[2]).IsTerminated.ShouldBeTrue();
        await systems[2].WhenTerminated.WaitAsync(Nodes.Patience);
        await Nodes.SeesUp(systems[0], systems[0], systems[1]);
        CoordinatedShutdown.Get(systems[2]).ShutdownReason.ShouldBeOfType<CoordinatedShutdown.ClusterLeavingReason>();
    }

    [Fact]
    public async Task A_system_that_terminates_must_leave()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(3);
        var recorder = new Recorder(systems[0]);
        Cluster.Get(systems[0]).Subscribe(recorder.Ref, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        await systems[1].Terminate().WaitAsync(Nodes.Patience);
        await recorder.Expect<ClusterEvent.MemberRemoved>(removed => removed.PreviousStatus == MemberStatus.Exiting);
        recorder.Told.OfType<ClusterEvent.UnreachableMember>().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_last_node_must_be_able_to_leave()
    {
        await using var nodes = new Nodes();
        var system = (await nodes.Form(1))[0];
        await system.Terminate().WaitAsync(Nodes.Patience);
        Cluster.Get(system).IsTerminated.ShouldBeTrue();
    }

    [Fact]
    public async Task A_system_that_never_joined_must_terminate_at_once()
    {
        await using var nodes = new Nodes();
        await nodes.Start().Terminate().WaitAsync(Nodes.Patience);
    }

    [Fact]
    public async Task A_crashed_node_must_become_unreachable_then_be_downed_and_removed()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(3);
        var crashed = Nodes.AddressOf(systems[2]);
        var recorder = new Recorder(systems[0]);
        Cluster.Get(systems[0]).Subscribe(recorder.Ref, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        await recorder.Expect<ClusterEvent.CurrentClusterState>();
        Nodes.Crash(systems[2]);
        (await recorder.Expect<ClusterEvent.UnreachableMember>()).Member.Address.ShouldBe(crashed);
        Cluster.Get(systems[0]).State.Unreachable.Select(member => member.Address).ShouldBe([crashed]);
        (await recorder.Expect<ClusterEvent.MemberRemoved>()).PreviousStatus.ShouldBe(MemberStatus.Down);
        recorder.Told.OfType<ClusterEvent.IMemberEvent>().Select(told => told.GetType().Name).ShouldBe(["MemberDowned", "MemberRemoved"]);
        await Nodes.SeesUp(systems[1], systems[0], systems[1]);
    }

    [Fact]
    public async Task A_node_that_is_downed_must_end_itself()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(3);
        Cluster.Get(systems[0]).Down(Nodes.AddressOf(systems[1]));
        await systems[1].WhenTerminated.WaitAsync(Nodes.Patience);
        CoordinatedShutdown.Get(systems[1]).ShutdownReason.ShouldBeOfType<CoordinatedShutdown.ClusterDowningReason>();
        await Nodes.SeesUp(systems[0], systems[0], systems[2]);
    }

    [Fact]
    public async Task The_same_port_must_be_free_again_after_a_crash_and_the_newcomer_be_another_member()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(2);
        var address = Nodes.AddressOf(systems[1]);
        var first = Cluster.Get(systems[1]).SelfUniqueAddress;
        Nodes.Crash(systems[1]);
        await systems[1].WhenTerminated.WaitAsync(Nodes.Patience);
        var again = nodes.Start($"akka.remote.dot-netty.tcp.port = {address.Port}");
        await Nodes.Join(again, systems[0]);
        await Nodes.SeesUp(systems[0], systems[0], again);
        Cluster.Get(again).SelfUniqueAddress.ShouldNotBe(first);
    }

    [Fact]
    public async Task Nodes_must_wait_for_as_many_members_as_the_configuration_demands()
    {
        await using var nodes = new Nodes();
        const string settings = "akka.cluster.min-nr-of-members = 2";
        var first = nodes.Start(settings);
        var up = 0;
        Cluster.Get(first).RegisterOnMemberUp(() => Interlocked.Increment(ref up));
        Cluster.Get(first).Join(Nodes.AddressOf(first));
        await Nodes.Until(() => Cluster.Get(first).SelfMember.Status == MemberStatus.Joining, () => $"{Cluster.Get(first).SelfMember}");
        up.ShouldBe(0);
        var second = nodes.Start(settings);
        await Nodes.Join(second, first);
        await Nodes.Until(() => Volatile.Read(ref up) == 1, () => $"called {up} times");
    }

    [Fact]
    public async Task Subscribers_must_get_the_state_first_and_nothing_after_they_have_unsubscribed()
    {
        await using var nodes = new Nodes();
        var first = (await nodes.Form(1))[0];
        var kept = new Recorder(first);
        var dropped = new Recorder(first);
        foreach (var recorder in new[] { kept, dropped })
        {
            Cluster.Get(first).Subscribe(recorder.Ref, typeof(ClusterEvent.MemberUp));
            (await recorder.Expect<ClusterEvent.CurrentClusterState>()).Members.Count.ShouldBe(1);
        }
        Cluster.Get(first).Unsubscribe(dropped.Ref);
        var second = nodes.Start();
        await Nodes.Join(second, first);
        (await kept.Expect<ClusterEvent.MemberUp>()).Member.Address.ShouldBe(Nodes.AddressOf(second));
        Cluster.Get(first).SendCurrentClusterState(dropped.Ref);
        await dropped.Expect<ClusterEvent.CurrentClusterState>(state => state.Members.Count == 2);
        dropped.Told.OfType<ClusterEvent.MemberUp>().ShouldBeEmpty();
        Should.Throw<ArgumentException>(() => Cluster.Get(first).Subscribe(kept.Ref, typeof(string)));
    }

    [Fact]
    public async Task A_port_that_is_taken_must_be_refused_as_a_socket_in_use()
    {
        await using var nodes = new Nodes();
        var port = Nodes.AddressOf(nodes.Start()).Port;
        var error = Should.Throw<Exception>(() => nodes.Start($"akka.remote.dot-netty.tcp.port = {port}"));
        var causes = new List<Exception>();
        for (var cause = error; cause != null; cause = cause.InnerException)
            causes.Add(cause);
        causes.OfType<SocketException>().ShouldHaveSingleItem().SocketErrorCode.ShouldBe(SocketError.AddressAlreadyInUse);
    }

    [Fact]
    public async Task Seed_nodes_that_cannot_be_joined_must_end_the_system_after_the_time_set()
    {
        await using var nodes = new Nodes();
        var system = nodes.Start("""
            akka.cluster.seed-nodes = ["akka.tcp://nodes@127.0.0.1:1"]
            akka.cluster.shutdown-after-unsuccessful-join-seed-nodes = 1s
            """);
        await system.WhenTerminated.WaitAsync(Nodes.Patience);
        CoordinatedShutdown.Get(system).ShutdownReason.ShouldBeOfType<CoordinatedShutdown.ClusterJoinUnsuccessfulReason>();
    }

    [Fact]
    public void A_system_without_the_provider_must_have_no_cluster()
    {
        using var system = ActorSystem.Create("alone", ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF\nakka.loglevel = OFF"));
        Should.Throw<ConfigurationException>(() => Cluster.Get(system));
    }
}
