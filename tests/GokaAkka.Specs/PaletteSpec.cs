using System.Threading.Channels;
using GokaAkka.Commands;

namespace GokaAkka.Specs;

/// <summary>What the palettes of a node say and do.</summary>
public sealed class PaletteSpec(ITestOutputHelper output) : GokaSpec(output, "goka.processor.lag-interval = 50ms")
{
    [Fact]
    public async Task Commands_must_show_what_a_node_runs_and_holds()
    {
        var processor = await Goka.Process(Counting()).Running();
        await using var view = Goka.View(Table, Codec.Int64);
        Send("alice", "bob", "alice", "carol");
        AwaitCommitted();
        await view.Ready.WaitAsync(Patience);
        var alice = PartitionOf("alice");
        await view.WaitFor(alice, Kafka.Offsets(Table, alice).High - 1).WaitAsync(Patience);
        var client = new CommandClient(Goka);

        (await client.Run("cluster show")).Ok().Rows.ShouldHaveSingleItem().ShouldStartWith("spec | [] | single | counts | 4 | ");
        (await client.Run("cluster leave spec")).Error.ShouldBe("System 'spec' is in no cluster: akka.actor.provider is not cluster.");

        (await client.Run("group list")).Ok().Rows.ShouldHaveSingleItem().ShouldStartWith("counts | Running | 1 | 4 of 4 | ");
        (await client.Run("group show counts")).Ok().Rows.ShouldHaveSingleItem().ShouldStartWith("spec | Running | at-least-once | 0-3 |  |  | ");
        (await client.Run("group members counts")).Ok().Rows.ShouldBe(["spec | Running | 0-3 | "]);
        (await client.Run("group stats counts")).Ok()["processed"].Sum(p => int.Parse(p!, null)).ShouldBe(4);
        AwaitAssert(() => client.Run("group lag counts").WaitAsync(Patience).Result.Ok()["lag"].ShouldBe(["0", "0", "0", "0"]), Patience);
        (await client.Run("group show clicks")).Error.ShouldBe("No node runs group 'clicks'; found counts on 1 nodes.");

        (await client.Run($"partition show counts {alice}")).Ok().Rows.ShouldHaveSingleItem().ShouldStartWith($"{alice} | spec | Running | ");
        (await client.Run("partition show counts 9")).Error.ShouldBe("No node has partition 9 of group 'counts'; found 0-3.");
        (await client.Run("partition show counts x")).Error.ShouldBe("partition is a whole number from 0 on, found 'x'.");
        (await client.Run("partition restore-status")).Ok()["partition"].ShouldBe(["0", "1", "2", "3"]);
        (await client.Run("partition standby counts")).Ok().Rows.ShouldBeEmpty();

        (await client.Run("table list")).Ok().Rows.ShouldBe(["counts-table | group table | counts | Int64 | Int64Codec | 4 | 1", "counts-table | view | - | - | - | 4 | 1"]);
        (await client.Run("table get counts-table alice")).Ok().Rows.ShouldHaveSingleItem().ShouldStartWith($"alice | 2 | {alice} | ");
        (await client.Run("table get counts-table alice --as hex --allow-standby")).Ok()["value"].ShouldBe(["32"]);
        (await client.Run("table get counts-table dave")).Error!.ShouldStartWith($"Table 'counts-table' has no key 'dave', says the owner of partition {PartitionOf("dave")} on spec at offset ");
        (await client.Run("table range counts-table --limit 2")).Ok().ShouldSatisfyAllConditions(
            a => a["key"].ShouldBe(["alice", "bob"]), a => a.Notes.ShouldStartWith("There is more: --after "));
        (await client.Run("table range counts-table --from b --to bz")).Ok()["key"].ShouldBe(["bob"]);
        (await client.Run("table range counts-table --prefix ca")).Ok()["key"].ShouldBe(["carol"]);
        (await client.Run("table range counts-table --prefix a --to b")).Error.ShouldBe("--prefix is in place of --from and --to: give one or the other.");
        (await client.Run("table export counts-table")).Ok()["key"].ShouldBe(["alice", "bob", "carol"]);

        (await client.Run("view list")).Ok().Rows.ShouldBe(["counts-table | Running | - | 4 | 0 | spec | -"]);
        (await client.Run("view get counts-table alice")).Ok().Rows.ShouldHaveSingleItem().ShouldStartWith($"alice | 2 | {alice} | ");
        (await client.Run("view get names alice")).Error.ShouldBe("This node has no view of 'names'; 'view list' shows those there are, 'table get' asks the table's owner.");
        (await client.Run("view stats counts-table")).Ok()["partition"].ShouldBe(["0", "1", "2", "3"]);

        (await client.Run("topology show")).Ok().Text.ShouldBe("group counts\n  input   in (String, StringCodec)\n  persist counts-table (Int64, Int64Codec)");
        (await client.Run("topology dot counts")).Ok().Text.ShouldStartWith("digraph \"goka\" {");
        (await client.Run("topology mermaid")).Ok().Text.ShouldStartWith("flowchart LR");

        (await client.Run("topic list")).Ok()["topic"].ShouldBe(["counts-table", "in"]);
        (await client.Run("topic show in")).Ok()["end"].Sum(e => int.Parse(e!, null)).ShouldBe(4);
        (await client.Run("topic show nowhere")).Error.ShouldBe("There is no topic 'nowhere' on in-memory Kafka.");
    }

