using GokaAkka.Commands;

namespace GokaAkka.Specs;

/// <summary>Commands as they are typed, those of applications among them.</summary>
public sealed class CommandSpec(ITestOutputHelper output) : GokaSpec(output)
{
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
        var client = new CommandClient(Goka);

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
}
