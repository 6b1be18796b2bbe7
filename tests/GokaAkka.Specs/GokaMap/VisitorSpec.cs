namespace GokaAkka.Specs.GokaMap;

/// <summary>Callbacks for every key of the group table. goka's <c>Visitor</c> and <c>VisitAll</c>.</summary>
public sealed class VisitorSpec(ITestOutputHelper output) : MapSpec(output)
{
    [Fact]
    public async Task A_visit_must_call_every_key_of_every_partition_once_and_count_them_when_their_writes_are_acknowledged()
    {
        var calls = new List<string>();
        var processor = await Started((ctx, meta) =>
        {
            lock (calls)
                calls.Add($"{ctx.Key}={ctx.Value} {ctx.Topic} {ctx.Offset} {meta}");
            ctx.SetValue(ctx.Value + "!");
        });

        var visited = await processor.VisitAll("look", "m").WaitAsync(Patience);

        visited.ShouldBe(3);
        calls.Order().ShouldBe(["a=1 look 0 m", "b=2 look 0 m", "some-key=3 look 0 m"]);
        Kafka.Read("g-table").Where(r => r.Text!.EndsWith('!')).Select(r => r.Text).Order().ShouldBe(["1!", "2!", "3!"]);
        (await processor.Get("b")).ShouldBe("2!");
    }

    [Fact]
    public async Task A_visit_must_wait_for_the_acknowledgements_of_what_it_wrote()
    {
        var processor = await Started((ctx, _) => ctx.Delete());
        Task<long> visit;
        using (Kafka.HoldAcks("g-table"))
        {
            visit = processor.VisitAll("look", "");
            AwaitRecords("g-table", 6);
            visit.IsCompleted.ShouldBeFalse();
        }

        (await visit.WaitAsync(Patience)).ShouldBe(3);
        processor.Local().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_visit_that_is_cancelled_must_stop_at_the_next_key_and_tell_how_many_were_visited()
    {
        using var cancel = new CancellationTokenSource();
        var calls = 0;
        var processor = await Started((ctx, _) =>
        {
            if (ctx.Partition == 2 && ++calls == 3)
                cancel.Cancel();
        });
        for (var i = 0; i < 50; i++)
            Kafka.Append("in", 2, $"key-{i}", "v");
        AwaitCommitted("g", "in", 2, 50);

        var error = await Should.ThrowAsync<OperationCanceledException>(processor.VisitAll("look", "", cancel.Token).WaitAsync(Patience));

        calls.ShouldBe(3);
        error.ShouldBeOfType<VisitCanceledException>().Visited.ShouldBeInRange(3, 6, "those of other partitions may be visited, or not");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_visit_must_be_aborted_when_its_partitions_are_taken_away_or_the_processor_stops(bool stop)
    {
        var deferred = new List<DeferredCommit>();
        var processor = await Started((ctx, _) =>
        {
            lock (deferred)
                deferred.Add(ctx.DeferCommit());
        });
        var visit = processor.VisitAll("look", "");
        Await(() => { lock (deferred) return deferred.Count == 3; }, "every key is visited");

        if (stop)
            _ = processor.Stop();
        else
            Kafka.Rebalance("g");

        (await Should.ThrowAsync<VisitAbortedException>(visit.WaitAsync(Patience))).Visited.ShouldBe(0);
        deferred.ForEach(d => d.Complete());
    }

    [Fact]
    public async Task A_visit_must_be_aborted_when_a_call_fails_and_its_partition_starts_again()
    {
        var processor = await Started((ctx, _) =>
        {
            if (ctx.Key == "b")
                ctx.Fail(new InvalidOperationException("this one fails"));
        });

        await Should.ThrowAsync<VisitAbortedException>(processor.VisitAll("look", "").WaitAsync(Patience));

        Await(() => processor.Partitions.Single(p => p.Partition == 9).Restarts == 1, "the partition starts again");
        processor.Partitions.Sum(p => p.Restarts).ShouldBe(1);
    }

    [Fact]
    public async Task A_visit_must_be_refused_after_the_stop()
    {
        var processor = await Started((_, _) => { });
        await processor.Stop().WaitAsync(Patience);
        await Should.ThrowAsync<Actors.ProcessorStoppedException>(() => processor.VisitAll("look", ""));
    }

    [Fact]
    public async Task A_visit_of_an_unknown_visitor_or_with_another_type_must_be_refused()
    {
        var processor = await Started((_, _) => { });
        (await Should.ThrowAsync<ArgumentException>(() => processor.VisitAll("other", ""))).Message.ShouldContain("no visitor 'other'");
        (await Should.ThrowAsync<ArgumentException>(() => processor.VisitAll("look", 1))).Message.ShouldContain("String");
    }

    async Task<Actors.Processor<string>> Started(Action<IContext<string>, string> visit)
    {
        Kafka.CreateTopic("in", 10);
        var processor = await Running(GroupGraph.Define<string>("g", g => g
            .Input("in", Codec.String, (ctx, value) => ctx.SetValue(value))
            .Visitor("look", visit)
            .Persist(Codec.String)));
        Kafka.Append("in", 6, "a", "1");
        Kafka.Append("in", 9, "b", "2");
        Kafka.Append("in", 7, "some-key", "3");
        AwaitCommitted("g", "in", 6, 1);
        AwaitCommitted("g", "in", 9, 1);
        AwaitCommitted("g", "in", 7, 1);
        return processor;
    }
}
