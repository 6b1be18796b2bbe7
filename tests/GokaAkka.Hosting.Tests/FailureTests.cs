using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GokaAkka.Hosting.Tests;

public sealed class FailureTests : HostingTest
{
    [Fact]
    public async Task Host_must_end_with_the_reason_when_a_processor_cannot_start()
    {
        using var host = Build(g => g.AddProcessor(Counting(input: "missing")));

        var error = await Should.ThrowAsync<StartupException>(() => host.RunAsync().WaitAsync(Patience));

        error.Message.ShouldContain("missing");
        Log.Lines.ShouldContain(l => l.Level == LogLevel.Critical && l.Text.StartsWith("The processor counts has failed, so the host stops."));
    }

    [Fact]
    public async Task Host_must_go_on_without_a_failed_processor_when_told_to_and_its_health_says_so()
    {
        using var host = Build(g => g.AddProcessor(Counting(input: "missing")).OnFailure = ProcessorFailureBehavior.Ignore);
        await host.StartAsync().WaitAsync(Patience);

        await Eventually(async () => (await Health(host, "live")).Status == HealthStatus.Unhealthy, "liveness is unhealthy");

        var live = (await Health(host, "live")).Entries["goka-live"];
        live.Description!.ShouldStartWith("processor counts: Failed: ");
        live.Data["processor counts"].ShouldBeOfType<string>().ShouldContain("missing");
        (await Health(host, "ready")).Status.ShouldBe(HealthStatus.Unhealthy);
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested.ShouldBeFalse();
        await Eventually(
            () => Task.FromResult(Log.Lines.Any(l => l.Level == LogLevel.Error && l.Text.StartsWith("Group counts cannot start: ", StringComparison.Ordinal))),
            "the host's log has what the actors log");
        Log.Lines.Where(l => l.Category.Contains('`')).ShouldBeEmpty($"of {string.Join(", ", Log.Lines.Select(l => l.Category).Distinct())}");
        await host.StopAsync().WaitAsync(Patience);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Host_must_stop_when_its_node_is_out_of_the_cluster_and_throw_where_it_was_removed(bool removed)
    {
        const string InCluster = "akka { actor.provider = cluster, loglevel = ERROR, remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 } }\n";
        using var other = ActorSystem.Create("hosts", StopSignals.Settings.WithFallback(InCluster));
        var cluster = Akka.Cluster.Cluster.Get(other);
        await cluster.JoinAsync(cluster.SelfAddress).WaitAsync(Patience);
        using var host = Build(g =>
        {
            g.SystemName = "hosts";
            g.AddProcessor(Counting()).AddHocon($"{InCluster}akka.cluster.seed-nodes = [\"{cluster.SelfAddress}\"]");
        });
        var ended = host.RunAsync();
        Address? address = null;
        await Eventually(
            () => Task.FromResult((address = cluster.State.Members.FirstOrDefault(m => m.Address != cluster.SelfAddress && m.Status == MemberStatus.Up)?.Address) is not null),
            "the host's node is up");

        if (removed)
        {
            cluster.Down(address!);
            (await Should.ThrowAsync<Exception>(() => ended.WaitAsync(Patience))).GetBaseException().Message.ShouldStartWith("The cluster has removed this node");
            Log.Lines.ShouldContain(l => l.Level == LogLevel.Critical && l.Text.StartsWith("The actor system has failed, so the host stops."));
        }
        else
        {
            cluster.Leave(address!);
            await ended.WaitAsync(Patience);
            Log.Lines.ShouldContain(l => l.Level == LogLevel.Warning && l.Text.StartsWith("The node has left its cluster"));
        }

        Kafka.Members(Group).ShouldBeEmpty();
    }

    [Fact]
    public async Task Host_must_not_start_with_an_unknown_setting()
    {
        using var host = Build(
            g => g.AddProcessor(Counting()),
            b => b.Configuration.AddInMemoryCollection([new("Goka:Kafka:Bootstrap-Server", "a:1")]));

        var error = await Should.ThrowAsync<Exception>(() => host.StartAsync().WaitAsync(Patience));

        error.GetBaseException().Message.ShouldBe(
            "goka.kafka.bootstrap-server is no setting of GokaAkka. Did you mean goka.kafka.bootstrap-servers? reference.conf has every setting.");
    }

    [Fact]
    public async Task Host_must_name_a_hocon_file_that_is_not_there()
    {
        using var host = Build(g => g.AddHoconFile("nowhere.conf"));

        (await Should.ThrowAsync<ConfigurationException>(() => host.StartAsync().WaitAsync(Patience))).Message
            .ShouldStartWith("The HOCON file 'nowhere.conf' cannot be read: ");
    }

    [Fact]
    public async Task Host_must_take_its_configuration_over_hocon()
    {
        using var host = Build(
            g => g.AddHocon("goka.kafka { client-id = hocon, bootstrap-servers = \"hocon:1\" }").AddHocon("goka.kafka.connect-timeout = 3s"),
            b => b.Configuration.AddInMemoryCollection(
            [
                new("Goka:Kafka:Client-Id", "configuration"), new("Goka:Kafka:Consumer:session.timeout.ms", "7000"),
                new("Goka:Processor:Inputs:My.Orders:on-error", "skip"),
            ]));
        await host.StartAsync().WaitAsync(Patience);

        var settings = host.Services.GetRequiredService<Goka>().Settings;

        (settings.Kafka.ClientId, settings.Kafka.BootstrapServers, settings.Kafka.ConnectTimeout, settings.Kafka.Consumer["session.timeout.ms"])
            .ShouldBe(("configuration", "hocon:1", TimeSpan.FromSeconds(3), "7000"));
        await host.StopAsync().WaitAsync(Patience);
    }
}
