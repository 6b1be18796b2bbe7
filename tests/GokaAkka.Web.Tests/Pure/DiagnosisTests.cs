using GokaAkka.Web.Diagnosis;
using GokaAkka.Web.Monitoring;

namespace GokaAkka.Web.Tests.Pure;

public sealed class DiagnosisTests
{
    static readonly DateTimeOffset Start = new(2026, 7, 21, 12, 0, 0, TimeSpan.Zero);

    readonly ProblemFinder _finder = new();
    readonly Histories _histories = new(TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(2));
    Snapshot _last = Snapshot.Empty;
    DateTimeOffset _now = Start;

    [Fact]
    public void Healthy_group_must_have_no_problem_and_its_rates()
    {
        Look(Synthetic.Node(1, 4, 100, _now));
        _now += TimeSpan.FromSeconds(2);
        var picture = Look(Synthetic.Node(1, 4, 300, _now));

        picture.Problems.ShouldBeEmpty();
        (picture.Health, Headlines.Of(picture)).ShouldBe(("good", "All is well"));
        // Each of 4 partitions has done 200, 400, 600, 800 more in 2 s.
        (picture.Groups[0].In, picture.Groups[0].Out, picture.Groups[0].Writes, picture.Groups[0].Lag).ShouldBe((1000, 100, 1000, 40));
    }

    [Fact]
    public void Worst_problem_must_come_first_with_words_of_what_to_do()
    {
        var group = Synthetic.Group("orders", 4, 100);
        var node = Synthetic.Node(0, 0, 0, _now) with
        {
            Groups =
            [
                group with
                {
                    Paused = ["orders-in"],
                    Partitions =
                    [
                        group.Partitions[0] with { State = "Restarting", Restarts = 3, LastError = "this order is refused" },
                        group.Partitions[1] with { State = "Restoring", Restored = 10, Remaining = 1234 },
                        group.Partitions[2],
                    ],
                },
            ],
        };

        var picture = Look(node);

        picture.Problems.Select(static p => (p.Severity, p.Title)).ShouldBe(
        [
            ("broken", "orders: partition 0 has failed and will start again"),
            ("attention", "orders: partition 3 is on no node shown here"),
            ("attention", "orders: 1 partition is being restored"),
            ("note", "orders is paused"),
        ]);
        picture.Problems[0].Detail.ShouldBe("this order is refused (3 restarts so far)");
        picture.Problems.ShouldAllBe(static p => p.Hint != null && p.Group == "orders");
        Headlines.Of(picture).ShouldBe("orders: partition 0 has failed and will start again");
        picture.Groups[0].Health.ShouldBe("broken");
    }

    [Fact]
    public void Node_that_is_silent_and_group_that_has_failed_must_be_broken()
    {
        var failed = Synthetic.Node(1, 4, 1, _now) with { Groups = [Synthetic.Group("orders", 4, 1) with { State = "Failed", Error = "no such topic" }] };
        var silent = new NodeReport { Address = "node-2", Status = "Unreachable", Silent = "it did not answer within 3 s" };

        var picture = Look(failed, silent);

        picture.Problems.Select(static p => p.Title).ShouldBe(["orders has failed on node-1", "Node node-2 does not answer"]);
        picture.Health.ShouldBe("broken");
        Headlines.Of(picture).ShouldBe("orders has failed on node-1, and 1 more is broken");
    }

    [Fact]
    public void Lag_that_grows_must_need_attention_and_one_that_shrinks_be_a_note_with_the_time_left()
    {
        var picture = Lagging(static step => 1_000 + (step * 500));
        var behind = picture.Problems.ShouldHaveSingleItem();
        (behind.Severity, behind.Title).ShouldBe(("attention", "group-000 is falling behind"));
        behind.Detail.ShouldBe("16,000 records wait, 250 more each second; it takes 50 a second.");

        _now += TimeSpan.FromMinutes(20);
        picture = Lagging(static step => 40_000 - (step * 1_000));
        var catchingUp = picture.Problems.ShouldHaveSingleItem();
        (catchingUp.Severity, catchingUp.Title).ShouldBe(("note", "group-000 is catching up"));
        catchingUp.Detail.ShouldBe("10,000 records wait; at this pace it has caught up in about 20 s.");

        _now += TimeSpan.FromMinutes(20);
        Lagging(static _ => 100).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Records_that_are_passed_over_must_be_told_for_some_minutes()
    {
        Look(Synthetic.Node(1, 1, 1, _now));
        _now += TimeSpan.FromSeconds(2);
        var node = Synthetic.Node(1, 1, 1, _now);
        node = node with { Groups = [node.Groups[0] with { Partitions = [node.Groups[0].Partitions[0] with { DeadLetters = 3 }] }] };

        Look(node).Problems.ShouldHaveSingleItem().Title.ShouldBe("group-000 has passed over 3 records that failed");

        _now += TimeSpan.FromMinutes(6);
        Look(node with { At = _now }).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Problem_must_keep_the_time_since_when_it_is_known()
    {
        var failed = new NodeReport { Address = "node-2", Status = "Unreachable", Silent = "it did not answer within 3 s" };
        Look(failed);
        _now += TimeSpan.FromSeconds(90);

        Look(failed).Problems.ShouldHaveSingleItem().Since.ShouldBe(Start);

        Look();
        _now += TimeSpan.FromSeconds(10);
        Look(failed).Problems.ShouldHaveSingleItem().Since.ShouldBe(_now);
    }

    // A minute with a lag that depends on the step, at 50 records a second.
    Picture Lagging(Func<int, long> lag)
    {
        Picture? picture = null;
        for (var step = 0; step <= 30; step++, _now += TimeSpan.FromSeconds(2))
        {
            var node = Synthetic.Node(1, 1, step * 100L, _now);
            var partition = node.Groups[0].Partitions[0];
            node = node with { Groups = [node.Groups[0] with { Partitions = [partition with { Inputs = [partition.Inputs[0] with { Lag = lag(step) }] }] }] };
            picture = Look(node);
        }

        return picture!;
    }

    Picture Look(params NodeReport[] nodes)
    {
        var snapshot = _last = new Snapshot(_now, nodes, _last.Nodes);
        var groups = snapshot.Groups.Values.OrderBy(static g => g.Name, StringComparer.Ordinal).Select(GroupSummary.Of).ToList();
        _histories.Add(snapshot, groups);
        return new Picture(snapshot, groups, _finder.Find(snapshot, groups, _histories), "node-1");
    }
}
