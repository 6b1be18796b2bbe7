using GokaAkka.Processing;
using GokaAkka.Testing;
using Shouldly;
using Xunit;

namespace GokaAkka.Samples.Tested;

/// <summary>How a processor is tested: no Kafka, no actor system, no waiting. Each test has a tester of its own and runs in milliseconds.</summary>
public class PaymentsTests
{
    // Four partitions, so that the payer and the receiver are rarely in the same.
    readonly Tester _tester = new(new TesterOptions { Partitions = 4, OnError = ErrorPolicy.Skip });
    readonly TesterNode<long> _node;

    public PaymentsTests() => _node = _tester.Process(Payments.Graph);

    [Fact]
    public void A_payment_must_go_from_one_account_to_the_other()
    {
        _tester.SetTableValue(Payments.Graph.Table, "alice", 1000);

        // When this returns everything that came of it has settled, the loop included.
        _tester.Consume(Payments.Ordered, "alice", new Payment("bob", 300));

        _tester.TableValue(Payments.Graph.Table, "alice").ShouldBe(700);
        _tester.TableValue(Payments.Graph.Table, "bob").ShouldBe(300);
    }

    [Fact]
    public void A_payment_that_an_account_cannot_afford_must_be_refused_with_what_is_missing()
    {
        // A tracker starts behind what is in the topic when it is made.
        var refused = _tester.Track(Payments.Refused);
        _tester.SetTableValue(Payments.Limits, "alice", 200);

        _tester.Consume(Payments.Ordered, "alice", new Payment("bob", 200));
        _tester.Consume(Payments.Ordered, "alice", new Payment("bob", 300));

        var record = refused.Next().ShouldNotBeNull();
        record.Key.ToString().ShouldBe("alice");
        record.Value.ShouldBe(new Payment("bob", 300));
        record.Headers.GetString("short-by").ShouldBe("300");
        refused.Next().ShouldBeNull();
        _tester.TableValue(Payments.Graph.Table, "alice").ShouldBe(-200);
    }

    [Fact]
    public void A_payment_of_nothing_must_be_passed_over_and_told()
    {
        _tester.Consume(Payments.Ordered, "alice", new Payment("bob", 0));

        _node.Skipped.ShouldHaveSingleItem().Message.ShouldContain("A payment of 0 cents is none.");
        _tester.TableKeys(Payments.Graph.Table).ShouldBeEmpty();
    }

    [Fact]
    public void Interest_must_reach_every_account()
    {
        _tester.SetTableValue(Payments.Graph.Table, "alice", 1000);
        _tester.SetTableValue(Payments.Graph.Table, "bob", 200);

        _node.VisitAll("add-interest", 1.5m).ShouldBe(2);

        _tester.TableValue(Payments.Graph.Table, "alice").ShouldBe(1015);
        _tester.TableValue(Payments.Graph.Table, "bob").ShouldBe(203);
    }

    [Fact]
    public void A_crash_must_lose_no_money()
    {
        _tester.SetTableValue(Payments.Graph.Table, "alice", 1000);
        var standIn = _tester.Process(Payments.Graph);

        _tester.Consume(Payments.Ordered, "alice", new Payment("bob", 300));
        _tester.Faults.Crash(_node);
        _tester.Consume(Payments.Ordered, "bob", new Payment("alice", 50));

        standIn.Get("alice").ShouldBe(750);
        standIn.Get("bob").ShouldBe(250);
    }
}
