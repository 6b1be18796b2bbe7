using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using GokaAkka.Commands;
using GokaAkka.Commands.Protocol;

namespace GokaAkka.Specs;

/// <summary>Who may talk to a node's command endpoint, and what becomes of those who talk nonsense.</summary>
public sealed class CommandEndpointSpec(ITestOutputHelper output) : GokaSpec(output, "goka.cmd { port = 0, token = secret, max-clients = 8 }\nakka.loglevel = ERROR")
{
    [Theory]
    [InlineData(null)]
    [InlineData("secre")]
    public async Task Client_without_the_token_must_be_refused(string? token)
    {
        await using var client = await CommandClient.Open(Goka);
        (await client.Read()).ShouldSatisfyAllConditions(m => m!.NeedsToken.ShouldBe(true), m => m!.Node.ShouldBe("spec"));
        await client.Write(new ClientMessage { Hello = 1, Token = token });

        (await client.Read())!.Error.ShouldBe("This node expects a token, and this is not it: give the value of goka.cmd.token.");
        (await client.Read()).ShouldBeNull();
    }

    [Fact]
    public async Task Nonsense_must_end_its_own_connection_alone()
    {
        await using var good = await CommandClient.Connect(Goka, "secret");
        foreach (var nonsense in new[] { "{", "[]", "null", "{\"hello\":7}", "{\"run\":[\"cluster\"]}", "\u0001\u0002", "{\"hello\":\"one\"}" })
        {
            await using var bad = await CommandClient.Open(Goka);
            await bad.Read();
            await bad.WriteRaw(Encoding.UTF8.GetBytes(nonsense + "\n"));
            var answer = (await bad.Read())!;
            answer.Error.ShouldNotBeNull(nonsense);
            answer.Usage.ShouldBe(true, nonsense);
            (await bad.Read()).ShouldBeNull(nonsense);
        }

        await using var eager = await CommandClient.Connect(Goka, "secret");
        await eager.Write(new ClientMessage { Id = 1 });
        (await eager.Read())!.Error.ShouldBe("Expected 'run' or 'complete' with an 'id', or 'cancel'.");
        (await good.Run("group list")).Ok().Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task Line_that_does_not_end_must_be_cut_off()
    {
        await using var bad = await CommandClient.Connect(Goka, "secret");
        await using var good = await CommandClient.Connect(Goka, "secret");

        string? told;
        try
        {
            await bad.WriteRaw(new byte[1024 * 1024]);
            told = (await bad.Read())?.Error;
        }
        catch (IOException)
        {
            // It was closed while it still talked.
            told = null;
        }

        (told ?? "A line is longer than 65536 bytes.").ShouldBe("A line is longer than 65536 bytes.");
        (await good.Run("group list")).Ok();
    }

    [Fact]
    public async Task Many_clients_must_be_answered_and_those_beyond_the_most_be_told()
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CommandClient.Connect(Goka, "secret")));
        await using (var late = await CommandClient.Open(Goka))
            (await late.Read())!.Error.ShouldBe("This node has 8 clients already, goka.cmd.max-clients: try again later.");

        var answers = await Task.WhenAll(clients.Select(async c =>
        {
            var rows = 0;
            for (var i = 0; i < 20; i++)
                rows += (await c.Run("cluster show")).Ok().Rows.Count;
            return rows;
        }));

        answers.ShouldAllBe(rows => rows == 20);
        await clients[0].DisposeAsync();
        await AwaitAssertAsync(async () => await (await CommandClient.Connect(Goka, "secret")).DisposeAsync(), Patience);
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task Palettes_of_the_application_must_be_run_explained_and_completed_as_those_that_come_along()
    {
        Goka.Commands.Add(new CommandPalette("shop", "what is sold",
        [
            new("sell", "Sells something.", async call =>
            {
                if (call.Number("count", 1) is 13)
                    throw new CommandException("13 are never sold.");
                await call.Table("things", "thing", "count");
                for (var i = 0; i < call.Number("count"); i++)
                    await call.Row(call.Required("thing"), call.Has("gift") ? "wrapped" : null);
            })
            {
                Arguments =
                [
                    new("thing", "what to sell") { IsMandatory = true, Values = static (_, _) => Task.FromResult<IReadOnlyList<string>>(["book", "bread", "pen"]) },
                    new("count", "how many") { Kind = ArgumentKind.Option, Default = "1" },
                    new("gift", "wraps it") { Kind = ArgumentKind.Flag },
                ],
            },
        ]));
        await using var client = await CommandClient.Connect(Goka, "secret");

        (await client.Run("shop sell book --count=2 --gift")).Ok().Rows.ShouldBe(["book | wrapped", "book | wrapped"]);
        (await client.Run("shop sell book --count 13")).ShouldSatisfyAllConditions(a => a.Error.ShouldBe("13 are never sold."), a => a.IsUsage.ShouldBeFalse());
        (await client.Run("help shop")).Ok().Rows.ShouldBe(["shop sell THING [--count COUNT] [--gift] | Sells something."]);
        (await client.Run("help shop sell")).Ok().ShouldSatisfyAllConditions(
            a => a.Text.ShouldBe("shop sell THING [--count COUNT] [--gift]\nSells something."), a => a.Rows[1].ShouldBe("--count COUNT | how many | 1"));
        (await client.Run("help")).Ok()["palette"].ShouldBe(["cluster", "group", "partition", "table", "view", "topology", "topic", "action", "log", "shop"]);

        (await client.Complete("sh")).ShouldBe(["shop"]);
        (await client.Complete("shop", "")).ShouldBe(["sell"]);
        (await client.Complete("shop", "sell", "b")).ShouldBe(["book", "bread"]);
        (await client.Complete("shop", "sell", "--gift", "p")).ShouldBe(["pen"]);
        (await client.Complete("shop", "sell", "pen", "--")).ShouldBe(["--count", "--gift"]);
        (await client.Complete("group", "show", "")).ShouldBeEmpty();
        (await client.Complete("help", "sh")).ShouldBe(["shop"]);

        foreach (var (typed, told) in new[]
        {
            ("shp", "There is no palette 'shp'. Did you mean shop? There are cluster, "),
            ("shop", "Expected a command of 'shop': sell."),
            ("shop sel", "Palette 'shop' has no command 'sel'. Did you mean sell?"),
            ("shop sell", "shop sell: THING is missing: what to sell. Usage: shop sell THING [--count COUNT] [--gift]"),
            ("shop sell a b", "shop sell: 'b' is one word too many."),
            ("shop sell a --cuont 2", "'shop sell' has no --cuont. Did you mean --count?"),
            ("shop sell a --count", "shop sell: --count: expected a value after it."),
            ("shop sell a --gift=no", "shop sell: --gift takes no value."),
            ("help shop sell now", "help takes a palette and a command at the most."),
        })
            (await client.Run(typed)).ShouldSatisfyAllConditions(a => a.Error!.ShouldStartWith(told), a => a.IsUsage.ShouldBeTrue(typed));

        Should.Throw<ArgumentException>(() => Goka.Commands.Add(new CommandPalette("group", "", []))).Message.ShouldStartWith("There is a palette 'group' already");
        Should.Throw<ArgumentException>(() => Goka.Commands.Add(new CommandPalette("my shop", "", []))).Message.ShouldStartWith("'my shop' is no name");
    }

    [Fact]
    public async Task Endpoint_must_close_with_its_system()
    {
        var system = SecondSystem("goka.cmd.port = 0");
        await using var client = await CommandClient.Connect(GokaIn(system, Storage));

        await system.Terminate().WaitAsync(Patience);

        (await client.Read()).ShouldBeNull();
    }

    [Fact]
    public void Endpoint_that_others_could_reach_or_that_cannot_listen_must_be_an_error_that_says_what_to_do()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        Failure($"goka.cmd.port = {port}").ShouldSatisfyAllConditions(
            m => m.ShouldStartWith($"goka.cmd: commands cannot be taken on 127.0.0.1:{port}: "), m => m.ShouldEndWith("Set goka.cmd.port to one that is free, to 0 for any, or to off."));
        Failure("goka.cmd { host = \"0.0.0.0\", port = 0 }").ShouldBe(
            "goka.cmd.host = '0.0.0.0': commands can be given from other machines there, so that goka.cmd.token has to be set; or listen on 127.0.0.1.");
        Failure("goka.cmd.host = nowhere").ShouldBe("goka.cmd.host = 'nowhere': expected an IP address such as 127.0.0.1, or 0.0.0.0 for all of this machine's.");
        Failure("goka.cmd.port = 70000").ShouldBe("goka.cmd.port = '70000': expected off, or a whole number from 0 to 65535.");
    }

    string Failure(string config)
    {
        var system = SecondSystem(config);
        try
        {
            return Should.Throw<ConfigurationException>(() => GokaIn(system, Storage)).Message;
        }
        finally
        {
            system.Terminate().Wait(Patience);
        }
    }
}
