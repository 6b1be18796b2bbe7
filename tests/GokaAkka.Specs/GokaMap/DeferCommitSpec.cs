namespace GokaAkka.Specs.GokaMap;

/// <summary>Commits held back by the user. goka's <c>DeferCommit</c>.</summary>
public sealed class DeferCommitSpec(ITestOutputHelper output) : MapSpec(output)
{
    [Fact]
    public async Task A_deferred_commit_must_hold_back_its_record_and_those_behind_it_until_all_of_it_is_completed()
    {
        var deferred = new TaskCompletionSource<DeferredCommit[]>();
        await Running(GroupGraph.Define("g", g => g
            .Input("in", Codec.String, (ctx, value) =>
            {
                if (value == "hold")
                    deferred.TrySetResult([ctx.DeferCommit(), ctx.DeferCommit()]);
                ctx.Emit("out", ctx.Key, value);
            })
            .Output("out", Codec.String)));
        Kafka.Append("in", 0, "k", "first");
        Kafka.Append("in", 0, "k", "hold");
        Kafka.Append("in", 0, "k", "behind");
        var both = await deferred.Task.WaitAsync(Patience);

        AwaitRecords("out", 3);
        AwaitCommitted("g", "in", 0, 1);
        both[0].Complete();
        both[0].Complete();
        Kafka.Append("in", 0, "k", "later");
        AwaitRecords("out", 4);
        Kafka.CommittedOffset("g", "in", 0).ShouldBe(1);

        await Task.Run(both[1].Complete);
        AwaitCommitted("g", "in", 0, 4);
    }

    [Fact]
    public async Task A_deferred_commit_that_fails_must_have_its_record_read_again()
    {
        var times = 0;
        var processor = await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, (ctx, _) =>
        {
            var commit = ctx.DeferCommit();
            if (Interlocked.Increment(ref times) == 1)
                Task.Run(() => commit.Fail(new IOException("the database has refused it")));
            else
                commit.Complete();
        })));

        Kafka.Append("in", 0, "k", "v");

        AwaitCommitted("g", "in", 0, 1);
        times.ShouldBe(2);
        processor.Partitions[0].Restarts.ShouldBe(1);
        processor.Partitions[0].LastError!.Message.ShouldContain("the database has refused it");
    }
}
