namespace GokaAkka.Tests.WithTester;

public class ErrorPolicyTests
{
    [Fact]
    public void Retries_must_pause_on_the_virtual_clock_and_dead_letters_be_in_their_topic()
    {
        var calls = 0;
        var tester = new Tester(new TesterOptions { Partitions = 3, OnError = ErrorPolicy.DeadLetter.AfterRetries(3, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)) });
        var node = tester.Process(GroupGraph.Define<long>("g", g => g
            .Input("in", Codec.String, (ctx, text) =>
            {
                calls++;
                ctx.SetValue(ctx.Value + 1);
                if (text == "bad")
                    throw new TimeoutException("never");
            })
            .Persist(Codec.Int64)));
        var letters = tester.Track<byte[]>("g-dlq");
        var before = tester.Time.GetUtcNow();

        tester.Consume("in", "k", "good");
        tester.Consume("in", "k", "bad", partition: 2);
        tester.Consume("in", "k", "good");

        (tester.Time.GetUtcNow() - before).ShouldBe(TimeSpan.FromMinutes(1 + 2 + 4));
        calls.ShouldBe(6);
        tester.TableValue<long>("g-table", "k").ShouldBe(2);
        var letter = letters.Rest().ShouldHaveSingleItem();
        letter.Partition.ShouldBe(2);
        letter.Value.ShouldBe("bad"u8.ToArray());
        letter.Headers.GetString(DeadLetterHeaders.Attempts).ShouldBe("4");
        node.DeadLettered.ShouldHaveSingleItem().Attempts.ShouldBe(4);
        node.Skipped.ShouldBeEmpty();
        var status = node.Partitions[2];
        (status.DeadLetters, status.Retries, status.Restarts).ShouldBe((1, 3, 0));
        tester.CommittedOffset("g", "in", 2).ShouldBe(1);
    }

    [Fact]
    public void A_pause_must_be_waited_for_by_stop_no_longer_than_it_is_cut_short()
    {
        var tester = new Tester(new TesterOptions { OnError = ErrorPolicy.Skip.AfterRetries(3, TimeSpan.FromDays(1), TimeSpan.FromDays(1)) });
        var node = tester.Process(GroupGraph.Define("g", g => g.Input("in", Codec.String, (_, _) => throw new TimeoutException("never"))));
        tester.Append("in", "k", "bad");
        tester.Run();
        node.Partitions[0].Retries.ShouldBe(1);

        node.Stop();

        node.State.ShouldBe(TesterNodeState.Stopped);
        tester.CommittedOffset("g", "in").GetValueOrDefault().ShouldBe(0);
    }

    [Fact]
    public void Dead_letters_of_a_processor_must_be_readable_by_another()
    {
        var seen = new List<string>();
        var tester = new Tester();
        tester.Process(
            GroupGraph.Define("g", g => g.Input("in", Codec.Int64, (_, _) => { })), new() { Errors = ErrorPolicy.DeadLetterTo("bad") });
        tester.Process(GroupGraph.Define("repair", g => g
            .Input("bad", Codec.String, (ctx, text) => seen.Add($"{text} {ctx.Headers.GetString(DeadLetterHeaders.Stage)}"))));

        tester.AppendRaw("in", "k", "none"u8.ToArray());
        tester.Run();

        seen.ShouldBe(["none decode"]);
    }

    [Fact]
    public void A_refused_dead_letter_must_restart_the_partition_and_be_written_in_the_end()
    {
        var tester = new Tester(new TesterOptions { OnError = ErrorPolicy.DeadLetter });
        var node = tester.Process(GroupGraph.Define("g", g => g.Input("in", Codec.String, (_, _) => throw new InvalidDataException("never"))));
        var letters = tester.Track<byte[]>("g-dlq");
        tester.Faults.FailSends("g-dlq", count: 2);

        tester.Consume("in", "k", "bad");

        letters.Rest().Count.ShouldBe(1);
        node.Partitions[0].Restarts.ShouldBe(2);
        tester.CommittedOffset("g", "in").ShouldBe(1);
    }

    [Fact]
    public void An_outage_must_cost_no_restart()
    {
        var tester = new Tester(new TesterOptions { MaxRestarts = 0 });
        var node = tester.Process(Graphs.Counter());
        tester.Faults.FailSends("counter-table", count: 5, fault: new KafkaFault("Local_MsgTimedOut", "no broker answered", FaultKind.Retriable));

        tester.Consume("in", "k", "v");

        tester.TableValue<long>("counter-table", "k").ShouldBe(1);
        (node.State, node.Partitions[0].Restarts).ShouldBe((TesterNodeState.Running, 0));
    }
}