    [Fact]
    public async Task Commands_must_do_what_they_say()
    {
        var processor = await Goka.Process(Counting()).Running();
        var given = new TaskCompletionSource<string>();
        Goka.Actions.Add("echo", "Says it.", (value, _) =>
        {
            given.SetResult(value);
            return Task.CompletedTask;
        });
        var client = new CommandClient(Goka);

        (await client.Run("group pause counts in")).Ok().Rows.ShouldBe(["spec | yes | paused in"]);
        (await client.Run("group show counts")).Ok()["paused"].ShouldBe(["in"]);
        (await client.Run("group resume counts")).Ok();
        (await client.Run("group pause counts nothing")).ShouldSatisfyAllConditions(
            a => a.Rows.ShouldBe(["spec | no | 'nothing' is not an input of group 'counts'; its inputs are in"]), a => a.Error!.ShouldStartWith("'nothing' is not"));
        (await client.Run("partition restart counts 1")).Ok().Rows.ShouldBe(["spec | yes | partition 1 starts again"]);
        AwaitAssert(() => client.Run("partition show counts 1").WaitAsync(Patience).Result.Ok()["restarts"].ShouldBe(["1"]), Patience);

        (await client.Run("action start echo hello")).Ok();
        (await given.Task.WaitAsync(Patience)).ShouldBe("hello");
        (await client.Run("action list")).Ok().Rows.ShouldHaveSingleItem().ShouldStartWith("echo | spec | ");
    }

    [Fact]
    public async Task Reset_must_move_a_group_that_nobody_runs_and_no_other()
    {
        var processor = await Goka.Process(Counting()).Running();
        Send("alice", "alice");
        AwaitCommitted();
        var client = new CommandClient(Goka);
        var alice = PartitionOf("alice");

        (await client.Run("group reset counts --to earliest")).Error.ShouldBe(
            "Group 'counts' runs: Running on spec. Offsets are set while no member is there; stop it on every node first.");
        (await client.Run("group reset counts")).Error!.ShouldContain("--to TO is missing");
        await processor.Stop().WaitAsync(Patience);
        (await client.Run("group reset counts --to noon")).Error!.ShouldStartWith("--to is earliest, latest or a time");
        (await client.Run("group reset counts --to earliest --topic nowhere")).Error.ShouldBe("There is no topic 'nowhere'.");
        (await client.Run("group reset counts --to earliest --dry-run")).Ok().Rows[alice].ShouldBe($"in | {alice} | 2 | 0 | no, dry run");
        Kafka.CommittedOffset(Group, "in", alice).ShouldBe(2);

        (await client.Run("group reset counts --to earliest")).Ok().Rows[alice].ShouldBe($"in | {alice} | 2 | 0 | yes");
        Kafka.CommittedOffset(Group, "in", alice).ShouldBe(0);
        (await client.Run("group reset counts --to latest")).Ok();
        Kafka.CommittedOffset(Group, "in", alice).ShouldBe(2);

        // A member that this cluster knows nothing of: the brokers know it.
        var elsewhere = await GokaIn(SecondSystem(), new KeptStorage()).Process(Counting()).Running();
        (await client.Run("group reset counts --to earliest")).Error!.ShouldContain("the group has members");
        Kafka.CommittedOffset(Group, "in", alice).ShouldBe(2);
    }

    [Fact]
    public async Task Log_must_be_shown_and_followed_until_it_is_cancelled()
    {
        var client = new CommandClient(Goka);
        AwaitAssert(
            () =>
            {
                // Who keeps it may only just have begun to listen.
                Sys.Log.Warning("the disk is full");
                client.Run("log tail --lines 5").WaitAsync(Patience).Result.Ok()["text"].ShouldContain("the disk is full");
            },
            Patience);

        using var stop = new CancellationTokenSource();
        var heard = Channel.CreateUnbounded<CommandMessage>();
        var following = client.Follow("log tail --follow --lines 0 --level warning", m => heard.Writer.TryWrite(m), stop.Token);
        (await heard.Reader.ReadAsync().AsTask().WaitAsync(Patience)).Columns.ShouldNotBeNull();
        AwaitCondition(
            () =>
            {
                Sys.Log.Warning("the disk is empty");
                return heard.Reader.Count > 0;
            },
            Patience);
        (await heard.Reader.ReadAsync()).Row!.Select(c => c?.ToString()).ShouldContain("the disk is empty");
        (await client.Run("cluster show")).Ok();

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => following.WaitAsync(Patience));
    }
}
