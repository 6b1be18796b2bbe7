using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;

namespace GokaAkka.Web.Tests.Http;

/// <summary>A monitor that a node's HOCON starts.</summary>
[Collection(HttpTests.Name)]
public sealed class NodeConfigTests(HttpFixture http)
{
    [Fact]
    public async Task Node_must_serve_the_monitor_that_its_configuration_asks_for_until_it_ends()
    {
        var kafka = new InMemoryKafka();
        var (system, goka) = Start(kafka, "goka.web { enabled = on, port = 0, token = a-token-nobody-guesses }");

        var monitor = goka.WebAddress!.AbsoluteUri.TrimEnd('/');
        (await http.Get("/", monitor)).Status.ShouldBe(401);
        foreach (var probe in new[] { "/healthz", "/readyz", "/metrics" })
            (await http.Get(probe, monitor)).Status.ShouldBe(200, $"{probe} is for machines, which have no token");
        (await http.Get("/api/overview", monitor, ("Authorization", "Bearer a-token-nobody-guesses"))).Text.ShouldContain("Nothing runs here yet");

        await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance).WaitAsync(ShopNode.Patience);
        await Should.ThrowAsync<HttpRequestException>(() => http.Get("/", monitor));
    }

    [Theory]
    [InlineData("enabled = on, host = 0.0.0.0", "goka.web.host = '0.0.0.0' would open the web monitor to other machines, and goka.web.token is empty")]
    [InlineData("enabled = on, host = example", "goka.web.host = 'example': expected localhost or an IP address")]
    [InlineData("token = short", "goka.web.token has 5 characters: expected 16 or more that nobody guesses")]
    [InlineData("port = 70000", "goka.web.port = '70000': expected a whole number from 0 to 65535.")]
    [InlineData("tokken = x", "goka.web.tokken is no setting of GokaAkka. Did you mean goka.web.token?")]
    public void Settings_that_make_no_sense_must_be_errors_that_say_why(string web, string error)
    {
        var kafka = new InMemoryKafka();

        Should.Throw<ConfigurationException>(() => Start(kafka, $"goka.web {{ {web} }}")).Message.ShouldStartWith(error);
    }

    [Fact]
    public void Port_that_is_taken_must_be_an_error_that_names_the_setting()
    {
        var kafka = new InMemoryKafka();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        Should.Throw<ConfigurationException>(() => Start(kafka, $"goka.web {{ enabled = on, port = {port} }}")).Message
            .ShouldStartWith($"goka.web.port = '{port}': the web monitor cannot listen there on 127.0.0.1: ");
    }

    static (ActorSystem System, Goka Goka) Start(InMemoryKafka kafka, string hocon)
    {
        var system = ActorSystem.Create("node", ConfigurationFactory.ParseString($"akka.loglevel = ERROR\nakka.coordinated-shutdown.run-by-clr-shutdown-hook = off\n{hocon}"));
        try
        {
            return (system, Goka.Get(system, new GokaOptions { Kafka = kafka }));
        }
        catch
        {
            system.Terminate();
            throw;
        }
    }
}
